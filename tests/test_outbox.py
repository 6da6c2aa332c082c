"""What is still to do: written with the change, done once, tried again, and never in the way."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, strategies as st
from sqlalchemy import event, select

from lms import clock, outbox
from lms.db import db, end_reading, unit_of_work
from lms.errors import Conflict
from lms.outbox import Due, Job, Message, MessageKind
from tests import factories
from tests.support.together import at_once

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("app")


def do(*keys: str, at: datetime = NOON) -> None:
    with clock.stopped(at), unit_of_work():
        for key in keys:
            outbox.do("test", key=key, about=key)


def send(key: str, to: str = "USR-1", content: str = "https://link", at: datetime = NOON) -> None:
    with clock.stopped(at), unit_of_work():
        outbox.send(MessageKind.LINK, to, key=key, content=content)


def row(key: str, table: type[Due] = Job) -> Due:
    db.session.rollback()
    return db.session.scalars(select(table).where(table.key == key)).one()


class Acting:
    """Does what it is given and remembers it, in order; fails for some keys."""

    def __init__(self, **faults: type[Exception]) -> None:
        self.did: list[str] = []
        self.faults = faults

    def __call__(self, due: Due) -> None:
        fault = self.faults.get(due.key) or self.faults.get("everything")
        if fault:
            raise fault("nothing of this is kept: secret")
        self.did.append(due.key)

    def run(self, at: datetime = NOON, table: type[Due] = Job) -> int:
        with clock.stopped(at):
            return outbox.run_due(table, self)


def test_a_job_and_its_change_stand_or_fall_together() -> None:
    def change_and_fail() -> None:
        outbox.do("test", key="one")
        outbox.send(MessageKind.NEUTRAL, "USR-1", key="one")
        db.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), unit_of_work():
        change_and_fail()
    assert not db.session.scalars(select(Job)).all()
    assert not db.session.scalars(select(Message)).all()


@pytest.mark.parametrize("table", [Job, Message])
def test_a_key_makes_it_one_however_often_the_act_is_repeated(table: type[Due]) -> None:
    again: Callable[[str], None] = do if table is Job else send  # type: ignore[assignment]
    again("one")
    with pytest.raises(Conflict):
        again("one")
    assert len(db.session.scalars(select(table)).all()) == 1


def test_what_is_due_is_done_once_and_in_order() -> None:
    do("first")
    do("second", "third", at=NOON + MINUTE)
    acting = Acting()
    assert acting.run(NOON - MINUTE) == 0
    assert acting.run(NOON + MINUTE) == 3
    assert acting.run(NOON + HOUR) == 0
    assert acting.did == ["first", "second", "third"]
    assert row("first").finished_at == NOON + MINUTE
    assert (row("first").attempts, row("first").problem) == (1, "")


def test_one_that_fails_does_not_stop_the_others_and_is_tried_again() -> None:
    do("good", "bad", "also good")
    acting = Acting(bad=ValueError)
    assert acting.run() == 2
    assert acting.did == ["good", "also good"]
    failed = row("bad")
    assert (failed.finished_at, failed.attempts, failed.due_at) == (None, 1, NOON + MINUTE)
    acting.faults.clear()
    assert acting.run(NOON + MINUTE - timedelta(seconds=1)) == 0
    assert acting.run(NOON + MINUTE) == 1
    assert (row("bad").problem, row("bad").attempts) == ("", 2)


def test_of_a_problem_only_its_kind_is_kept() -> None:
    do("bad")
    Acting(bad=ValueError).run()
    assert row("bad").problem == "ValueError"


def test_it_waits_longer_each_time_and_is_given_up_in_the_end() -> None:
    do("bad")
    acting, at, waits = Acting(bad=ValueError), NOON, []
    for _ in range(outbox.MOST_ATTEMPTS - 1):
        acting.run(at)
        waits.append(row("bad").due_at - at)
        at = row("bad").due_at
    assert waits == sorted(waits)
    assert waits[:5] == [MINUTE * each for each in (1, 2, 4, 8, 16)]
    assert row("bad").finished_at is None
    acting.run(at)
    assert (row("bad").finished_at, row("bad").problem) == (at, "ValueError")
    assert acting.run(at + timedelta(days=9)) == 0


@given(st.integers(0, 10_000), st.booleans())
def test_a_pause_is_never_nothing_and_never_too_long(attempts: int, away: bool) -> None:
    pause = outbox.pause_after(attempts, away=away)
    assert MINUTE <= pause <= (15 * MINUTE if away else 6 * HOUR)
    assert pause <= outbox.pause_after(attempts + 1, away=away)


def test_when_what_it_needs_is_away_the_others_are_not_tried_in_vain() -> None:
    do("one", "two", "three")
    acting = Acting(everything=ConnectionRefusedError)
    assert acting.run() == 0
    assert [row(key).attempts for key in ("one", "two", "three")] == [1, 0, 0]
    assert row("one").problem == "away: ConnectionRefusedError"


def test_after_an_outage_of_a_day_everything_is_done_once() -> None:
    keys = ["one", "two", "three"]
    do(*keys)
    acting = Acting(everything=TimeoutError)
    for hours in range(0, 24, 2):
        for _ in keys:  # a pass ends at the first that finds it away
            acting.run(NOON + hours * HOUR)
    assert all(row(key).attempts > 5 for key in keys)
    assert acting.did == []
    acting.faults.clear()
    back = NOON + timedelta(days=1)
    assert acting.run(back) == 3
    assert sorted(acting.did) == sorted(keys)
    assert acting.run(back + timedelta(days=5)) == 0


def test_what_can_not_be_done_for_three_days_is_given_up() -> None:
    do("one")
    acting = Acting(one=ConnectionRefusedError)
    for hours in (*range(0, 72, 6), 71):
        acting.run(NOON + hours * HOUR)
    assert row("one").finished_at is None
    acting.run(NOON + 72 * HOUR)
    assert row("one").finished_at == NOON + 72 * HOUR


def test_two_messages_to_one_person_keep_their_order_over_an_outage() -> None:
    acting = Acting(everything=ConnectionRefusedError)
    send("first")
    for minute in (0, 1, 3):
        acting.run(NOON + minute * MINUTE, Message)
    assert row("first", Message).due_at == NOON + 7 * MINUTE
    send("second", at=NOON + 5 * MINUTE)
    send("other", to="USR-2", at=NOON + 5 * MINUTE)
    acting.faults.clear()
    acting.run(NOON + 6 * MINUTE, Message)
    assert acting.did == ["other"]
    acting.run(NOON + 7 * MINUTE, Message)
    assert acting.did == ["other", "first", "second"]


def test_while_one_worker_has_a_message_in_hand_another_sends_that_person_nothing(
    app: Flask,
) -> None:
    send("first")
    send("second")
    send("other", to="USR-2")
    meanwhile, mine = Acting(), Acting()

    def act(due: Due) -> None:
        if due.key == "first":
            end_reading()
            assert at_once(app, [lambda: meanwhile.run(table=Message)]) == [1]
        else:
            mine(due)

    with clock.stopped(NOON):
        outbox.run_due(Message, act)
    assert (meanwhile.did, mine.did) == (["other"], ["second"])


def test_a_message_that_fails_by_itself_holds_up_no_other_to_the_same_person() -> None:
    send("bad")
    send("good")
    acting = Acting(bad=ValueError)
    acting.run(table=Message)
    assert acting.did == ["good"]


def test_content_is_sealed_and_opens_only_in_its_own_row() -> None:
    send("one", content="https://example.org/invitation/token")
    send("two", content="https://example.org/reset/token")
    one, two = row("one", Message), row("two", Message)
    assert isinstance(one, Message)
    assert isinstance(two, Message)
    assert b"example.org" not in (one.sealed or b"")
    assert outbox.content_of(one) == "https://example.org/invitation/token"
    one.sealed = two.sealed
    with pytest.raises(ValueError, match="does not open"):
        outbox.content_of(one)
    db.session.rollback()


def test_a_neutral_message_has_no_content() -> None:
    send("one", content="")
    found = row("one", Message)
    assert isinstance(found, Message)
    assert (found.sealed, outbox.content_of(found)) == (None, "")


@pytest.mark.parametrize("sent", [True, False])
def test_its_content_is_gone_once_it_is_sent_or_given_up(sent: bool) -> None:
    send("one")
    acting, at = Acting(**({} if sent else {"one": ValueError})), NOON
    for _ in range(1 if sent else outbox.MOST_ATTEMPTS):
        found = row("one", Message)
        assert isinstance(found, Message)
        assert found.sealed
        acting.run(at, Message)
        at = row("one", Message).due_at
    found = row("one", Message)
    assert isinstance(found, Message)
    assert found.finished_at
    assert found.sealed is None


@contextmanager
def slow_to_claim() -> Iterator[None]:
    """Between finding what is due and claiming it there is time for another to find the same."""

    def wait(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE"):
            time.sleep(0.01)

    event.listen(db.engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", wait)


def test_two_workers_at_once_do_everything_once(app: Flask, long: bool) -> None:
    keys = [str(number) for number in range(200 if long else 12)]
    do(*keys, at=clock.now())

    def work() -> list[str]:
        did: list[str] = []
        outbox.run_due(Job, lambda due: did.append(due.key))
        return did

    with slow_to_claim():
        answers = at_once(app, [work] * 2)
    did = [each for answer in answers if isinstance(answer, list) for each in answer]
    assert sorted(did) == sorted(keys)


class Killed(BaseException):
    """The end of the process, as far as the database can tell."""


def test_what_a_killed_worker_had_in_hand_is_free_after_a_while() -> None:
    do("one")

    def act(_due: Due) -> None:
        raise Killed

    with clock.stopped(NOON), pytest.raises(Killed):
        outbox.run_due(Job, act)
    acting = Acting()
    assert acting.run(NOON + 4 * MINUTE) == 0
    assert acting.run(NOON + 5 * MINUTE) == 1
    assert row("one").attempts == 2


def test_a_worker_holds_no_transaction_open_between_claim_and_act() -> None:
    """What an act needs it reads itself; and it may end its reading before something slow."""
    do("one")
    seen: list[bool] = []

    def act(due: Due) -> None:
        assert due.key
        end_reading()
        seen.append(db.session().in_transaction())

    with clock.stopped(NOON):
        assert outbox.run_due(Job, act) == 1
    assert seen == [False]


def test_reading_does_not_end_inside_a_unit_of_work() -> None:
    with pytest.raises(RuntimeError, match="under way"), unit_of_work():
        end_reading()


def test_what_was_read_is_read_again_after_the_end_of_reading(app: Flask) -> None:
    person = factories.make_account(name="Before")
    ref = person.ref
    assert person.name == "Before"

    def rename() -> None:
        with unit_of_work():
            found = db.session.scalars(select(type(person)).filter_by(ref=ref)).one()
            found.name = "After"

    assert at_once(app, [rename]) == [None]
    end_reading()
    assert person.name == "After"
