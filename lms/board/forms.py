"""What people fill in about boards."""

from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from lms.web.fields import DayField, MomentField
from lms.web.forms import BaseForm


class ConveneForm(BaseForm):
    """A new meeting."""

    cohort = SelectField("Intake", [InputRequired("Choose an intake")])
    held_on = DayField("Day of the meeting", [InputRequired("Enter the day")])
    chair = SelectField("Chair", [InputRequired("Choose a chair")])
    examiners = SelectMultipleField("Members")
    external = SelectMultipleField("External examiners")


class PresenceForm(BaseForm):
    """Who is present."""

    present = SelectMultipleField("Present", [InputRequired("Choose who is present")])


class RatifyForm(BaseForm):
    """The chair's one act."""

    resubmit_by = MomentField("Deadline of further attempts")
