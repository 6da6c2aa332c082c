"""The only clock: moments in UTC, days in London, over both changes of the hour."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from lms import clock

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
LEAP = date(2028, 2, 29)
HOUR = timedelta(hours=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        (date(2027, 1, 15), utc(2027, 1, 15), 24),
        (date(2027, 7, 15), utc(2027, 7, 14, 23), 24),
        (SPRING - timedelta(days=1), utc(2027, 3, 27), 24),
        (SPRING, utc(2027, 3, 28), 23),
        (SPRING + timedelta(days=1), utc(2027, 3, 28, 23), 24),
        (AUTUMN - timedelta(days=1), utc(2027, 10, 29, 23), 24),
        (AUTUMN, utc(2027, 10, 30, 23), 25),
        (AUTUMN + timedelta(days=1), utc(2027, 11, 1), 24),
        (LEAP, utc(2028, 2, 29), 24),
        (date(2027, 12, 31), utc(2027, 12, 31), 24),
    ],
)
def test_a_london_day_begins_and_is_as_long_as_in_london(
    day: date, start: datetime, hours: int
) -> None:
    assert clock.start_of(day) == start
    assert clock.end_of(day) - clock.start_of(day) == hours * HOUR


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (utc(2027, 3, 28, 0, 59, 59), SPRING),
        (utc(2027, 3, 28, 22, 59, 59, 999_999), SPRING),
        (utc(2027, 3, 28, 23), SPRING + timedelta(days=1)),
        (utc(2027, 10, 30, 22, 59, 59), AUTUMN - timedelta(days=1)),
        (utc(2027, 10, 31, 0, 30), AUTUMN),  # half past one, the first time
        (utc(2027, 10, 31, 1, 30), AUTUMN),  # and the second
        (utc(2027, 10, 31, 23, 59, 59, 999_999), AUTUMN),
        (utc(2028, 2, 28, 23, 59, 59), date(2028, 2, 28)),
        (utc(2028, 2, 29, 23, 59, 59, 999_999), LEAP),
        (utc(2028, 3, 1), date(2028, 3, 1)),
        (utc(2027, 6, 30, 23), date(2027, 7, 1)),
    ],
)
def test_a_moment_falls_on_the_day_that_it_is_in_london(moment: datetime, day: date) -> None:
    assert clock.day_of(moment) == day
    with clock.stopped(moment):
        assert clock.today() == day


def test_the_repeated_hour_is_two_hours() -> None:
    early = datetime(2027, 10, 31, 1, 30, tzinfo=clock.LONDON)
    assert early.replace(fold=1).astimezone(UTC) - early.astimezone(UTC) == HOUR


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_days_follow_one_another_without_a_gap(day: date) -> None:
    start, end = clock.start_of(day), clock.end_of(day)
    tick = timedelta(microseconds=1)
    assert clock.end_of(day) == clock.start_of(day + timedelta(days=1))
    assert [clock.day_of(each) for each in (start, end - tick)] == [day, day]
    assert clock.day_of(start - tick) == day - timedelta(days=1)
    assert start.utcoffset() == end.utcoffset() == timedelta(0)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_every_moment_lies_within_its_day(moment: datetime) -> None:
    day = clock.day_of(moment)
    assert clock.start_of(day) <= moment < clock.end_of(day)


def test_now_is_utc_and_the_machine_s_own_zone_does_not_matter() -> None:
    before = datetime.now(ZoneInfo("Asia/Tokyo"))
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_stopped_clock_stands_still_and_goes_on_afterwards() -> None:
    at = utc(2027, 5, 1, 12)
    with clock.stopped(at):
        assert (clock.now(), clock.now()) == (at, at)
        with clock.stopped(at + HOUR):
            assert clock.now() == at + HOUR
        assert clock.now() == at
    assert clock.now() != at


def test_it_goes_on_after_an_error_too() -> None:
    at = utc(2027, 5, 1, 12)
    with pytest.raises(ZeroDivisionError), clock.stopped(at):
        _ = 1 / 0
    assert clock.now() != at


def test_a_stopped_clock_gives_utc_whatever_zone_it_was_given() -> None:
    with clock.stopped(datetime(2027, 5, 1, 12, tzinfo=timezone(5 * HOUR))):
        assert clock.now().isoformat() == "2027-05-01T07:00:00+00:00"


def test_a_moment_without_a_zone_stops_nothing() -> None:
    with pytest.raises(ValueError, match="aware"), clock.stopped(datetime(2027, 5, 1)):  # noqa: DTZ001
        pass


def test_a_clock_stopped_for_one_is_not_stopped_for_another() -> None:
    seen: list[datetime] = []
    with clock.stopped(utc(2027, 5, 1)):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != utc(2027, 5, 1)
