"""Several at once: writers wait for each other, nothing is lost, and nobody waits for ever."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms import outbox
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.db import db, lock, unit_of_work
from lms.errors import Conflict, Unavailable
from lms.outbox import Job
from tests import factories
from tests.support.impatience import impatient
from tests.support.pages import Visitor
from tests.support.together import at_once

EIGHT = 8


@pytest.fixture
def key(app: Flask) -> str:
    """A row that counts in ``attempts``."""
    with unit_of_work():
        outbox.do("test", key="counter")
    return "counter"


def counter(key: str) -> Job:
    return db.session.scalars(select(Job).where(Job.key == key)).one()


def count_one_more(key: str) -> None:
    """Read first, so that on SQLite a reading transaction would have to become a writing one."""
    row = counter(key)
    with unit_of_work():
        lock(row)
        seen = row.attempts
        time.sleep(0.002)  # long enough for another to read the same
        row.attempts = seen + 1


@contextmanager
def held(app: Flask, key: str) -> Iterator[None]:
    """Somebody else keeps the row to themselves meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), unit_of_work():
            lock(counter(key))
            begun.set()
            done.wait(30)

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert begun.wait(10)
        yield
    finally:
        done.set()
        other.join()


def test_eight_who_read_and_then_write_lose_nothing(app: Flask, key: str, long: bool) -> None:
    rounds = 50 if long else 3

    def count() -> None:
        for _ in range(rounds):
            count_one_more(key)

    assert at_once(app, [count] * EIGHT) == [None] * EIGHT
    assert counter(key).attempts == EIGHT * rounds


def test_without_the_lock_an_update_would_be_lost(app: Flask, key: str, engine_name: str) -> None:
    """What the test above stands on. On SQLite the unit of work alone is lock enough."""

    def count() -> None:
        with unit_of_work():
            seen = counter(key).attempts
            time.sleep(0.05)
            counter(key).attempts = seen + 1

    at_once(app, [count] * 2)
    assert counter(key).attempts == {"sqlite": 2, "postgresql": 1}[engine_name]


def test_of_eight_who_add_the_same_thing_one_is_first(app: Flask) -> None:
    def add() -> None:
        with unit_of_work():
            outbox.do("test", key="same")

    answers = at_once(app, [add] * EIGHT)
    assert answers.count(None) == 1
    assert sum(isinstance(each, Conflict) for each in answers) == EIGHT - 1
    assert len(db.session.scalars(select(Job)).all()) == 1


def test_a_lock_gives_the_latest_values(app: Flask, key: str, engine_name: str) -> None:
    with unit_of_work():
        row = counter(key)
        if engine_name == "postgresql":  # on SQLite nobody else writes meanwhile
            at_once(app, [lambda: count_one_more(key)])
            assert row.attempts == 0
            lock(row)
            assert row.attempts == 1


def test_a_lock_does_not_undo_what_was_changed_before(app: Flask, key: str) -> None:
    with unit_of_work():
        row = counter(key)
        row.kind = "changed"
        lock(row)
        assert row.kind == "changed"


def test_one_lock_does_not_hold_up_another_thing(app: Flask, key: str, engine_name: str) -> None:
    with unit_of_work():
        outbox.do("test", key="other")
    if engine_name == "postgresql":  # SQLite has one writer at a time, whatever they write
        with impatient(), held(app, key):
            count_one_more("other")
        assert counter("other").attempts == 1


def test_whoever_waits_too_long_is_told_and_nothing_was_changed(app: Flask, key: str) -> None:
    with impatient(300), held(app, key):
        began = time.monotonic()
        with pytest.raises(Unavailable) as refusal:
            count_one_more(key)
        waited = time.monotonic() - began
    assert 0.25 < waited < 3
    assert refusal.value.retry_after > 0
    assert counter(key).attempts == 0
    count_one_more(key)
    assert counter(key).attempts == 1


def test_while_somebody_writes_others_read(app: Flask, key: str) -> None:
    with impatient(), held(app, key):
        assert counter(key).attempts == 0
        db.session.rollback()


def test_a_page_that_can_not_save_says_so_and_the_others_open(
    browser: Callable[..., Visitor],
) -> None:
    ref = factories.make_account(Role.ADVOCATE).ref
    visitor = browser(account(ref))
    token = visitor.token()
    with impatient(), everything_held():
        began = time.monotonic()
        answer = visitor.client.post("/account/name", data={"csrf_token": token, "name": "Robin"})
        assert time.monotonic() - began < 3
        assert visitor.get("/account/").status_code == 200
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert account(ref).name != "Robin"


def account(ref: str) -> Account:
    return db.session.scalars(select(Account).where(Account.ref == ref)).one()


@contextmanager
def everything_held() -> Iterator[None]:
    """Nobody else can write: SQLite's exclusive lock; on PostgreSQL that of the audit chain."""
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        if db.engine.dialect.name == "sqlite":
            raw.execute("BEGIN EXCLUSIVE")
        else:
            raw.execute("LOCK TABLE audit_entry IN EXCLUSIVE MODE")
        yield
        raw.rollback()


def test_a_server_that_goes_away_half_way_is_unavailable_and_the_next_unit_works(
    app: Flask, key: str, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return  # there is no server

    def lose_the_server() -> None:
        mine = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        counter(key)

    with pytest.raises(Unavailable), unit_of_work():
        lose_the_server()
    count_one_more(key)
    assert counter(key).attempts == 1


def sit_idle() -> None:
    """For longer than PostgreSQL allows in a transaction: it ends the connection."""
    db.session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
    time.sleep(0.3)


def test_a_unit_that_sat_idle_for_too_long_is_unavailable_and_the_next_works(
    key: str, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return  # there is no server that would end it

    def sit_idle_and_read() -> None:
        sit_idle()
        counter(key)

    with pytest.raises(Unavailable), unit_of_work():
        sit_idle_and_read()
    count_one_more(key)
    assert counter(key).attempts == 1


def test_a_refusal_after_sitting_idle_stays_that_refusal_and_the_next_unit_works(
    key: str, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return

    def sit_idle_and_refuse() -> None:
        sit_idle()
        raise Conflict

    with pytest.raises(Conflict), unit_of_work():
        sit_idle_and_refuse()
    count_one_more(key)
    assert counter(key).attempts == 1


def test_a_connection_that_was_lost_while_reading_does_not_cost_the_act(
    key: str, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return
    row = counter(key)
    assert row.attempts == 0
    sit_idle()
    with unit_of_work():
        row.attempts += 1
    assert counter(key).attempts == 1
