"""What authors and reviewers fill in."""

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.authoring.preview import LEARNER, TUTOR
from lms.authoring.review_operations import Opinion
from lms.authoring.rules import STARTS, Verdict
from lms.content.signing import REVIEWS, Kind
from lms.markup import MOST_CHARACTERS
from lms.markup_blocks import NATIONS
from lms.web.fields import TidyString, TidyText
from lms.web.forms import BaseForm

_WORDS = 4000


class OpenForm(BaseForm):
    """Begin a draft."""

    title = TidyString(
        "What you want to change",
        [DataRequired("Say what you want to change"), Length(max=120, message="Make it shorter")],
        description="For you, your colleagues and reviewers. It is not published.",
    )


class FileForm(BaseForm):
    """A file's whole text, and how to show it."""

    number = HiddenField(default="0")
    text = TidyText(
        "Text",
        [Length(max=MOST_CHARACTERS, message="This is too long: make two pages of it")],
        render_kw={"rows": 28, "spellcheck": "true"},
    )
    viewer = SelectField(
        "Show it as",
        choices=[
            SelectChoice(LEARNER, "an advocate sees it"),
            SelectChoice(TUTOR, "a tutor sees it"),
        ],
    )
    nation = SelectField(
        "Parts that are open",
        choices=[
            SelectChoice("", "All nations"),
            *(SelectChoice(key, name) for key, (_, name) in NATIONS.items()),
        ],
    )

    @property
    def revision(self) -> int:
        """Which revision the author had before them; 0 for an unchanged file."""
        typed = str(self.number.data or "0")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0

    @property
    def content(self) -> str:
        """The file as it is kept: it ends with one line end."""
        return f"{self.text.data or ''}\n"


class AddForm(BaseForm):
    """A new file."""

    kind = SelectField(
        "What to add",
        choices=[SelectChoice(key, start.words) for key, start in STARTS.items()],
    )
    module = SelectField("In the module", [Optional()], validate_choice=False)
    name = TidyString(
        "Its name",
        [DataRequired("Give it a name"), Length(max=60, message="Make it shorter")],
        description="Small letters, digits and hyphens, with its place in front: 09-what-to-do.",
        render_kw={"spellcheck": "false"},
    )


class UploadForm(BaseForm):
    """A picture or film."""

    folder = SelectField("For the module", validate_choice=False)
    file = FileField(
        "Picture or film",
        description="PNG, JPEG, WebP, GIF, SVG, MP4 or WebM, up to 20 MB.",
    )


class NameForm(BaseForm):
    """Which file is meant."""

    name = HiddenField(validators=[InputRequired()])


class AppointForm(BaseForm):
    """Who is to review, and for what."""

    look = RadioField(
        "What they look at",
        [InputRequired("Choose what they look at")],
        choices=[SelectChoice(kind.value, each.name) for kind, each in REVIEWS.items()],
    )
    reviewer = SelectField("Reviewer", [InputRequired("Choose somebody")], choices=[])


class OpinionForm(BaseForm):
    """A reviewer's word."""

    kind = SelectField("Your review", [InputRequired("Choose which review it is")], choices=[])
    read = HiddenField(validators=[InputRequired()])
    verdict = RadioField(
        "What you say",
        [InputRequired("Choose what you say")],
        choices=[
            SelectChoice(Verdict.AGREES.value, "I have read it and agree to it"),
            SelectChoice(Verdict.OBJECTS.value, "I object: it can’t be published like this"),
            SelectChoice(Verdict.WITHDRAWS.value, "I withdraw my objection"),
        ],
    )
    words = TidyText(
        "In words",
        [Length(max=_WORDS, message="Make it shorter")],
        description="For an objection: what it is about, and what would settle it.",
        render_kw={"rows": 5},
    )
    named = BooleanField(
        "Put my name into the page",
        description="Advocates read it there, beside what you looked at. Without a tick the page "
        "says that its reviewer is not named, at their own wish.",
    )

    @property
    def opinion(self) -> Opinion:
        """What they say, in a form that was accepted."""
        return Opinion(
            Kind(self.kind.data),
            Verdict(self.verdict.data),
            self.words.data,
            self.read.data,
            self.named.data,
        )


class AnswerForm(BaseForm):
    """An author's answer to an objection."""

    answer = TidyText(
        "Your answer",
        [DataRequired("Write an answer"), Length(max=_WORDS, message="Make it shorter")],
        render_kw={"rows": 4},
    )


class MoveForm(BaseForm):
    """Which changes stay, where both the draft and the newest version changed a file."""

    moment = HiddenField(validators=[InputRequired()])
    mine = SelectMultipleField("Where your change stays", choices=[])
