"""What ends a session: its owner, a new password, a shut account, a cleared second factor."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.db import unit_of_work
from lms.sessions import queries
from tests.factories import PASSWORD, make_account, trail_of
from tests.sessions.coming_in import (
    clear,
    cookie_of,
    is_in,
    sign_in,
    visitor_with,
    with_password,
    with_second_factor,
)
from tests.support.pages import Visitor

pytestmark = pytest.mark.usefixtures("app")
NEW = "gravel heron, Tuesday kettle"


def person(role: Role = Role.ADVOCATE) -> Account:
    return with_password(make_account(role))


def test_signing_out_makes_the_cookie_useless_and_clears_what_the_browser_keeps(browser) -> None:
    account = person()
    visitor = browser(account)
    before = cookie_of(visitor)
    page = visitor.post("/sign-out")
    assert (page.status_code, page.headers["Location"]) == (302, "/")
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert visitor.client.get_cookie("session") is None
    assert not is_in(visitor)
    assert not is_in(visitor_with(visitor.app, before))
    assert trail_of(account.ref)[-1] == "signed out"


def test_signing_out_ends_this_session_and_no_other(browser) -> None:
    account = person()
    desk, phone = browser(account), browser(account)
    desk.post("/sign-out")
    assert is_in(phone)


def test_signing_out_takes_a_form_of_ours(browser) -> None:
    visitor = browser(person())
    assert visitor.get("/sign-out").status_code == 405
    assert visitor.client.post("/sign-out").status_code == 403
    assert is_in(visitor)


def test_leaving_quickly_ends_the_session_and_clears_everything(browser) -> None:
    account = person()
    visitor = browser(account)
    before = cookie_of(visitor)
    page = visitor.get("/leave")
    assert page.status_code == 302
    assert page.headers["Location"] == visitor.app.config["LEAVE_URL"]
    assert page.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not is_in(visitor_with(visitor.app, before))


@pytest.mark.parametrize("path", ["/leave", "/sign-out"])
def test_leaving_works_signed_out_too(browser, path) -> None:
    visitor = browser()
    page = visitor.get(path) if path == "/leave" else visitor.post(path)
    assert page.status_code == 302


@pytest.mark.parametrize("path", ["/leave", "/sign-out"])
def test_somebody_whose_last_role_has_ended_gets_out_as_ever(browser, path) -> None:
    account = person(Role.TUTOR)
    visitor = browser(account)
    before = cookie_of(visitor)
    with unit_of_work():
        grant = accounts.queries.standing_grant(account, Role.TUTOR, "")
        accounts.end_role(grant, actor=SYSTEM)
    assert visitor.get("/").status_code == 200
    assert is_in(visitor)
    page = visitor.get(path) if path == "/leave" else visitor.post(path)
    assert page.status_code == 302
    assert not is_in(visitor_with(visitor.app, before))
    assert trail_of(account.ref)[-1] == "signed out"


def test_signing_out_after_too_long_a_rest_ends_the_session_of_a_stolen_cookie_too(browser) -> None:
    """The owner rested; whoever copied the cookie did not."""
    account = person()
    visitor = browser(account)
    thief = visitor_with(visitor.app, cookie_of(visitor))
    token = visitor.token()
    with visitor.client.session_transaction() as session:
        session["seen"] = 0
    assert is_in(thief)
    visitor.client.post("/sign-out", data={"csrf_token": token})
    assert not is_in(thief)


def by_page(browser: Callable[..., Visitor], account: Account) -> None:
    page = browser(account).fill_in("/account/password", password=PASSWORD, new_password=NEW)
    assert page.request.path == "/sign-in"


def by_reset(browser: Callable[..., Visitor], account: Account) -> None:
    with unit_of_work():
        accounts.ask_reset(account, "http://localhost", actor=SYSTEM)
        link = accounts.queries.open_invitations(account, accounts.Purpose.RESET)[0]
        accounts.use_link(link, "another hash", actor=SYSTEM)


def by_disabling(browser: Callable[..., Visitor], account: Account) -> None:
    page = browser(make_account(Role.ADMIN)).post(f"/people/{account.ref}/disable")
    assert page.status_code == 302


def by_clearing(browser: Callable[..., Visitor], account: Account) -> None:
    if not queries.has_second_factor(account.id):
        with_second_factor(account)
    clear(account)


@pytest.mark.parametrize("end", [by_page, by_reset, by_disabling, by_clearing])
def test_every_session_of_the_person_ends_at_once_and_nobody_elses(browser, end) -> None:
    account, other = person(), person()
    desk, phone, bystander = browser(account), browser(account), browser(other)
    assert is_in(desk)
    assert is_in(phone)
    end(browser, account)
    assert not is_in(desk)
    assert not is_in(phone)
    assert is_in(bystander)
    assert list(queries.open_sessions(account.id)) == []


@pytest.mark.parametrize("end", [by_page, by_reset, by_disabling, by_clearing])
@pytest.mark.usefixtures("app")
def test_it_ends_even_when_the_clock_was_put_back_meanwhile(browser, end) -> None:
    """Numbers decide, not times: a session that began later by a wrong clock ends as well."""
    account = person()
    visitor = browser(account)
    with unit_of_work():
        session = queries.open_sessions(account.id)[0]
        session.began_at = session.began_at.replace(year=session.began_at.year + 1)
    assert is_in(visitor)
    end(browser, account)
    assert not is_in(visitor)


def test_opening_an_account_again_brings_none_of_its_sessions_back(browser) -> None:
    account = person()
    visitor = browser(account)
    with unit_of_work():
        accounts.disable(account, actor=SYSTEM)
    assert not is_in(visitor)
    with unit_of_work():
        accounts.enable(account, actor=SYSTEM)
    assert not is_in(visitor)
    again = browser()
    sign_in(again, account)
    assert is_in(again)


def test_a_shut_account_answers_nothing_that_was_open(browser) -> None:
    """Nor does a form that was already filled in."""
    account = person(Role.REGISTRAR)
    visitor = browser(account)
    client: FlaskClient = visitor.client
    token = visitor.token()
    with unit_of_work():
        accounts.disable(account, actor=SYSTEM)
    page = client.post("/account/name", data={"csrf_token": token, "name": "Still here"})
    assert page.status_code == 401
    assert client.get("/people/").headers["Location"].startswith("/sign-in")
    assert "Still here" not in accounts.queries.account(account.ref).name


def test_changing_the_password_needs_the_present_one(browser) -> None:
    account = person()
    visitor = browser(account)
    page = visitor.fill_in("/account/password", password=NEW, new_password=NEW)
    assert page.status_code == 422
    assert "isn’t the password of this account" in page.text
    assert is_in(visitor)
    assert "password changed" not in trail_of(account.ref)


def test_the_old_password_is_useless_once_it_is_changed(browser) -> None:
    account = person()
    by_page(browser, account)
    assert sign_in(browser(), account).status_code == 422
    visitor = browser()
    sign_in(visitor, account, NEW)
    assert is_in(visitor)
    assert "password changed" in trail_of(account.ref)
