"""The only clock. Moments are UTC; days are days in London."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# strftime would follow the machine's language.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)


def _system() -> datetime:
    return datetime.now(UTC)


# A rehearsal may put another source here before the first request; nothing else does.
source: Callable[[], datetime] = _system


def now() -> datetime:
    """This moment, in UTC, to the microsecond."""
    return _stopped.get() or source()


def today() -> date:
    """The day it is in London."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The London day on which a moment falls."""
    return moment.astimezone(LONDON).date()


def start_of(day: date) -> datetime:
    """The first moment of a London day, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after a London day, in UTC."""
    return start_of(day + timedelta(days=1))


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Hold the clock at one moment: for tests, and to build a demonstration's past."""
    if at.tzinfo is None:
        raise ValueError("the clock needs an aware moment")
    token = _stopped.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)


def day_in_words(day: date) -> str:
    """9 October 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
