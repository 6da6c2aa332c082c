"""Rules about what tutors are shown of a cohort's learning: who needs a word, never who did what.

Of a person they see how they stand with each module. Of pages and questions they see numbers of
people, and no number that fewer than five stand behind, nor one from which it could be worked out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lms.learning.rules import Stop, counts, questions_left

FEWEST = 5  # people behind a number that is shown


class State(StrEnum):
    """How far somebody is with a module; keys of the statuses that pages show."""

    DONE = "done"
    UNDER_WAY = "under_way"
    NOT_BEGUN = "not_started"


@dataclass(frozen=True)
class Leaf:
    """A page on its way through a module, and what makes it done."""

    module: str  # slug
    page: str  # slug
    title: str
    checks: Mapping[str, str]
    advice: Mapping[str, Any] | None


@dataclass(frozen=True)
class PassedOver:
    """A page that people left behind: they are done with a later one of its module."""

    leaf: Leaf
    people: int


@dataclass(frozen=True)
class Traces:
    """What one person has left on the pages of one module.

    how    in what way they said that they met with a page, by its slug
    asked  what they have answered, by the page's slug
    """

    how: Mapping[str, str]
    asked: Mapping[str, Collection[str]]

    def read(self, leaf: Leaf) -> bool:
        """Whether they met with a page in a way that counts, be its questions answered or not."""
        how = self.how.get(leaf.page, "")
        return bool(how) and counts(how, leaf.advice)

    def done(self, leaf: Leaf) -> bool:
        """Whether a page is done, by the same rule as for its reader."""
        how = self.how.get(leaf.page, "")
        left = questions_left(leaf.checks, self.asked.get(leaf.page, ()))
        return Stop(leaf.module, leaf.page, leaf.title, 0, self.read(leaf), left, how).done


@dataclass(frozen=True)
class Standing:
    """How somebody stands with a module.

    overdue  whether pages of it are unread though its work was due
    """

    state: State
    overdue: bool


def state_of(way: Sequence[Leaf], traces: Traces | None) -> State:
    """How far somebody is with a module.

    way  its pages, in order
    """
    if traces is None:
        return State.NOT_BEGUN
    return State.DONE if way and all(traces.done(leaf) for leaf in way) else State.UNDER_WAY


def is_due(due_at: datetime | None, now: datetime) -> bool:
    """Whether the date has passed by which a module's work was due for everybody.

    due_at  None where none is set. At that very moment work is still on time
    """
    return due_at is not None and now > due_at


def standing(way: Sequence[Leaf], traces: Traces | None, *, due: bool) -> Standing:
    """How somebody stands with a module; its pages are overdue while they are unread once due.

    The date is everybody's: by a person's own it would show who has an extension.
    """
    unread = any(traces is None or not traces.read(leaf) for leaf in way)
    return Standing(state_of(way, traces), due and unread)


def passed_over(way: Sequence[Leaf], everybody: Iterable[Traces]) -> list[PassedOver]:
    """Pages of a module that five people or more have left behind, the most first."""
    left = [0] * len(way)
    for traces in everybody:
        done = [traces.done(leaf) for leaf in way]
        last = max((place for place, is_done in enumerate(done) if is_done), default=-1)
        for place in range(last):
            left[place] += not done[place]
    found = [PassedOver(leaf, people) for leaf, people in zip(way, left, strict=True)]
    enough = [each for each in found if each.people >= FEWEST]
    return sorted(enough, key=lambda each: -each.people)


def shown_of_one(numbers: Sequence[int]) -> list[int | None]:
    """How many chose each answer, where everybody chose one; None where it is not shown.

    A number under five is hidden. So is the next smallest, while what is hidden could be worked out
    from the total and these rules: a test tries every way in which few people may choose.
    """
    hidden = [number for number in numbers if number < FEWEST]
    left = sorted(number for number in numbers if number >= FEWEST)
    while hidden and left and not _is_safe(hidden):
        # Those that are equal go together: which of them was left would tell.
        hidden += [number for number in left if number == left[0]]
        left = [number for number in left if number != left[0]]
    return [number if number in left else None for number in numbers]


def _is_safe(hidden: Sequence[int]) -> bool:
    """Whether hidden numbers stay unknown: not one alone, not of few, not all as high as can be."""
    alone = len(hidden) == 1
    return not alone and sum(hidden) >= FEWEST and any(n != FEWEST - 1 for n in hidden)


def shown_of_any(numbers: Sequence[int], people: int) -> list[int | None]:
    """The same, where everybody may choose several: neither few who chose nor few who did not."""
    return [
        number if number >= FEWEST and people - number >= FEWEST else None for number in numbers
    ]
