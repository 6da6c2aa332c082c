"""A lost second factor: cleared by two, a day apart, and never behind the holder's back."""

from datetime import timedelta

import pytest

from lms import clock
from lms.access.actor import SECOND_FACTOR, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.sessions import clearing_operations as operations, queries
from lms.sessions.models import Clearing
from tests.accounts.links import mails
from tests.factories import actor_of, make_account, trail_of
from tests.sessions.coming_in import (
    clear,
    code_of,
    is_in,
    set_up,
    sign_in,
    with_password,
    with_second_factor,
)

pytestmark = pytest.mark.usefixtures("app")
KEEPERS = [Role.REGISTRAR, Role.ADMIN]
NOW = clock.now()
DAY = timedelta(days=1)


def holder(role: Role = Role.TUTOR) -> Account:
    account = with_password(make_account(role))
    with_second_factor(account)
    return account


def asked(account: Account, by: Account, ago: timedelta = DAY) -> Clearing:
    with clock.stopped(NOW - ago), unit_of_work():
        return operations.ask_clearing(account, actor=actor_of(by))


def confirm(clearing: Clearing, by: Account) -> None:
    with clock.stopped(NOW), unit_of_work():
        operations.confirm_clearing(clearing, actor=actor_of(by))


@pytest.mark.parametrize("first", KEEPERS)
@pytest.mark.parametrize("second", KEEPERS)
def test_one_asks_another_confirms_and_the_next_sign_in_sets_up_a_new_one(browser, first, second):
    account = with_password(make_account(Role.TUTOR))
    seed, codes = set_up(account)
    path = f"/people/{account.ref}/second-factor"
    one, other = browser(make_account(first)), browser(make_account(second))
    with clock.stopped(NOW - DAY):
        desk = browser(make_account(first))
        page = desk.fill_in(path)
        assert "asked on" in page.text
    ref = queries.open_clearing(account.id).ref
    assert queries.has_second_factor(account.id), "asking alone changes nothing"
    with clock.stopped(NOW):
        assert "Clear the second factor" in one.get(path).text
        page = other.post(f"{path}/{ref}/confirm")
    assert page.status_code == 302
    assert not queries.has_second_factor(account.id)
    assert queries.recovery_codes_left(account.id) == 0
    visitor = browser()
    assert sign_in(visitor, account).request.path == "/sign-in/set-up"
    for code in (code_of(seed), codes[0]):
        assert visitor.fill_in("/sign-in/set-up", code=code).status_code == 422
    assert not is_in(visitor)
    assert [each for each in trail_of(account.ref) if "second factor" in each] == [
        "second factor set up",
        "clearing of second factor asked for",
        "second factor cleared",
    ]


def test_neither_whoever_asked_nor_whom_it_is_about_is_the_second(browser) -> None:
    account, first = holder(Role.REGISTRAR), make_account(Role.REGISTRAR)
    clearing = asked(account, first)
    for who in (first, account):
        with pytest.raises(NotFound):
            confirm(clearing, who)
        path = f"/people/{account.ref}/second-factor/{clearing.ref}/confirm"
        assert browser(who).post(path).status_code == 404
    assert (
        "Clear the second factor"
        not in browser(first).get(f"/people/{account.ref}/second-factor").text
    )
    assert queries.has_second_factor(account.id)


@pytest.mark.parametrize("role", KEEPERS)
def test_nobody_asks_for_themselves(browser, role) -> None:
    account = holder(role)
    path = f"/people/{account.ref}/second-factor"
    visitor = browser(account)
    assert visitor.get(path).status_code == 404
    assert visitor.post(path).status_code == 404
    assert queries.open_clearing(account.id) is None


@pytest.mark.parametrize("role", sorted(set(Role) - set(KEEPERS)))
def test_nobody_but_registrar_and_administrator_asks_or_confirms(browser, role) -> None:
    account, other = holder(), make_account(role)
    clearing = asked(account, make_account(Role.ADMIN))
    with pytest.raises(NotFound):
        confirm(clearing, other)
    with pytest.raises(NotFound):
        asked(holder(), other)
    visitor, path = browser(other), f"/people/{account.ref}/second-factor"
    assert visitor.get(path).status_code == 404
    assert visitor.post(path).status_code == 404
    assert visitor.post(f"{path}/{clearing.ref}/confirm").status_code == 404


@pytest.mark.parametrize("ago", [timedelta(0), DAY - timedelta(seconds=1), timedelta(days=7)])
def test_too_soon_or_on_an_old_word_nothing_is_cleared(ago) -> None:
    account = holder()
    clearing = asked(account, make_account(Role.REGISTRAR), ago)
    with pytest.raises(RuleBroken):
        confirm(clearing, make_account(Role.REGISTRAR))
    assert queries.has_second_factor(account.id)
    db.session.refresh(clearing)
    assert clearing.ended_at is None


def test_it_is_asked_for_once_at_a_time_and_anew_after_a_week() -> None:
    account, first = holder(), make_account(Role.REGISTRAR)
    asked(account, first, timedelta(days=7))
    with clock.stopped(NOW):
        assert queries.open_clearing(account.id) is None
    asked(account, first, timedelta(0))
    with pytest.raises(Conflict):
        asked(account, make_account(Role.ADMIN), timedelta(0))


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR - set(KEEPERS)))
def test_where_there_is_none_there_is_nothing_to_clear(role) -> None:
    account = make_account(role)
    with pytest.raises(RuleBroken, match="no second factor"):
        asked(account, make_account(Role.REGISTRAR))


def test_the_holder_hears_of_it_twice_by_mails_that_say_nothing() -> None:
    account = holder()
    clearing = asked(account, make_account(Role.REGISTRAR))
    confirm(clearing, make_account(Role.REGISTRAR))
    found = mails()
    assert [mail["To"] for mail in found] == [account.address] * 2
    for mail in found:
        assert mail["Subject"] == "A message from Alongside"
        assert mail.get_content() == "Sign in to read it:\nhttp://localhost/sign-in\n"


def test_the_holder_reads_of_it_and_stops_it(browser) -> None:
    account, visitor = holder(), None
    clearing = asked(account, make_account(Role.REGISTRAR))
    visitor = browser(account)
    assert "about to be cleared" in visitor.get("/account/").text
    assert visitor.post(f"/account/second-factor/{clearing.ref}/stop").status_code == 302
    assert "about to be cleared" not in visitor.get("/account/").text
    with pytest.raises(Conflict):
        confirm(clearing, make_account(Role.REGISTRAR))
    assert queries.has_second_factor(account.id)
    assert trail_of(account.ref)[-1] == "clearing of second factor stopped"


def test_nobody_else_stops_it(browser) -> None:
    account, first = holder(), make_account(Role.REGISTRAR)
    clearing = asked(account, first)
    for who in (first, make_account(Role.REGISTRAR), make_account(Role.TUTOR)):
        page = browser(who).post(f"/account/second-factor/{clearing.ref}/stop")
        assert page.status_code == 404
        with pytest.raises(NotFound), unit_of_work():
            operations.stop_clearing(clearing, actor=actor_of(who))
    assert queries.open_clearing(account.id) is not None


def test_it_is_confirmed_or_stopped_once(browser) -> None:
    account = holder()
    clearing = asked(account, make_account(Role.REGISTRAR))
    confirm(clearing, make_account(Role.REGISTRAR))
    with pytest.raises(Conflict):
        confirm(clearing, make_account(Role.ADMIN))
    page = browser(account).post(f"/account/second-factor/{clearing.ref}/stop")
    assert page.status_code == 409


def test_a_word_about_one_person_clears_nobody_else(browser) -> None:
    account, other = holder(), holder()
    clearing = asked(account, make_account(Role.REGISTRAR), timedelta(days=1, hours=1))
    visitor = browser(make_account(Role.REGISTRAR))
    path = f"/people/{other.ref}/second-factor/{clearing.ref}/confirm"
    assert visitor.post(path).status_code == 404
    assert queries.has_second_factor(account.id)
    assert queries.has_second_factor(other.id)


def test_a_reset_of_the_password_in_between_skips_nothing(browser) -> None:
    account, visitor = holder(), browser()
    asked(account, make_account(Role.REGISTRAR))
    with unit_of_work():
        kept = account.password_hash or ""
        accounts.change_password(account, kept, actor=actor_of(account))
    assert sign_in(visitor, account).request.path == "/sign-in/code"


def test_clearing_ends_every_session_of_the_person(browser) -> None:
    account = holder()
    visitor = browser(account)
    assert is_in(visitor)
    clear(account)
    assert not is_in(visitor)
