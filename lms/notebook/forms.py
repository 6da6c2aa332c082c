"""What people fill in to put something down."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from lms.notebook.rules import MOST_IN_A_HIGHLIGHT, MOST_IN_A_NOTE
from lms.web.fields import TidyText
from lms.web.forms import BaseForm

WHOLE_PAGE = SelectChoice("", "The whole page")


class NoteForm(BaseForm):
    """A note, new or changed."""

    token = HiddenField()
    seen = HiddenField()
    note = TidyText(
        "Note",
        [
            DataRequired("Write the note"),
            Length(
                max=MOST_IN_A_NOTE,
                message=f"A note has up to {MOST_IN_A_NOTE:,} characters. Make it shorter, "
                "or write two",
            ),
        ],
        description="Leave out names and anything that could tell somebody who a person is.",
        id="jot-note",
        render_kw={"rows": 5},
    )
    # A part that is gone in a newer version is no mistake of theirs: it counts as the whole page.
    about = SelectField(
        "What it is about", choices=[WHOLE_PAGE], validate_choice=False, id="jot-about"
    )

    def offer(self, parts: Iterable[tuple[str, str]]) -> None:
        """The parts of the page to choose from: anchor and title."""
        self.about.choices = [WHOLE_PAGE, *(SelectChoice(*each) for each in parts)]

    @property
    def anchor(self) -> str:
        """Anchor of the part that was chosen; empty for the whole page."""
        offered = {value for value, *_ in self.about.iter_choices()}
        return self.about.data if self.about.data in offered else ""


class HighlightForm(BaseForm):
    """Words of the page that are to be marked."""

    words = TidyText(
        "Words to highlight",
        [
            DataRequired("Copy the words from the page, or type them"),
            Length(
                max=MOST_IN_A_HIGHLIGHT,
                message=f"A highlight has up to {MOST_IN_A_HIGHLIGHT:,} characters. "
                "Take fewer words",
            ),
        ],
        description="Copy a few words from the page, or type them as they stand there.",
        id="jot-words",
        render_kw={"rows": 3},
    )
