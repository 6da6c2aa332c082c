"""Rules about intakes and enrolments."""

from collections.abc import Sequence
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
# In these an advocate reads, hands in and is marked.
ACTIVE = frozenset({State.ENROLLED, State.COMPLETED})


def check_move(now: State | None, to: State) -> None:
    """Refuse a state that can't follow the present one; raises RuleBroken."""
    if to not in MOVES[now]:
        was = now.replace("_", " ") if now else "nothing"
        raise RuleBroken(f"“{to.replace('_', ' ')}” can’t follow “{was}”.")


def present(states: Sequence[str]) -> State | None:
    """The state that the last event left; None before the first."""
    return State(states[-1]) if states else None


def check_year(year: int, starts_on: date, today: date) -> None:
    """An intake is named by the September it starts in, or the months after; raises RuleBroken."""
    if starts_on.year != year:
        raise RuleBroken("The intake is named by the year in which it starts.")
    if not today.year - 5 <= year <= today.year + 5:
        raise RuleBroken("Check the year: it is too far from now.")


def check_qualify_by(qualify_by: date, starts_on: date) -> None:
    """Nobody qualifies before they have begun; raises RuleBroken."""
    if qualify_by <= starts_on:
        raise RuleBroken("The qualify-by date must come after the intake starts.")
