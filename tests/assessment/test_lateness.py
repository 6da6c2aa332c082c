"""Lateness: working and calendar days across the changes of the clocks, grace, part-days.

In 2027 the clocks go forward on Sunday 28 March and back on Sunday 31 October. Good Friday (26
March) and Easter Monday (29 March) are closed in the example rulebook. Moments are UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from lms.assessment.rules import check_open, closes_at, days_late, is_working_day
from lms.clock import LONDON
from lms.errors import RuleBroken
from lms.regulations.profile import Regulations
from tests.factories import regulations_with

SECOND = timedelta(seconds=1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@lru_cache
def late_by(days: str, most: int = 10, grace: int = 5) -> Regulations:
    late = {"kind": "points_per_day", "points": 3, "days": days, "most_days": most}
    return regulations_with(late_work=late, grace={"minutes": grace})


CALENDAR = late_by("calendar")
WORKING = late_by("working")

# Thursday before Easter, 17:00 in winter time; the clocks change on the third day.
EASTER = at(2027, 3, 25, 17)
# Friday, 17:00 in summer time; the clocks change on the Sunday.
AUTUMN = at(2027, 10, 29, 16)


@pytest.mark.parametrize(
    ("due", "last_moment_of_each_day"),
    [
        (
            EASTER,
            [at(2027, 3, 26, 17), at(2027, 3, 27, 17), at(2027, 3, 28, 16), at(2027, 3, 29, 16)],
        ),
        (
            AUTUMN,
            [at(2027, 10, 30, 16), at(2027, 10, 31, 17), at(2027, 11, 1, 17), at(2027, 11, 2, 17)],
        ),
    ],
)
def test_a_calendar_day_late_ends_at_the_same_clock_time_also_when_the_clocks_change(
    due: datetime, last_moment_of_each_day: list[datetime]
) -> None:
    for count, ends in enumerate(last_moment_of_each_day, 1):
        assert days_late(due, ends, CALENDAR) == count
        assert days_late(due, ends + SECOND, CALENDAR) == count + 1


@pytest.mark.parametrize(
    ("due", "last_moment_of_each_day"),
    [
        # Good Friday, the weekend and Easter Monday don't count.
        (EASTER, [at(2027, 3, 30, 16), at(2027, 3, 31, 16), at(2027, 4, 1, 16)]),
        (AUTUMN, [at(2027, 11, 1, 17), at(2027, 11, 2, 17), at(2027, 11, 3, 17)]),
        # Due on a Saturday: the first day late is the Monday.
        (at(2027, 10, 30, 16), [at(2027, 11, 1, 17), at(2027, 11, 2, 17)]),
    ],
)
def test_a_working_day_late_leaves_out_weekends_and_closed_days(
    due: datetime, last_moment_of_each_day: list[datetime]
) -> None:
    for count, ends in enumerate(last_moment_of_each_day, 1):
        assert days_late(due, ends, WORKING) == count
        assert days_late(due, ends + SECOND, WORKING) == count + 1


def test_a_clock_time_that_the_spring_change_leaves_out_is_back_the_day_after() -> None:
    due = at(2027, 3, 27, 1, 30)  # 01:30; on the 28th there is no 01:30
    assert days_late(due, at(2027, 3, 28, 1, 30), CALENDAR) == 1
    # 01:30 in summer time on the 29th is 00:30 UTC.
    assert days_late(due, at(2027, 3, 29, 0, 30), CALENDAR) == 2
    assert days_late(due, at(2027, 3, 29, 0, 31), CALENDAR) == 3
    assert closes_at(due, late_by("calendar", most=4)) == at(2027, 3, 31, 0, 30)


def test_a_part_day_counts_as_a_day() -> None:
    due = at(2026, 11, 2, 12)
    assert days_late(due, due + timedelta(minutes=6), WORKING) == 1
    assert days_late(due, due + timedelta(days=1), WORKING) == 1
    assert days_late(due, due + timedelta(days=1, microseconds=1), WORKING) == 2


@pytest.mark.parametrize("regulations", [CALENDAR, WORKING, regulations_with(late_work={})])
def test_work_within_the_minutes_of_grace_is_on_time(regulations: Regulations) -> None:
    due, grace = at(2026, 11, 2, 12), timedelta(minutes=5)
    assert days_late(due, due, regulations) == 0
    assert days_late(due, due - timedelta(days=9), regulations) == 0
    assert days_late(due, due + grace, regulations) == 0
    assert days_late(due, due + grace + timedelta(microseconds=1), regulations) == 1


def test_grace_does_not_lengthen_the_first_day() -> None:
    due = at(2026, 11, 2, 12)
    assert days_late(due, due + timedelta(days=1, minutes=3), WORKING) == 2


def test_where_late_work_is_not_accepted_lateness_is_counted_in_calendar_days() -> None:
    strict = regulations_with(late_work={"kind": "not_accepted"})
    assert days_late(EASTER, at(2027, 3, 28, 16), strict) == 3


def test_the_late_window_ends_with_the_last_day_that_the_rulebook_allows() -> None:
    assert closes_at(AUTUMN, late_by("working", most=3)) == at(2027, 11, 3, 17)
    assert closes_at(AUTUMN, late_by("calendar", most=3)) == at(2027, 11, 1, 17)
    assert closes_at(EASTER, late_by("working", most=1)) == at(2027, 3, 30, 16)


def test_where_late_work_is_not_accepted_the_window_is_the_grace() -> None:
    strict = regulations_with(late_work={"kind": "not_accepted"}, grace={"minutes": 7})
    assert closes_at(AUTUMN, strict) == AUTUMN + timedelta(minutes=7)


@pytest.mark.parametrize(
    "late_work",
    [
        {"kind": "not_accepted"},
        {"kind": "points_per_day", "points": 3, "days": "working", "most_days": 2},
        {"kind": "percent_per_day", "percent": 5, "days": "calendar", "most_days": 2},
        {"kind": "capped", "at_most": 50, "days": "working", "most_days": 2},
    ],
)
def test_work_after_the_window_is_refused_with_the_paragraph_that_says_so(
    late_work: dict[str, Any],
) -> None:
    says = "Late work is not taken after this, whatever the reason."
    regulations = regulations_with(late_work={**late_work, "says": says, "paragraph": "6.7"})
    closes = closes_at(AUTUMN, regulations)
    check_open(AUTUMN, closes, regulations)
    with pytest.raises(RuleBroken) as refusal:
        check_open(AUTUMN, closes + timedelta(microseconds=1), regulations)
    assert refusal.value.source == "regulation 6.7"
    assert says in refusal.value.sentence


def test_working_days_are_monday_to_friday_but_for_the_closed_ones() -> None:
    rule = WORKING.working_days
    week = [date(2027, 3, 22) + timedelta(days=n) for n in range(8)]
    assert [is_working_day(day, rule) for day in week] == [*[True] * 4, *[False] * 4]


# Clock times that exist, and exist once, on every day of the year.
_clock_times = st.times().filter(lambda t: not time(1) <= t < time(2))
_days = st.dates(date(2026, 9, 1), date(2028, 6, 30))


@settings(max_examples=200)
@given(day=_days, clock=_clock_times, after=st.integers(0, 25), arrived=_clock_times)
@pytest.mark.parametrize("kind", ["calendar", "working"])
def test_days_late_are_the_days_whose_clock_time_has_passed_and_one(
    kind: str, day: date, clock: time, after: int, arrived: time
) -> None:
    """A model without a loop over moments: days are counted on the calendar, in wall time."""
    regulations = late_by(kind, most=60, grace=0)
    closed = regulations.working_days.closed
    due = datetime.combine(day, clock, LONDON)
    received = datetime.combine(day + timedelta(days=after), arrived, LONDON)
    between = [day + timedelta(days=n) for n in range(1, after + 1)]
    counted = [d for d in between if kind == "calendar" or (d.weekday() < 5 and d not in closed)]
    over = [d for d in counted if d < received.date() or clock < arrived]
    is_late = (day, clock) < (received.date(), arrived)
    expected = 1 + len(over) if is_late else 0
    assert days_late(due.astimezone(UTC), received.astimezone(UTC), regulations) == expected


@settings(max_examples=200)
@given(
    due=st.integers(0, 600 * 86_400).map(lambda n: at(2026, 9, 1) + n * SECOND),
    seconds=st.integers(0, 40 * 86_400),
    most=st.integers(1, 12),
)
@pytest.mark.parametrize("kind", ["calendar", "working"])
def test_work_is_accepted_exactly_while_it_is_at_most_so_many_days_late(
    kind: str, due: datetime, seconds: int, most: int
) -> None:
    regulations = late_by(kind, most=most)
    received = due + timedelta(seconds=seconds)
    accepted = received <= closes_at(due, regulations)
    assert accepted == (days_late(due, received, regulations) <= most)
