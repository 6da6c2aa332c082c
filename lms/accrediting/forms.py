"""What accreditors fill in."""

from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from lms.accrediting.rules import PROPOSAL_WORDS
from lms.web.fields import DayField, TidyString
from lms.web.forms import BaseForm, no_control_characters


class ProposalForm(BaseForm):
    """What is proposed about one person."""

    what = SelectField(
        "What do you propose?",
        [InputRequired("Choose what you propose")],
        choices=[
            SelectChoice(value="", label="Choose"),
            *(SelectChoice(value=key, label=word) for key, word in PROPOSAL_WORDS.items()),
        ],
    )
    from_on = DayField("From", [InputRequired("Enter the first day")])
    until_on = DayField(
        "Until",
        [Optional()],
        description="An accreditation always has a last day. A suspension has a day of review.",
    )
    scope = TidyString(
        "What the person may practise",
        [Optional(), Length(max=300)],
        description="For an accreditation.",
    )
    conditions = TextAreaField(
        "Conditions an employer must keep",
        [Optional(), Length(max=2000), no_control_characters],
        description="One on each line. Only for “accredited with conditions”.",
        render_kw={"rows": 4},
    )
    reason = TextAreaField(
        "Why?",
        [
            InputRequired("Say why, for the second accreditor"),
            Length(max=2000),
            no_control_characters,
        ],
        render_kw={"rows": 3},
    )


class DeclineForm(BaseForm):
    """Why a proposal is declined."""

    reason = TextAreaField(
        "Why do you decline?",
        [InputRequired("Say why you decline"), Length(max=2000), no_control_characters],
        render_kw={"rows": 3},
    )
