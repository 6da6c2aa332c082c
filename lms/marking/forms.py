"""What markers and registrars fill in. A marking form has one field set for each criterion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.catalogue.models import Criterion
from lms.marking.queries import Given
from lms.marking.rules import (
    STAGE_WORDS,
    weighed,
    weighted_mark,
    without_comment,
    without_mark,
)
from lms.marking.stream import Marks
from lms.regulations.profile import MustPass
from lms.web.forms import BaseForm, no_control_characters

_LONGEST = 10_000
_ALONE = ("overall", "note", "reason")  # texts that are about no single criterion
_RANGE = "Enter a whole number from 0 to 100"


class _NotYet(Optional):  # type: ignore[misc] # the library has no types
    """May be empty in a draft. It isn't called optional: giving the mark asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags: dict[str, bool] = {}


@dataclass(frozen=True)
class Tally:
    """How far a mark has come.

    mark  points so far, by their weights
    of    per cent of the weight that has a mark
    left  criteria that have none
    """

    mark: Decimal
    of: int
    left: int


@dataclass(frozen=True)
class HeldBack:
    """Titles of rows that must be passed and are not, and the rule on it, where there is one."""

    rows: list[str]
    rule: MustPass | None


@dataclass(frozen=True)
class Beside:
    """One criterion with both marks, and what is proposed; None while nothing is."""

    criterion: Criterion
    first: int
    second: int
    proposed: int | None

    @property
    def apart(self) -> int:
        """How far the two marks lie from one another."""
        return abs(self.first - self.second)


class AllocationForm(BaseForm):
    """A tutor who may mark, and at which stage."""

    marker = SelectField("Tutor", [InputRequired("Choose a tutor")])
    stage = RadioField(
        "Stage",
        [InputRequired("Choose first or second mark")],
        choices=[SelectChoice(value=key, label=word) for key, word in STAGE_WORDS.items()],
    )


class MarkingForm(BaseForm):
    """A mark, criterion by criterion. `for_rubric` makes the form of one rubric."""

    version = HiddenField(default="0")
    keys: tuple[str, ...] = ()

    def marks(self) -> Marks:
        """What was filled in so far; a criterion without a number has no mark yet."""
        points = {key: self[f"points-{key}"].data for key in self.keys}
        about = {key: self[f"comment-{key}"].data for key in self.keys}
        about |= {name: self[name].data for name in _ALONE if name in self}
        return Marks(
            {key: value for key, value in points.items() if value is not None},
            {key: (text or "").strip() for key, text in about.items()},
        )

    def whole(self) -> bool:
        """Whether every criterion has mark and comment; says beside each box what is missing."""
        said = self.marks()
        for key in without_mark(said.points, self.keys):
            self.refuse(f"points-{key}", _RANGE)
        for key in without_comment(said.comments, self.keys):
            self.refuse(f"comment-{key}", "Write a comment for the candidate")
        return not self.errors

    @property
    def draft_version(self) -> int:
        """Which draft the marker had before them; 0 for none."""
        typed = str(self.version.data or "0")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def for_rubric(rubric: Iterable[Criterion], *, reconciling: bool = False) -> type[MarkingForm]:
    """The form class of one rubric.

    reconciling  with the reason instead of the marker's own note
    """
    fields: dict[str, Any] = {"keys": tuple(each.key for each in rubric)}
    for key in fields["keys"]:
        fields[f"points-{key}"] = IntegerField(
            "Mark, 0 to 100",
            [_NotYet(), NumberRange(0, 100, _RANGE)],
            invalid_value_message=_RANGE,
        )
        fields[f"comment-{key}"] = _comment("Comment for the candidate")
    fields["overall"] = _comment("Overall: what to keep, what to do next")
    if reconciling:
        fields["reason"] = _comment("How you came to this mark")
    else:
        fields["note"] = _comment("Note for reconciling, and for the board")
    return type("RubricForm", (MarkingForm,), fields)


def filled(marks: Mapping[str, int], comments: Mapping[str, str]) -> dict[str, Any]:
    """What a marking form starts with."""
    points = {f"points-{key}": value for key, value in marks.items()}
    texts = {
        about if about in _ALONE else f"comment-{about}": text for about, text in comments.items()
    }
    return {**points, **texts}


def tally(rubric: Sequence[Criterion], points: Mapping[str, int]) -> Tally:
    """The mark as far as it goes."""
    done = weighed(rubric, points)
    weight = sum(each.weight for each in done)
    return Tally(weighted_mark(done), weight, len(rubric) - len(done))


def beside(
    rubric: Iterable[Criterion], first: Given, second: Given, proposed: Given | None
) -> list[Beside]:
    """Both marks criterion by criterion."""
    return [
        Beside(
            each,
            first.marks[each.key],
            second.marks[each.key],
            proposed.marks[each.key] if proposed else None,
        )
        for each in rubric
    ]


def _comment(label: str) -> TextAreaField:
    return TextAreaField(
        label, [Length(max=_LONGEST), no_control_characters], render_kw={"rows": 3}
    )
