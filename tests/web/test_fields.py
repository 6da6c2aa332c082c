"""Days, moments and tidied text: what people may type, and what they are told."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import DataRequired, InputRequired

from lms.clock import LONDON
from lms.web.fields import DayField, MomentField, TidyString, TidyText

# What a clock on a wall may show: no time zone, and both turns of every year.
WALL_CLOCKS = st.datetimes(
    datetime.fromisoformat("1990-01-01T00:00"), datetime.fromisoformat("2100-01-01T00:00")
)


class Sheet(Form):  # type: ignore[misc] # the library has no types
    start = DayField("Start date")
    due = MomentField("Deadline")
    name = TidyString("Name")
    comment = TidyText("Comment")


class Needed(Form):  # type: ignore[misc] # the library has no types
    start = DayField("When did it start?", [DataRequired("Enter the date")], called="The date")
    due = MomentField("Deadline", [InputRequired("Enter the deadline")], at=time(12))
    name = TidyString("Name", [InputRequired("Enter the name")])


def sent(kind: type[Form] = Sheet, **boxes: str) -> Any:
    """The form after these boxes came in: start_day is start-day."""
    form = kind(MultiDict({name.replace("_", "-"): value for name, value in boxes.items()}))
    form.validate()
    return form


def a_day(day: str, month: str, year: str) -> Any:
    return sent(start_day=day, start_month=month, start_year=year).start


def a_moment(day: str, month: str, year: str, at: str) -> Any:
    return sent(due_day=day, due_month=month, due_year=year, due_time=at).due


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_there_is_can_be_typed(day: date) -> None:
    field = a_day(str(day.day), str(day.month), str(day.year))
    assert field.data == day
    assert field.errors == []


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_kept_day_comes_back_as_the_same_day(day: date) -> None:
    shown = Sheet(start=day).start.typed
    assert a_day(shown["day"], shown["month"], shown["year"]).data == day


@given(st.integers(1, 31), st.integers(1, 12), st.integers(1000, 9999))
def test_a_day_is_refused_exactly_when_the_calendar_has_none(
    day: int, month: int, year: int
) -> None:
    exists = day <= calendar.monthrange(year, month)[1]
    field = a_day(str(day), str(month), str(year))
    assert (field.data is not None) == exists
    assert bool(field.errors) == (not exists)


@given(st.text(max_size=6), st.text(max_size=12), st.text(max_size=8))
def test_nothing_that_can_be_typed_breaks_a_day(day: str, month: str, year: str) -> None:
    field = a_day(day, month, year)
    typed = any(box.strip() for box in (day, month, year))
    assert (field.data is None) == (bool(field.errors) or not typed)
    assert field.typed == {"day": day.strip(), "month": month.strip(), "year": year.strip()}


@pytest.mark.parametrize("month", ["10", "October", "oct", "OCT.", "october"])
def test_a_month_may_be_a_number_or_its_name(month: str) -> None:
    assert a_day("9", month, "2026").data == date(2026, 10, 9)


@pytest.mark.parametrize(
    ("typed", "sentence", "wrong"),
    [
        (
            ("31", "2", "2026"),
            "Start date needs a day from 1 to 28: February 2026 has 28 days",
            ("day",),
        ),
        (("9", "", "2026"), "Start date needs a month", ("month",)),
        (("", "10", ""), "Start date needs a day and a year", ("day", "year")),
        (("32", "10", "2026"), "Start date needs a day from 1 to 31", ("day",)),
        (("9", "13", "2026"), "Start date needs a month from 1 to 12, or its name", ("month",)),
        (("9", "10", "26"), "Start date needs a year with four figures, like 2026", ("year",)),
        (("0", "x", "26"), "Start date needs a day, a month and a year, like 9 10 2026", None),
    ],
)
def test_an_unclear_day_is_named_kept_and_points_at_its_box(
    typed: tuple[str, str, str], sentence: str, wrong: tuple[str, ...] | None
) -> None:
    field = a_day(*typed)
    assert [error.replace("\u00a0", " ") for error in field.errors] == [sentence]
    assert field.wrong == (wrong or ("day", "month", "year"))
    assert tuple(field.typed.values()) == typed
    assert field.data is None


def test_an_empty_day_is_no_error_unless_the_form_wants_one() -> None:
    assert a_day("", "", "").errors == []
    needed = sent(Needed, start_day="", start_month="", start_year="").start
    assert needed.errors == ["Enter the date"]
    assert needed.wrong == ()


def test_a_required_day_still_says_what_is_wrong_with_it() -> None:
    needed = sent(Needed, start_day="9", start_month="", start_year="2026").start
    assert needed.errors == ["The date needs a month"]


def test_a_form_that_does_not_send_the_day_leaves_it_as_it_was() -> None:
    form = Sheet(MultiDict({"name": "A"}), start=date(2026, 9, 1))
    assert form.start.data == date(2026, 9, 1)


@given(WALL_CLOCKS)
def test_a_uk_wall_time_becomes_the_moment_that_shows_it(wall: datetime) -> None:
    wall = wall.replace(second=0, microsecond=0)
    field = a_moment(str(wall.day), str(wall.month), str(wall.year), f"{wall:%H:%M}")
    moments = [
        wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC).astimezone(LONDON) for fold in (0, 1)
    ]
    exists = moments[1].replace(tzinfo=None, fold=0) == wall
    assert (field.data is not None) == exists
    if exists:
        assert field.data.utcoffset() == timedelta(0)
        assert field.data.astimezone(LONDON).replace(tzinfo=None, fold=0) == wall
        assert field.data == max(moment.astimezone(UTC) for moment in moments)


@given(WALL_CLOCKS)
def test_a_kept_moment_comes_back_as_the_same_minute(wall: datetime) -> None:
    moment = wall.replace(second=0, microsecond=0, tzinfo=UTC)
    shown = Sheet(due=moment).due.typed
    again = a_moment(shown["day"], shown["month"], shown["year"], shown["time"]).data
    twice = moment.astimezone(LONDON).replace(fold=1).astimezone(UTC)
    assert again in {moment, twice}


def test_the_hour_that_comes_twice_is_the_later_one() -> None:
    assert a_moment("25", "10", "2026", "01:30").data == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_that_spring_leaves_out_is_refused_with_the_nearest_two() -> None:
    field = a_moment("29", "3", "2026", "01:30")
    sentence = field.errors[0].replace("\u00a0", " ")
    assert sentence == (
        "There is no 01:30 on 29 March 2026: the clocks go forward. Enter 00:30 or 02:30"
    )
    assert field.wrong == ("time",)
    for there_is in ("00:30", "02:30"):
        assert a_moment("29", "3", "2026", there_is).errors == []


@pytest.mark.parametrize("at", ["24:00", "17:60", "5pm", "1700", "", "17:0", "x"])
def test_a_time_is_read_on_the_24_hour_clock_only(at: str) -> None:
    field = a_moment("9", "10", "2026", at)
    assert field.errors == ["Deadline needs a time from 00:00 to 23:59, like 17:00"]
    assert field.typed["time"] == at


def test_a_time_may_have_a_dot() -> None:
    assert a_moment("9", "10", "2026", "9.05").data == datetime(2026, 10, 9, 8, 5, tzinfo=UTC)


def test_an_empty_form_proposes_a_time_and_that_alone_is_no_answer() -> None:
    assert Sheet().due.typed == {"day": "", "month": "", "year": "", "time": "17:00"}
    assert Needed().due.typed["time"] == "12:00"
    needed = sent(Needed, due_day="", due_month="", due_year="", due_time="12:00").due
    assert needed.errors == ["Enter the deadline"]


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="aware"):
        Sheet(due=datetime.fromisoformat("2026-10-09T17:00"))


def test_a_line_is_trimmed_and_its_spaces_are_evened() -> None:
    assert sent(name="  Ó\u00a0 Súilleabháin \t U ").name.data == "Ó Súilleabháin U"


def test_a_text_keeps_its_lines() -> None:
    assert sent(comment="\r\none\r\n\r\n  two\rthree\n ").comment.data == "one\n\n  two\nthree"


@pytest.mark.parametrize("name", ["name", "comment"])
@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x7f", "\ud800"])
def test_what_cannot_be_kept_is_refused_and_shown_again(name: str, sign: str) -> None:
    field = sent(Sheet, **{name: f"a{sign}b"})[name]
    assert len(field.errors) == 1
    assert "can’t be kept" in field.errors[0]
    assert field.data == f"a{sign}b"


def test_a_required_line_of_spaces_says_what_cannot_be_kept_first() -> None:
    assert sent(Needed, name="").name.errors == ["Enter the name"]
    assert "can’t be kept" in sent(Needed, name="\x00").name.errors[0]


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = sent(name=text, comment=text)
    again = sent(name=once.name.data, comment=once.comment.data)
    assert (again.name.data, again.comment.data) == (once.name.data, once.comment.data)
