"""What our authors' Markdown has beyond the usual: blocks, glossary terms and references.

Blocks use the one syntax of pymdown-extensions (``/// law | Title`` … ``///``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

NATIONS = {
    "england-and-wales": ("E&W", "England and Wales"),
    "scotland": ("SCO", "Scotland"),
    "northern-ireland": ("NI", "Northern Ireland"),
}
_TERM = r"\[\[([^\[\]]{1,80})\]\]"
_CITATION = r"\[@([a-z0-9-]{1,60})(?: ([^\[\]]{1,120}))?\]"


@dataclass(frozen=True)
class Term:
    """A word of the glossary: how it reads in a sentence, and what it means."""

    term: str
    meaning: str


@dataclass(frozen=True)
class Reference:
    """A source: its title as it reads in a sentence."""

    title: str


@dataclass
class Marks:
    """What a page may name, and what it did name."""

    glossary: Mapping[str, Term]
    references: Mapping[str, Reference]
    terms_used: dict[str, None] = field(default_factory=dict)
    references_used: dict[str, None] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)


class Callout(Block):  # type: ignore[misc] # the library has no types
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


class Fold(Block):  # type: ignore[misc] # the library has no types
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
        return self.argument in NATIONS

    def on_create(self, parent: Element) -> Element:
        """A fold with the nation's code and name."""
        code, name = NATIONS[self.argument]
        fold, summary = self._fold(parent, **{"class": "fold", "open": "open"})
        badge = SubElement(summary, "span", {"class": "code"})
        badge.text, badge.tail = code, f" {name}"
        return fold


class Sensitive(Fold):
    """A part the reader opens when ready; it prints only when open."""

    NAME = "sensitive"

    def on_create(self, parent: Element) -> Element:
        """A closed fold that says what it is about."""
        fold, summary = self._fold(parent, **{"class": "fold fold-keep"})
        summary.text = self.argument
        return fold


BLOCKS = (Law, Practice, Caution, Case, Reflection, KeyPoints, Nation, Sensitive)


class Teaching(BlocksExtension):  # type: ignore[misc] # the library has no types
    """All of the above, as one extension of Markdown."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        super().__init__()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
        """Called by the library with the object to extend."""
        for block in BLOCKS:
            block_mgr.register(block, {})
        md.inlinePatterns.register(_TermPattern(_TERM, self._marks), "term", 176)
        md.inlinePatterns.register(_CitationPattern(_CITATION, self._marks), "citation", 177)
        md.treeprocessors.register(_Tables(md), "tables", 5)


class _TermPattern(InlineProcessor):  # type: ignore[misc] # the library has no types
    def __init__(self, pattern: str, marks: Marks) -> None:
        super().__init__(pattern)
        self._marks = marks

    def handleMatch(  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str, int, int]:
        key = m[1]
        term = self._marks.glossary.get(key)
        if term is None:
            self._marks.unknown[m[0]] = None
            return key, m.start(), m.end()
        link = Element("a", {"class": "term", "href": f"#term-{anchor(key)}"})
        if key not in self._marks.terms_used:
            link.set("id", f"use-{anchor(key)}")
        self._marks.terms_used[key] = None
        link.text = term.term
        return link, m.start(), m.end()


class _CitationPattern(InlineProcessor):  # type: ignore[misc] # the library has no types
    def __init__(self, pattern: str, marks: Marks) -> None:
        super().__init__(pattern)
        self._marks = marks

    def handleMatch(  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str, int, int]:
        key, place = m[1], m[2]
        reference = self._marks.references.get(key)
        if reference is None:
            self._marks.unknown[m[0]] = None
            return m[0], m.start(), m.end()
        self._marks.references_used[key] = None
        link = Element("a", {"class": "cite", "href": f"#ref-{key}"})
        link.text = f"{reference.title}, {place}" if place else reference.title
        before = Element("span")
        before.text = "("
        before.append(link)
        link.tail = ")"
        return before, m.start(), m.end()


class _Tables(Treeprocessor):  # type: ignore[misc] # the library has no types
    """Wide tables scroll in a box of their own that the keyboard can reach."""

    def run(self, root: Element) -> None:
        """Wrap each table, and say which way its heads point."""
        parents = {child: parent for parent in root.iter() for child in parent}
        for number, table in enumerate(list(root.iter("table")), start=1):
            parent = parents[table]
            box = Element(
                "div",
                {
                    "class": "scroll",
                    "tabindex": "0",
                    "role": "region",
                    "aria-label": f"Table {number}",
                },
            )
            place = list(parent).index(table)
            parent.remove(table)
            box.append(table)
            parent.insert(place, box)
            table.set("class", "table")
            for head in table.iter("th"):
                head.set("scope", "col")


def anchor(key: str) -> str:
    """A key as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
