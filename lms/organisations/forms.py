"""What people fill in about organisations."""

from wtforms import EmailField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from lms.access.actor import Role
from lms.organisations.rules import NATION_WORDS
from lms.web.fields import DayField, TidyString
from lms.web.forms import BaseForm, no_control_characters


class OrganisationForm(BaseForm):
    """A new organisation."""

    name = TidyString("Name of the organisation", [DataRequired("Enter its name"), Length(max=200)])
    nation = RadioField(
        "Where it works",
        [InputRequired("Choose a nation")],
        choices=[SelectChoice(value=key, label=word) for key, word in NATION_WORDS.items()],
    )


class WithdrawalForm(BaseForm):
    """Why an approval is taken back."""

    reason = TidyString(
        "Why is the approval withdrawn?", [DataRequired("Say why"), Length(max=500)]
    )


class AppointmentForm(BaseForm):
    """Somebody who coordinates or supervises there."""

    name = TidyString("Name", [DataRequired("Enter a name"), Length(max=120)])
    email = EmailField(
        "Email address",
        [
            InputRequired("Enter an email address in full, like name@example.org"),
            Length(max=254),
            no_control_characters,
        ],
        description="Somebody new gets an invitation. A person with an account keeps it.",
    )
    role = RadioField(
        "Appointed as",
        [InputRequired("Choose coordinator or supervisor")],
        choices=[
            SelectChoice(value=Role.COORDINATOR, label="Coordinator: checks accreditation"),
            SelectChoice(value=Role.SUPERVISOR, label="Supervisor: signs practice"),
        ],
    )


class PlacementForm(BaseForm):
    """Where somebody works."""

    email = EmailField(
        "Email address of the advocate",
        [
            InputRequired("Enter an email address in full, like name@example.org"),
            Length(max=254),
            no_control_characters,
        ],
    )
    role_title = TidyString("Role title", [DataRequired("Enter the role title"), Length(max=120)])
    starts_on = DayField("First day", [InputRequired("Enter the first day")])


class EndForm(BaseForm):
    """The last day of a placement."""

    ends_on = DayField("Last day", [InputRequired("Enter the last day")])
