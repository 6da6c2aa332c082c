"""Two people at once: one of them wins, the other is told, and nothing is half-done."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.access.actor import SYSTEM, Role
from lms.accounts import operations, queries
from lms.accounts.models import Account, Invitation, RoleConfirmation, RoleEnd, RoleGrant
from lms.accounts.rules import LinkUnusable, Purpose
from lms.db import db, unit_of_work
from lms.errors import Conflict
from tests.accounts.links import (
    BASE,
    NEW,
    ask_reset,
    invite,
    newcomer,
    open_links,
    paths_sent_to,
    token_of,
    with_known_password,
)
from tests.accounts.overlap import one_inside_another, together
from tests.factories import make_account, make_actor, trail_of
from tests.sessions.coming_in import is_in
from tests.support.pages import Visitor

pytestmark = pytest.mark.usefixtures("app")


def link_of(path: str) -> Invitation:
    found = queries.invitation_with(token_of(path))
    assert found is not None
    return found


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_two_tabs_that_use_one_invitation_set_one_password(app: Flask, browser) -> None:
    account = newcomer()
    path = invite(account)
    tabs = [browser(), browser()]
    passwords = [NEW, "another heron, Tuesday kettle"]
    tokens = [tab.token() for tab in tabs]

    def send(number: int) -> int:
        data = {"csrf_token": tokens[number], "password": passwords[number]}
        return tabs[number].client.post(path, data=data).status_code

    statuses = together(app, lambda: send(0), lambda: send(1))
    assert sorted(statuses) == [302, 404], statuses
    assert trail_of(account.ref).count("invitation accepted") == 1
    winner = passwords[statuses.index(302)]
    visitor = Visitor(app)
    visitor.fill_in("/sign-in", email=account.address, password=winner)
    assert is_in(visitor)


@pytest.mark.parametrize("send", [invite, ask_reset])
def test_whoever_comes_second_to_a_link_finds_it_used(app: Flask, send) -> None:
    account = newcomer() if send is invite else with_known_password()
    path = send(account)

    def use(password_hash: str) -> None:
        operations.use_link(link_of(path), password_hash, actor=SYSTEM)

    first, second = one_inside_another(app, lambda: use("first"), lambda: use("second"))
    assert first is None
    assert isinstance(second, LinkUnusable), repr(second)
    assert queries.account(account.ref).password_hash == "first"


def test_an_invitation_that_is_used_while_it_is_cancelled_is_one_or_the_other(app: Flask) -> None:
    ref, path = _invited()

    def use() -> None:
        operations.use_link(link_of(path), "hash", actor=SYSTEM)

    def cancel() -> int:
        return operations.cancel_invitations(queries.account(ref), actor=SYSTEM)

    assert one_inside_another(app, use, cancel) == [None, 0]
    ref, path = _invited()
    first, second = one_inside_another(app, cancel, use)
    assert first == 1
    assert isinstance(second, LinkUnusable), repr(second)
    for link in db.session.scalars(select(Invitation)):
        assert (link.used_at is None) != (link.cancelled_at is None)


def test_two_registrars_who_send_an_invitation_anew_leave_one_link_that_works(app: Flask) -> None:
    ref, _ = _invited()

    def again() -> str:
        return operations.invite(queries.account(ref), BASE, actor=SYSTEM)

    outcomes = one_inside_another(app, again, again)
    assert all(isinstance(each, str) for each in outcomes), outcomes
    account = queries.account(ref)
    assert open_links(account) == 1
    assert len(paths_sent_to(account)) == 3


def test_asking_twice_at_the_limit_sends_one_link(app: Flask) -> None:
    account = with_known_password()
    for _ in range(4):
        ask_reset(account)
    ref = account.ref

    def ask() -> None:
        operations.ask_reset(queries.account(ref), BASE, actor=SYSTEM)

    assert one_inside_another(app, ask, ask) == [None, None]
    assert len(paths_sent_to(account)) == 5
    assert open_links(account, Purpose.RESET) == 1


def waiting_grant() -> RoleGrant:
    account, first = make_account(), make_actor(Role.REGISTRAR)
    with unit_of_work():
        return operations.grant_role(account, Role.REGISTRAR, actor=first)


def test_two_registrars_who_confirm_one_role_confirm_it_once(app: Flask) -> None:
    ref = waiting_grant().ref
    seconds = [make_actor(Role.REGISTRAR), make_actor(Role.REGISTRAR)]

    def confirm(number: int) -> None:
        operations.confirm_role(queries.grant(ref), actor=seconds[number])

    first, second = one_inside_another(app, lambda: confirm(0), lambda: confirm(1))
    assert first is None
    assert isinstance(second, Conflict), repr(second)
    assert "confirmed already" in second.sentence
    (row,) = db.session.scalars(select(RoleConfirmation)).all()
    assert row.confirmed_by_id == seconds[0].person_id
    assert trail_of(queries.grant(ref).account.ref).count("role confirmed") == 1


def test_two_registrars_who_press_confirm_at_once_are_told_apart(app: Flask, browser) -> None:
    grant = waiting_grant()
    path = f"/people/{grant.account.ref}/roles/{grant.ref}/confirm"
    desks = [browser(make_account(Role.REGISTRAR)) for _ in range(2)]
    tokens = [desk.token() for desk in desks]

    def press(number: int) -> int:
        return desks[number].client.post(path, data={"csrf_token": tokens[number]}).status_code

    assert sorted(together(app, lambda: press(0), lambda: press(1))) == [302, 409]
    assert count(RoleConfirmation) == 1


def test_a_role_that_is_taken_away_while_it_is_confirmed_does_not_stand(app: Flask) -> None:
    grant = waiting_grant()
    ref, holder = grant.ref, grant.account.ref
    one, another = make_actor(Role.REGISTRAR), make_actor(Role.REGISTRAR)
    first, second = one_inside_another(
        app,
        lambda: operations.end_role(queries.grant(ref), actor=one),
        lambda: operations.confirm_role(queries.grant(ref), actor=another),
    )
    assert first is None
    assert isinstance(second, Conflict), repr(second)
    assert queries.actor_for(queries.account(holder)).roles == frozenset()
    assert count(RoleConfirmation) == 0


def test_two_registrars_who_give_the_same_role_give_it_once(app: Flask) -> None:
    ref, registrar = make_account().ref, make_actor(Role.REGISTRAR)

    def give() -> str:
        given = operations.grant_role(queries.account(ref), Role.TUTOR, actor=registrar)
        return given.ref

    first, second = one_inside_another(app, give, give)
    assert isinstance(first, str)
    assert isinstance(second, Conflict), repr(second)
    assert Counter(trail_of(ref))["role granted"] == 1


def test_two_registrars_who_end_one_role_end_it_once(app: Flask) -> None:
    account, registrar = make_account(Role.TUTOR), make_actor(Role.REGISTRAR)
    grant = queries.standing_grant(account, Role.TUTOR, "")
    assert grant is not None
    ref = grant.ref

    def end() -> None:
        operations.end_role(queries.grant(ref), actor=registrar)

    first, second = one_inside_another(app, end, end)
    assert first is None
    assert isinstance(second, Conflict), repr(second)
    assert count(RoleEnd) == 1


def test_two_accounts_never_share_an_address(app: Flask) -> None:
    def open_() -> str:
        return operations.open_account("amara@example.org", "Amara", actor=SYSTEM).ref

    outcomes = together(app, *[_in_work(open_)] * 2)
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "str"]
    assert count(Account) == 1


def test_a_name_changed_while_the_account_is_shut_shuts_it_all_the_same(app: Flask) -> None:
    """Neither act undoes the other, and neither fails because of the other."""
    ref = make_account(Role.TUTOR).ref
    outcomes = one_inside_another(
        app,
        lambda: operations.change_name(queries.account(ref), "New Name", actor=SYSTEM),
        lambda: operations.disable(queries.account(ref), actor=SYSTEM),
    )
    assert outcomes == [None, None]
    account = queries.account(ref)
    assert account.name == "New Name"
    assert account.disabled_at is not None


def test_two_corrections_of_a_date_of_birth_are_two_records(app: Flask) -> None:
    ref = make_account(Role.ADVOCATE).ref

    def correct(year: int) -> int:
        born_on = operations.date(year, 3, 1)
        account = queries.account(ref)
        found = operations.record_identity(account, "A", born_on, reason="Deed.", actor=SYSTEM)
        return found.seq

    assert one_inside_another(app, lambda: correct(1980), lambda: correct(1981)) == [1, 2]


def _invited() -> tuple[str, str]:
    account = newcomer()
    return account.ref, invite(account)


def _in_work(act):
    def done():
        with unit_of_work():
            return act()

    return done
