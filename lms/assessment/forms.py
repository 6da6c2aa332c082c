"""What people fill in to hand in work, and to set it."""

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.markup import MOST_CHARACTERS
from lms.web.fields import MomentField
from lms.web.forms import BaseForm, no_control_characters


class SubmissionForm(BaseForm):
    """Hand in work. Checks the shape of what comes, not the regulations."""

    token = HiddenField()
    version = HiddenField(default="0")  # of the draft
    work = FileField(
        "A file",
        description="PDF or Word, up to 20 MB. Leave your name out of the text and its pictures: "
        "markers know you by candidate number alone. In their copy the file’s properties and "
        "the names beside comments are left out.",
    )
    text = TextAreaField(
        "Or write it here",
        [
            Length(max=MOST_CHARACTERS, message="This is too long: hand it in as a file"),
            no_control_characters,
        ],
        description="You can use Markdown for headings and lists.",
        render_kw={"rows": 14},
    )
    own_work = BooleanField(
        "This is my own work, and I name every source and tool I used",
        [InputRequired("Confirm that this is your own work")],
    )
    fit = BooleanField(
        "I am fit to hand in today",
        [InputRequired("Confirm that you are fit to hand in today")],
        description="If you are not, ask for more time before the deadline. "
        "A later request is harder to accept.",
    )

    @property
    def drafted(self) -> int:
        """Which draft the advocate had before them; 0 for none."""
        typed = str(self.version.data or "0")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


class DraftForm(BaseForm):
    """Text to keep and not hand in yet."""

    text = TextAreaField(
        "Text",
        [
            Length(max=MOST_CHARACTERS, message="This is too long to keep as a draft"),
            no_control_characters,
        ],
    )


class DeadlineForm(BaseForm):
    """When work is due."""

    due_at = MomentField("Due", [InputRequired("Enter the day it is due")])
