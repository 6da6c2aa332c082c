"""What the form macros ask of a WTForms field: which control draws it, and what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.form import BaseForm

from lms.web.fields import DayField, MomentField
from lms.web.filters import printable

# The first that fits counts, so a kind stands before the kind it descends from.
_CONTROLS: tuple[tuple[type[Field], str], ...] = (
    (MomentField, "moment"),
    (DayField, "day"),
    (HiddenField, "hidden"),
    (PasswordField, "password"),
    (TextAreaField, "textarea"),
    (EmailField, "email"),
    (TelField, "tel"),
    (URLField, "url"),
    (SearchField, "search"),
    (RadioField, "radios"),
    (SelectMultipleField, "checkboxes"),
    (SelectField, "select"),
    (BooleanField, "checkbox"),
    (MultipleFileField, "files"),
    (FileField, "file"),
    (IntegerField, "whole"),
    (DecimalField, "decimal"),
    (StringField, "text"),
)
# What the macro takes from render_kw itself; the rest becomes attributes.
_TAKEN = frozenset({"autocomplete", "inputmode", "spellcheck", "rows", "class"})
_NUMBERS = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class Problem:
    """One sentence of the error summary.

    target   id of the control to go to; empty when there is none on the page
    """

    target: str
    sentence: str


def control(field: Field) -> str:
    """The kind of control that draws this field; TypeError for a field we have none for."""
    for kind, name in _CONTROLS:
        if isinstance(field, kind):
            return name
    raise TypeError(f"no control draws a {type(field).__name__}")


def first_error(field: Field) -> str:
    """The sentence that stands beside the field, and in the summary; empty when all is well."""
    return str(field.errors[0]) if field.errors else ""


def target(field: Field) -> str:
    """Id of the box that an error of this field leads to."""
    if isinstance(field, HiddenField):
        return ""
    if isinstance(field, DayField):
        return f"{field.id}-{field.wrong[0] if field.wrong else field.boxes[0]}"
    return str(field.id)


def problems(form: BaseForm) -> list[Problem]:
    """All that is wrong with a form, in the order of its fields, one sentence for each field."""
    own = [Problem("", str(sentence)) for sentence in getattr(form, "form_errors", ())]
    return [*own, *(problem for field in form for problem in _of(field))]


def summary_title(count: int) -> str:
    """Three things to put right."""
    number = _NUMBERS[count - 1] if count <= len(_NUMBERS) else str(count)
    return f"{number} thing{'' if count == 1 else 's'} to put right"


def summary_of(form: BaseForm, also: Sequence[tuple[str, str]] = ()) -> list[dict[str, str]]:
    """The entries of GOV.UK's error summary: a form's problems, then `also` (id, sentence)."""
    found = [*problems(form), *(Problem(*pair) for pair in also)]
    return [
        {"text": problem.sentence, **({"href": f"#{problem.target}"} if problem.target else {})}
        for problem in found
    ]


def value_of(field: Field) -> str:
    """What stands in the box: as it was typed, but for what HTML can't carry.

    HTML drops the first line end in a textarea, so one that matters is written twice.
    """
    typed = getattr(field, "_value", None)  # what WTForms' own widgets show
    value = printable(typed() if typed else field.data)
    matters = isinstance(field, TextAreaField) and value.startswith(("\r", "\n"))
    return f"\n{value}" if matters else value


def choices_of(
    field: SelectField | SelectMultipleField, hints: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The choices of a select, radios or boxes, as GOV.UK's macros take them."""
    given = hints or {}
    return [
        {
            "value": str(value),
            "text": text,
            "selected": chosen,
            "checked": chosen,
            "hint": {"text": given[value]} if value in given else None,
        }
        for value, text, chosen, _ in field.iter_choices()
    ]


def box_of(field: BooleanField, words: str, hint: str = "") -> dict[str, Any]:
    """A single box to tick."""
    return {
        "id": field.id,
        "name": field.name,
        "value": "y",
        "text": words,
        "checked": bool(field.data),
        "hint": {"text": hint} if hint else None,
    }


def boxes_of(fields: Sequence[BooleanField]) -> list[dict[str, Any]]:
    """Several single boxes, each with its own label and description."""
    return [box_of(field, field.label.text, field.description) for field in fields]


def date_items(field: DayField, autocomplete: str | None = None) -> list[dict[str, Any]]:
    """The boxes of a day or a moment; those that the error is about are marked.

    autocomplete   "bday" becomes bday-day, bday-month and bday-year
    """
    wrong = (field.wrong or field.boxes) if field.errors else ()
    wide = {"year": 4, "time": 4}
    return [
        {
            "name": box,
            "label": "Time (UK)" if box == "time" else box.capitalize(),
            "value": printable(field.typed[box]),
            # A numeric keypad has no colon.
            "inputmode": "text" if box == "time" else "numeric",
            "autocomplete": f"{autocomplete}-{box}" if autocomplete else None,
            "classes": f"govuk-input--width-{wide.get(box, 2)}"
            + (" govuk-input--error" if box in wrong else ""),
        }
        for box in field.boxes
    ]


def input_kind(kind: str, common: Mapping[str, Any]) -> dict[str, Any]:
    """What an input of this kind has besides what all have: its type and its keyboard."""
    if kind in {"whole", "decimal"}:
        keyboard = "numeric" if kind == "whole" else "decimal"
        return {
            "inputmode": common["inputmode"] or keyboard,
            "classes": common["classes"] or "govuk-input--width-5",
        }
    if kind in {"email", "url"}:
        return {"type": kind, "spellcheck": False}
    return {"type": kind}


def other_attributes(field: Field) -> dict[str, Any]:
    """What a field's render_kw asks for beyond what the macro understands."""
    given = field.render_kw or {}
    return {name: value for name, value in given.items() if name not in _TAKEN}


def _of(field: Field) -> Iterator[Problem]:
    if isinstance(field, FormField):
        yield from problems(field.form)
    elif isinstance(field, FieldList):
        inner = [problem for entry in field.entries for problem in _of(entry)]
        yield from inner or _own(field)
    else:
        yield from _own(field)


def _own(field: Field) -> Iterator[Problem]:
    if field.errors:
        yield Problem(target(field), first_error(field))
