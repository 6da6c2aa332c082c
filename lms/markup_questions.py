"""Knowledge checks: what an author writes in a ``question`` block, taken apart.

    /// question | first-decision
        kind: single

    Which decision comes first?

    - [x] Reasonable grounds
        It is the first of the two.
    - [ ] Conclusive grounds
        That is the second.
    ///

Options of an ordering are numbered, and stand in the right order. The page itself holds only the
place where the question stands: its answers never travel with it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markupsafe import Markup
from pymdownx.blocks.block import type_any

from lms.markup_block import Ours
from lms.markup_marks import Marks, QuestionText

MOST_OPTIONS = 20
KINDS = ("single", "multiple", "ordering", "reflection")
_PLACE = re.compile(r'<div class="question" id="question-([a-z0-9-]+)"></div>')
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CHOICE = re.compile(r"- \[([ xX])\] +(.*\S)")
_STEP = re.compile(r"\d{1,2}\. +(.*\S)")
_PARAGRAPH = re.compile(r"</?p>")
_TURNS = range(99)  # of a shuffle: two are seldom needed, and steps that all say the same end, too
Rendered = Callable[[str], Markup]


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen.

    key    stands for it in a form; says nothing of its place or rightness
    right  for an ordering always true: its place is what counts
    """

    key: str
    html: Markup
    right: bool
    why: Markup


@dataclass(frozen=True)
class Question:
    """A knowledge check: formative, never a mark.

    kind     one of KINDS
    options  as authored; for an ordering in the right order, for a reflection none
    """

    key: str
    kind: str
    required: bool
    ask: Markup
    options: tuple[Option, ...]

    @property
    def asked(self) -> str:
        """Stands for what is asked and offered: who answers something else has not answered this.

        Explanations may be mended without asking everybody again. What somebody wrote for
        themselves stays theirs, however its question is worded.
        """
        if self.kind == "reflection":
            return _digest(self.key, self.kind)[:16]
        said = [self.key, self.kind, self.ask, *sorted(each.key for each in self.options)]
        return _digest(*said)[:16]

    @property
    def counts(self) -> bool:
        """Whether a page is done only with its answer. A reflection is the reader's own: never."""
        return self.required and self.kind != "reflection"

    @property
    def offered(self) -> list[Option]:
        """The options in the order in which they are shown, the same for everybody at any time.

        Steps to put in order are shuffled. Three or more never stand in their right order; so that
        it doesn't follow from where they stand instead, the shuffle hangs on their explanations,
        which nobody sees before they have answered.
        """
        if self.kind != "ordering":
            return list(self.options)
        by_key = sorted(self.options, key=lambda option: option.key)
        unseen = "\0".join(str(option.why) for option in by_key)
        shown = by_key
        for turn in _TURNS:
            shown = sorted(by_key, key=lambda each: _digest(turn, each.key, unseen))
            if tuple(shown) != self.options or len(shown) < 3:
                break
        return shown


class QuestionBlock(Ours):
    """The place of a question; its text is kept aside."""

    NAME = "question"
    ARGUMENT = True
    OPTIONS = {  # noqa: RUF012 - the library's way
        "kind": ["single", type_any],
        "required": [True, type_any],
    }
    CONFIG = {"marks": None}  # noqa: RUF012 - the library's way

    def on_markdown(self) -> str:
        """As written: it is taken apart here, not by Markdown."""
        return "raw"

    def on_create(self, parent: Element) -> Element:
        """An empty place with the question's key."""
        return SubElement(
            parent, "div", {"class": "question", "id": f"question-{self.argument.strip()}"}
        )

    def on_end(self, block: Element) -> None:
        """Take the text out of the page."""
        marks: Marks = self.config["marks"]
        text = QuestionText(
            self.argument.strip(),
            str(self.options["kind"]),
            self.options["required"] is not False,
            block.text or "",
        )
        block.text = None
        faults = list(_faults(text, marks))
        if not isinstance(self.options["required"], bool):
            faults.append("required is true or false, and nothing else")
        marks.faults += [(f"| {text.key}", fault) for fault in faults]
        marks.questions.append(text)


def taken_apart(text: QuestionText, rendered: Rendered) -> Question:
    """A question with each of its parts rendered by itself."""
    ask, options = _parts(text.body)
    return Question(
        text.key,
        text.kind,
        text.required,
        rendered(ask),
        tuple(
            Option(_option_key(text.key, said), rendered(said), right, rendered(why))
            for said, right, why in options[:MOST_OPTIONS]  # more is a fault, noted already
        ),
    )


def cut_at_questions(html: str) -> Iterator[tuple[Markup, str]]:
    """A page's own HTML in pieces, each with the key of the question that follows it, or none."""
    cut = [*_PLACE.split(html), ""]  # text, key, text, key, text
    for text, key in zip(cut[::2], cut[1::2], strict=True):
        yield Markup(text), key  # noqa: S704 - sanitised when it was rendered


def question_of(kept: Mapping[str, Any]) -> Question:
    """A question as it was published. Its HTML is our own, sanitised then."""
    return Question(
        kept["key"],
        kept["kind"],
        kept["required"],
        Markup(kept["ask"]),  # noqa: S704 - sanitised when it was published
        tuple(
            Option(each["key"], _inline(each["html"]), each["right"], Markup(each["why"]))  # noqa: S704 - as above
            for each in kept["options"]
        ),
    )


def _inline(html: str) -> Markup:
    """An option's words without their paragraph: they stand in a label."""
    return Markup(_PARAGRAPH.sub("", html))  # noqa: S704 - sanitised when it was published


def _digest(*said: object) -> str:
    return hashlib.sha256("\0".join(map(str, said)).encode()).hexdigest()


def _option_key(question: str, said: str) -> str:
    return _digest(question, said)[:10]


def _parts(body: str) -> tuple[str, list[tuple[str, bool, str]]]:
    """The question, and of each option: what it says, whether it is right, and why."""
    ask: list[str] = []
    options: list[tuple[str, bool, list[str]]] = []
    for line in body.split("\n"):
        choice, step = _CHOICE.match(line), _STEP.match(line)
        if choice:
            options.append((choice[2], choice[1] != " ", []))
        elif step:
            options.append((step[1], True, []))
        elif options:
            options[-1][2].append(line.strip())
        else:
            ask.append(line)
    return "\n".join(ask).strip(), [
        (said, right, "\n".join(why).strip()) for said, right, why in options
    ]


def _faults(text: QuestionText, marks: Marks) -> Iterator[str]:
    ask, options = _parts(text.body)
    right = sum(is_right for _said, is_right, _why in options)
    if not _KEY.fullmatch(text.key) or len(text.key) > 60:
        yield "a question has a key of small letters and hyphens: /// question | first-decision"
    if any(each.key == text.key for each in marks.questions):
        yield f"two questions on this page have the key “{text.key}”"
    if text.kind not in KINDS:
        yield f"there is no kind “{text.kind}”: write one of {', '.join(KINDS)}"
    if not ask:
        yield "the question asks nothing: write it above its options"
    yield from _kind_faults(text)
    yield from _option_faults(text.kind, options, right)


def _kind_faults(text: QuestionText) -> Iterator[str]:
    lines = text.body.split("\n")
    if text.kind == "ordering" and any(map(_CHOICE.match, lines)):
        yield "what is put in order is numbered, in its right order: 1. First"
    if text.kind in {"single", "multiple"} and any(map(_STEP.match, lines)):
        yield "what can be chosen is not numbered: write - [ ], or make the kind ordering"


def _option_faults(kind: str, options: list[tuple[str, bool, str]], right: int) -> Iterator[str]:
    if kind == "reflection":
        if options:
            yield "a reflection has no options"
        return
    if not 2 <= len(options) <= MOST_OPTIONS:
        yield f"a question has from two to {MOST_OPTIONS} options: give it more, or divide it"
    if len({said for said, _right, _why in options}) != len(options):
        yield "two options say the same"
    for said, _right, why in options:
        if not why:
            yield f"say why “{said[:60]}” is right or wrong, indented below it"
    if right == 0:
        yield "the question has no right answer: mark it - [x]"
    if kind == "single" and right > 1:
        yield "the question has several right answers: make its kind multiple"
