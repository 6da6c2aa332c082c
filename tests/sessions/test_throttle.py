"""Guessing has to stop: per account and per address, by failures alone, and never for everybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import clock
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.db import db, unit_of_work
from lms.sessions import current, operations
from lms.sessions.models import FailedAttempt
from tests.factories import PASSWORD, make_account, trail_of
from tests.sessions.coming_in import (
    WRONG,
    answer,
    code_of,
    is_in,
    send_sign_in,
    set_up,
    sign_in,
    with_password,
    with_second_factor,
    wrong_code,
)
from tests.support.pages import Visitor

pytestmark = pytest.mark.usefixtures("app")
Browser = Callable[..., Visitor]
MOST = 10
MOST_CODES = 5


def known(role: Role = Role.ADVOCATE) -> Account:
    return with_password(make_account(role))


def at(visitor: Visitor, address: str) -> Visitor:
    """The visitor, coming from this network address."""
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def guess(browser: Browser, email: str, start: int = 0, times: int = MOST) -> list[int]:
    """Wrong passwords for one address, each from another place; the statuses."""
    return [
        send_sign_in(at(browser(), f"10.0.{start}.{n}"), email, WRONG).status_code
        for n in range(times)
    ]


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(browser) -> None:
    account = known()
    assert guess(browser, account.address) == [422] * MOST
    page = send_sign_in(at(browser(), "10.9.9.9"), account.address)
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "300"
    assert "five minutes" in page.text


def test_nine_wrong_passwords_stop_nobody(browser) -> None:
    account, visitor = known(), browser()
    guess(browser, account.address, times=MOST - 1)
    send_sign_in(at(visitor, "10.9.9.9"), account.address)
    assert is_in(visitor)


def test_five_minutes_later_the_account_opens_again(browser) -> None:
    account, visitor, start = known(), browser(), clock.now()
    with clock.stopped(start):
        guess(browser, account.address)
    with clock.stopped(start + timedelta(minutes=5, seconds=-1)):
        assert send_sign_in(at(visitor, "10.9.9.9"), account.address).status_code == 429
    with clock.stopped(start + timedelta(minutes=5)):
        assert send_sign_in(at(visitor, "10.9.9.9"), account.address).status_code == 302


def test_guessing_at_one_account_stops_no_other(browser) -> None:
    guess(browser, known().address)
    other, visitor = known(), browser()
    send_sign_in(at(visitor, "10.0.0.3"), other.address)
    assert is_in(visitor)


def test_an_address_that_tries_ten_accounts_has_to_wait_and_others_do_not(browser) -> None:
    accounts = [known() for _ in range(3)]
    for n in range(MOST):
        page = send_sign_in(at(browser(), "10.1.1.1"), accounts[n % 3].address, WRONG)
        assert page.status_code == 422
    untouched, visitor = known(), browser()
    assert send_sign_in(at(visitor, "10.1.1.1"), untouched.address).status_code == 429
    assert send_sign_in(at(visitor, "10.1.1.2"), untouched.address).status_code == 302


def test_signing_in_rightly_never_counts(browser) -> None:
    account = known()
    for _ in range(MOST + 2):
        visitor = browser()
        assert send_sign_in(visitor, account.address).status_code == 302
    assert is_in(visitor)


def test_neither_opening_the_page_nor_sending_it_half_empty_counts(browser) -> None:
    account, visitor = known(), browser()
    for _ in range(MOST + 2):
        visitor.get("/sign-in")
        assert visitor.post("/sign-in", email=account.address).status_code == 422
        assert visitor.post("/sign-in", email="", password=WRONG).status_code == 422
    send_sign_in(visitor, account.address)
    assert is_in(visitor)


def test_an_address_nobody_has_is_stopped_as_one_that_somebody_has(browser) -> None:
    nobody, somebody = "person0@example.org", known().address
    with unit_of_work():  # nine earlier failures: each would cost a whole hash
        for _ in range(MOST - 1):
            operations.sign_in_failed([current.account_door(nobody)])
    guess(browser, nobody, times=1)
    guess(browser, somebody, start=1)
    told = {
        repr(answer(send_sign_in(at(browser(), "10.9.9.9"), email, WRONG), email))
        for email in (nobody, somebody)
    }
    assert len(told) == 1
    assert told.pop().startswith("(429,")


def test_capitals_and_spaces_buy_no_further_guesses(browser) -> None:
    account = known()
    forms = [account.address.upper(), f" {account.address}", account.address.title()]
    for n in range(MOST):
        send_sign_in(at(browser(), f"10.2.0.{n}"), forms[n % 3], WRONG)
    assert send_sign_in(at(browser(), "10.9.9.9"), account.address).status_code == 429


def test_a_forwarded_address_is_believed_only_from_a_trusted_proxy(browser) -> None:
    """Otherwise every guess would claim to come from somewhere else."""
    for n in range(MOST + 1):
        visitor = at(browser(), "10.3.3.3")
        page = visitor.client.post(
            "/sign-in",
            data={"csrf_token": visitor.token(), "email": known().address, "password": WRONG},
            headers={"X-Forwarded-For": f"192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}"},
        )
    assert page.status_code == 429


def test_what_is_kept_of_a_failure_names_neither_account_nor_place(browser) -> None:
    account = known()
    send_sign_in(at(browser(), "10.4.4.4"), account.address, WRONG)
    doors = db.session.scalars(select(FailedAttempt.door)).all()
    assert len(doors) == 2
    for door in doors:
        assert len(door) == 64
        assert account.address not in door
        assert "10.4.4.4" not in door


def test_failures_are_forgotten_after_a_day(browser) -> None:
    account, start = known(), clock.now()
    with clock.stopped(start - timedelta(days=1, minutes=1)):
        send_sign_in(browser(), account.address, WRONG)
    with clock.stopped(start):
        send_sign_in(browser(), account.address, WRONG)
    assert db.session.scalar(select(func.count()).select_from(FailedAttempt)) == 2


def test_after_five_wrong_codes_even_the_right_one_has_to_wait(browser) -> None:
    account, visitor, start = known(Role.TUTOR), browser(), clock.now()
    seed = with_second_factor(account)
    with clock.stopped(start):
        send_sign_in(visitor, account.address)
        for _ in range(MOST_CODES):
            assert visitor.fill_in("/sign-in/code", code=wrong_code(seed)).status_code == 422
        assert visitor.fill_in("/sign-in/code", code=code_of(seed)).status_code == 429
    with clock.stopped(start + timedelta(minutes=5)):
        visitor.fill_in("/sign-in/code", code=code_of(seed))
        assert is_in(visitor)
    assert trail_of(account.ref).count("second factor failed") == MOST_CODES


def test_another_browser_or_page_buys_no_further_codes(browser) -> None:
    """Codes are guessed at one door, wherever they are asked for."""
    account, signed_in, start = known(Role.TUTOR), browser(), clock.now()
    seed, spare = set_up(account)
    with clock.stopped(start):
        sign_in(signed_in, account)
        signed_in.fill_in("/sign-in/code", code=spare[0])
        assert is_in(signed_in)
        for n in range(MOST_CODES):
            if n % 2:
                other = browser()
                sign_in(other, account)
                page = other.fill_in("/sign-in/code", code=wrong_code(seed))
            else:
                fields = {"password": PASSWORD, "code": wrong_code(seed)}
                page = signed_in.fill_in("/account/confirm", **fields)
            assert page.status_code == 422
        right = {"password": PASSWORD, "code": code_of(seed)}
        assert signed_in.fill_in("/account/confirm", **right).status_code == 429
        other = browser()
        sign_in(other, account)
        assert other.fill_in("/sign-in/code", code=code_of(seed)).status_code == 429


@pytest.mark.parametrize("page", ["/account/confirm", "/account/password"])
def test_the_password_is_guessed_at_one_door_too(browser, page) -> None:
    account, visitor = known(), browser()
    sign_in(visitor, account)
    fields = {"new_password": "gravel heron, Tuesday kettle"} if "password" in page else {}
    for _ in range(MOST):
        assert visitor.fill_in(page, password=WRONG, **fields).status_code == 422
    assert visitor.fill_in(page, password=WRONG, **fields).status_code == 429
    assert send_sign_in(at(browser(), "10.9.9.9"), account.address).status_code == 429
