"""Guessing is stopped: by number and by organisation, and the limit itself gives nothing away."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from lms import clock
from lms.access.actor import Role
from lms.accreditation.rules import (
    MOST_MISSES,
    MOST_MISSES_OF_A_NUMBER,
    NUMBER_WINDOW,
    WINDOW,
    check_guessing,
)
from lms.errors import TooMany
from tests import factories
from tests.accreditation.register import (
    BORN,
    look,
    looks,
    make_accredited,
    make_employer,
    number_like,
    withhold,
)

NOW = datetime(2027, 5, 4, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Miss:
    """A look that found nothing."""

    number_hash: str
    made_at: datetime


def misses(count: int, ago: timedelta = MINUTE, of: str = "n") -> list[Miss]:
    return [Miss(of, NOW - ago - n * SECOND) for n in range(count)]


def many(count: int, ago: timedelta = MINUTE) -> list[Miss]:
    return [Miss(f"n{n}", NOW - ago - n * SECOND) for n in range(count)]


def wait(found: list[Miss], number: str = "n", at: datetime = NOW) -> int | None:
    """Seconds to wait; None when looking is allowed."""
    try:
        check_guessing(found, number, at)
    except TooMany as refusal:
        return refusal.retry_after
    return None


def test_so_many_misses_of_one_number_are_enough() -> None:
    assert wait(misses(MOST_MISSES_OF_A_NUMBER - 1)) is None
    assert wait(misses(MOST_MISSES_OF_A_NUMBER)) is not None
    assert wait(misses(MOST_MISSES_OF_A_NUMBER), number="another") is None


def test_so_many_misses_of_one_organisation_are_enough_whatever_the_numbers() -> None:
    assert wait(many(MOST_MISSES - 1), number="new") is None
    assert wait(many(MOST_MISSES), number="new") is not None


def test_after_the_time_it_names_it_is_open_again_and_not_before() -> None:
    for found, window in (
        (misses(MOST_MISSES_OF_A_NUMBER), NUMBER_WINDOW),
        (many(MOST_MISSES), WINDOW),
    ):
        seconds = wait(found)
        assert seconds is not None
        oldest = found[-1].made_at
        assert NOW + seconds * SECOND == oldest + window
        assert wait(found, at=oldest + window - SECOND) is not None
        assert wait(found, at=oldest + window) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 90_000)), max_size=40))
def test_whoever_waits_as_long_as_told_may_look_again(past: list[tuple[str, int]]) -> None:
    found = [Miss(number, NOW - s * SECOND) for number, s in sorted(past, key=lambda p: p[1])]
    seconds = wait(found, "a")
    if seconds is not None:
        assert seconds >= 1
        assert wait(found, "a", NOW + seconds * SECOND) is None


# On the page.


@pytest.mark.usefixtures("app")
def test_many_wrong_dates_for_one_number_are_stopped_and_noted(browser) -> None:
    with clock.stopped(NOW):
        entry, employer = make_accredited(), make_employer()
        visitor = browser(employer.coordinator)
        for n in range(1, MOST_MISSES_OF_A_NUMBER + 1):
            assert look(visitor, entry.number, BORN + n * DAY).status_code == 200
        stopped = look(visitor, entry.number)
        assert stopped.status_code == 429
        assert stopped.headers["Retry-After"] == str(int(NUMBER_WINDOW.total_seconds()))
        assert "Too many checks found nothing" in stopped.text
        assert entry.number not in stopped.text
        assert len(looks()) == MOST_MISSES_OF_A_NUMBER
        denied = [e for e in factories.trail.all_entries() if e.event == "access denied"]
        assert [(e.actor, e.subject) for e in denied] == [
            (employer.coordinator.ref, employer.organisation.ref)
        ]
        assert "guessing" in denied[0].facts
        # Another person of theirs, and another organisation, are not kept waiting.
        assert look(visitor, make_accredited().number).status_code == 200
        assert look(browser(make_employer().coordinator), entry.number).status_code == 200
    with clock.stopped(NOW + NUMBER_WINDOW):
        visitor = browser(employer.coordinator)
        assert "No match" not in look(visitor, entry.number).text


@pytest.mark.usefixtures("app")
def test_the_limit_is_the_same_for_numbers_that_nobody_has(browser) -> None:
    with clock.stopped(NOW):
        answers = []
        for number in (number_like(), make_accredited().number, withhold(make_accredited()).number):
            visitor = browser(make_employer().coordinator)
            for n in range(1, MOST_MISSES_OF_A_NUMBER + 1):
                look(visitor, number, BORN + n * DAY)
            stopped = look(visitor, number)
            answers.append(
                (
                    stopped.status_code,
                    stopped.headers["Retry-After"],
                    re.sub(r'value="[^"]{40,}"|ORG(-[0-9A-Z]{4}){4}|Person \d+', "", stopped.text),
                )
            )
        assert len(set(answers)) == 1
        assert answers[0][0] == 429


@pytest.mark.usefixtures("app")
def test_the_limit_counts_for_the_whole_organisation(browser) -> None:
    with clock.stopped(NOW):
        entry, employer = make_accredited(), make_employer()
        colleague = factories.make_account(Role.COORDINATOR, at=employer.organisation)
        for n in range(1, MOST_MISSES_OF_A_NUMBER + 1):
            who = employer.coordinator if n % 2 else colleague
            look(browser(who), entry.number, BORN + n * DAY)
        assert look(browser(colleague), entry.number).status_code == 429
        assert look(browser(employer.coordinator), entry.number).status_code == 429
