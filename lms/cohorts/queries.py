"""Questions about intakes and enrolments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from lms.accounts.models import Account
from lms.accounts.queries import invited_until_of
from lms.catalogue.models import ContentVersion
from lms.catalogue.queries import version_numbered
from lms.cohorts.models import Cohort, ContentMove, Enrolment, EnrolmentEvent, Intake
from lms.cohorts.rules import ACTIVE, NOBODY, TRAINED, Kind, State, Tally
from lms.db import db
from lms.errors import NotFound
from lms.organisations.models import Organisation
from lms.organisations.rules import name_key

PAGE = 50


@dataclass(frozen=True)
class Member:
    """One line of a cohort's list.

    invited_until  when the invitation that is open stops working; it may have passed
    """

    enrolment: Enrolment
    account: Account
    organisation: Organisation
    state: State
    invited_until: datetime | None


def intake(year: int) -> Intake:
    """The intake of this year. Raises NotFound."""
    found = db.session.scalar(select(Intake).where(Intake.year == year))
    if found is None:
        raise NotFound
    return found


def has_intake(year: int) -> bool:
    """Whether the year has an intake."""
    return db.session.scalar(select(Intake.id).where(Intake.year == year)) is not None


def intakes() -> Sequence[Cohort]:
    """Every cohort with its intake, the newest first."""
    return db.session.scalars(
        select(Cohort)
        .join(Cohort.intake)
        .options(contains_eager(Cohort.intake).joinedload(Intake.regulations_version))
        .order_by(Intake.year.desc(), Cohort.id)
    ).all()


def content_of(cohort: Cohort) -> ContentVersion:
    """The content that a cohort is taught now."""
    return version_numbered(cohort.content_version_id)


def moves_of(cohort: Cohort) -> Sequence[ContentMove]:
    """Every move of a cohort to other content, in order."""
    return db.session.scalars(
        select(ContentMove).where(ContentMove.cohort_id == cohort.id).order_by(ContentMove.seq)
    ).all()


def cohort(ref: str) -> Cohort:
    """The cohort of this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Cohort)
        .where(Cohort.ref == ref)
        .options(joinedload(Cohort.intake).joinedload(Intake.regulations_version))
    )
    if found is None:
        raise NotFound
    return found


def sizes() -> dict[int, int]:
    """How many places each cohort has, by its row; cohorts without any are left out."""
    rows = db.session.execute(
        select(Enrolment.cohort_id, func.count()).group_by(Enrolment.cohort_id)
    )
    return {row[0]: row[1] for row in rows}


def cohort_of_year(year: int) -> Cohort:
    """The cohort of an intake. Raises NotFound."""
    found = db.session.scalar(
        select(Cohort).join(Cohort.intake).where(Intake.year == year).order_by(Cohort.id).limit(1)
    )
    if found is None:
        raise NotFound
    return found


def enrolment(ref: str) -> Enrolment:
    """The enrolment of this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Enrolment)
        .where(Enrolment.ref == ref)
        .options(
            joinedload(Enrolment.advocate),
            joinedload(Enrolment.organisation),
            joinedload(Enrolment.cohort).joinedload(Cohort.intake),
        )
    )
    if found is None:
        raise NotFound
    return found


def state_of(enrolment: Enrolment) -> State:
    """Where an enrolment stands now."""
    found = db.session.scalar(
        select(EnrolmentEvent.state)
        .where(EnrolmentEvent.enrolment_id == enrolment.id)
        .order_by(EnrolmentEvent.seq.desc())
        .limit(1)
    )
    return State(found or State.OFFERED)


def events_of(enrolment: Enrolment) -> Sequence[EnrolmentEvent]:
    """Every change of an enrolment's state, in order."""
    return db.session.scalars(
        select(EnrolmentEvent)
        .where(EnrolmentEvent.enrolment_id == enrolment.id)
        .order_by(EnrolmentEvent.seq)
    ).all()


def with_state(query: Select[Enrolment]) -> Select[Enrolment, str]:
    """Each enrolment with the state its last event left."""
    last = aliased(EnrolmentEvent)
    found: Select[Enrolment, str] = _at_its_last(query.add_columns(last.state), last)
    return found


def enrolments_of(
    advocate_id: int, *, with_rulebooks: bool = False
) -> list[tuple[Enrolment, State]]:
    """Somebody's places, the newest first, with their cohorts. One query.

    with_rulebooks  whether the rules they entered under will be asked for
    """
    rows = db.session.execute(_places(with_rulebooks), {"advocate": advocate_id})
    return [(each, State(state)) for each, state in rows]


@cache
def _places(with_rulebooks: bool) -> Select[Enrolment, str]:
    """Asked on nearly every page of an advocate's, so it is put together once."""
    intake = contains_eager(Enrolment.cohort).contains_eager(Cohort.intake)
    return with_state(
        select(Enrolment)
        .join(Enrolment.cohort)
        .join(Cohort.intake)
        .where(Enrolment.advocate_id == bindparam("advocate"))
        .options(intake.joinedload(Intake.regulations_version) if with_rulebooks else intake)
        .order_by(Intake.year.desc(), Enrolment.id.desc())
    )


def active_enrolment_of(advocate_id: int) -> Enrolment | None:
    """The place in which an advocate learns now: the newest that is active."""
    places = enrolments_of(advocate_id)
    return next((each for each, state in places if state in ACTIVE), None)


def active_in(cohort: Cohort) -> Select[int]:
    """The rows of those who learn in a cohort now, to be asked for within another question."""
    last = aliased(EnrolmentEvent)
    query = select(Enrolment.id).where(Enrolment.cohort_id == cohort.id)
    found: Select[int] = _at_its_last(query, last).where(last.state.in_(ACTIVE))
    return found


def is_trained(advocate_id: int) -> bool:
    """Whether somebody has a place in training, be it on leave."""
    return any(state in TRAINED for _, state in enrolments_of(advocate_id))


def assessed_and_enrolled(cohort: Cohort) -> list[Enrolment]:
    """Everybody in a cohort who is assessed and has no award yet, in the order of enrolment."""
    query = (
        select(Enrolment)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.kind == Kind.ASSESSED)
        .order_by(Enrolment.id)
    )
    rows = db.session.execute(with_state(query))
    return [each for each, state in rows if state == State.ENROLLED]


def members(
    cohort: Cohort, page: int, sought: str = "", state: State | None = None
) -> tuple[list[Member], int]:
    """One page of a cohort by name, and how many fit; none on a page past the end. Two queries.

    sought  part of a name, or of an organisation's
    state   only those who stand in it
    """
    places = with_state(_named(cohort, sought))
    if state is not None:
        places = places.where(list(places.selected_columns)[-1] == state)
    rows = db.session.execute(
        places.add_columns(func.count().over())
        .options(contains_eager(Enrolment.advocate), contains_eager(Enrolment.organisation))
        .order_by(Account.name, Enrolment.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    invited = invited_until_of([each.advocate_id for each, _, _ in rows])
    return [
        Member(each, each.advocate, each.organisation, State(kept), invited.get(each.advocate_id))
        for each, kept, _ in rows
    ], rows[0][2] if rows else 0


def enrolled_in(cohort: Cohort, advocate_ids: Iterable[int]) -> dict[int, Enrolment]:
    """Places in a cohort, by advocate, for those who have one."""
    found = db.session.scalars(
        select(Enrolment).where(
            Enrolment.cohort_id == cohort.id, Enrolment.advocate_id.in_(list(advocate_ids))
        )
    )
    return {each.advocate_id: each for each in found}


def offered_without_password(cohort: Cohort) -> list[Enrolment]:
    """Places whose person has no password yet: those whom an invitation helps."""
    query = (
        select(Enrolment)
        .join(Enrolment.advocate)
        .where(Enrolment.cohort_id == cohort.id)
        .where(_has_no_password())
        .options(contains_eager(Enrolment.advocate))
        .order_by(Enrolment.id)
    )
    rows = db.session.execute(with_state(query))
    return [each for each, state in rows if state == State.OFFERED]


def tallies(cohort_ids: Iterable[int]) -> dict[int, Tally]:
    """How a cohort's places are spread, by its row; cohorts without any are left out. One query."""
    last = aliased(EnrolmentEvent)
    helped = case((and_(last.state == State.OFFERED, _has_no_password()), 1), else_=0)
    query = (
        select(Enrolment.cohort_id, last.state, func.count(), func.sum(helped))
        .join(Enrolment.advocate)
        .where(Enrolment.cohort_id.in_(list(cohort_ids)))
        .group_by(Enrolment.cohort_id, last.state)
    )
    found: dict[int, Tally] = {}
    for cohort_id, state, count, to_invite in db.session.execute(_at_its_last(query, last)):
        before = found.get(cohort_id, NOBODY)
        states = {**before.states, State(state): count}
        found[cohort_id] = Tally(states, before.to_invite + to_invite)
    return found


def _has_no_password() -> ColumnElement[bool]:
    """Whether an invitation helps the person: nobody invites those who can sign in."""
    return and_(Account.password_hash.is_(None), Account.disabled_at.is_(None))


def _at_its_last(query: Any, last: Any) -> Any:
    """Each enrolment beside its last event. One join, whatever the length."""
    newer = aliased(EnrolmentEvent)
    return (
        query.join(last, last.enrolment_id == Enrolment.id)
        .outerjoin(newer, and_(newer.enrolment_id == Enrolment.id, newer.seq > last.seq))
        .where(newer.id.is_(None))
    )


def _named(cohort: Cohort, sought: str) -> Select[Enrolment]:
    query = (
        select(Enrolment)
        .join(Enrolment.advocate)
        .join(Enrolment.organisation)
        .where(Enrolment.cohort_id == cohort.id)
    )
    if not sought:
        return query
    typed = sought.replace("%", "").replace("_", "")
    return query.where(
        or_(
            func.lower(Account.name).like(f"%{typed.lower()}%"),
            Organisation.name_key.like(f"%{name_key(typed)}%"),
        )
    )
