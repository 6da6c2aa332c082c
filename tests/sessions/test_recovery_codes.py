"""Recovery codes: for the day the phone is lost; shown once, used once, kept keyed."""

import hashlib
import itertools
import re

import pytest
from sqlalchemy import select

from lms.access.actor import Role
from lms.accounts.models import Account
from lms.db import db, unit_of_work
from lms.errors import NotFound
from lms.sessions import operations, queries
from lms.sessions.models import RecoveryCode
from tests.factories import actor_of, make_account, trail_of
from tests.sessions.coming_in import (
    all_text_in,
    code_of,
    is_in,
    set_up,
    sign_in,
    with_password,
)
from tests.support.pages import Visitor

pytestmark = pytest.mark.usefixtures("app")
SHOWN = re.compile(r"<li>([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})</li>")


def staff() -> Account:
    return with_password(make_account(Role.TUTOR))


def enter(browser, account: Account, code: str) -> Visitor:
    visitor = browser()
    sign_in(visitor, account)
    visitor.fill_in("/sign-in/code", code=code)
    return visitor


def test_there_are_ten_all_different_in_symbols_that_nobody_misreads() -> None:
    _, codes = set_up(staff())
    assert len(set(codes)) == 10
    symbols = set("".join(codes)) - {"-"}
    assert not symbols & set("01ILOUAEaeiou")
    for code in codes:
        assert re.fullmatch(r"(.{4}-){2}.{4}", code)


def test_each_signs_in_once(browser) -> None:
    account = staff()
    _, codes = set_up(account)
    assert is_in(enter(browser, account, codes[0]))
    assert trail_of(account.ref)[-2:] == ["recovery code used", "signed in"]
    assert queries.recovery_codes_left(account.id) == 9
    assert not is_in(enter(browser, account, codes[0]))
    assert is_in(enter(browser, account, codes[1]))


def test_one_is_taken_as_somebody_types_it_and_then_no_more_in_any_form(browser) -> None:
    account = staff()
    _, codes = set_up(account)
    typed = f"  {codes[0].lower().replace('-', ' ')} "
    assert is_in(enter(browser, account, typed))
    for again in (codes[0], codes[0].replace("-", ""), typed.upper()):
        assert not is_in(enter(browser, account, again))


def test_nobody_signs_in_with_somebody_elses(browser) -> None:
    account, other = staff(), staff()
    set_up(account)
    _, theirs = set_up(other)
    assert not is_in(enter(browser, account, theirs[0]))
    assert queries.recovery_codes_left(other.id) == 10


def test_a_code_of_the_app_is_still_asked_for_and_taken(browser) -> None:
    account = staff()
    seed, _ = set_up(account)
    assert is_in(enter(browser, account, code_of(seed)))
    assert queries.recovery_codes_left(account.id) == 10


def test_the_database_holds_none_of_them_nor_a_hash_that_could_be_searched() -> None:
    """A code short enough to type could be found from a plain hash; the key lies outside."""
    account = staff()
    _, codes = set_up(account)
    kept = all_text_in("recovery_code")
    assert len(db.session.scalars(select(RecoveryCode)).all()) == 10
    for shown in codes:
        code = shown.replace("-", "")
        assert code not in kept
        assert shown not in kept
        for text, algorithm in itertools.product(
            (code, shown, f"{account.id}:{code}", f"recovery code:{account.id}:{code}"),
            ("sha256", "sha512", "sha1", "md5"),
        ):
            assert hashlib.new(algorithm, text.encode()).hexdigest() not in kept


def test_new_ones_make_the_old_ones_useless_and_are_shown_once(browser) -> None:
    account = staff()
    _, old = set_up(account)
    visitor = browser(account)
    page = visitor.post("/account/recovery-codes")
    new = SHOWN.findall(page.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert page.headers["Cache-Control"] == "no-store"
    for path in ("/account/", "/"):
        assert not any(code in visitor.get(path).text for code in new)
    assert not is_in(enter(browser, account, old[0]))
    assert is_in(enter(browser, account, new[0]))


def test_new_ones_are_made_by_a_button_and_not_by_opening_a_page(browser) -> None:
    account = staff()
    set_up(account)
    assert browser(account).get("/account/recovery-codes").status_code == 405
    assert browser(account).client.post("/account/recovery-codes").status_code == 403
    assert queries.recovery_codes_left(account.id) == 10


def test_without_a_second_factor_there_are_none_to_make(browser) -> None:
    account = staff()
    page = browser(account).post("/account/recovery-codes")
    assert page.status_code == 422
    assert not SHOWN.findall(page.text)
    assert db.session.scalars(select(RecoveryCode)).all() == []


def test_nobody_makes_them_for_somebody_else() -> None:
    account, registrar = staff(), make_account(Role.REGISTRAR)
    _, codes = set_up(account)
    with pytest.raises(NotFound), unit_of_work():
        operations.new_recovery_codes(account, actor=actor_of(registrar))
    assert queries.recovery_code(account.id, codes[0]) is not None


def test_the_account_page_says_how_many_are_left(browser) -> None:
    account = staff()
    _, codes = set_up(account)
    for _ in range(9):
        with unit_of_work():
            operations.check_code(account, codes.pop(), actor=actor_of(account))
    assert "1 recovery code is left" in browser(account).get("/account/").text


@pytest.mark.parametrize("typed", ["", "-", "------", "ZZZZ-ZZZZ-ZZZZ", "0" * 40, "%", "' OR 1=1"])
def test_what_is_no_code_of_theirs_opens_nothing(browser, typed) -> None:
    account = staff()
    set_up(account)
    assert not is_in(enter(browser, account, typed))
    assert queries.recovery_codes_left(account.id) == 10
