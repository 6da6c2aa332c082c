"""Form fields of the house: days and moments in boxes, and text that is tidied as it arrives."""

import calendar
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from wtforms import Field, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from lms.clock import LONDON, MONTHS
from lms.web.filters import NBSP, day as day_in_words

DAY_BOXES = ("day", "month", "year")
_MONTH_NUMBERS = {
    word.casefold(): number
    for number, name in enumerate(MONTHS, start=1)
    for word in (name, name[:3], "Sept" if name == "September" else name)
}
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")
_UNKEPT = frozenset({"Cc", "Cs"})  # Unicode's control characters and lone surrogates
_REFUSED = "This has a character that can’t be kept. Type it again, or paste it as plain text"


class Unclear(ValueError):
    """What was typed is no day or time: a sentence, and the boxes it is about."""

    def __init__(self, sentence: str, boxes: Sequence[str]) -> None:
        super().__init__(sentence)
        self.boxes = tuple(boxes)


class DayField(Field):  # type: ignore[misc] # the library has no types
    """A day in three boxes: `name-day`, `name-month`, `name-year`.

    data    the date, or None when nothing, or nothing clear, was typed
    typed   what was typed, box by box, to be shown again
    wrong   the boxes that the error is about, in order
    called  subject of its error sentences, when the label is a question
    The month may be a number or an English name. Nothing typed is no error here: whether it
    may be left empty is for the form's validators.
    """

    boxes: tuple[str, ...] = DAY_BOXES
    process_errors: list[str]

    def __init__(
        self, label: str | None = None, validators: Any = None, *, called: str = "", **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.called = called or self.label.text
        self.typed: dict[str, str] = dict.fromkeys(self.boxes, "")
        self.wrong: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The date, in a form that was accepted and asks for one; ValueError without one."""
        if self.data is None:
            raise ValueError(f"{self.name} was left empty")
        return self.data

    def process_data(self, value: date | None) -> None:
        self.data = value
        self.typed = self._boxes_of(value)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(None, *args, **kwargs)
        names = {box: f"{self.name}-{box}" for box in self.boxes}
        if formdata is None or not any(name in formdata for name in names.values()):
            return
        self.typed = {box: formdata.get(name, "").strip() for box, name in names.items()}
        filled = any(self.typed[box] for box in DAY_BOXES)
        # WTForms' own "required" validators look here.
        self.raw_data = [" ".join(self.typed.values())] if filled else []
        self.data = None
        if filled:
            self._take()

    def pre_validate(self, form: BaseForm) -> None:
        # A validator that asks for "something" must not hide the sentence that says what is wrong.
        if self.process_errors:
            raise StopValidation

    def _take(self) -> None:
        try:
            self.data = self._read()
        except Unclear as problem:
            self.wrong = problem.boxes
            self.process_errors = [*self.process_errors, str(problem)]

    def _read(self) -> date:
        return _day_from(self.typed, self.called)

    def _boxes_of(self, value: date | None) -> dict[str, str]:
        if value is None:
            return dict.fromkeys(self.boxes, "")
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}


class MomentField(DayField):
    """A day and a time of the day in the United Kingdom, in four boxes; `name-time` is the last.

    data  the moment in UTC, or None
    at    the time that an empty form proposes

    In the hour that comes twice in autumn it is the later one: a deadline read the other way
    would take an hour from somebody. A time that spring leaves out is refused.
    """

    boxes = (*DAY_BOXES, "time")

    def __init__(
        self,
        label: str | None = None,
        validators: Any = None,
        *,
        at: time = time(17),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.at = at

    @property
    def moment(self) -> datetime:
        """The moment, in a form that was accepted and asks for one; ValueError without one."""
        if not isinstance(self.data, datetime):
            raise ValueError(f"{self.name} was left empty")
        return self.data

    def _read(self) -> datetime:
        day = _day_from(self.typed, self.called)
        return _moment_from(day, self.typed["time"], self.called)

    def _boxes_of(self, value: date | None) -> dict[str, str]:
        if value is None:
            return {**super()._boxes_of(None), "time": f"{self.at:%H:%M}"}
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TypeError("a MomentField holds an aware moment")
        local = value.astimezone(LONDON)
        return {**super()._boxes_of(local), "time": f"{local:%H:%M}"}


def tidy_line(value: str | None) -> str | None:
    """One line: no space at either end, one between words. ValueError for what can't be kept."""
    return None if value is None else _kept(" ".join(value.split()))


def tidy_text(value: str | None) -> str | None:
    """Text of many lines: ends cut, line ends as LF. ValueError for what can't be kept."""
    if value is None:
        return None
    return _kept(value.replace("\r\n", "\n").replace("\r", "\n").strip())


class _Tidied(StringField):  # type: ignore[misc] # the library has no types
    """Text that is tidied before it is validated. A box that a form leaves out is an empty one."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is None:
            self.data = ""

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:
            raise StopValidation


class TidyString(_Tidied):
    """One line of text, tidied before it is validated."""

    def __init__(
        self, label: str | None = None, validators: Any = None, filters: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(label, validators, (tidy_line, *filters), **kwargs)


class TidyText(_Tidied, TextAreaField):  # type: ignore[misc] # the library has no types
    """Text of many lines, tidied before it is validated."""

    def __init__(
        self, label: str | None = None, validators: Any = None, filters: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(label, validators, (tidy_text, *filters), **kwargs)


def _kept(value: str) -> str:
    for character in value:
        if character not in "\n\t" and unicodedata.category(character) in _UNKEPT:
            raise ValueError(_REFUSED)
    return value


def _day_from(typed: Mapping[str, str], called: str) -> date:
    missing = [box for box in DAY_BOXES if not typed[box]]
    if missing:
        raise Unclear(f"{called} needs {_listed(missing)}", missing)
    numbers = {
        "day": _number(typed["day"], 1, 31),
        "month": _month(typed["month"]),
        "year": _number(typed["year"], 1000, 9999),
    }
    wrong = [box for box, number in numbers.items() if number is None]
    if wrong:
        raise Unclear(f"{called} needs {_wanted(wrong)}", wrong)
    day, month, year = (number or 0 for number in numbers.values())
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise Unclear(
            f"{called} needs a day from 1 to {last}: "
            f"{MONTHS[month - 1]}{NBSP}{year} has {last}{NBSP}days",
            ["day"],
        )
    return date(year, month, day)


def _moment_from(day: date, typed: str, called: str) -> datetime:
    found = _TIME.fullmatch(typed)
    hour, minute = (int(found[1]), int(found[2])) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise Unclear(f"{called} needs a time from 00:00 to 23:59, like 17:00", ["time"])
    wall = datetime.combine(day, time(hour, minute))
    # fold=1 is the later of two equal wall times (PEP 495).
    moment = wall.replace(tzinfo=LONDON, fold=1).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != wall:
        raise Unclear(_left_out(wall), ["time"])
    return moment


def _left_out(wall: datetime) -> str:
    """Says that spring leaves out this time, and names the nearest that there are."""
    before, after = (wall.replace(tzinfo=LONDON, fold=fold).utcoffset() for fold in (0, 1))
    skipped = (after or timedelta()) - (before or timedelta())
    return (
        f"There is no {wall:%H:%M} on {day_in_words(wall.date())}: the clocks go forward. "
        f"Enter {wall - skipped:%H:%M} or {wall + skipped:%H:%M}"
    )


def _number(typed: str, least: int, most: int) -> int | None:
    """The number; None for anything else, or a number out of range."""
    if not re.fullmatch(r"\d{1,4}", typed):
        return None
    number = int(typed)
    return number if least <= number <= most else None


def _month(typed: str) -> int | None:
    return _MONTH_NUMBERS.get(typed.casefold().rstrip("."), _number(typed, 1, 12))


def _wanted(wrong: Sequence[str]) -> str:
    if len(wrong) > 1:
        return "a day, a month and a year, like 9 10 2026"
    return {
        "day": "a day from 1 to 31",
        "month": "a month from 1 to 12, or its name",
        "year": "a year with four figures, like 2026",
    }[wrong[0]]


def _listed(boxes: Sequence[str]) -> str:
    named = [f"a {box}" for box in boxes]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
