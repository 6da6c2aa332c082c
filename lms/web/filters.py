"""Dates, times, marks and sizes in words: the only formatting of them.

Nothing here reads a clock: what depends on "now" is handed it. Spaces that must not break are
no-break spaces; a mark below zero has a real minus sign (DESIGN.md 6).
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from markupsafe import Markup

from lms.clock import LONDON, MONTHS, day_of

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_BLANK_LINES = re.compile(r"\n\s*\n")
# What HTML can't carry; a form shown again must stay a page.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day(value: date) -> str:
    """9 October 2026. A moment counts as the London day it falls on."""
    on = _day(value)
    return f"{on.day}{NBSP}{MONTHS[on.month - 1]}{NBSP}{on.year}"


def weekday(value: date) -> str:
    """Friday 9 October 2026."""
    return f"{_WEEKDAYS[_day(value).weekday()]}{NBSP}{day(value)}"


def moment(value: datetime) -> str:
    """9 October 2026, 17:00 (UK time). ValueError for a moment without a time zone."""
    return f"{day(value)}, {clock_time(value)}{NBSP}(UK{NBSP}time)"


def clock_time(value: datetime) -> str:
    """17:00, in London."""
    return f"{_aware(value).astimezone(LONDON):%H:%M}"


def month_short(value: date) -> str:
    """Oct: for the small calendar leaf beside a date that is written in full."""
    return MONTHS[_day(value).month - 1][:3]


def machine(value: date) -> str:
    """What stands in <time datetime>: 2026-10-09, or 2026-10-09T16:00:00Z in UTC."""
    if isinstance(value, datetime):
        return f"{_aware(value).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat()


def points(value: Decimal | int) -> str:
    """A mark as the rulebook rounded it, with as many places as it has: 61.5, −3, 60.0."""
    if not isinstance(value, Decimal | int):
        raise TypeError(f"a mark is a Decimal, not {type(value).__name__}")
    figures = f"{Decimal(value).copy_abs():f}"
    return f"{MINUS}{figures}" if value < 0 else figures


def grouped(value: str) -> str:
    """A hash in groups of four, easier to compare by eye and free to wrap."""
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))


def size(octets: int) -> str:
    """84 KB. Counted in 1,024s, as most devices show the same file; one place below 10 MB."""
    if octets < 1024:
        return _count(octets, "byte")
    kilobytes = round(octets / 1024)
    if kilobytes < 1024:
        return f"{kilobytes}{NBSP}KB"
    megabytes = octets / 1024**2
    return f"{megabytes:.1f}{NBSP}MB" if megabytes < 9.95 else f"{megabytes:.0f}{NBSP}MB"


def relative(value: date, now: datetime) -> str:
    """In 7 days, tomorrow, in 19 minutes, 2 hours ago. Comes after the date, never instead.

    value   a day, or an aware moment
    now     an aware moment
    Days are counted from London day to London day; minutes and hours only within today.
    """
    days = (_day(value) - day_of(_aware(now))).days
    if days == 0:
        return _within_today(value, now) if isinstance(value, datetime) else "today"
    if abs(days) == 1:
        return "tomorrow" if days > 0 else "yesterday"
    return _in_or_ago(_long_span(abs(days)), ahead=days > 0)


def against_deadline(value: datetime, deadline: datetime) -> str:
    """19 minutes before the deadline; 2 days and 3 hours after the deadline.

    Whole minutes, rounded down on both sides: the rules compare moments, people read this.
    """
    apart = _aware(value) - _aware(deadline)
    if apart == timedelta(0):
        return "at the deadline"
    side = "after" if apart > timedelta(0) else "before"
    return f"{_span(abs(apart))} {side} the deadline"


def wait(seconds: int) -> str:
    """How long to wait, rounded up: 30 seconds, 2 minutes, 1 hour."""
    for unit, thing in ((3600, "hour"), (60, "minute")):
        if seconds > unit:
            return _count(-(-seconds // unit), thing)
    return _count(max(seconds, 1), "second")


def lasting(minutes: int) -> str:
    """How long reading takes: 25 minutes, 6 hours and 25 minutes. Never days: nobody reads on."""
    if minutes <= 90:
        return _count(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    return _count(hours, "hour") + (f" and {_count(rest, 'minute')}" if rest else "")


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs: a blank line parts them, a single line end breaks the line."""
    blocks = _BLANK_LINES.split(text.replace("\r\n", "\n").replace("\r", "\n").strip())
    filled = [Markup("<br>\n").join(block.split("\n")) for block in blocks if block.strip()]
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in filled)


def printable(text: object) -> str:
    """What somebody typed, without the characters that can't stand in a page; None is empty."""
    return "" if text is None else _UNPRINTABLE.sub("", str(text))


def _day(value: date) -> date:
    return day_of(_aware(value)) if isinstance(value, datetime) else value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return value


def _count(number: int, thing: str) -> str:
    return f"{number:,}{NBSP}{thing}{'' if number == 1 else 's'}"


def _in_or_ago(span: str, *, ahead: bool) -> str:
    return f"in {span}" if ahead else f"{span} ago"


def _within_today(value: datetime, now: datetime) -> str:
    apart = _aware(value) - now
    if abs(apart) < timedelta(minutes=1):
        return "now"
    return _in_or_ago(_span(abs(apart), parts=1), ahead=apart > timedelta(0))


def _long_span(days: int) -> str:
    if days < 61:
        return _count(days, "day")
    # Only to give an idea: the date itself always stands beside it.
    months = round(days / 30.44)
    return _count(months, "month") if months < 24 else _count(round(days / 365.25), "year")


def _span(apart: timedelta, *, parts: int = 2) -> str:
    """The two largest units that are not zero; below a minute, "less than a minute"."""
    minutes = apart // timedelta(minutes=1)
    units = (
        (minutes // 1440, "day"),
        (minutes % 1440 // 60, "hour"),
        (minutes % 60, "minute"),
    )
    named = [_count(number, thing) for number, thing in units if number]
    if not named:
        return "less than a minute"
    if units[0][0]:
        named = [_count(number, thing) for number, thing in units[:2] if number]
    return " and ".join(named[:parts])


FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "weekday": weekday,
    "moment": moment,
    "clock_time": clock_time,
    "month_short": month_short,
    "machine": machine,
    "points": points,
    "grouped": grouped,
    "size": size,
    "relative": relative,
    "against_deadline": against_deadline,
    "wait": wait,
    "lasting": lasting,
    "paragraphs": paragraphs,
    "printable": printable,
}
