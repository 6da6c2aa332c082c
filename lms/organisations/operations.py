"""What is done about organisations, and by whom."""

from datetime import date

from lms import clock, refs
from lms.access import gate
from lms.access.actor import Actor, Role
from lms.access.permissions import Permission as P
from lms.accounts import operations as accounts
from lms.accounts.models import Account, RoleGrant
from lms.audit.trail import Event, record
from lms.db import db, lock
from lms.errors import Conflict, RuleBroken
from lms.organisations import queries, rules
from lms.organisations.models import Approval, Organisation, Placement, PlacementEnd
from lms.organisations.rules import Nation


def name_organisation(name: str, nation: Nation, *, actor: Actor) -> Organisation:
    """Enter an organisation; somebody else approves it. Raises Conflict when it is here already."""
    gate.require(actor, P.KEEP_ORGANISATIONS)
    rules.check_name(name)
    if queries.organisation_called(name):
        raise Conflict("An organisation of this name is here already.")
    organisation = Organisation(
        ref=refs.new("ORG"),
        name=name,
        name_key=rules.name_key(name),
        nation=nation,
        proposed_by_id=actor.person_id or None,
        named_at=clock.now(),
    )
    db.session.add(organisation)
    record(actor, Event.ORGANISATION_NAMED, organisation.ref, nation=nation)
    return organisation


def approve(organisation: Organisation, *, actor: Actor) -> None:
    """Approve an organisation that somebody else entered: its coordinators may then check."""
    gate.require(actor, P.APPROVE_ORGANISATION, organisation)
    lock(organisation)
    if queries.is_approved(organisation):
        raise Conflict("This organisation is approved already.")
    _decide(organisation, True, "", actor)
    record(actor, Event.ORGANISATION_APPROVED, organisation.ref)


def withdraw_approval(organisation: Organisation, reason: str, *, actor: Actor) -> None:
    """Take the approval back, at once and by one registrar: it is the safe direction."""
    gate.require(actor, P.KEEP_ORGANISATIONS)
    lock(organisation)
    if not queries.is_approved(organisation):
        raise Conflict("This organisation is not approved.")
    _decide(organisation, False, reason, actor)
    record(actor, Event.ORGANISATION_APPROVAL_WITHDRAWN, organisation.ref)


def appoint(account: Account, role: Role, organisation: Organisation, *, actor: Actor) -> RoleGrant:
    """Make somebody coordinator or supervisor at an approved organisation.

    An appointment is a role held at one place; see accounts.
    """
    gate.require(actor, P.KEEP_ORGANISATIONS)
    _check_approved(organisation)
    return accounts.grant_role(account, role, at=organisation.ref, actor=actor)


def record_placement(
    account: Account,
    organisation: Organisation,
    role_title: str,
    starts_on: date,
    *,
    actor: Actor,
) -> Placement:
    """Record that somebody works at an approved organisation. Raises Conflict for a second time."""
    gate.require(actor, P.KEEP_ORGANISATIONS)
    _check_approved(organisation)
    lock(account)
    if queries.is_placed(account.id, organisation.id, starts_on):
        raise Conflict("They are placed there already.")
    placement = Placement(
        ref=refs.new("PLA"),
        account_id=account.id,
        organisation_id=organisation.id,
        role_title=role_title,
        starts_on=starts_on,
        recorded_by=actor.ref,
        recorded_at=clock.now(),
    )
    db.session.add(placement)
    record(actor, Event.PLACEMENT_RECORDED, placement.ref, organisation=organisation.ref)
    return placement


def end_placement(placement: Placement, ends_on: date, *, actor: Actor) -> None:
    """Record somebody's last day, once. Raises RuleBroken for a day before the first."""
    gate.require(actor, P.KEEP_ORGANISATIONS)
    if queries.is_ended(placement):
        raise Conflict("A last day is recorded already, and can’t be changed.")
    rules.check_span(placement.starts_on, ends_on)
    db.session.add(
        PlacementEnd(
            placement_id=placement.id,
            ends_on=ends_on,
            recorded_by=actor.ref,
            recorded_at=clock.now(),
        )
    )
    record(actor, Event.PLACEMENT_ENDED, placement.ref, ends_on=ends_on)


def _check_approved(organisation: Organisation) -> None:
    if not queries.is_approved(organisation):
        raise RuleBroken("This organisation is not approved yet. Another registrar approves it.")


def _decide(organisation: Organisation, approved: bool, reason: str, actor: Actor) -> None:
    earlier = queries.approvals(organisation)
    db.session.add(
        Approval(
            organisation_id=organisation.id,
            seq=earlier[0].seq + 1 if earlier else 1,
            approved=approved,
            reason=reason,
            decided_by=actor.ref,
            decided_at=clock.now(),
        )
    )
