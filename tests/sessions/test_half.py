"""Between password and code: the code page and the way out, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from lms import clock
from lms.access.actor import SECOND_FACTOR, SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.db import unit_of_work
from lms.sessions import operations
from tests.factories import make_account, trail_of
from tests.sessions.coming_in import (
    code_of,
    cookie_of,
    is_in,
    read,
    send_sign_in,
    sign_in,
    visitor_with,
    with_password,
    with_second_factor,
)
from tests.support.pages import Visitor

pytestmark = pytest.mark.usefixtures("app")

# By hand, from CONTRACT and SECURITY: the code, its set-up, the ways out; and what says nothing
# about anybody: files of the frame, and whether the service lives.
OPEN = {
    "sessions.enter_code",
    "sessions.set_up",
    "sessions.sign_out",
    "sessions.leave",
    "web.static",
    "web.live",
    "web.ready",
}


def staff(role: Role = Role.TUTOR) -> Account:
    return with_password(make_account(role))


def halfway(browser, account: Account) -> Visitor:
    visitor = browser()
    page = sign_in(visitor, account)
    assert page.request.path in {"/sign-in/code", "/sign-in/set-up"}
    return visitor


def every_address(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, path) of every rule of the map; its variables filled in with anything."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), force_external=True)
        for method in sorted(rule.methods or ()):
            yield rule.endpoint, method, urlsplit(path).path


@pytest.mark.parametrize("with_factor", [True, False], ids=["code due", "set-up due"])
def test_no_other_address_answers_whatever_the_method(app, browser, with_factor) -> None:
    account = staff(Role.REGISTRAR)
    if with_factor:
        with_second_factor(account)
    visitor, walked = halfway(browser, account), set()
    for endpoint, method, path in every_address(app):
        if endpoint in OPEN:
            continue
        page = visitor.client.open(path, method=method)
        walked.add(endpoint)
        assert (page.status_code, page.headers.get("Location")) == (302, "/sign-in/code"), (
            f"{method} {path} answers {page.status_code}"
        )
        assert account.name not in page.text
    assert len(walked) > 60
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == walked | OPEN


def test_an_address_that_is_not_there_says_nothing_either(browser) -> None:
    account = staff()
    with_second_factor(account)
    page = halfway(browser, account).get("/there/is/nothing")
    assert page.headers["Location"] == "/sign-in/code"


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_every_role_of_staff_sets_up_a_second_factor_before_anything_opens(browser, role) -> None:
    account, visitor = staff(role), browser()
    page = sign_in(visitor, account)
    assert page.request.path == "/sign-in/set-up"
    assert visitor.get("/").headers["Location"] == "/sign-in/code"
    assert not is_in(visitor)
    assert "signed in" not in trail_of(account.ref)


def test_an_advocate_needs_none(browser) -> None:
    visitor = browser()
    sign_in(visitor, staff(Role.ADVOCATE))
    assert is_in(visitor)


def test_somebody_given_a_role_while_signed_in_has_it_once_a_second_factor_is_set_up(browser):
    account, visitor = staff(Role.ADVOCATE), browser()
    sign_in(visitor, account)
    assert visitor.get("/people/").status_code == 403
    with unit_of_work():
        accounts.grant_role(account, Role.ADMIN, actor=SYSTEM)
    assert visitor.get("/people/").status_code == 403
    page = visitor.get("/account/")
    assert page.status_code == 200
    assert "you set it up the next time you sign in" in page.text
    again = browser()
    assert sign_in(again, account).request.path == "/sign-in/set-up"
    with unit_of_work():
        seed = operations.queries.seed_of(operations.queries.begun_second_factor(account.id))
    again.fill_in("/sign-in/set-up", code=code_of(seed))
    assert again.get("/people/").status_code == 200


@pytest.mark.parametrize("path", ["/sign-out", "/leave"])
def test_the_way_out_is_open_and_ends_it(browser, path) -> None:
    account = staff()
    seed = with_second_factor(account)
    visitor = halfway(browser, account)
    before = cookie_of(visitor)
    if path == "/leave":
        visitor.get(path)
    else:
        page = visitor.get("/sign-in/code")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        assert visitor.client.post(path, data={"csrf_token": token}).status_code == 302
    copy = visitor_with(visitor.app, before)
    assert copy.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert not _completes(copy, seed)


def test_half_an_hour_later_the_password_is_asked_for_again(browser) -> None:
    account, start = staff(), clock.now()
    seed = with_second_factor(account)
    with clock.stopped(start):
        visitor = halfway(browser, account)
    with clock.stopped(start + timedelta(minutes=30, seconds=-1)):
        assert visitor.get("/sign-in/code").status_code == 200
    with clock.stopped(start + timedelta(minutes=30)):
        assert visitor.get("/sign-in/code").headers["Location"] == "/sign-in"
        assert not _completes(visitor, seed)


@pytest.mark.parametrize("what", ["disabled", "new password"])
def test_what_ends_every_session_ends_a_half_one_too(browser, what) -> None:
    account = staff()
    seed = with_second_factor(account)
    visitor = halfway(browser, account)
    copy = visitor_with(visitor.app, cookie_of(visitor))
    with unit_of_work():
        if what == "disabled":
            accounts.disable(account, actor=SYSTEM)
        else:
            accounts.change_password(account, account.password_hash or "", actor=SYSTEM)
    assert copy.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert not _completes(visitor, seed)


def test_what_the_browser_held_before_the_code_opens_nothing_after_it(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    visitor = halfway(browser, account)
    before = cookie_of(visitor)
    visitor.fill_in("/sign-in/code", code=code_of(seed))
    assert is_in(visitor)
    assert read(before)["half"] != read(cookie_of(visitor))["_user_id"]
    copy = visitor_with(visitor.app, before)
    assert not is_in(copy)
    with copy.client.session_transaction() as session:
        session.clear()
        session["_user_id"] = read(before)["half"]
        session["seen"] = int(clock.now().timestamp())
    assert not is_in(copy)


def test_a_half_session_is_no_whole_one_under_another_name(browser) -> None:
    """Even with our own signature under it: the row itself says that a code is due."""
    account = staff()
    with_second_factor(account)
    visitor = halfway(browser, account)
    with visitor.client.session_transaction() as session:
        session["_user_id"] = session.pop("half")
        session["seen"] = int(clock.now().timestamp())
    assert not is_in(visitor)


def test_the_code_page_without_a_password_before_it_leads_to_sign_in(browser) -> None:
    visitor = browser()
    assert visitor.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert visitor.get("/sign-in/set-up").headers["Location"] == "/sign-in/code"
    assert visitor.post("/sign-in/code", code="123456").headers["Location"] == "/sign-in"
    whole = browser(staff())
    assert whole.get("/sign-in/set-up").headers["Location"] == "/sign-in/code"
    assert whole.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert is_in(whole), "opening a page ends no session"


def test_sending_the_password_again_starts_another_half_session(browser) -> None:
    account = staff()
    with_second_factor(account)
    first = halfway(browser, account)
    assert send_sign_in(browser(), account.address).headers["Location"].startswith("/sign-in/code")
    assert first.get("/sign-in/code").status_code == 200


def _completes(visitor: Visitor, seed: str) -> bool:
    page = visitor.get("/sign-in/code")
    if page.status_code == 200:
        visitor.fill_in("/sign-in/code", code=code_of(seed))
    return is_in(visitor)
