"""What follows from what came of a wish, and from two states of the files: pure functions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from lms.errors import RuleBroken

# A worker that is at it notes so every second or two. One that was ended is noticed after this.
QUIET = timedelta(minutes=1)


class State(StrEnum):
    """Where a wish stands."""

    WAITING = "waiting"
    WORKING = "working"
    INTERRUPTED = "interrupted"  # the worker failed or was ended; it is tried again by itself
    GIVEN_UP = "given_up"
    PUBLISHED = "published"
    CHECKED = "checked"
    REFUSED = "refused"


class CameOf(Protocol):
    """An outcome, as the rules need it."""

    @property
    def version_id(self) -> int | None: ...
    @property
    def refusal(self) -> str: ...


@dataclass(frozen=True)
class Work:
    """What the worker did so far.

    moved_at  when it noted last how far it is; None before it began
    failed    whether its last attempt ended in a failure
    over      whether it is not tried any more
    """

    moved_at: datetime | None
    failed: bool
    over: bool


def state_of(outcome: CameOf | None, work: Work, now: datetime) -> State:
    """Where a wish stands at a moment."""
    if outcome is not None:
        if outcome.refusal:
            return State.REFUSED
        return State.CHECKED if outcome.version_id is None else State.PUBLISHED
    if work.over:
        return State.GIVEN_UP
    if work.failed:
        return State.INTERRUPTED
    if work.moved_at is None:
        return State.WAITING
    return State.WORKING if now - work.moved_at < QUIET else State.INTERRUPTED


class How(StrEnum):
    """What drafts did to a file."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Lost:
    """A file in which the newest version says, through drafts, what the folder does not.

    title  of the page, or of what else it is; empty where that is not known
    """

    name: str
    how: How
    title: str
    module: str

    def __str__(self) -> str:
        words = {How.ADDED: "added", How.CHANGED: "changed", How.REMOVED: "taken out"}
        of = ", ".join(filter(None, (self.module, self.title)))
        return f"{self.name}: {words[self.how]}{f' ({of})' if of else ''}"


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, How]:
    """What differs between two states of the files, each by name and digest; in order of names."""
    found = {}
    for name in sorted({*before, *after}):
        if name not in before:
            found[name] = How.ADDED
        elif name not in after:
            found[name] = How.REMOVED
        elif before[name] != after[name]:
            found[name] = How.CHANGED
    return found


def check_known(lost: Collection[Lost], confirmed: bool) -> None:
    """Refuse to take back what drafts changed unless that is meant. Raises RuleBroken."""
    if lost and not confirmed:
        count = "one change" if len(lost) == 1 else f"{len(lost)} changes"
        raise RuleBroken(f"Tick this to take back {count}, or put them into the folder first.")
