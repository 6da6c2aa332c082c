"""Rules about marks: weighting, rounding, lateness, caps; and who may mark what.

The order is fixed: criteria are weighed, the sum is rounded, a row that had to be passed and was
not takes effect, lateness comes off, then a second attempt is capped. (Penalty before cap: as
published by the University of Sheffield, see
https://sites.google.com/sheffield.ac.uk/psyhandbook2023-24alllevels/assessment/late-submission-penalties-for-coursework.)
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

from lms.assessment.rules import Line, Step, late_penalty
from lms.errors import RuleBroken
from lms.regulations.profile import (
    Down,
    HalfEven,
    HalfUp,
    Regulations,
    Rounding,
    Rule,
    SecondAttemptCapped,
)

_WAYS: dict[type[Rule], str] = {
    HalfUp: ROUND_HALF_UP,
    HalfEven: ROUND_HALF_EVEN,
    Down: ROUND_FLOOR,
}
SHORTEST_REASON = 20  # characters


class Stage(StrEnum):
    """Which mark a marker gives."""

    FIRST = "first"
    SECOND = "second"


STAGE_WORDS = {Stage.FIRST: "First mark", Stage.SECOND: "Second mark"}


@dataclass(frozen=True)
class Weighted:
    """One criterion's mark and weight, in points and per cent.

    must_pass  its title, where nobody passes the assessment without passing it; else empty
    """

    points: int
    weight: int
    must_pass: str = ""


class Row(Protocol):
    """A row of a rubric, as the rules need it."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def weight(self) -> int: ...
    @property
    def must_pass(self) -> bool: ...


@dataclass(frozen=True)
class Worked:
    """A mark, with how it came about.

    raw    what the markers gave, weighed and rounded
    mark   after lateness and cap
    lines  each step
    """

    raw: Decimal
    mark: Decimal
    lines: tuple[Line, ...]


def weighed(rubric: Iterable[Row], points: Mapping[str, int]) -> list[Weighted]:
    """Each row that has points, by its key, with its weight."""
    return [
        Weighted(points[each.key], each.weight, each.title if each.must_pass else "")
        for each in rubric
        if each.key in points
    ]


def weighted_mark(criteria: Sequence[Weighted]) -> Decimal:
    """The criteria's marks by their weights, exactly; the weights make 100."""
    return sum((Decimal(each.points * each.weight) for each in criteria), Decimal(0)) / 100


def rounded(mark: Decimal, rounding: Rounding) -> Decimal:
    """The mark as the rulebook rounds it."""
    way = _WAYS[type(rounding)]
    return mark.quantize(Decimal(1).scaleb(-rounding.places), way)


def worked(
    criteria: Sequence[Weighted], days_late: int, attempt: int, regulations: Regulations
) -> Worked:
    """The mark of one piece of work, step by step.

    days_late  as assessment.rules.days_late counts them
    attempt    1 for the first sit
    """
    exact = weighted_mark(criteria)
    raw = rounded(exact, regulations.rounding)
    sums = " + ".join(f"{each.points} × {each.weight}%" for each in criteria)
    lines = [Line("Criteria by weight", f"{sums} = {exact.normalize():f}", "the rubric")]
    if raw != exact:
        how = f"{exact.normalize():f} is rounded to {raw}"
        lines.append(Line("Rounded", how, regulations.rounding.cited))
    mark = raw
    held = _held_back(criteria, mark, regulations)
    if held is not None:
        mark = held.mark
        lines.append(held.line)
    late = late_penalty(mark, days_late, regulations.late_work)
    if late is not None:
        mark = rounded(late.mark, regulations.rounding)
        lines.append(late.line)
    capped = _cap(mark, attempt, regulations)
    if capped is not None:
        mark = capped
        lines.append(Line("Second attempt", f"at most {capped}", regulations.second_attempt.cited))
    return Worked(raw, mark, tuple(lines))


def missed(criteria: Iterable[Weighted], regulations: Regulations) -> list[str]:
    """Titles of the rows that must be passed and were not, in the order of the rubric."""
    least = regulations.pass_mark.points
    return [each.must_pass for each in criteria if each.must_pass and each.points < least]


def without_mark(points: Mapping[str, int], keys: Collection[str]) -> list[str]:
    """The criteria that have no mark yet, in the order of the rubric."""
    return [key for key in keys if key not in points]


def without_comment(comments: Mapping[str, str], keys: Collection[str]) -> list[str]:
    """The criteria on which the candidate would read nothing, in the order of the rubric."""
    return [key for key in keys if not comments.get(key, "").strip()]


def check_complete(
    points: Mapping[str, int], comments: Mapping[str, str], keys: Collection[str]
) -> None:
    """Every criterion has its mark and its comment; raises RuleBroken."""
    missing = [
        f"{_counted(len(left))} no {what}"
        for what, left in (
            ("mark", without_mark(points, keys)),
            ("comment", without_comment(comments, keys)),
        )
        if left
    ]
    if missing:
        raise RuleBroken(f"This can’t be given yet: {' and '.join(missing)}.")


def check_reason(reason: str) -> None:
    """Reconciling has a reason that somebody can follow; raises RuleBroken."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleBroken("Say in a sentence how you came to this mark.")


def _held_back(
    criteria: Sequence[Weighted], mark: Decimal, regulations: Regulations
) -> Step | None:
    rule, least = regulations.must_pass, regulations.pass_mark.points
    rows = missed(criteria, regulations)
    if rule is None or not rows:
        return None
    # Downwards, whatever marks are rounded by: it must not come out at the pass mark.
    places = Decimal(1).scaleb(-regulations.rounding.places)
    most = max(least - rule.points_below, Decimal(0)).quantize(places, ROUND_FLOOR)
    if mark <= most:
        return None
    said = f"under {least.normalize():f} on {', '.join(rows)}: at most {most}"
    return Step(most, Line("A row that must be passed", said, rule.cited))


def _counted(criteria: int) -> str:
    return "one criterion has" if criteria == 1 else f"{criteria} criteria have"


def _cap(mark: Decimal, attempt: int, regulations: Regulations) -> Decimal | None:
    rule = regulations.second_attempt
    if attempt > 1 and isinstance(rule, SecondAttemptCapped) and mark > rule.at_most:
        return rounded(rule.at_most, regulations.rounding)
    return None
