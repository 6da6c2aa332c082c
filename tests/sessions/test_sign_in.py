"""Signing in: one answer for whatever is wrong, and a new session for whoever is right."""

import hashlib

import pytest
from argon2 import PasswordHasher

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.audit import queries as trail
from lms.db import db, unit_of_work
from lms.sessions.models import FailedAttempt
from tests.factories import PASSWORD, make_account, trail_of
from tests.sessions.coming_in import (
    WRONG,
    answer,
    cookie_of,
    is_in,
    read,
    send_sign_in,
    sign_in,
    visitor_with,
    with_password,
    with_second_factor,
)

pytestmark = pytest.mark.usefixtures("app")
NOBODY = "person0@example.org"


def advocate() -> Account:
    return with_password(make_account(Role.ADVOCATE))


def invited() -> Account:
    account = make_account(Role.ADVOCATE)
    with unit_of_work():
        account.password_hash = None
    return account


def disabled(*roles: Role) -> Account:
    account = with_password(make_account(*roles))
    with unit_of_work():
        accounts.disable(account, actor=SYSTEM)
    return account


def test_the_right_address_and_password_open_the_account(browser) -> None:
    account, visitor = advocate(), browser()
    assert not is_in(visitor)
    page = sign_in(visitor, account)
    assert page.status_code == 200
    assert page.request.path == "/"
    assert account.name in page.text
    assert is_in(visitor)
    assert trail_of(account.ref)[-1] == "signed in"


def test_an_address_is_taken_in_any_capitals_and_with_spaces_around_it(browser) -> None:
    account, visitor = advocate(), browser()
    send_sign_in(visitor, f"  {account.address.upper()} ")
    assert is_in(visitor)


def test_whatever_is_wrong_the_answer_is_the_same(browser) -> None:
    account = advocate()
    cases = [
        (account.address, WRONG),
        (account.address, PASSWORD + " "),
        (account.address, "a" * 129),
        (NOBODY, PASSWORD),
        (disabled(Role.ADVOCATE).address, PASSWORD),
        (disabled(Role.TUTOR).address, WRONG),
        (invited().address, PASSWORD),
        (with_password(make_account(Role.REGISTRAR)).address, WRONG),
        ("no address at all", PASSWORD),
    ]
    answers = {
        repr(answer(send_sign_in(browser(), email, password), email)) for email, password in cases
    }
    assert len(answers) == 1
    assert "(422, " in answers.pop()


@pytest.mark.parametrize("who", ["known", "unknown", "invited", "disabled", "no address"])
def test_argon2_works_once_whoever_tries(browser, monkeypatch, who) -> None:
    """Time would tell what the words don't: an unknown address costs as much as a known one."""
    email = {
        "known": lambda: advocate().address,
        "unknown": lambda: NOBODY,
        "invited": lambda: invited().address,
        "disabled": lambda: disabled(Role.ADVOCATE).address,
        "no address": lambda: "no address at all",
    }[who]()
    tried, verify = [], PasswordHasher.verify

    def counting(self, kept, password):
        tried.append(password)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    assert send_sign_in(browser(), email, WRONG).status_code == 422
    assert tried == [WRONG]


def test_what_was_typed_comes_back_but_never_the_password(browser) -> None:
    page = send_sign_in(browser(), NOBODY, "gravel & heron")
    assert NOBODY in page.text
    assert "gravel" not in page.text


def test_a_failed_attempt_is_in_the_trail_without_a_word_about_whom(browser) -> None:
    account = advocate()
    send_sign_in(browser(), account.address, WRONG)
    send_sign_in(browser(), NOBODY, WRONG)
    entries = [each for each in trail.all_entries() if each.event == "sign-in failed"]
    assert [each.actor for each in entries] == ["public", "public"]
    for each in entries:
        said = f"{each.subject} {each.facts}"
        assert account.ref not in said
        assert "@" not in said
        assert "127.0.0.1" not in said


def test_a_password_typed_as_an_address_can_t_be_guessed_from_what_is_kept(browser) -> None:
    """Nobody with a copy of the database can try words against it: the hash is keyed."""
    send_sign_in(browser(), "dragon12", WRONG)
    kept = db.session.scalars(db.select(FailedAttempt.door)).all()
    facts = " ".join(str(each.facts) for each in trail.all_entries())
    assert len(kept) == 2
    for said in ("account:dragon12", "door:account:dragon12", "dragon12"):
        plain = hashlib.sha256(said.encode()).hexdigest()
        assert plain not in kept
        assert plain[:12] not in facts


def test_signing_in_gives_the_browser_a_new_session(browser) -> None:
    account, visitor = advocate(), browser()
    visitor.get("/sign-in")
    before = cookie_of(visitor)
    assert "_user_id" not in read(before)
    sign_in(visitor, account)
    first = read(cookie_of(visitor))["_user_id"]
    assert is_in(visitor)
    assert not is_in(visitor_with(visitor.app, before))
    sign_in(visitor, account)
    assert read(cookie_of(visitor))["_user_id"] != first


def test_nothing_that_lay_in_the_browser_before_survives_the_sign_in(browser) -> None:
    """Whoever put a session of their choosing into this browser gains nothing by it."""
    account, visitor = advocate(), browser()
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["_id"] = "chosen"
    token = visitor.token()
    sign_in(visitor, account)
    now = read(cookie_of(visitor))
    assert "planted" not in now
    assert now.get("_id") != "chosen"
    assert visitor.client.post("/sign-out", data={"csrf_token": token}).status_code == 403
    assert is_in(visitor)


def test_signing_in_again_ends_the_session_that_this_browser_had(browser) -> None:
    first, second, visitor = advocate(), advocate(), browser()
    sign_in(visitor, first)
    before = cookie_of(visitor)
    sign_in(visitor, second)
    assert second.name in visitor.get("/account/").text
    assert not is_in(visitor_with(visitor.app, before))
    assert trail_of(first.ref)[-1] == "signed out"


def test_two_browsers_of_one_person_are_two_sessions(browser) -> None:
    account, desk, phone = advocate(), browser(), browser()
    sign_in(desk, account)
    sign_in(phone, account)
    assert is_in(desk)
    assert is_in(phone)
    assert read(cookie_of(desk))["_user_id"] != read(cookie_of(phone))["_user_id"]


def test_the_database_holds_no_token_that_a_browser_holds(browser) -> None:
    account, visitor = advocate(), browser()
    sign_in(visitor, account)
    token = read(cookie_of(visitor))["_user_id"]
    rows = db.session.connection().exec_driver_sql("SELECT * FROM sign_in").fetchall()
    assert rows
    assert not any(token in str(value) for row in rows for value in row)


def test_the_password_alone_opens_nothing_where_a_second_factor_is_on(browser) -> None:
    """Also for somebody whose role asks for none, once they have set one up."""
    for role in (Role.ADVOCATE, Role.TUTOR):
        account, visitor = with_password(make_account(role)), browser()
        with_second_factor(account)
        page = sign_in(visitor, account)
        assert page.request.path == "/sign-in/code"
        assert not is_in(visitor)
        assert "signed in" not in trail_of(account.ref)


def test_no_sign_in_is_taken_without_a_token_of_this_browser(browser) -> None:
    account, visitor = advocate(), browser()
    data = {"email": account.address, "password": PASSWORD}
    for extra in ({}, {"csrf_token": "x"}, {"csrf_token": browser().token()}):
        page = visitor.client.post("/sign-in", data={**data, **extra})
        assert page.status_code == 403
    assert not is_in(visitor)
    with clock.stopped(clock.now()):
        assert send_sign_in(visitor, account.address).status_code == 302
