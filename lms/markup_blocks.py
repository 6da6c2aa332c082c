"""The blocks that our authors' Markdown has beyond the usual.

Blocks use the one syntax of pymdown-extensions (``/// law | Title`` … ``///``).
"""

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from pymdownx.blocks import BlocksExtension

from lms.markup_block import Ours
from lms.markup_marks import Marks
from lms.markup_media import Figure, Video
from lms.markup_questions import QuestionBlock
from lms.markup_tutors import TutorNotes

NATIONS = {
    "england-and-wales": ("E&W", "England and Wales"),
    "scotland": ("SCO", "Scotland"),
    "northern-ireland": ("NI", "Northern Ireland"),
}


class Callout(Ours):
    """A kind of teaching text that says its kind: ``/// law | Title``."""

    ARGUMENT = None
    WORD = ""

    def on_create(self, parent: Element) -> Element:
        """The box and its title; what is written goes below."""
        box = SubElement(parent, "div", {"class": f"callout c-{self.NAME}"})
        title = SubElement(box, "p", {"class": "callout-title"})
        title.text = f"{self.WORD}: {self.argument}" if self.argument else self.WORD
        return box


class Law(Callout):
    """What a rule says, with its reference."""

    NAME, WORD = "law", "Law"


class Practice(Callout):
    """What to do about it on Monday."""

    NAME, WORD = "practice", "In practice"


class Caution(Callout):
    """Where a boundary or a danger lies."""

    NAME, WORD = "caution", "Take care"


class Case(Callout):
    """A person and a situation we made up, and say so."""

    NAME, WORD = "case", "Fictional case"


class Reflection(Callout):
    """A question for the reader's own notes."""

    NAME, WORD = "reflection", "Reflect"


class KeyPoints(Callout):
    """What to take away."""

    NAME, WORD = "keypoints", "Key points"


class Safeguarding(Callout):
    """What to do when somebody is in danger: before anything else on the page."""

    NAME, WORD = "safeguarding", "Safeguarding"


class Objectives(Callout):
    """What the reader will be able to do."""

    NAME, WORD = "objectives", "You will be able to"


class Tutor(Callout):
    """Notes for tutors: they never leave the server for a learner."""

    NAME, WORD = "tutor", "For tutors"


class Fold(Ours):
    """A part that folds; what is written goes into an inner box."""

    ARGUMENT = True

    def on_add(self, block: Element) -> Element:
        """The inner box."""
        return block[1]

    def _fold(self, parent: Element, **attributes: str) -> tuple[Element, Element]:
        fold = SubElement(parent, "details", attributes)
        summary = SubElement(fold, "summary")
        SubElement(fold, "div")
        return fold, summary


class Nation(Fold):
    """What holds in one nation; open, so that nobody misses their own."""

    NAME = "nation"

    def on_validate(self, parent: Element) -> bool:
        """Only the nations we teach."""
        return super().on_validate(parent) and self.argument in NATIONS

    def on_create(self, parent: Element) -> Element:
        """A fold with the nation's code and name."""
        code, name = NATIONS[self.argument]
        fold, summary = self._fold(parent, **{"class": "fold", "open": "open"})
        badge = SubElement(summary, "span", {"class": "code"})
        badge.text, badge.tail = code, f" {name}"
        return fold


class Details(Fold):
    """More for those who want it, closed until it is opened."""

    NAME = "details"

    def on_create(self, parent: Element) -> Element:
        """A closed fold with its title."""
        fold, summary = self._fold(parent, **{"class": "fold"})
        summary.text = self.argument
        return fold


class Sensitive(Fold):
    """A part the reader opens when ready; it prints only when open."""

    NAME = "sensitive"

    def on_create(self, parent: Element) -> Element:
        """A closed fold that says what it is about."""
        fold, summary = self._fold(parent, **{"class": "fold fold-keep"})
        summary.text = self.argument
        return fold


BLOCKS = (
    Law,
    Practice,
    Caution,
    Safeguarding,
    Reflection,
    Case,
    Nation,
    Tutor,
    Objectives,
    KeyPoints,
    Details,
    Sensitive,
    Figure,
    Video,
    QuestionBlock,
)


class Teaching(BlocksExtension):  # type: ignore[misc] # the library has no types
    """All of the above, as one extension of Markdown."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        super().__init__()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
        """Called by the library with the object to extend."""
        for block in BLOCKS:
            takes_marks = issubclass(block, Figure | Video | QuestionBlock)
            block_mgr.register(block, {"marks": self._marks} if takes_marks else {})
        md.treeprocessors.register(TutorNotes(md), TutorNotes.NAME, 30)
