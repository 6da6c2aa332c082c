from datetime import timedelta

import pytest

from lms import clock
from lms.access.actor import SYSTEM, Actor, Role
from lms.accounts.models import Account
from lms.db import unit_of_work
from lms.errors import NotFound
from lms.organisations import operations, queries
from lms.organisations.models import Organisation, Placement
from lms.organisations.rules import Nation
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
NO_REF = "ORG-0000-0000-0000-0000"


def named(name: str) -> Organisation:
    with unit_of_work():
        return operations.name_organisation(name, Nation.SCOTLAND, actor=SYSTEM)


def placed(who: Account, at: Organisation) -> Placement:
    with unit_of_work():
        return operations.record_placement(who, at, "Advocate", clock.today(), actor=SYSTEM)


def ended(placement: Placement, days: int) -> None:
    with unit_of_work():
        day = clock.today() + timedelta(days=days)
        operations.end_placement(placement, day, actor=SYSTEM)


def withdrawn(organisation: Organisation) -> None:
    with unit_of_work():
        operations.withdraw_approval(organisation, "Closed.", actor=SYSTEM)


def test_an_unknown_reference_is_nothing() -> None:
    with pytest.raises(NotFound):
        queries.organisation(NO_REF)
    with pytest.raises(NotFound):
        queries.placement(NO_REF)


def test_things_are_found_by_their_reference() -> None:
    found = factories.make_organisation()
    placement = placed(factories.make_account(), found)
    assert queries.organisation(found.ref) is found
    assert queries.placement(placement.ref) is placement


def test_organisations_stand_as_proposed_approved_or_withdrawn() -> None:
    proposed, approved, shut = (
        factories.make_organisation(approved=False),
        factories.make_organisation(),
        factories.make_organisation(),
    )
    withdrawn(shut)
    assert queries.states_of([proposed, approved, shut]) == {
        proposed.id: "proposed",
        approved.id: "approved",
        shut.id: "withdrawn",
    }
    assert queries.to_approve() == [proposed]
    assert queries.approved_ids([proposed.id, approved.id, shut.id]) == {approved.id}
    assert queries.approved_ids([]) == set()


def test_organisations_are_listed_by_name_a_page_at_a_time() -> None:
    names = [f"Trust {number:03}" for number in range(queries.PAGE + 3)]
    for name in reversed(names):
        named(name)
    first, total = queries.organisations(1)
    second, _ = queries.organisations(2)
    assert total == len(names)
    assert [each.name for each in [*first, *second]] == names
    assert [each.name for each in queries.all_organisations()] == names


@pytest.mark.parametrize("sought", ["harbour", "HARBOUR", " bour tr", "Élan", "élan"])
def test_an_organisation_is_found_by_part_of_its_name(sought: str) -> None:
    found = named("Harbour Trust Élan")
    named("Bridge Trust")
    assert queries.organisations(1, sought) == ([found], 1)


@pytest.mark.parametrize("sought", ["%", "_", "%our_", "\\", "'"])
def test_signs_of_the_database_s_own_language_find_nothing_they_should_not(sought: str) -> None:
    named("Bridge Trust")
    rows, total = queries.organisations(1, f"zz{sought}")
    assert (list(rows), total) == ([], 0)


def test_names_of_a_roster_are_found_in_one_go() -> None:
    one, other = named("Harbour Trust"), named("Bridge Trust")
    found = queries.organisations_called(["HARBOUR  trust", "Bridge Trust", "Unknown"])
    assert found == {"harbour trust": one, "bridge trust": other}


def test_an_actor_s_organisations_are_those_at_which_they_hold_the_role() -> None:
    mine, other = factories.make_organisation(), factories.make_organisation()
    coordinator = factories.make_actor(Role.COORDINATOR, at=mine)
    assert queries.organisations_of(coordinator, Role.COORDINATOR) == [mine]
    assert queries.organisations_of(coordinator, Role.SUPERVISOR) == ()
    assert queries.organisations_of(Actor(0, "public"), Role.COORDINATOR) == ()
    assert other not in queries.organisations_of(coordinator, Role.COORDINATOR)


def test_an_organisation_that_lost_its_approval_is_none_of_those_one_checks_for() -> None:
    mine = factories.make_organisation()
    coordinator = factories.make_actor(Role.COORDINATOR, at=mine)
    assert queries.approved_organisations_of(coordinator, Role.COORDINATOR) == [mine]
    withdrawn(mine)
    assert queries.approved_organisations_of(coordinator, Role.COORDINATOR) == []


def test_somebody_who_moved_is_gone_from_the_old_employer_s_list_the_day_after() -> None:
    who, old, new = factories.make_account(), factories.make_organisation(), None
    new = factories.make_organisation()
    ended(placed(who, old), 0)
    placed(who, new)
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
    assert [row.account_ref for row in queries.placed_at(old, today)] == [who.ref]
    assert queries.placed_at(old, tomorrow) == []
    assert [row.account_ref for row in queries.placed_at(new, tomorrow)] == [who.ref]
    assert not queries.is_placed(who.id, old.id, tomorrow)
    assert queries.ever_placed_at(who.id) == {old.ref, new.ref}


def test_a_row_says_who_works_where_and_as_what() -> None:
    who, at = factories.make_account(name="Robin Vale"), factories.make_organisation()
    placement = placed(who, at)
    (row,) = queries.placed_at(at, clock.today())
    assert (row.ref, row.account_ref, row.name) == (placement.ref, who.ref, "Robin Vale")
    assert (row.organisation, row.role_title) == (at.name, "Advocate")
    assert (row.starts_on, row.ends_on) == (clock.today(), None)
