"""What an employer fills in to check somebody."""

from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from lms.accreditation.rules import REASON_WORDS
from lms.web.fields import DayField, TidyString
from lms.web.forms import BaseForm


class CheckForm(BaseForm):
    """Number and date of birth, and why."""

    token = HiddenField()
    organisation = SelectField("Your organisation", [InputRequired("Choose your organisation")])
    number = TidyString(
        "Accreditation number",
        [DataRequired("Enter the accreditation number"), Length(max=40)],
        description="The advocate knows it. It is like AC-4827-1093-K.",
    )
    born_on = DayField("Their date of birth", [InputRequired("Enter their date of birth")])
    reason = SelectField(
        "Why are you checking?",
        [InputRequired("Choose why you are checking")],
        choices=[
            SelectChoice(value="", label="Choose a reason"),
            *(SelectChoice(value=key, label=word) for key, word in REASON_WORDS.items()),
        ],
    )
    seen_identity = BooleanField(
        "I have seen proof of identity, and the name matches",
        [InputRequired("Confirm that you have seen proof of identity")],
    )
    they_know = BooleanField(
        "The advocate knows that I am checking",
        [InputRequired("Confirm that the advocate knows")],
    )
