"""Rules about intakes and enrolments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.errors import RuleBroken


class State(StrEnum):
    """Where an enrolment stands. CONTRACT: enrolment states."""

    OFFERED = "offered"
    ENROLLED = "enrolled"
    ON_LEAVE = "on_leave"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Kind(StrEnum):
    """What somebody enrols for: with assessment, or to attend alone."""

    ASSESSED = "assessed"
    ATTENDS = "attends"


KIND_WORDS = {Kind.ASSESSED: "With assessment", Kind.ATTENDS: "Attends, no assessment"}

MOVES: dict[State | None, frozenset[State]] = {
    None: frozenset({State.OFFERED}),
    State.OFFERED: frozenset({State.ENROLLED, State.WITHDRAWN}),
    State.ENROLLED: frozenset(
        {State.ON_LEAVE, State.COMPLETED, State.WITHDRAWN, State.TRANSFERRED}
    ),
    State.ON_LEAVE: frozenset({State.ENROLLED, State.WITHDRAWN, State.TRANSFERRED}),
    State.COMPLETED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.TRANSFERRED: frozenset(),
}
# In these somebody is in training for the register.
TRAINED = frozenset({State.ENROLLED, State.ON_LEAVE})
# In these an advocate reads, hands in and is marked.
ACTIVE = frozenset({State.ENROLLED, State.COMPLETED})
# In these somebody is taught, or will be.
_TO_BE_TAUGHT = frozenset({State.OFFERED, State.ENROLLED, State.ON_LEAVE})

SHORTEST_REASON, LONGEST_REASON = 10, 500  # characters
_FIRST_MONTH = 9  # of an academic year


class YearTooFar(RuleBroken):
    """The year of an intake is mistyped, rather than its first day."""


def check_move(now: State | None, to: State) -> None:
    """Refuse a state that can't follow the present one; raises RuleBroken."""
    _check_among(MOVES[now], now, to)


def changes(now: State | None) -> frozenset[State]:
    """What a registrar may make of an enrolment.

    Never the taking of a place, which is its advocate's own act and opens the register; never
    its completion, which is a board's.
    """
    theirs = {State.OFFERED, State.COMPLETED}
    return MOVES[now] - (theirs | {State.ENROLLED} if now is State.OFFERED else theirs)


def check_change(now: State | None, to: State) -> None:
    """Refuse what a registrar can't make of an enrolment; raises RuleBroken."""
    _check_among(changes(now), now, to)


def check_on_offer(now: State) -> None:
    """Refuse to give a place that is not on offer; raises RuleBroken."""
    if now is not State.OFFERED:
        raise RuleBroken(
            "This place is not on offer any more. Ask the people who run the programme."
        )


def stated_reason(reason: str) -> str:
    """A reason without stray spaces; raises RuleBroken for one that says nothing, or too much."""
    tidy = " ".join(reason.split())
    if len(tidy) < SHORTEST_REASON:
        raise RuleBroken(f"Say why in at least {SHORTEST_REASON} characters.")
    if len(tidy) > LONGEST_REASON:
        raise RuleBroken(f"Say why in {LONGEST_REASON} characters or fewer.")
    return tidy


def check_taught(states: Mapping[State, int]) -> None:
    """Refuse to teach other content to people who have all finished; raises RuleBroken.

    states  how many stand in each; an intake without anybody yet can still be moved
    """
    if states and not any(states.get(each) for each in _TO_BE_TAUGHT):
        raise RuleBroken(
            "Nobody in this intake is still taught. What they were taught stays as it was."
        )


def _check_among(lawful: frozenset[State], now: State | None, to: State) -> None:
    if to not in lawful:
        was = now.replace("_", " ") if now else "nothing"
        raise RuleBroken(f"“{to.replace('_', ' ')}” can’t follow “{was}”.")


def present(states: Sequence[str]) -> State | None:
    """The state that the last event left; None before the first."""
    return State(states[-1]) if states else None


@dataclass(frozen=True)
class Tally:
    """How the places of a cohort are spread.

    states     how many stand in each state
    to_invite  how many are on offer to somebody who can't sign in yet
    """

    states: Mapping[State, int]
    to_invite: int


NOBODY = Tally({}, 0)


def academic_year(on: date) -> int:
    """The academic year of a day, by the year it begins in: it runs from 1 September."""
    return on.year if on.month >= _FIRST_MONTH else on.year - 1


def check_year(year: int, starts_on: date, today: date) -> None:
    """An intake is named by the September it starts in, or the months after; raises RuleBroken."""
    if academic_year(starts_on) != year:
        raise RuleBroken(
            f"The {year} intake starts on a day from 1 September {year} to 31 August {year + 1}."
        )
    if not today.year - 5 <= year <= today.year + 5:
        raise YearTooFar("Check the year: it is too far from now.")


def check_qualify_by(qualify_by: date, starts_on: date) -> None:
    """Nobody qualifies before they have begun; raises RuleBroken."""
    if qualify_by <= starts_on:
        raise RuleBroken("The qualify-by date must come after the intake starts.")
