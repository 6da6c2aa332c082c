"""What a page says, block by block, from its stored HTML: what versions are compared by. Pure.

The HTML is what learners read. The Markdown holds notes for tutors as well, and is never used.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from typing import Any

from lms.markup_blocks import NATIONS

# Kinds of block beyond those that authors name in their blocks.
TEXT, HEADING, QUESTION, REFERENCE, TERM, FIGURE, ADVICE = (
    "text",
    "heading",
    "question",
    "reference",
    "term",
    "figure",
    "advice",
)
LAW = "law"
_NATIONS = {f"{code} {name}": name for code, name in NATIONS.values()}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTAINERS = ("div", "details", "section", "figure", "blockquote", "li", "summary", "ul", "ol")
# Where one of these begins or ends, so does a block.
_BOUNDARIES = {*_HEADINGS, *_CONTAINERS, "p", "tr", "table", "pre", "hr", "dl", "dt", "dd", "video"}
_BOUNDARIES |= {"figcaption", "thead", "tbody"}
# Our own HTML, as it was cleaned when it was rendered: values are quoted, and no tag holds a <,
# so that reading on for the end of a tag never goes past the next one.
_PIECE = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^"<>]|"[^"<]*")*+)>|([^<]+|<)')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_CALLOUT = re.compile(r"\bc-([a-z]+)\b")
_LEGAL = re.compile(
    r", law as at |\. (?:Act|Secondary legislation|Treaty|Statutory guidance|Case-law)[,.]"
)
# When somebody last looked a reference up says nothing about the law.
_LOOKED_UP = re.compile(r", read \d{1,2} \w+ \d{4}")


@dataclass(frozen=True)
class Block:
    """A run of text on a page: a paragraph, an item of a list, a row of a table, a heading.

    kind    one of the above, or the kind of the box it stands in, such as ``law``
    under   the heading it stands under; empty at the head of the page
    nation  name of the one nation it holds in; empty when it holds in all
    hidden  digest of what belongs to it and isn't shown: right answers, the bytes of a picture
    law     what of it is law: the text itself, or nothing
    """

    kind: str
    under: str
    nation: str
    text: str
    hidden: str = ""
    law: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two versions of a page are compared by; its place isn't part of it."""
        return (self.kind, self.nation, self.text, self.hidden)


@dataclass(frozen=True)
class Wording:
    """All that a page says.

    advice  what is said before it, as it was authored; None for nothing
    """

    title: str
    law_as_at: date
    blocks: tuple[Block, ...]
    advice: Mapping[str, Any] | None = None

    @property
    def says(self) -> str:
        """One digest of all of it: pages that say the same have the same."""
        return _digest([self.title, self.law_as_at.isoformat(), [b.key for b in self.blocks]])

    @property
    def says_of_law(self) -> str:
        """One digest of what it says of the law, and as at when."""
        law = [(each.nation, each.law) for each in self.blocks if each.law]
        return _digest([self.law_as_at.isoformat(), law])


@dataclass(frozen=True)
class Shown:
    """A page as it was published.

    advice     what is said before it; None for nothing
    questions  as they are kept, with their answers
    files      key of the bytes of each of the module's pictures and films, by name
    """

    title: str
    law_as_at: date
    advice: Mapping[str, Any] | None
    html: str
    questions: Sequence[Mapping[str, Any]]
    files: Mapping[str, str]


def wording_of(page: Shown) -> Wording:
    """What a page says. In one pass over its HTML, whatever that is."""
    reader = _Reader(page)
    reader.read(page.html)
    laws = {each.hidden for each in reader.found if each.kind == REFERENCE and each.law}
    cited = reader.cited
    blocks = [
        replace(each, law=each.text) if not each.law and cited.get(number, set()) & laws else each
        for number, each in enumerate(reader.found)
    ]
    return Wording(page.title, page.law_as_at, (*_advice(page.advice), *blocks), page.advice)


class _Reader:
    """Cuts HTML of ours into blocks. Nothing that it says is left out, whatever its tags."""

    def __init__(self, page: Shown) -> None:
        self.found: list[Block] = []
        self.cited: dict[int, set[str]] = {}  # keys of references, by the number of the block
        self._questions = {each["key"]: each for each in page.questions}
        self._files = page.files
        self._text: list[str] = []
        self._cites: set[str] = set()
        self._under = ""
        # Of the boxes around: the tag, and the kind, nation and key of a reference they set.
        self._around: list[tuple[str, str, str, str]] = [("", TEXT, "", "")]

    def read(self, html: str) -> None:
        """All of a page."""
        for piece in _PIECE.finditer(html):
            closes, tag, attributes, text = piece.groups()
            if text is not None:
                self._text.append(text)
            elif closes:
                self._end(tag)
            else:
                self._begin(tag, attributes)
        self._end_block()

    def _begin(self, tag: str, attributes: str) -> None:
        """A box begins, or a block ends where another begins."""
        named = dict(_ATTRIBUTE.findall(attributes)) if attributes else {}
        if tag in _BOUNDARIES:
            self._end_block()
        if tag in _CONTAINERS:
            self._enter(tag, named)
        elif tag in {"img", "video"}:
            self._show(named)
        elif tag in {"td", "th"} and self._so_far():
            self._text.append(" | ")
        elif tag == "br":
            self._text.append(" ")
        elif tag == "a" and named.get("href", "").startswith("#ref-"):
            self._cites.add(named["href"].removeprefix("#ref-"))

    def _end(self, tag: str) -> None:
        """A block or a box ends."""
        if tag in _HEADINGS:
            self._under = self._so_far() or self._under
            self._end_block(HEADING)
        elif tag == "summary" and self._so_far() in _NATIONS:
            self._set_nation(_NATIONS[self._so_far()])
        elif tag in _BOUNDARIES:
            self._end_block()
        if tag in _CONTAINERS and len(self._around) > 1:
            self._around.pop()

    def _end_block(self, kind: str = "") -> None:
        """What was read since the last block is one, if it says anything."""
        text, self._text = self._so_far(), []
        _, around, nation, key = self._around[-1]
        if text:
            law = text if around == LAW or (key and _LEGAL.search(text)) else ""
            block = Block(kind or around, self._under, nation, text, key, _LOOKED_UP.sub("", law))
            if self._cites:
                self.cited[len(self.found)] = self._cites
            self.found.append(block)
        self._cites = set()

    def _so_far(self) -> str:
        return _one_line("".join(self._text))

    def _enter(self, tag: str, named: dict[str, str]) -> None:
        _, kind, nation, key = self._around[-1]
        classes, id_ = named.get("class", ""), named.get("id", "")
        if callout := _CALLOUT.search(classes):
            kind = callout[1]
        elif id_.startswith("ref-"):
            kind, key = REFERENCE, id_.removeprefix("ref-")
        elif id_.startswith("term-"):
            kind = TERM
        elif classes == QUESTION and (asked := self._questions.get(id_.removeprefix("question-"))):
            self.found.append(_question(asked, self._under, nation))
        self._around.append((tag, kind, nation, key))

    def _set_nation(self, nation: str) -> None:
        """The fold around says in which nation it holds: no words of its own."""
        self._text = []
        for number, (tag, kind, _, key) in enumerate(self._around):
            if tag == "details" and number >= len(self._around) - 2:
                self._around[number] = (tag, kind, nation, key)

    def _show(self, named: dict[str, str]) -> None:
        name = named.get("src", "").removeprefix("files/")
        text = named.get("alt") or named.get("aria-label") or "A picture that only decorates"
        nation = self._around[-1][2]
        file = self._files.get(name, name)
        self.found.append(Block(FIGURE, self._under, nation, _one_line(text), file))


def _question(asked: Mapping[str, Any], under: str, nation: str) -> Block:
    """A knowledge check. What is right stays hidden; so does the order that would be right."""
    options = [_plain(option["html"]) for option in asked["options"]]
    shown = sorted(options) if asked["kind"] == "ordering" else options
    text = " / ".join([_plain(asked["ask"]), *shown])
    return Block(QUESTION, under, nation, text, _digest(dict(asked)))


def _advice(advice: Mapping[str, Any] | None) -> Iterator[Block]:
    if advice is not None:
        text = " ".join(str(advice.get("note", "")).split())
        yield Block(ADVICE, "", "", text, _digest(dict(advice)))


def _plain(html: str) -> str:
    """The words of a piece of HTML; those of two blocks don't run into one."""
    pieces = _PIECE.finditer(str(html))
    return _one_line("".join(p[4] or (" " if p[2] in _BOUNDARIES else "") for p in pieces))


def _one_line(text: str) -> str:
    return " ".join(unescape(text).split())


def _digest(what: object) -> str:
    text = json.dumps(what, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
