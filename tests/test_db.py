"""One unit of work: all or nothing, in one commit, and nothing beside it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from lms import outbox
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.accounts.operations import change_name
from lms.audit.models import AuditEntry
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work, work_under_way
from lms.errors import Conflict
from lms.outbox import Job
from tests import factories
from tests.performance.counting import counting
from tests.support.together import at_once

pytestmark = pytest.mark.usefixtures("app")

UNSEEN = update(Job).execution_options(synchronize_session=False)  # the session is not told


class Unlucky(Exception):
    """Something that goes wrong half-way."""


def make_job(key: str = "one") -> Job:
    with unit_of_work():
        outbox.do("test", key=key)
    return job(key)


def job(key: str = "one") -> Job:
    return db.session.scalars(select(Job).where(Job.key == key)).one()


def jobs() -> int:
    return db.session.scalar(select(func.count()).select_from(Job)) or 0


def in_one_unit(*acts: Callable[[], object]) -> None:
    with unit_of_work():
        for act in acts:
            act()


def making(key: str) -> Callable[[], None]:
    return lambda: outbox.do("test", key=key)


def fail() -> None:
    raise Unlucky


def elsewhere(app: Flask, act: Callable[[], None]) -> None:
    """Somebody else's act, over another connection."""
    (refusal,) = at_once(app, [act])
    assert refusal is None


def test_everything_in_one_unit_is_one_commit() -> None:
    with counting() as counted, unit_of_work():
        for number in range(5):
            outbox.do("test", key=str(number))
            db.session.flush()
    assert (jobs(), counted.commits) == (5, 1)


@pytest.mark.parametrize("after", range(4))
def test_what_fails_half_way_leaves_nothing(after: int) -> None:
    acts = [act for number in range(3) for act in (making(str(number)), db.session.flush)]
    acts.insert(2 * after, fail)
    with counting() as counted, pytest.raises(Unlucky):
        in_one_unit(*acts)
    assert (jobs(), counted.commits) == (0, 0)


def test_a_change_and_its_entry_in_the_trail_stand_or_fall_together() -> None:
    person = factories.make_account(Role.ADVOCATE)
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))

    def change() -> None:
        change_name(person, "Another", actor=factories.actor_of(person))

    with pytest.raises(Unlucky):
        in_one_unit(change, db.session.flush, fail)
    assert person.name != "Another"
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries


def test_when_the_trail_can_not_be_written_the_change_is_undone() -> None:
    with pytest.raises(Unlucky):
        in_one_unit(making("one"), lambda: work_under_way().last.append(fail))
    assert jobs() == 0


def test_what_is_done_last_is_done_in_order_after_everything_else() -> None:
    seen: list[int] = []
    with unit_of_work():
        work_under_way().last += [lambda: seen.append(jobs()), lambda: seen.append(-1)]
        outbox.do("test", key="one")
        assert seen == []
    assert seen == [1, -1]


def test_a_unit_of_work_can_not_hold_another() -> None:
    with pytest.raises(RuntimeError, match="can't hold another"):
        in_one_unit(making("outer"), lambda: in_one_unit(making("inner")))
    assert jobs() == 0


def test_after_a_failure_the_next_unit_works() -> None:
    with pytest.raises(Unlucky):
        in_one_unit(fail)
    make_job()
    assert jobs() == 1


def test_there_is_no_unit_of_work_outside_of_one() -> None:
    with pytest.raises(RuntimeError):
        work_under_way()
    with unit_of_work():
        assert work_under_way()
    with pytest.raises(RuntimeError):
        work_under_way()


def added() -> None:
    outbox.do("test", key="stray")
    db.session.flush()


def changed() -> None:
    job().attempts = 7
    db.session.flush()


def removed() -> None:
    db.session.delete(job())
    db.session.flush()


def changed_in_bulk() -> None:
    db.session.execute(update(Job).values(attempts=7))


def removed_in_bulk() -> None:
    db.session.execute(delete(Job))


def added_in_bulk() -> None:
    row = {"ref": "JOB", "key": "k", "kind": "test", "facts": {}, "attempts": 0, "problem": ""}
    at = {"made_at": factories.clock.now(), "due_at": factories.clock.now()}
    db.session.execute(insert(Job), [row | at])


STRAY = (added, changed, removed, changed_in_bulk, removed_in_bulk, added_in_bulk)


@pytest.mark.parametrize("stray", STRAY)
def test_a_change_outside_a_unit_of_work_is_refused(stray: Callable[[], None]) -> None:
    make_job()
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        stray()
    db.session.rollback()
    assert [(each.key, each.attempts) for each in db.session.scalars(select(Job))] == [("one", 0)]


@pytest.mark.parametrize("stray", STRAY)
def test_the_same_change_inside_is_not(stray: Callable[[], None]) -> None:
    make_job()
    with unit_of_work():
        stray()


def test_a_change_made_before_does_not_slip_into_the_next_unit() -> None:
    found = make_job()
    found.attempts = 7
    with unit_of_work():
        outbox.do("test", key="two")
    assert job().attempts == 0


def test_what_was_read_before_is_read_again_inside(app: Flask) -> None:
    found = make_job()
    assert found.attempts == 0

    def by_another() -> None:
        with unit_of_work():
            job().attempts = 3

    elsewhere(app, by_another)
    with unit_of_work():
        assert found.attempts == 3


def test_somebody_who_was_first_makes_a_conflict_and_nothing_of_the_loser_stays() -> None:
    make_job("taken")
    with pytest.raises(Conflict):
        in_one_unit(making("new"), making("taken"))
    assert jobs() == 1


def test_two_rows_of_one_primary_key_are_a_conflict() -> None:
    first = make_job()

    def take_its_key() -> None:
        db.session.execute(UNSEEN.where(Job.key == "two").values(id=first.id))

    with pytest.raises(Conflict):
        in_one_unit(making("two"), db.session.flush, take_its_key)
    assert jobs() == 1


def missing_value() -> None:
    outbox.do("test", key="one")
    db.session.flush()
    job().kind = None  # type: ignore[assignment]


def broken_check() -> None:
    db.session.execute(
        text("INSERT INTO criterion_mark (event_id, criterion_id, points) VALUES (1, 1, 101)")
    )


def unknown_parent() -> None:
    db.session.add(
        Enrolment(
            ref="ENR-1",
            cohort_id=404,
            advocate_id=404,
            organisation_id=404,
            nation="scotland",
            kind="assessed",
            qualify_by=factories.BORN,
            offered_at=factories.clock.now(),
        )
    )


@pytest.mark.parametrize("fault", [missing_value, broken_check, unknown_parent])
def test_any_other_broken_constraint_is_our_own_fault_and_is_seen(
    fault: Callable[[], None],
) -> None:
    with pytest.raises(IntegrityError), unit_of_work():
        fault()
    assert jobs() == 0


def test_a_row_with_a_version_that_changed_since_it_was_read_is_a_conflict() -> None:
    person = factories.make_account()
    was = person.version

    def change() -> None:
        assert person.version == was
        by_another = update(Account).where(Account.id == person.id).values(version=was + 1)
        db.session.execute(by_another, execution_options={"synchronize_session": False})
        person.name = "Second"

    with pytest.raises(Conflict):
        in_one_unit(change)
    assert person.name != "Second"
