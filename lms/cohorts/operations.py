"""What is done about intakes and enrolments."""

from dataclasses import dataclass
from datetime import date

from lms import clock, refs
from lms.access import gate
from lms.access.actor import Actor, Role
from lms.access.conditions import Chaired
from lms.access.permissions import Permission as P
from lms.accounts import operations as accounts, queries as people
from lms.accounts.models import Account
from lms.accreditation import operations as register
from lms.audit.trail import Event, record
from lms.catalogue.models import ContentVersion
from lms.cohorts import queries, rules
from lms.cohorts.models import Cohort, ContentMove, Enrolment, EnrolmentEvent, Intake
from lms.cohorts.rules import Kind, State
from lms.db import db, lock
from lms.errors import Conflict
from lms.organisations.models import Organisation
from lms.regulations.models import RegulationsVersion


@dataclass(frozen=True)
class Place:
    """What is offered to somebody."""

    organisation: Organisation
    nation: str
    kind: Kind
    qualify_by: date


def open_intake(
    year: int,
    starts_on: date,
    regulations: RegulationsVersion,
    content: ContentVersion,
    *,
    actor: Actor,
) -> Cohort:
    """Open a September's intake with its rulebook, and its cohort with its content.

    Raises RuleBroken for a year that doesn't fit, Conflict when the year has an intake.
    """
    gate.require(actor, P.KEEP_INTAKES)
    rules.check_year(year, starts_on, clock.today())
    if queries.has_intake(year):
        raise Conflict("There is an intake of this year already.")
    intake = Intake(
        ref=refs.new("INT"),
        year=year,
        starts_on=starts_on,
        regulations_version=regulations,
        opened_by=actor.ref,
        opened_at=clock.now(),
    )
    cohort = Cohort(ref=refs.new("COH"), intake=intake, began_with=content)
    db.session.add_all([intake, cohort])
    record(
        actor,
        Event.INTAKE_OPENED,
        intake.ref,
        year=year,
        regulations=regulations.ref,
        content=content.ref,
    )
    return cohort


def move_content(
    cohort: Cohort, to: ContentVersion, reason: str, *, seen: int, actor: Actor
) -> bool:
    """Teach a running cohort another version from now on; whether anything changed.

    reason  the registrar's own words, for those who ask later
    seen    how many moves the cohort had made when this one was decided on

    Raises Conflict when somebody moved it elsewhere in the meantime, RuleBroken for a reason that
    says nothing, or when nobody is left to be taught.
    """
    gate.require(actor, P.MOVE_CONTENT)
    lock(cohort)
    if cohort.content_version_id == to.id:
        return False
    moves = queries.moves_of(cohort)
    if len(moves) != seen:
        raise Conflict("Somebody moved this intake to other content in the meantime. Look again.")
    reason = rules.stated_reason(reason)
    rules.check_taught(queries.tallies([cohort.id]).get(cohort.id, rules.NOBODY).states)
    move = ContentMove(
        cohort_id=cohort.id,
        seq=seen + 1,
        version_id=to.id,
        reason=reason,
        moved_by=actor.ref,
        moved_at=clock.now(),
    )
    before = queries.content_of(cohort).ref
    db.session.add(move)
    db.session.flush()
    db.session.expire(cohort, ["content_version_id"])
    record(actor, Event.COHORT_MOVED, cohort.ref, before=before, to=to.ref, seq=move.seq)
    return True


def offer_place(cohort: Cohort, advocate: Account, place: Place, *, actor: Actor) -> Enrolment:
    """Offer somebody else a place; they accept it themselves. Raises Conflict for a second one."""
    gate.require(actor, P.KEEP_INTAKES)
    gate.require(actor, P.GRANT_ROLE, advocate)  # a place makes somebody an advocate
    rules.check_qualify_by(place.qualify_by, cohort.intake.starts_on)
    if queries.enrolled_in(cohort, [advocate.id]):
        raise Conflict("They have a place in this cohort already.")
    enrolment = Enrolment(
        ref=refs.new("ENR"),
        cohort=cohort,
        advocate=advocate,
        organisation=place.organisation,
        nation=place.nation,
        kind=place.kind,
        qualify_by=place.qualify_by,
        offered_at=clock.now(),
    )
    db.session.add(enrolment)
    db.session.flush()
    if people.standing_grant(advocate, Role.ADVOCATE, "") is None:
        accounts.grant_role(advocate, Role.ADVOCATE, actor=actor)
    _append(enrolment, State.OFFERED, actor, seq=1)
    record(actor, Event.PLACE_OFFERED, enrolment.ref, cohort=cohort.ref, kind=place.kind)
    return enrolment


def accept_place(enrolment: Enrolment, *, actor: Actor) -> None:
    """Take the place one was offered: the register opens, in training. A second time does nothing.

    Raises RuleBroken when the place is not on offer any more.
    """
    gate.require(actor, P.ACCEPT_PLACE, enrolment)
    _lock_with_places(enrolment)
    now = queries.state_of(enrolment)
    if now is State.ENROLLED:
        return
    rules.check_on_offer(now)
    _move(enrolment, State.ENROLLED, actor)
    register.open_entry(enrolment, enrolment.advocate, enrolment.qualify_by, actor=actor)
    record(actor, Event.PLACE_ACCEPTED, enrolment.ref)


def change_state(enrolment: Enrolment, to: State, *, actor: Actor) -> None:
    """Leave, return, withdrawal or transfer. Raises RuleBroken for a state that can't follow.

    Withdrawn from the last place they learn in, they are no longer in training for the register.
    """
    gate.require(actor, P.KEEP_INTAKES)
    _lock_with_places(enrolment)
    before = queries.state_of(enrolment)
    rules.check_change(before, to)
    _move(enrolment, to, actor)
    left = to is State.WITHDRAWN and before in rules.TRAINED
    if left and not queries.is_trained(enrolment.advocate_id):
        register.end_training(enrolment.advocate_id, enrolment, actor=actor)
    record(actor, Event.ENROLMENT_CHANGED, enrolment.ref, state=to)


def complete(enrolment: Enrolment, warrant: Chaired, *, actor: Actor) -> None:
    """Note that a board made the award.

    warrant  the meeting of the board
    """
    gate.require(actor, P.RATIFY_RESULTS, warrant)
    _move(enrolment, State.COMPLETED, actor)
    record(actor, Event.ENROLMENT_CHANGED, enrolment.ref, state=State.COMPLETED)


def _lock_with_places(enrolment: Enrolment) -> None:
    """The register follows from all of somebody’s places, so that one of them changes at a time."""
    lock(enrolment.advocate)
    lock(enrolment)


def _move(enrolment: Enrolment, to: State, actor: Actor) -> None:
    lock(enrolment)
    events = queries.events_of(enrolment)
    rules.check_move(rules.present([event.state for event in events]), to)
    _append(enrolment, to, actor, seq=len(events) + 1)


def _append(enrolment: Enrolment, state: State, actor: Actor, *, seq: int) -> None:
    db.session.add(
        EnrolmentEvent(
            enrolment_id=enrolment.id,
            seq=seq,
            state=state,
            from_on=clock.today(),
            changed_by=actor.ref,
            changed_at=clock.now(),
        )
    )
    db.session.flush()
