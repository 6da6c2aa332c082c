"""Coming in as people do, with a real password and a real second factor."""

import base64
import json
import re
import zlib
from datetime import datetime, timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from lms import clock
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.db import db, unit_of_work
from lms.sessions import clearing_operations, operations, queries
from tests.factories import PASSWORD, actor_of, make_account
from tests.support.pages import Visitor

# A cheap hash: what it costs is written in it, so that checking it is cheap too.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_VARIES = re.compile(r'(name="(?:csrf_token|kept)"[^>]*value=")[^"]*')
WRONG = "another gravel, Tuesday kettle"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def with_password(account: Account) -> Account:
    """The account with PASSWORD as its password."""
    with unit_of_work():
        account.password_hash = _HASH
    return account


def with_second_factor(account: Account) -> str:
    """Set up a second factor two hours ago; returns its seed."""
    return set_up(account)[0]


def set_up(account: Account, at: datetime | None = None) -> tuple[str, list[str]]:
    """Set up a second factor; returns its seed and the recovery codes."""
    with clock.stopped(at or clock.now() - timedelta(hours=2)), unit_of_work():
        seed = queries.seed_of(operations.begin_second_factor(account))
        return seed, operations.finish_second_factor(account, code_of(seed))


def clear(account: Account) -> None:
    """Have two people clear the account's second factor, a day apart."""
    first, second = (actor_of(make_account(Role.REGISTRAR)) for _ in range(2))
    with clock.stopped(clock.now() - timedelta(hours=25)), unit_of_work():
        ref = clearing_operations.ask_clearing(account, actor=first).ref
    with unit_of_work():
        clearing = queries.clearing_of(account.ref, ref)
        clearing_operations.confirm_clearing(clearing, actor=second)


def code_of(seed: str, at: datetime | None = None) -> str:
    """What the app shows, by the clock as it stands."""
    return pyotp.TOTP(seed).at(at or clock.now())


def wrong_code(seed: str) -> str:
    """Six digits that fit no step near now."""
    near = {code_of(seed, clock.now() + timedelta(seconds=30 * n)) for n in range(-3, 4)}
    return next(each for each in ("000000", "111111", "222222", "333333") if each not in near)


def sign_in(visitor: Visitor, account: Account, password: str = PASSWORD, **more: Any) -> Any:
    """Fill in the sign-in page; the answer after all redirects."""
    return visitor.fill_in("/sign-in", email=account.address, password=password, **more)


def send_sign_in(visitor: Visitor, email: str, password: str = PASSWORD) -> TestResponse:
    """Send the sign-in form without following where it leads."""
    return visitor.post("/sign-in", email=email, password=password)


def is_in(visitor: Visitor) -> bool:
    """Whether the visitor's session opens their account."""
    return bool(visitor.get("/account/").status_code == 200)


def cookie_of(visitor: Visitor) -> str:
    """The session cookie as it is."""
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    return str(cookie.value)


def visitor_with(app: Flask, cookie: str) -> Visitor:
    """Another browser, with a copy of that cookie."""
    visitor = Visitor(app)
    visitor.client.set_cookie("session", cookie)
    return visitor


def read(cookie: str) -> dict[str, Any]:
    """What a session cookie says, without checking its signature."""
    packed = cookie.startswith(".")
    payload = cookie.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return dict(json.loads(zlib.decompress(raw) if packed else raw))


def answer(page: TestResponse, *typed: str) -> tuple[int, str, dict[str, str]]:
    """Everything a stranger sees of an answer, without what they typed and without tokens."""
    text = _VARIES.sub(r"\1…", page.text)
    for each in typed:
        text = text.replace(each, "…")
    headers = {
        name: re.sub(r"=[^;]*", "=…", value, count=1) if name == "Set-Cookie" else value
        for name, value in page.headers.items()
        if name not in {"X-Request-ID", "Content-Length"}
    }
    return page.status_code, text, headers


def all_text_in(table: str) -> str:
    """Every value of every row of a table, as text; bytes as hex and as they read."""
    rows = db.session.connection().exec_driver_sql(f"SELECT * FROM {table}").fetchall()
    found = []
    for value in (value for row in rows for value in row):
        if isinstance(value, bytes | memoryview):
            found += [bytes(value).hex(), bytes(value).decode("latin-1")]
        else:
            found.append(str(value))
    return "\n".join(found)
