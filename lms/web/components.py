"""Examples of every tag, control and state, for the components page."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TelField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from lms.web.fields import DayField, MomentField, TidyString, TidyText
from lms.web.icons import icons
from lms.web.statuses import STATUSES, Status

# What stands in for a fact in a word such as "Opens {day}".
_FACTS = {"day": "19 October 2026", "when": "in 2 days", "year": "2027"}

_GROUPS = {
    "reading": "Reading",
    "content": "Content",
    "draft": "Drafts",
    "draft_file": "A draft’s files",
    "review": "Review of drafts",
    "finding": "Findings",
    "publishing": "Publishing in the background",
    "problem": "Reported problems",
    "handing_in": "Work handed in",
    "mark": "Marks",
    "marking": "Marking",
    "board": "Board",
    "enrolment": "Enrolment",
    "standing": "Standing of an accreditation",
    "check": "Answers to a check",
    "invitation": "Invitations",
    "role": "Roles",
    "account": "Accounts",
    "organisation": "Organisations",
    "kind": "Kinds of enrolment",
    "import_row": "Rows of a roster",
    "work": "Work before a board",
    "proposal": "Acts that take two",
    "trail": "Trail",
}


@dataclass(frozen=True)
class Shown:
    """One tag, with a sentence's worth of facts."""

    key: str
    facts: dict[str, str]


@dataclass(frozen=True)
class Row:
    """One line of the example table."""

    ref: str
    name: str
    organisation: str
    enrolment: str
    read: int
    hours: Decimal


@dataclass(frozen=True)
class Part:
    """The third page of a list of six, fifty on each."""

    page: int = 3
    pages: int = 6
    per_page: int = 50
    total: int = 271


def _required(sentence: str) -> InputRequired:
    return InputRequired(sentence)


class Example(Form):  # type: ignore[misc] # the library has no types
    """A field of each kind; nothing is done with what it is sent."""

    name = TidyString("Name on the certificate", [_required("Enter the name")])
    email = EmailField("Email address", [_required("Enter your email address in full")])
    password = PasswordField("Password", [_required("Enter your password")])
    phone = TelField("Telephone number", [Optional()])
    mark = IntegerField(
        "Mark for criterion 1, 0 to 100",
        [_required("Enter a mark")],
        invalid_value_message="Enter the mark as a whole number, like 66",
    )
    hours = DecimalField(
        "Hours of practice",
        [_required("Enter the hours")],
        invalid_value_message="Enter the hours as a number, like 2.5",
    )
    born = DayField("Date of birth", [_required("Enter the date of birth")])
    due = MomentField("Deadline", [_required("Enter the deadline")])
    comment = TidyText(
        "Comment for the candidate",
        [_required("Write a comment")],
        description="Say what to keep, and what to do next.",
    )
    note = TidyText("A note for the markers", [Optional()])
    reason = SelectField(
        "Why are you checking?",
        [_required("Choose a reason")],
        choices=[
            SelectChoice("", "Choose one"),
            SelectChoice("offer", "Before offering employment"),
            SelectChoice("role", "Before a change of role"),
        ],
    )
    decision = RadioField(
        "The board’s decision",
        [_required("Choose a decision")],
        choices=[SelectChoice("award", "Award"), SelectChoice("other", "Another decision")],
    )
    nations = SelectMultipleField(
        "Where the person will work",
        [_required("Choose at least one nation")],
        choices=[
            SelectChoice("ew", "England and Wales"),
            SelectChoice("sco", "Scotland"),
            SelectChoice("ni", "Northern Ireland"),
        ],
    )
    keep = BooleanField("Send me a receipt", [_required("Tick this to go on")])
    own = BooleanField("This is my own work", [_required("Confirm that this is your own work")])
    fit = BooleanField(
        "I am fit to hand in today",
        [_required("Confirm that you are fit to hand in today")],
        description="If you are not, you can ask for more time up to the deadline.",
    )
    work = FileField("Your work", [_required("Choose a file")])
    seen = HiddenField()


class Search(Form):  # type: ignore[misc] # the library has no types
    """Filters above a list."""

    q = TidyString("Name or organisation")
    state = SelectField(
        "Enrolment", choices=[SelectChoice("", "Any"), SelectChoice("enrolled", "Enrolled")]
    )


def examples(now: datetime) -> dict[str, object]:
    """What components.html shows.

    now   an aware moment, from which the example dates are reckoned
    """
    filled = Example(
        name="Aleksandra Ó Súilleabháin",
        email="name@example.org",
        mark=66,
        born=now.date().replace(year=now.year - 30, day=1),
        due=now,
        comment="Right, with its start date.\nSay which provision lets Ministers go further.",
        reason="offer",
        decision="award",
        nations=["ew", "ni"],
        own=True,
    )
    return {
        "groups": [(title, key, _tags(STATUSES[key])) for key, title in _GROUPS.items()],
        "filled": filled,
        "wrong": _wrong(),
        "search": Search(),
        "rows": _ROWS,
        "part": Part(),
        "icon_names": sorted(icons),
        "moment_shown": now,
        "digest": "4d1f09be77a2c3e85b601c9f2a44e07d9b35618cf0d27a1e83c45f960ab7d2e1",
    }


def _tags(group: dict[str, Status]) -> list[Shown]:
    return [
        Shown(key, {name: _FACTS[name] for name in sorted(status.facts)})
        for key, status in group.items()
    ]


def _wrong() -> Example:
    """The same form with something wrong in every field."""
    typed = {"email": "", "mark": "sixty", "hours": "many", "due-time": "25:00"}
    born = {"born-day": "31", "born-month": "2", "born-year": "1990"}
    due = {"due-day": "9", "due-month": "10", "due-year": "2026"}
    sent = {f"wrong-{name}": value for name, value in {**typed, **born, **due}.items()}
    form = Example(MultiDict(sent), prefix="wrong")
    form.validate()
    return form


_ROWS = (
    Row(
        "1",
        "Aleksandra Wolfeschlegelsteinhausen-Montgomery Ó Súilleabháin",
        "Riverside Women’s Aid and Resettlement Partnership of the Western Counties",
        "enrolled",
        46,
        Decimal(62),
    ),
    Row("2", "Nguyễn Thị Minh Khai", "Common Ground", "on_leave", 39, Decimal("71.5")),
    Row("3", "U", "Quayside", "withdrawn", 41, Decimal(57)),
)
