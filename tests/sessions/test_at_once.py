"""One code, two tabs: it opens one of them."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock
from lms.access.actor import Role
from lms.accounts import queries as accounts
from lms.accounts.models import Account
from lms.db import db
from lms.sessions import operations, queries
from lms.sessions.models import RecoveryCode, SecondFactor, SignIn
from lms.sessions.rules import WrongCode
from tests.accounts.overlap import one_inside_another, together
from tests.factories import make_account, trail_of
from tests.sessions.coming_in import code_of, is_in, set_up, sign_in, with_password

pytestmark = pytest.mark.usefixtures("app")


def staff() -> Account:
    return with_password(make_account(Role.TUTOR))


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_sent_from_two_tabs_at_once_opens_one(app: Flask, browser, kind) -> None:
    account = staff()
    seed, spare = set_up(account)
    tabs = [browser(), browser()]
    for tab in tabs:
        sign_in(tab, account)
    code = code_of(seed) if kind == "app" else spare[0]
    pages = [tab.get("/sign-in/code").text for tab in tabs]
    tokens = [page.split('name="csrf_token" value="')[1].split('"')[0] for page in pages]

    def send(number: int) -> int:
        data = {"csrf_token": tokens[number], "code": code}
        return tabs[number].client.post("/sign-in/code", data=data).status_code

    assert sorted(together(app, lambda: send(0), lambda: send(1))) == [302, 422]
    assert sorted(is_in(tab) for tab in tabs) == [False, True]
    assert trail_of(account.ref).count("signed in") == 1


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_whoever_comes_second_with_a_code_finds_it_used(app: Flask, kind) -> None:
    account = staff()
    seed, spare = set_up(account)
    ref, code = account.ref, code_of(seed) if kind == "app" else spare[0]

    def use() -> None:
        found = accounts.account(ref)
        operations.check_code(found, code, actor=accounts.actor_for(found))

    first, second = one_inside_another(app, use, use)
    assert first is None
    assert isinstance(second, WrongCode), repr(second)
    assert queries.recovery_codes_left(account.id) == (10 if kind == "app" else 9)


def test_two_browsers_that_begin_a_set_up_at_once_leave_one_seed(app: Flask) -> None:
    ref = staff().ref

    def begin() -> str:
        account = accounts.account(ref)
        factor = operations.begin_second_factor(account)
        operations.sign_in(account, complete=False)
        return queries.seed_of(factor)

    seeds = one_inside_another(app, begin, begin)
    assert len(set(seeds)) == 2
    (factor,) = db.session.scalars(select(SecondFactor)).all()
    assert queries.seed_of(factor) == seeds[1]
    still_open = select(func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))
    assert db.session.scalar(still_open) == 1


def test_codes_renewed_in_two_tabs_at_once_are_ten_that_work(app: Flask) -> None:
    account = staff()
    set_up(account)
    ref = account.ref

    def renew() -> list[str]:
        found = accounts.account(ref)
        return operations.new_recovery_codes(found, actor=accounts.actor_for(found))

    first, second = one_inside_another(app, renew, renew)
    assert len(db.session.scalars(select(RecoveryCode)).all()) == 10
    account = accounts.account(ref)
    assert queries.recovery_code(account.id, first[0]) is None
    assert queries.recovery_code(account.id, second[0]) is not None


def test_a_session_that_begins_while_the_account_is_shut_does_not_outlive_it(app: Flask) -> None:
    account = staff()
    ref, token = account.ref, ""

    def shut() -> None:
        found = accounts.account(ref)
        found.disabled_at = clock.now()
        found.epoch += 1

    def begin() -> str:
        return operations.sign_in(accounts.account(ref), complete=True)

    _, token = one_inside_another(app, shut, begin)
    assert queries.signed_in(token) is None
    token, _ = one_inside_another(app, begin, shut)
    assert queries.signed_in(token) is None
