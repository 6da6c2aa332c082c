"""A rulebook, as data: every number an institution sets, each with where it comes from.

Which kind a rule is decides how it is worked out; the working out is in the rules of the features
that use it, and nowhere else is a kind named.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Points = Annotated[Decimal, Field(ge=0, le=100)]
Days = Literal["working", "calendar"]
Whole = Annotated[int, Field(strict=True)]  # "yes" is no number
Yes = Annotated[bool, Field(strict=True)]


class Rule(BaseModel):
    """One paragraph of a rulebook.

    paragraph  its number, as it is cited to people
    says       the rule in a sentence or two, as it is shown to people
    source     where it comes from: an address, or "example, to be replaced by the awarding body"
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    paragraph: str = Field(min_length=1)
    says: str = Field(min_length=10)
    source: str = Field(min_length=10)

    @property
    def cited(self) -> str:
        """How the rule is cited: "regulation 6.2"."""
        return f"regulation {self.paragraph}"


class PassMark(Rule):
    """The least mark, in points, at which a module is passed."""

    points: Points


class HalfUp(Rule):
    """Marks are rounded to so many places; a half goes up."""

    kind: Literal["half_up"]
    places: Literal[0, 1]


class HalfEven(Rule):
    """Marks are rounded to so many places; a half goes to the even neighbour."""

    kind: Literal["half_even"]
    places: Literal[0, 1]


class Down(Rule):
    """Marks are cut off after so many places."""

    kind: Literal["down"]
    places: Literal[0, 1]


class LateNotAccepted(Rule):
    """Work after the deadline is not accepted."""

    kind: Literal["not_accepted"]


class LatePointsPerDay(Rule):
    """Each day or part of a day takes points off, for so many days; then it is not accepted."""

    kind: Literal["points_per_day"]
    points: Points
    days: Days
    most_days: Whole = Field(ge=1, le=60)


class LatePercentPerDay(Rule):
    """Each day or part of a day takes a share of the mark off; then it is not accepted."""

    kind: Literal["percent_per_day"]
    percent: Points
    days: Days
    most_days: Whole = Field(ge=1, le=60)


class LateCapped(Rule):
    """Late work gets at most so many points, for so many days; then it is not accepted."""

    kind: Literal["capped"]
    at_most: Points
    days: Days
    most_days: Whole = Field(ge=1, le=60)


class SecondAttemptCapped(Rule):
    """A second attempt gets at most so many points."""

    kind: Literal["capped"]
    at_most: Points


class SecondAttemptUncapped(Rule):
    """A second attempt is marked like a first."""

    kind: Literal["uncapped"]


class MustPass(Rule):
    """Who misses the pass mark on a row that must be passed stays so many points below it in all.

    A rulebook without this paragraph lets such rows advise markers, and change no mark.
    """

    points_below: Annotated[Decimal, Field(gt=0, le=100)]


class Grace(Rule):
    """Minutes after the deadline within which work still counts as on time."""

    minutes: Whole = Field(ge=0, le=60)


class Attempts(Rule):
    """How often an assessment may be attempted in all."""

    most: Whole = Field(ge=1, le=4)


class Extensions(Rule):
    """By how many working days a deadline may be moved for one person."""

    most_working_days: Whole = Field(ge=0, le=60)


class Quorum(Rule):
    """Who has to be present before a board may decide, the chair counted."""

    members: Whole = Field(ge=1, le=20)
    external_examiner: Yes


class WorkingDays(Rule):
    """Monday to Friday, but for these days."""

    closed: tuple[date, ...]


LateWork = Annotated[
    LateNotAccepted | LatePointsPerDay | LatePercentPerDay | LateCapped,
    Field(discriminator="kind"),
]
Rounding = Annotated[HalfUp | HalfEven | Down, Field(discriminator="kind")]
SecondAttempt = Annotated[SecondAttemptCapped | SecondAttemptUncapped, Field(discriminator="kind")]


class Regulations(BaseModel):
    """One version of one institution's rulebook."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z0-9-]{3,60}$")
    title: str = Field(min_length=5)
    note: str = Field(min_length=10)  # what this rulebook is, and whose it isn't
    pass_mark: PassMark
    rounding: Rounding
    late_work: LateWork
    grace: Grace
    must_pass: MustPass | None = None
    second_attempt: SecondAttempt
    attempts: Attempts
    extensions: Extensions
    quorum: Quorum
    working_days: WorkingDays

    @model_validator(mode="after")
    def _paragraphs_differ(self) -> "Regulations":
        numbers = [rule.paragraph for rule in self.rules]
        if len(numbers) != len(set(numbers)):
            raise ValueError("two rules have the same paragraph")
        return self

    @property
    def rules(self) -> list[Rule]:
        """Every paragraph, in the order of their numbers: 6.2 before 6.10."""
        found = (getattr(self, name) for name in type(self).model_fields)
        return sorted((each for each in found if isinstance(each, Rule)), key=_place)


def _place(rule: Rule) -> list[tuple[int, str]]:
    """Numbers as numbers, and whatever else as text."""
    parts = re.findall(r"\d+|[^\d.\s]+", rule.paragraph)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
