"""Rules of the register: numbers, standings, their lawful moves, and what holds on a day."""

import math
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from stdnum.iso7064 import mod_37_2

from lms.errors import RuleBroken, TooMany

_NUMBER = re.compile(r"AC([0-9]{8})([A-Z])")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class Standing(StrEnum):
    """What somebody is in the register. CONTRACT: standing of an accreditation."""

    IN_TRAINING = "in_training"
    AWARD_MADE = "award_made"
    ACCREDITED = "accredited"
    ACCREDITED_WITH_CONDITIONS = "accredited_with_conditions"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Kind(StrEnum):
    """What an event of the register says."""

    STANDING = "standing"
    WITHHELD = "withheld"
    SHOWN = "shown"  # no longer withheld


class Reason(StrEnum):
    """Why an employer looks. The advocate sees it."""

    OFFER = "offer"
    ROLE = "role"
    REGULAR = "regular"


REASON_WORDS = {
    Reason.OFFER: "Before offering employment",
    Reason.ROLE: "Before a change of role",
    Reason.REGULAR: "Regular check of somebody we employ",
}

S = Standing
# Which standing may follow which. What two accreditors decide, and what follows of itself.
MOVES: dict[Standing | None, frozenset[Standing]] = {
    None: frozenset({S.IN_TRAINING}),
    S.IN_TRAINING: frozenset({S.IN_TRAINING, S.AWARD_MADE, S.WITHDRAWN, S.LAPSED}),
    S.AWARD_MADE: frozenset({S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS, S.WITHDRAWN}),
    S.ACCREDITED: frozenset(
        {S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS, S.SUSPENDED, S.WITHDRAWN, S.REVOKED, S.LAPSED}
    ),
    S.ACCREDITED_WITH_CONDITIONS: frozenset(
        {S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS, S.SUSPENDED, S.WITHDRAWN, S.REVOKED, S.LAPSED}
    ),
    S.SUSPENDED: frozenset(
        {S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS, S.SUSPENDED, S.WITHDRAWN, S.REVOKED}
    ),
    # A board may make its award after the qualify-by date has passed.
    # And who left their training may then ask to leave the register.
    S.LAPSED: frozenset(
        {S.IN_TRAINING, S.AWARD_MADE, S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS, S.WITHDRAWN}
    ),
    S.WITHDRAWN: frozenset({S.IN_TRAINING, S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS}),
    S.REVOKED: frozenset(),
}
# What two accreditors may decide; the rest is entered by enrolment, board and calendar.
DECIDED_BY_TWO = frozenset(
    {S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS, S.SUSPENDED, S.WITHDRAWN, S.REVOKED}
)
# These end by themselves on their last day.
_RUNS_OUT = frozenset({S.IN_TRAINING, S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS})

# Guessing: looks without a match that one organisation may make, about one number and in all.
# Counted for numbers that don't exist as for those that do, so that a limit says nothing.
MOST_MISSES_OF_A_NUMBER = 6
NUMBER_WINDOW = timedelta(days=1)
MOST_MISSES = 20
WINDOW = timedelta(hours=1)


class MistypedNumber(RuleBroken):
    """What was typed can't be an accreditation number: its check character doesn't fit."""


class Missed(Protocol):
    """A look that found nothing."""

    number_hash: str
    made_at: datetime


class Entered(Protocol):
    """One event of a register entry."""

    seq: int
    kind: str
    standing: str | None
    from_on: date
    until_on: date | None
    scope: str
    conditions: list[str]


@dataclass(frozen=True)
class Terms:
    """What two accreditors decide on.

    until_on    last day; None for a standing without an end
    scope       what the person may practise; empty where it doesn't apply
    conditions  what an employer must keep to, one sentence each
    """

    standing: Standing
    from_on: date
    until_on: date | None = None
    scope: str = ""
    conditions: tuple[str, ...] = ()


def new_number() -> str:
    """A random number with its check character: AC-4827-1093-K. Never in sequence.

    Method: ISO 7064 MOD 37-2. Numbers whose check character is no letter are passed over, so that
    nobody has to read out a digit or an asterisk at the end.
    """
    while True:
        digits = f"{secrets.randbelow(10**8):08d}"
        check = mod_37_2.calc_check_digit(digits)
        if check.isalpha():
            return f"AC-{digits[:4]}-{digits[4:]}-{check}"


def tidy_number(typed: str) -> str:
    """The number that was typed, in the form in which we keep it. Raises MistypedNumber."""
    symbols = re.sub(r"[\s\-–—]", "", typed).upper()
    head, tail = symbols[:2], symbols[2:]
    found = _NUMBER.fullmatch(head + tail[:8].translate(_MISREAD) + tail[8:])
    if found is None or not mod_37_2.is_valid(found[1] + found[2]):
        raise MistypedNumber(
            "Check the number: it is like AC-4827-1093-K, and one symbol is wrong."
        )
    return f"AC-{found[1][:4]}-{found[1][4:]}-{found[2]}"


def in_force(events: Sequence[Entered], on: date) -> Terms | None:
    """What holds on a day, from the entry's events in order; None before the first.

    A standing that has run out has lapsed, without anybody's act.
    """
    begun = [e for e in events if e.kind == Kind.STANDING and e.from_on <= on]
    if not begun:
        return None
    last = begun[-1]
    standing = Standing(last.standing or "")
    if standing in _RUNS_OUT and last.until_on is not None and on > last.until_on:
        return Terms(S.LAPSED, last.until_on)
    return Terms(standing, last.from_on, last.until_on, last.scope, tuple(last.conditions))


def is_withheld(events: Sequence[Entered]) -> bool:
    """Whether checks are to find nothing, for the person's safety."""
    flags = [e.kind for e in events if e.kind in {Kind.WITHHELD, Kind.SHOWN}]
    return bool(flags) and flags[-1] == Kind.WITHHELD


def check_move(now: Standing | None, to: Standing) -> None:
    """Refuse a standing that can't follow the present one; raises RuleBroken."""
    if to not in MOVES[now]:
        was = now.replace("_", " ") if now else "nothing"
        raise RuleBroken(f"“{to.replace('_', ' ')}” can’t follow “{was}”.")


def check_terms(terms: Terms) -> None:
    """Refuse terms that don't hold together; raises RuleBroken."""
    if terms.until_on is not None and terms.until_on < terms.from_on:
        raise RuleBroken("The last day can’t be before the first.")
    green = terms.standing in {S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS}
    if green and terms.until_on is None:
        raise RuleBroken("Give the last day: an accreditation always has one.")
    if green and not terms.scope:
        raise RuleBroken("Say what the person may practise.")
    if terms.standing is S.SUSPENDED and terms.until_on is None:
        raise RuleBroken("Give the day of review: a suspension always has one.")
    if (terms.standing is S.ACCREDITED_WITH_CONDITIONS) != bool(terms.conditions):
        raise RuleBroken("Conditions belong to “accredited with conditions”, and to nothing else.")


def check_flag(withheld: bool, kind: Kind) -> None:
    """Refuse to withhold what is withheld, or to show what is shown; raises RuleBroken."""
    if kind is Kind.WITHHELD and withheld:
        raise RuleBroken("The record is withheld already.")
    if kind is Kind.SHOWN and not withheld:
        raise RuleBroken("The record is not withheld, so there is nothing to show again.")


def check_guessing(misses: Sequence[Missed], number_hash: str, now: datetime) -> None:
    """Stop an organisation that guesses; raises TooMany.

    misses       its looks without a match, the latest first
    number_hash  of the number that is asked about now
    """
    of_number = [each for each in misses if each.number_hash == number_hash]
    again = [
        _opens(of_number, MOST_MISSES_OF_A_NUMBER, NUMBER_WINDOW),
        _opens(misses, MOST_MISSES, WINDOW),
    ]
    opens = max((each for each in again if each is not None), default=now)
    if opens > now:
        raise TooMany(
            "Too many checks found nothing, so we have paused them. Ask the advocate for the "
            "number and the date of birth that are on their record.",
            retry_after=math.ceil((opens - now).total_seconds()),
        )


def _opens(misses: Sequence[Missed], most: int, window: timedelta) -> datetime | None:
    """When so many misses are no longer within a window; None for fewer than that."""
    return misses[most - 1].made_at + window if len(misses) >= most else None
