"""Roles: never to oneself, a registrar's by two, and gone with the next request."""

import pytest
from sqlalchemy.exc import DBAPIError

from lms.access.actor import APPOINTMENTS, SYSTEM, Actor, Held, Role
from lms.accounts import operations, queries
from lms.accounts.forms import GIVEN_HERE
from lms.accounts.models import Account, RoleGrant
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from tests.factories import actor_of, make_account, make_actor, make_organisation, trail_of
from tests.sessions.coming_in import is_in, sign_in, with_password

pytestmark = pytest.mark.usefixtures("app")
OTHERS = sorted(set(Role) - {Role.REGISTRAR})
PROGRAMME = sorted(set(Role) - APPOINTMENTS)


def give(account: Account, role: Role, *, at: str = "", by: Actor) -> RoleGrant:
    with unit_of_work():
        return operations.grant_role(account, role, at=at, actor=by)


def confirm(grant: RoleGrant, *, by: Actor) -> None:
    with unit_of_work():
        operations.confirm_role(grant, actor=by)


def end(grant: RoleGrant, *, by: Actor) -> None:
    with unit_of_work():
        operations.end_role(grant, actor=by)


def roles(account: Account) -> set[Role]:
    return set(queries.actor_for(account).roles)


@pytest.mark.parametrize("role", [each for each in PROGRAMME if each is not Role.REGISTRAR])
def test_a_registrar_gives_a_role_and_it_stands_at_once(role) -> None:
    account, registrar = make_account(), make_actor(Role.REGISTRAR)
    grant = give(account, role, by=registrar)
    assert roles(account) == {role}
    assert not grant.needs_second
    assert trail_of(account.ref)[-1] == "role granted"


def test_a_disabled_account_is_given_no_role_until_it_is_enabled() -> None:
    account, registrar = make_account(), make_actor(Role.REGISTRAR)
    with unit_of_work():
        operations.disable(account, actor=registrar)
    with pytest.raises(RuleBroken, match="is disabled"):
        give(account, Role.TUTOR, by=registrar)
    with unit_of_work():
        operations.enable(account, actor=registrar)
    give(account, Role.TUTOR, by=registrar)
    assert roles(account) == {Role.TUTOR}


def test_a_role_is_not_confirmed_for_an_account_that_was_disabled_meanwhile() -> None:
    account, first = make_account(), make_actor(Role.REGISTRAR)
    grant = give(account, Role.REGISTRAR, by=first)
    with unit_of_work():
        operations.disable(account, actor=first)
    with pytest.raises(RuleBroken, match="is disabled"):
        confirm(grant, by=make_actor(Role.REGISTRAR))
    assert [each.ref for each in queries.grants_to_confirm()] == [grant.ref]


def test_a_registrars_role_counts_for_nothing_until_a_second_registrar_agrees() -> None:
    account = make_account()
    first, second = make_actor(Role.REGISTRAR), make_actor(Role.REGISTRAR)
    grant = give(account, Role.REGISTRAR, by=first)
    assert roles(account) == set()
    assert [each.ref for each in queries.grants_to_confirm()] == [grant.ref]
    confirm(grant, by=second)
    assert roles(account) == {Role.REGISTRAR}
    assert list(queries.grants_to_confirm()) == []
    assert trail_of(account.ref)[-2:] == ["role granted", "role confirmed"]


def test_neither_the_proposer_nor_the_receiver_is_the_second() -> None:
    receiver = make_account(Role.TUTOR)
    proposer, third = make_actor(Role.REGISTRAR), make_actor(Role.REGISTRAR)
    grant = give(receiver, Role.REGISTRAR, by=proposer)
    with pytest.raises(NotFound):
        confirm(grant, by=proposer)
    with pytest.raises(NotFound):
        confirm(grant, by=actor_of(receiver))
    # Not even if they came to be registrar another way meanwhile.
    registrar = Held(Role.REGISTRAR)
    with pytest.raises(NotFound):
        confirm(grant, by=Actor(receiver.id, receiver.ref, frozenset({registrar})))
    assert roles(receiver) == {Role.TUTOR}
    confirm(grant, by=third)


def test_two_new_registrars_do_not_make_one_another() -> None:
    """Each waits for the first ones: a role that waits gives no right to confirm."""
    first = make_actor(Role.REGISTRAR)
    new, other = make_account(), make_account()
    to_new = give(new, Role.REGISTRAR, by=first)
    to_other = give(other, Role.REGISTRAR, by=first)
    with pytest.raises(NotFound):
        confirm(to_other, by=actor_of(new))
    with pytest.raises(NotFound):
        confirm(to_new, by=actor_of(other))


@pytest.mark.parametrize("role", PROGRAMME)
def test_nobody_gives_a_role_to_themselves_whatever_they_hold(role) -> None:
    place = make_organisation()
    account = make_account(*Role, at=place)
    mine = queries.standing_grant(account, role, "")
    assert mine is not None
    end(mine, by=SYSTEM)
    me = Actor(account.id, account.ref, actor_of(account).held | {Held(Role.REGISTRAR)})
    with pytest.raises(NotFound):
        give(account, role, by=me)
    assert role not in roles(account)


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_a_registrar_gives_confirms_or_ends_a_role(role) -> None:
    account, actor = make_account(Role.TUTOR), make_actor(role)
    waiting = give(make_account(), Role.REGISTRAR, by=make_actor(Role.REGISTRAR))
    held = queries.standing_grant(account, Role.TUTOR, "")
    assert held is not None
    for given in Role:
        with pytest.raises(NotFound):
            give(account, given, at="ORG-1" if given in APPOINTMENTS else "", by=actor)
    with pytest.raises(NotFound):
        confirm(waiting, by=actor)
    with pytest.raises(NotFound):
        end(held, by=actor)
    assert roles(account) == {Role.TUTOR}


def test_all_other_roles_together_give_none_either() -> None:
    account, everything_else = make_account(), make_actor(*OTHERS, at=make_organisation())
    with pytest.raises(NotFound):
        give(account, Role.AUTHOR, by=everything_else)


def test_a_role_is_not_given_twice_nor_while_it_waits() -> None:
    account, registrar = make_account(), make_actor(Role.REGISTRAR)
    for role in (Role.TUTOR, Role.REGISTRAR):
        give(account, role, by=registrar)
        with pytest.raises(Conflict):
            give(account, role, by=registrar)


def test_a_role_that_ended_is_given_anew_and_every_grant_is_kept() -> None:
    account, registrar = make_account(), make_actor(Role.REGISTRAR)
    end(give(account, Role.TUTOR, by=registrar), by=registrar)
    assert roles(account) == set()
    give(account, Role.TUTOR, by=registrar)
    assert roles(account) == {Role.TUTOR}
    grants = queries.grants_of(account)
    assert [(grant.role, bool(ended)) for grant, _, ended in grants] == [
        ("tutor", False),
        ("tutor", True),
    ]


def test_a_role_ends_once_and_one_that_ended_is_confirmed_no_more() -> None:
    account = make_account()
    first, second = make_actor(Role.REGISTRAR), make_actor(Role.REGISTRAR)
    grant = give(account, Role.REGISTRAR, by=first)
    end(grant, by=first)
    with pytest.raises(Conflict, match="taken away"):
        end(grant, by=second)
    with pytest.raises(Conflict, match="taken away"):
        confirm(grant, by=second)
    assert list(queries.grants_to_confirm()) == []
    assert roles(account) == set()
    assert "role confirmed" not in trail_of(account.ref)


def test_a_role_is_confirmed_once() -> None:
    account = make_account()
    first, second, third = (make_actor(Role.REGISTRAR) for _ in range(3))
    grant = give(account, Role.REGISTRAR, by=first)
    confirm(grant, by=second)
    with pytest.raises(Conflict, match="confirmed already"):
        confirm(grant, by=third)
    needs_none = give(account, Role.TUTOR, by=first)
    with pytest.raises(Conflict, match="confirmed already"):
        confirm(needs_none, by=second)


def test_ending_one_role_leaves_the_others() -> None:
    here, there = make_organisation(), make_organisation()
    account = make_account(Role.TUTOR, Role.COORDINATOR, at=here)
    elsewhere = give(account, Role.COORDINATOR, at=there.ref, by=SYSTEM)
    grant = queries.standing_grant(account, Role.COORDINATOR, here.ref)
    assert grant is not None
    end(grant, by=SYSTEM)
    assert actor_of(account).held == {Held(Role.TUTOR), Held(Role.COORDINATOR, there.ref)}
    end(elsewhere, by=SYSTEM)
    assert actor_of(account).held == {Held(Role.TUTOR)}


def test_a_role_is_held_in_its_own_place() -> None:
    account, registrar = make_account(), make_actor(Role.REGISTRAR)
    with pytest.raises(RuleBroken):
        give(account, Role.COORDINATOR, by=registrar)
    with pytest.raises(RuleBroken):
        give(account, Role.TUTOR, at="ORG-1", by=registrar)
    assert roles(account) == set()


def test_a_role_that_ends_closes_its_doors_in_an_open_session_at_once(browser) -> None:
    account = make_account(Role.REGISTRAR, Role.ADVOCATE)
    visitor = browser(account)
    assert visitor.get("/people/").status_code == 200
    grant = queries.standing_grant(account, Role.REGISTRAR, "")
    assert grant is not None
    end(grant, by=SYSTEM)
    assert visitor.get("/people/").status_code == 403
    assert visitor.get(f"/people/{account.ref}").status_code == 404
    assert is_in(visitor), "they are still an advocate"


def test_a_form_opened_as_registrar_is_refused_once_the_role_has_ended(browser) -> None:
    account, other = make_account(Role.REGISTRAR), make_account()
    visitor = browser(account)
    token = visitor.token()
    grant = queries.standing_grant(account, Role.REGISTRAR, "")
    assert grant is not None
    end(grant, by=SYSTEM)
    data = {"csrf_token": token, "role": "tutor"}
    assert visitor.client.post(f"/people/{other.ref}/roles", data=data).status_code == 404
    assert roles(other) == set()


def test_a_role_that_begins_opens_its_doors_in_an_open_session_at_once(browser) -> None:
    account = make_account(Role.TUTOR)
    visitor = browser(account)
    assert visitor.get("/people/").status_code == 403
    give(account, Role.ADMIN, by=SYSTEM)
    assert visitor.get("/people/").status_code == 200


@pytest.mark.parametrize("state", ["none ever", "ended", "waits"])
def test_somebody_without_a_standing_role_signs_in_and_keeps_their_account(browser, state) -> None:
    account, visitor = with_password(make_account()), browser()
    if state != "none ever":
        first = make_actor(Role.REGISTRAR)
        grant = give(account, Role.REGISTRAR, by=first)
        if state == "ended":
            end(grant, by=first)
    page = sign_in(visitor, account)
    assert page.status_code == 200
    assert is_in(visitor)
    assert visitor.get("/people/").status_code == 403


def test_only_roles_of_the_staff_are_given_on_the_page_of_a_person() -> None:
    assert set(GIVEN_HERE) == set(Role) - APPOINTMENTS - {Role.ADVOCATE}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE role_grant SET role = 'registrar'",
        "UPDATE role_grant SET needs_second = false",
        "DELETE FROM role_end",
        "DELETE FROM role_confirmation",
        "DELETE FROM role_grant",
    ],
)
def test_the_database_itself_refuses_to_rewrite_who_held_what(statement) -> None:
    account = make_account(Role.TUTOR)
    first, second = make_actor(Role.REGISTRAR), make_actor(Role.REGISTRAR)
    confirm(give(account, Role.REGISTRAR, by=first), by=second)
    end(give(account, Role.AUTHOR, by=first), by=first)
    with pytest.raises(DBAPIError):
        db.session.connection().exec_driver_sql(statement)
    db.session.rollback()
