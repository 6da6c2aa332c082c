"""Rules about handing in: deadlines, lateness and what it costs, attempts, extensions.

Deadlines are wall time in London: one day late is the same clock time a day on, also in the week
when the clocks change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain, count, islice, takewhile

from lms.clock import LONDON
from lms.cohorts.rules import ACTIVE, Kind, State
from lms.errors import RuleBroken
from lms.regulations.profile import (
    Days,
    Grace,
    LateCapped,
    LateNotAccepted,
    LatePercentPerDay,
    LatePointsPerDay,
    LateWork,
    Regulations,
    WorkingDays,
)

_DAY = timedelta(days=1)


class Cause(StrEnum):
    """Why an attempt is open."""

    REFERRAL = "referral"
    DEFERRAL = "deferral"


class SubmissionClosed(RuleBroken):
    """Work is not accepted any more; carries the paragraph that says so."""


@dataclass(frozen=True)
class Line:
    """One step of a working: what was done, the sum, and the paragraph it follows."""

    said: str
    sum: str
    source: str


@dataclass(frozen=True)
class Step:
    """A mark after one step, and the line that tells it."""

    mark: Decimal
    line: Line


def days_late(due_at: datetime, received_at: datetime, regulations: Regulations) -> int:
    """How many days late work came in, by the kind of days the rulebook counts; 0 when on time.

    A part-day counts as a day. Within the minutes of grace work is on time.
    """
    if received_at <= due_at + _grace(regulations.grace):
        return 0
    late_work = regulations.late_work
    kind: Days = "calendar" if isinstance(late_work, LateNotAccepted) else late_work.days
    ends = _days_on(due_at, kind, regulations.working_days)
    return 1 + sum(1 for _ in takewhile(lambda end: end < received_at, ends))


def closes_at(due_at: datetime, regulations: Regulations) -> datetime:
    """The last moment at which work is accepted at all."""
    late_work = regulations.late_work
    graced = due_at + _grace(regulations.grace)
    if isinstance(late_work, LateNotAccepted):
        return graced
    last = _day_on(due_at, late_work.most_days, late_work.days, regulations.working_days)
    return max(last, graced)


def check_open(due_at: datetime, received_at: datetime, regulations: Regulations) -> None:
    """Refuse work that comes too late; raises SubmissionClosed with the paragraph."""
    if received_at > closes_at(due_at, regulations):
        late_work = regulations.late_work
        raise SubmissionClosed(f"It is too late. {late_work.says}", source=late_work.cited)


def late_penalty(mark: Decimal, days: int, late_work: LateWork) -> Step | None:
    """The mark after the penalty for lateness; None for work on time.

    mark  points, 0 to 100, rounded; the result may have places of its own
    days  as days_late counts them
    """
    if days <= 0:
        return None
    counted = f"{days} {'day' if days == 1 else 'days'} late"
    match late_work:
        case LatePointsPerDay(points=points):
            off = min(points * days, mark)
            after, how = mark - off, f"{mark} − {off} = {mark - off}"
        case LatePercentPerDay(percent=percent):
            off = min(mark * percent * days / 100, mark)
            after, how = mark - off, f"{mark} − {off.normalize():f} = {(mark - off).normalize():f}"
        case LateCapped(at_most=at_most):
            after, how = min(mark, at_most), f"{mark}, at most {at_most}"
        case _:
            return None
    return Step(after, Line(f"Handed in {counted}", how, late_work.cited))


def check_deadline(due_at: datetime, now: datetime) -> None:
    """A deadline lies ahead; raises RuleBroken."""
    if due_at <= now:
        raise RuleBroken("The deadline has to lie ahead.")


def check_extension(
    plain: datetime, old: datetime, new: datetime, regulations: Regulations
) -> None:
    """Refuse an extension that is none, or longer than the rulebook allows; raises RuleBroken.

    plain  the deadline without any extension: from it the days are counted, however many
           extensions there are
    old    the deadline that stands, earlier extensions included
    """
    rule = regulations.extensions
    if new <= old:
        raise RuleBroken("An extension moves the deadline later.")
    latest = _day_on(plain, rule.most_working_days, "working", regulations.working_days)
    if new > latest:
        raise RuleBroken(rule.says, source=rule.cited)


def check_movable(old: datetime, now: datetime) -> None:
    """A deadline that has passed stays; raises RuleBroken."""
    if old <= now:
        raise RuleBroken(
            "The deadline has passed, so it stays. Give more time to each person who needs it."
        )


def check_extendable(old: datetime, now: datetime, handed_in: bool) -> None:
    """Work that was handed in stands once its deadline has passed; raises RuleBroken."""
    if handed_in and old <= now:
        raise RuleBroken("They handed in, and the deadline has passed: that work stands.")


def check_may_hand_in(state: State, kind: Kind) -> None:
    """Only an active place with assessment hands in; raises RuleBroken."""
    if kind is not Kind.ASSESSED:
        raise RuleBroken("Your place is without assessment, so there is nothing to hand in.")
    if state not in ACTIVE:
        raise RuleBroken("Your place is not active, so nothing can be handed in now.")


def check_replaceable(due_at: datetime, received_at: datetime, has_earlier: bool) -> None:
    """After the deadline what was handed in stands: late work never replaces work on time."""
    if has_earlier and received_at > due_at:
        raise RuleBroken(
            "The deadline has passed, so what you handed in stands. You have its receipt."
        )


def is_working_day(day: date, working_days: WorkingDays) -> bool:
    """Monday to Friday, but for the days on which the institution is closed."""
    return day.weekday() < 5 and day not in working_days.closed


def _grace(grace: Grace) -> timedelta:
    return timedelta(minutes=grace.minutes)


def _days_on(moment: datetime, kind: Days, working_days: WorkingDays) -> Iterator[datetime]:
    """The same wall time on each later day that counts.

    A wall time that a change of the clocks leaves out on one day is back on the next.
    """
    wall = moment.astimezone(LONDON)
    clock_time = time(wall.hour, wall.minute, wall.second, wall.microsecond)
    later = (wall.date() + days * _DAY for days in count(1))
    return (
        datetime.combine(day, clock_time, LONDON).astimezone(moment.tzinfo)
        for day in later
        if kind == "calendar" or is_working_day(day, working_days)
    )


def _day_on(moment: datetime, number: int, kind: Days, working_days: WorkingDays) -> datetime:
    """The same wall time after so many days that count; 0 is the moment itself."""
    return next(islice(chain([moment], _days_on(moment, kind, working_days)), number, None))
