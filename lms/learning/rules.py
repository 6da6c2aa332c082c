"""Rules about reading: what comes next, when a page counts as done, and what advice says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Answers to one question of one reader that are kept beside their first. Tutors see first answers
# counted, readers their latest; what lies between is read by nobody, and could come to any number.
LATEST_KEPT = 20


class How(StrEnum):
    """In what way somebody has met with a page."""

    READ = "read"
    ALTERNATIVE = "alternative"  # they read what stands in for it
    PAUSED = "paused"  # they met its advice, and left it there


# What an author allows (content_advice.counts) for each way that is not reading.
_ALLOWED_BY = {How.ALTERNATIVE: "alternative", How.PAUSED: "pause"}


@dataclass(frozen=True)
class Stop:
    """One page on the way through the programme.

    read         whether its reader said that they met with it, in a way that counts
    left         how many of its questions that count are not answered yet
    how          in what way they met with it; empty before
    outcomes     keys of the outcomes that it serves
    changed      read, and it says something else since
    law_changed  what it says of the law is among that
    """

    module: str  # slug
    page: str  # slug
    title: str
    minutes: int
    read: bool
    left: int = 0
    how: str = How.READ
    outcomes: tuple[str, ...] = ()
    changed: bool = False
    law_changed: bool = False

    @property
    def done(self) -> bool:
        """Met with, and when that was by reading it, its questions are answered."""
        return self.read and (self.left == 0 or self.how != How.READ)


@dataclass(frozen=True)
class Outcome:
    """An outcome of a module, and whether all that serves it is done."""

    key: str
    text: str
    met: bool


def counts(how: str, advice: Mapping[str, object] | None) -> bool:
    """Whether having met with a page in this way counts: reading does, else its author says so."""
    if how == How.READ:
        return True
    allowed = advice.get("counts") if advice else None
    return isinstance(allowed, list | tuple) and _ALLOWED_BY.get(How(how)) in allowed


def questions_left(checks: Mapping[str, str], asked: Collection[str]) -> int:
    """How many of a page's questions that count are not answered.

    checks  what each of them stands for, by its key
    asked   what was answered
    """
    return sum(each not in asked for each in checks.values())


def next_stop(way: Sequence[Stop]) -> Stop | None:
    """Where to carry on: the first page not done after the last one read, else the first.

    None when everything is done.
    """
    last_read = max((i for i, stop in enumerate(way) if stop.read), default=-1)
    after = (stop for stop in way[last_read + 1 :] if not stop.done)
    before = (stop for stop in way if not stop.done)
    return next(after, None) or next(before, None)


def minutes_left(way: Sequence[Stop]) -> int:
    """How long the unread pages take, by their authors' estimate."""
    return sum(stop.minutes for stop in way if not stop.read)


def left_to_answer(way: Sequence[Stop]) -> int:
    """How many questions keep pages of the way from being done."""
    return sum(stop.left for stop in way if not stop.done)


def outcomes_met(outcomes: Sequence[Mapping[str, str]], way: Sequence[Stop]) -> list[Outcome]:
    """A module's outcomes: one is met when every page that serves it is done, and one does."""
    found = []
    for each in outcomes:
        serving = [stop.done for stop in way if each["key"] in stop.outcomes]
        found.append(Outcome(each["key"], each["text"], bool(serving) and all(serving)))
    return found
