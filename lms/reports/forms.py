"""What readers and those who answer fill in."""

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from lms.reports.rules import KIND_WORDS
from lms.web.fields import TidyText
from lms.web.forms import BaseForm

MOST_CHARACTERS = 2000
_TOO_LONG = "Make it shorter: 2,000 characters at most"


class ReportForm(BaseForm):
    """What is wrong with a page."""

    token = HiddenField(validators=[InputRequired(), Length(max=64)])
    kind = RadioField(
        "What is it about?",
        [InputRequired("Choose what it is about")],
        choices=[SelectChoice(kind.value, words) for kind, words in KIND_WORDS.items()],
    )
    words = TidyText(
        "What should we look at?",
        [
            DataRequired("Say what we should look at"),
            Length(max=MOST_CHARACTERS, message=_TOO_LONG),
        ],
        description="Leave out names, places and anything about somebody you support.",
        render_kw={"rows": 6},
    )


class AnswerForm(BaseForm):
    """What is answered to a report."""

    words = TidyText(
        "Your answer",
        [DataRequired("Write an answer"), Length(max=MOST_CHARACTERS, message=_TOO_LONG)],
        description="They read it when they sign in. You don’t see who they are.",
        render_kw={"rows": 6},
    )
