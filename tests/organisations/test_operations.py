from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from lms import clock
from lms.access.actor import APPOINTMENTS, SYSTEM, Actor, Held, Role
from lms.accounts.models import Account
from lms.accounts.queries import actor_for
from lms.db import unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.organisations import operations, queries
from lms.organisations.models import Organisation, Placement
from lms.organisations.rules import Nation
from tests import factories

OTHERS = sorted(set(Role) - {Role.REGISTRAR})
pytestmark = pytest.mark.usefixtures("app")


def named_by(actor: Actor, name: str = "Harbour Trust") -> Organisation:
    with unit_of_work():
        return operations.name_organisation(name, Nation.SCOTLAND, actor=actor)


def decide(act: object, *args: object, actor: Actor) -> None:
    with unit_of_work():
        act(*args, actor=actor)  # type: ignore[operator]


def placed(
    who: Account, at: Organisation, starts_on: date | None = None, *, actor: Actor = SYSTEM
) -> Placement:
    with unit_of_work():
        return operations.record_placement(
            who, at, "Independent advocate", starts_on or clock.today(), actor=actor
        )


def test_an_organisation_counts_for_nothing_until_somebody_else_approves_it() -> None:
    first, second = factories.make_actor(Role.REGISTRAR), factories.make_actor(Role.REGISTRAR)
    found = named_by(first)
    assert not queries.is_approved(found)
    with pytest.raises(NotFound):
        decide(operations.approve, found, actor=first)
    assert not queries.is_approved(found)
    decide(operations.approve, found, actor=second)
    assert queries.is_approved(found)
    assert factories.trail_of(found.ref) == ["organisation named", "organisation approved"]


def test_a_name_is_taken_whatever_its_case_and_spaces() -> None:
    registrar = factories.make_actor(Role.REGISTRAR)
    found = named_by(registrar, "Harbour Trust")
    with pytest.raises(Conflict):
        named_by(registrar, "  harbour   TRUST ")
    assert queries.organisation_called("HARBOUR trust") == found
    assert queries.organisation_called("Harbour") is None


def test_nothing_is_approved_or_withdrawn_twice() -> None:
    first, second = factories.make_actor(Role.REGISTRAR), factories.make_actor(Role.REGISTRAR)
    found = named_by(first)
    with pytest.raises(Conflict):
        decide(operations.withdraw_approval, found, "Closed.", actor=second)
    decide(operations.approve, found, actor=second)
    with pytest.raises(Conflict):
        decide(operations.approve, found, actor=second)
    decide(operations.withdraw_approval, found, "Closed.", actor=first)
    with pytest.raises(Conflict):
        decide(operations.withdraw_approval, found, "Closed.", actor=first)
    assert [each.approved for each in queries.approvals(found)] == [False, True]


def test_one_registrar_alone_withdraws_an_approval_even_their_own_proposal() -> None:
    first, second = factories.make_actor(Role.REGISTRAR), factories.make_actor(Role.REGISTRAR)
    found = named_by(first)
    decide(operations.approve, found, actor=second)
    decide(operations.withdraw_approval, found, "They closed.", actor=first)
    assert not queries.is_approved(found)
    last = queries.approvals(found)[0]
    assert (last.approved, last.reason, last.decided_by) == (False, "They closed.", first.ref)
    assert factories.trail_of(found.ref)[-1] == "organisation's approval withdrawn"


def test_a_withdrawn_organisation_is_approved_again_and_every_decision_is_kept() -> None:
    found = factories.make_organisation()
    decide(operations.withdraw_approval, found, "For a while.", actor=SYSTEM)
    decide(operations.approve, found, actor=SYSTEM)
    assert queries.is_approved(found)
    assert [(e.seq, e.approved) for e in queries.approvals(found)] == [
        (3, True),
        (2, False),
        (1, True),
    ]


def test_the_database_refuses_a_withdrawal_without_a_reason() -> None:
    found = factories.make_organisation()
    with pytest.raises(IntegrityError):
        decide(operations.withdraw_approval, found, "", actor=SYSTEM)
    assert queries.is_approved(found)


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_a_registrar_keeps_organisations(role: Role) -> None:
    found = factories.make_organisation()
    somebody, actor = factories.make_account(), factories.make_actor(role, at=found)
    placement = placed(somebody, found)
    for act, args in (
        (operations.name_organisation, ("Other Trust", Nation.SCOTLAND)),
        (operations.approve, (found,)),
        (operations.withdraw_approval, (found, "Closed.")),
        (operations.appoint, (somebody, Role.COORDINATOR, found)),
        (operations.record_placement, (somebody, found, "Advocate", clock.today())),
        (operations.end_placement, (placement, clock.today())),
    ):
        with pytest.raises(NotFound):
            decide(act, *args, actor=actor)
    assert queries.is_approved(found)


@pytest.mark.parametrize("role", sorted(APPOINTMENTS))
def test_an_appointment_is_a_role_held_at_one_approved_organisation(role: Role) -> None:
    registrar, somebody = factories.make_actor(Role.REGISTRAR), factories.make_account()
    waiting = factories.make_organisation(approved=False)
    with pytest.raises(RuleBroken, match="not approved"):
        decide(operations.appoint, somebody, role, waiting, actor=registrar)
    found = factories.make_organisation()
    decide(operations.appoint, somebody, role, found, actor=registrar)
    assert actor_for(somebody).held == {Held(role, found.ref)}
    with pytest.raises(Conflict):
        decide(operations.appoint, somebody, role, found, actor=registrar)


def test_a_role_of_the_programme_is_never_held_at_an_organisation() -> None:
    registrar, somebody = factories.make_actor(Role.REGISTRAR), factories.make_account()
    with pytest.raises(RuleBroken):
        decide(
            operations.appoint,
            somebody,
            Role.TUTOR,
            factories.make_organisation(),
            actor=registrar,
        )
    assert actor_for(somebody).held == frozenset()


def test_a_registrar_does_not_appoint_themselves() -> None:
    account = factories.make_account(Role.REGISTRAR)
    with pytest.raises(NotFound):
        decide(
            operations.appoint,
            account,
            Role.COORDINATOR,
            factories.make_organisation(),
            actor=actor_for(account),
        )


def test_a_placement_needs_an_approved_organisation() -> None:
    with pytest.raises(RuleBroken, match="not approved"):
        placed(factories.make_account(), factories.make_organisation(approved=False))


def test_nobody_is_placed_twice_at_one_place_until_the_first_placement_has_ended() -> None:
    registrar = factories.make_actor(Role.REGISTRAR)
    who, at, today = factories.make_account(), factories.make_organisation(), clock.today()
    first = placed(who, at, today - timedelta(days=30), actor=registrar)
    with pytest.raises(Conflict):
        placed(who, at, today, actor=registrar)
    decide(operations.end_placement, first, today - timedelta(days=1), actor=registrar)
    second = placed(who, at, today, actor=registrar)
    assert {row.ref for row in queries.placements_of(who.id)} == {first.ref, second.ref}
    assert factories.trail_of(first.ref) == ["placement recorded", "placement ended"]


def test_a_placement_ends_once_and_never_before_it_began() -> None:
    who, at, today = factories.make_account(), factories.make_organisation(), clock.today()
    placement = placed(who, at, today)
    with pytest.raises(RuleBroken):
        decide(operations.end_placement, placement, today - timedelta(days=1), actor=SYSTEM)
    decide(operations.end_placement, placement, today, actor=SYSTEM)
    with pytest.raises(Conflict):
        decide(operations.end_placement, placement, today + timedelta(days=9), actor=SYSTEM)
    assert [row.ends_on for row in queries.placements_of(who.id)] == [today]


def test_one_person_works_at_two_places_at_once() -> None:
    who, today = factories.make_account(), clock.today()
    places = [factories.make_organisation(), factories.make_organisation()]
    for place in places:
        placed(who, place)
    assert queries.ever_placed_at(who.id) == {place.ref for place in places}
    assert all(queries.is_placed(who.id, place.id, today) for place in places)
