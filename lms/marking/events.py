"""What can happen to a script, and the state that follows from what did. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from lms.errors import Conflict, RuleBroken
from lms.marking.rules import Stage


class What(StrEnum):
    """One thing that happened to a script's mark."""

    FIRST_GIVEN = "first given"
    SECOND_GIVEN = "second given"
    PROPOSED = "reconciliation proposed"
    RECONCILED = "reconciled"
    RELEASED = "released"
    CONFIRMED = "confirmed"


GIVEN = {Stage.FIRST: What.FIRST_GIVEN, Stage.SECOND: What.SECOND_GIVEN}


class Progress(StrEnum):
    """Where a script stands; each has a row in the table of statuses."""

    WAITING = "waiting"
    FIRST_GIVEN = "first_given"
    SECOND_GIVEN = "second_given"
    BOTH_GIVEN = "both_given"
    PROPOSED = "proposed"
    RECONCILED = "reconciled"
    RELEASED = "released"
    CONFIRMED = "confirmed"


class Happened(Protocol):
    """One event of a script."""

    seq: int
    what: str
    by_id: int


@dataclass(frozen=True)
class Marking:
    """Where a script's marking stands.

    proposed_by  who proposed the reconciliation that waits, if one does
    """

    progress: Progress
    proposed_by: int | None = None


def fold(events: Sequence[Happened]) -> Marking:
    """The state that a script's events lead to, in their order."""
    done = {What(event.what) for event in events}
    for what, progress in _LATEST_FIRST:
        if what in done:
            proposals = [event.by_id for event in events if event.what == What.PROPOSED]
            return Marking(progress, proposals[-1] if what is What.PROPOSED else None)
    given = frozenset(done)
    return Marking(_BY_GIVEN[given])


def check_follows(marking: Marking, what: What, by_id: int) -> None:
    """Refuse what can't happen next.

    Raises Conflict for what has happened already, RuleBroken for what comes too early, or for
    agreeing to one's own proposal.
    """
    now = marking.progress
    if now in _AFTER[what]:
        raise Conflict("This has been done already.")
    if now not in _BEFORE[what]:
        raise RuleBroken(_TOO_EARLY[what])
    if what is What.RECONCILED and marking.proposed_by == by_id:
        raise RuleBroken("The other marker agrees to it, not the one who proposed it.")


G = Progress
_LATEST_FIRST = (
    (What.CONFIRMED, G.CONFIRMED),
    (What.RELEASED, G.RELEASED),
    (What.RECONCILED, G.RECONCILED),
    (What.PROPOSED, G.PROPOSED),
)
_BY_GIVEN = {
    frozenset[What](): G.WAITING,
    frozenset({What.FIRST_GIVEN}): G.FIRST_GIVEN,
    frozenset({What.SECOND_GIVEN}): G.SECOND_GIVEN,
    frozenset({What.FIRST_GIVEN, What.SECOND_GIVEN}): G.BOTH_GIVEN,
}
_DONE = {G.RECONCILED, G.RELEASED, G.CONFIRMED}
_BEFORE: dict[What, set[Progress]] = {
    What.FIRST_GIVEN: {G.WAITING, G.SECOND_GIVEN},
    What.SECOND_GIVEN: {G.WAITING, G.FIRST_GIVEN},
    What.PROPOSED: {G.BOTH_GIVEN, G.PROPOSED},
    What.RECONCILED: {G.PROPOSED},
    What.RELEASED: {G.RECONCILED},
    What.CONFIRMED: {G.RELEASED},
}
_AFTER: dict[What, set[Progress]] = {
    What.FIRST_GIVEN: {G.FIRST_GIVEN, G.BOTH_GIVEN, G.PROPOSED, *_DONE},
    What.SECOND_GIVEN: {G.SECOND_GIVEN, G.BOTH_GIVEN, G.PROPOSED, *_DONE},
    What.PROPOSED: _DONE,
    What.RECONCILED: _DONE,
    What.RELEASED: {G.RELEASED, G.CONFIRMED},
    What.CONFIRMED: {G.CONFIRMED},
}
_TOO_EARLY = {
    What.FIRST_GIVEN: "This mark can’t be given now.",
    What.SECOND_GIVEN: "This mark can’t be given now.",
    What.PROPOSED: "Both marks have to be given before they are reconciled.",
    What.RECONCILED: "Nobody has proposed a reconciled mark yet.",
    What.RELEASED: "The marks are not reconciled yet.",
    What.CONFIRMED: "The mark was not released yet.",
}
