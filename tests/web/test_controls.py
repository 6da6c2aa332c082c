"""Which control draws a field, and what the error summary says and where it leads."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SearchField,
    StringField,
    URLField,
)
from wtforms.validators import InputRequired

from lms.web.components import Example
from lms.web.controls import control, problems, summary_of, summary_title, value_of
from lms.web.fields import DayField, TidyText


class Criterion(Form):  # type: ignore[misc] # the library has no types
    mark = IntegerField("Mark", [InputRequired("Enter the mark")])


class Sheet(Form):  # type: ignore[misc] # the library has no types
    token = HiddenField(validators=[InputRequired("The form is too old")])
    born = DayField("Date of birth", [InputRequired("Enter the date of birth")])
    criteria = FieldList(FormField(Criterion), min_entries=2)
    overall = FormField(Criterion)


KINDS = {
    "name": "text",
    "email": "email",
    "password": "password",
    "phone": "tel",
    "mark": "whole",
    "hours": "decimal",
    "born": "day",
    "due": "moment",
    "comment": "textarea",
    "reason": "select",
    "decision": "radios",
    "nations": "checkboxes",
    "keep": "checkbox",
    "work": "file",
    "seen": "hidden",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_kind_of_field_has_its_control(name: str, kind: str) -> None:
    assert control(Example()[name]) == kind


def test_the_rarer_kinds_have_theirs_too() -> None:
    class Rare(Form):  # type: ignore[misc] # the library has no types
        several = MultipleFileField()
        find = SearchField()
        place = URLField()

    assert [control(field) for field in Rare()] == ["files", "search", "url"]


def test_a_field_without_a_control_is_an_error_not_a_guess() -> None:
    class Unknown(Form):  # type: ignore[misc] # the library has no types
        when = DateField()

    with pytest.raises(TypeError, match="DateField"):
        control(Unknown().when)


def test_problems_stand_in_the_order_of_the_page_and_lead_to_their_boxes() -> None:
    form = Sheet(
        MultiDict(
            {
                "born-day": "31",
                "born-month": "",
                "born-year": "1990",
                "criteria-0-mark": "61",
                "criteria-1-mark": "",
            }
        )
    )
    form.validate()
    form.form_errors.append("Somebody else has marked this")
    assert [(problem.target, problem.sentence) for problem in problems(form)] == [
        ("", "Somebody else has marked this"),
        ("", "The form is too old"),
        ("born-month", "Date of birth needs a month"),
        ("criteria-1-mark", "Enter the mark"),
        ("overall-mark", "Enter the mark"),
    ]


def test_a_day_that_is_missing_leads_to_its_first_box() -> None:
    form = Sheet(MultiDict({"born-day": ""}))
    form.validate()
    assert ("born-day", "Enter the date of birth") in [
        (problem.target, problem.sentence) for problem in problems(form)
    ]


def test_a_list_that_is_wrong_as_a_whole_says_so() -> None:
    class Few(Form):  # type: ignore[misc] # the library has no types
        names = FieldList(StringField("Name"))

    form = Few()
    form.names.errors = ["Add at least one name"]
    assert [problem.sentence for problem in problems(form)] == ["Add at least one name"]


def test_one_sentence_stands_for_each_field_and_others_may_follow() -> None:
    form = Sheet(MultiDict({"born-day": ""}))
    form.validate()
    form.born.errors = ["First", "Second"]
    summary = summary_of(form, also=[("work", "Choose a file")])
    assert {"text": "First", "href": "#born-day"} in summary
    assert not any(entry["text"] == "Second" for entry in summary)
    assert summary[-1] == {"text": "Choose a file", "href": "#work"}


@pytest.mark.parametrize(
    ("count", "title"),
    [
        (1, "One thing to put right"),
        (3, "Three things to put right"),
        (12, "12 things to put right"),
    ],
)
def test_the_title_counts(count: int, title: str) -> None:
    assert summary_title(count) == title


def test_a_text_that_begins_with_an_empty_line_keeps_it() -> None:
    class Text(Form):  # type: ignore[misc] # the library has no types
        text = TidyText()

    form = Text()
    form.text.data = "\nindented"
    assert value_of(form.text) == "\n\nindented"
    form.text.data = "plain"
    assert value_of(form.text) == "plain"
    form.text.data = None
    assert value_of(form.text) == ""
