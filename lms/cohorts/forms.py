"""What people fill in about intakes."""

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from lms.cohorts.rules import State
from lms.web.fields import DayField, TidyText
from lms.web.forms import BaseForm

_CHANGES = {
    State.ON_LEAVE: "Leave of absence",
    State.ENROLLED: "Back from leave",
    State.WITHDRAWN: "Withdrawn",
    State.TRANSFERRED: "Moved to a later intake",
}


class IntakeForm(BaseForm):
    """A new intake."""

    year = IntegerField(
        "Year of the intake",
        [InputRequired("Enter the year"), NumberRange(2000, 2100, "Enter a year like 2027")],
    )
    starts_on = DayField("First day", [InputRequired("Enter the first day")])
    regulations = SelectField("Rulebook", [InputRequired("Choose a rulebook")])
    content = SelectField("Content", [InputRequired("Choose a version of the content")])
    taken = False

    def refuse_year(self) -> None:
        """Say that somebody opened this year's intake already; what was typed stays."""
        self.taken = True
        self.refuse("year", "There is an intake of this year already.")

    @property
    def status(self) -> int:
        """409 when somebody was there first."""
        return 409 if self.taken else super().status


class RosterForm(BaseForm):
    """A roster to look at."""

    roster = FileField("Roster", [FileRequired("Choose the roster, a CSV file")])


class ImportForm(BaseForm):
    """A roster that was looked at, to be imported as it was shown."""

    content = HiddenField()


class StateForm(BaseForm):
    """A change of an enrolment."""

    state = RadioField(
        "What changes?",
        [InputRequired("Choose what changes")],
        choices=[SelectChoice(value=key, label=word) for key, word in _CHANGES.items()],
    )


class MoveForm(BaseForm):
    """A move of a cohort to other content."""

    seen = HiddenField(validators=[Regexp(r"\A\d{1,6}\Z", message="Open this page again")])
    reason = TidyText(
        "Why is this intake moved?",
        [DataRequired("Say why this intake is moved"), Length(max=2000)],
    )
