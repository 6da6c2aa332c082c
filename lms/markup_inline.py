"""What stands within a sentence of a teaching page: terms, references, links; and its tables."""

import itertools
import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from lms.markup_marks import Marks

_TERM = r"\[\[([^\[\]]{1,80})\]\]"
NOWHERE = "#"  # where a link leads that is a fault: it is noted, and goes no further
_ADDRESS = re.compile(r"(?:\.\./)?[\w-]+(?:/[\w-]+)?(?:\.md)?")
_TOO_MANY_COLUMNS = 3  # for the width of a phone
_CITATION = r"\[@([a-z0-9-]{1,60})(?: ([^\[\]]{1,120}))?\]"


class Sentences(Extension):  # type: ignore[misc] # the library has no types
    """Terms ``[[NRM]]``, references ``[@msa-2015 s.45]`` and links to other pages."""

    def __init__(self, marks: Marks, *, anchored: bool = True) -> None:
        self._marks = marks
        self._anchored = anchored  # whether the glossary can lead back to where a term stands
        super().__init__()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Called by the library with the object to extend."""
        md.inlinePatterns.register(_TermPattern(self._marks, self._anchored), "term", 176)
        md.inlinePatterns.register(_CitationPattern(_CITATION, self._marks), "citation", 177)
        for images in ("image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(images)  # pictures are figures, which say what they show
        for typed in ("html", "autolink", "automail"):
            md.inlinePatterns.deregister(typed)  # whatever stands in <> is text
        md.preprocessors.deregister("html_block")  # tags that somebody typed show as text
        md.treeprocessors.register(_Tables(md), "tables", 5)
        md.treeprocessors.register(_Links(md, self._marks), "pages", 4)


class _TermPattern(InlineProcessor):  # type: ignore[misc] # the library has no types
    def __init__(self, marks: Marks, anchored: bool) -> None:
        super().__init__(_TERM)
        self._marks = marks
        self._anchored = anchored

    def handleMatch(  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str, int, int]:
        key = m[1]
        term = self._marks.around.glossary.get(key)
        if term is None:
            self._marks.unknown[m[0]] = None
            return key, m.start(), m.end()
        link = Element("a", {"class": "term", "href": f"#term-{anchor(key)}"})
        if self._anchored and key not in self._marks.terms_used:
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
        reference = self._marks.around.references.get(key)
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


class _Links(Treeprocessor):  # type: ignore[misc] # the library has no types
    """Links to other pages are written as file names, and shown as addresses."""

    def __init__(self, md: Markdown, marks: Marks) -> None:
        super().__init__(md)
        self._marks = marks

    def run(self, root: Element) -> None:
        """Put addresses in the place of file names; a page nobody wrote is a fault."""
        for link in root.iter("a"):
            href = link.get("href", "")
            name, hash_, part = href.partition("#")
            address = self._marks.around.links.get(name)
            if address is not None:
                self._marks.links_used[href] = None
                link.set("href", address + hash_ + part)
            elif href in {"", "#"} or _ADDRESS.fullmatch(name):
                message = f"there is no page “{name}”: name a page’s file, such as 02-next.md"
                self._marks.faults.append((f"({href}", message))
                link.set("href", NOWHERE)
            elif name:
                message = "a link leads off the page: cite a reference as [@key]"
                self._marks.faults.append((href, message))


class _Tables(Treeprocessor):  # type: ignore[misc] # the library has no types
    """Wide tables scroll in a box of their own that the keyboard can reach.

    They are numbered on from the page to its notes.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._number = itertools.count(1)

    def run(self, root: Element) -> None:
        """Wrap each table, and say which way its heads point."""
        parents = {child: parent for parent in root.iter() for child in parent}
        for table in list(root.iter("table")):
            parent = parents[table]
            box = Element(
                "div",
                {
                    "class": "scroll",
                    "tabindex": "0",
                    "role": "region",
                    "aria-label": f"Table {next(self._number)}",
                },
            )
            place = list(parent).index(table)
            parent.remove(table)
            box.append(table)
            parent.insert(place, box)
            heads = list(table.iter("th"))
            for head in heads:
                head.set("scope", "col")
            table.set("class", "table")
            if len(heads) >= _TOO_MANY_COLUMNS:
                _stack(table, heads)


def _stack(table: Element, heads: list[Element]) -> None:
    """Let each row become a card on a phone: named by its first cell, each other under its head.

    A sheet to be filled in stays a table: its cards would be empty.
    """
    rows = [list(row) for row in table.iterfind("tbody/tr")]
    if not any(_words(cell) for row in rows for cell in row[1:]):
        return
    table.set("class", "table stack")
    labels = [_words(head) for head in heads]
    for cells in rows:
        cells[0].tag = "th"
        cells[0].set("scope", "row")
        for label, cell in list(zip(labels, cells, strict=False))[1:]:
            cell.set("data-label", label)


def _words(element: Element) -> str:
    return "".join(element.itertext()).strip()


def anchor(key: str) -> str:
    """A key as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
