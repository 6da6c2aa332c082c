"""Passages of a page: where words stand in its stored HTML, and the same HTML with them marked.

Pure. The HTML is what catalogue keeps: sanitised, without scripts or fields to fill in. Only text
between tags is ever wrapped, so that no tag is split and no address in the page changes.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape

_PIECE = re.compile(r"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>|[^<]+|<""")
_UNIT = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});|.", re.S)
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_PART = re.compile(r'<h2 id="([^"]+)">')
# Tags that stand within a word; any other one parts the words on either side.
_WITHIN = frozenset("a strong em code sup sub del span mark".split())
# Keyboards have one of each; what is typed has to find what is printed.
_ALIKE = str.maketrans(
    "’‘“”–—\N{NON-BREAKING HYPHEN}\N{GREEK SMALL LETTER FINAL SIGMA}",
    "''\"\"---\N{GREEK SMALL LETTER SIGMA}",
)
_OPEN, _CLOSE = "<mark>", "</mark>"

Span = tuple[int, int]


@dataclass(frozen=True)
class _Text:
    """One run of text between two tags.

    start   place of its first character in the words of the page
    marked  whether it stands in a mark already
    """

    raw: str
    start: int
    end: int
    marked: bool


@dataclass
class Passages:
    """A page whose words can be looked for and marked."""

    html: str
    _pieces: list[str | _Text] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _parts: list[tuple[int, str]] = field(default_factory=list)  # place, anchor

    def __post_init__(self) -> None:
        at, depth = 0, 0
        for piece in _PIECE.findall(self.html):
            if len(piece) > 1 and piece.startswith("<"):
                depth += (piece == _OPEN) - (piece == _CLOSE)
                at += self._tag(piece, at)
            else:
                plain = _plain(piece)
                self._pieces.append(_Text(piece, at, at + len(plain), depth > 0))
                self._words.append(plain)
                at += len(plain)

    def times(self, words: str) -> int:
        """How often these words stand on the page."""
        sought = _tidy(words)
        return self._run.count(sought) if sought else 0

    def part_of(self, words: str) -> str:
        """Anchor of the part in which these words stand first; empty above the first part."""
        span = self._span(words)
        before = [anchor for at, anchor in self._parts if span and at <= span[0]]
        return before[-1] if before else ""

    def as_printed(self, words: str) -> str:
        """These words as the page has them; they must stand on it."""
        start, end = self._span(words) or (0, 0)
        return " ".join(self._text[start:end].split())

    def marked(self, passages: Iterable[str]) -> str:
        """The page with these passages marked; those that are not on it change nothing."""
        found = (self._span(words) for words in passages)
        spans = _joined(span for span in found if span is not None)
        return "".join(
            piece if isinstance(piece, str) else _wrapped(piece, spans) for piece in self._pieces
        )

    @cached_property
    def _text(self) -> str:
        return "".join(self._words)

    @cached_property
    def _places(self) -> tuple[list[int], list[int], str]:
        """Where each word begins: in the run of all words, in the text; and that run."""
        found = list(re.finditer(r"\S+", _alike(self._text)))
        starts, at = [], 0
        for word in found:
            starts.append(at)
            at += len(word[0]) + 1
        return starts, [word.start() for word in found], " ".join(word[0] for word in found)

    @property
    def _run(self) -> str:
        return self._places[2]

    def _span(self, words: str) -> Span | None:
        """Where words stand first in the text."""
        sought = _tidy(words)
        at = self._run.find(sought) if sought else -1
        return None if at < 0 else (self._origin(at), self._origin(at + len(sought) - 1) + 1)

    def _origin(self, at: int) -> int:
        starts, origins, _ = self._places
        word = bisect_right(starts, at) - 1
        return origins[word] + at - starts[word]

    def _tag(self, tag: str, at: int) -> int:
        """Take in a tag; returns how many characters the words grow by."""
        self._pieces.append(tag)
        if part := _PART.match(tag):
            self._parts.append((at, part[1]))
        name = _NAME.match(tag)
        if name and name[1].lower() in _WITHIN:
            return 0
        self._words.append("\n")
        return 1


def gone(page: Passages, passages: Collection[str]) -> frozenset[str]:
    """Those of the passages that don't stand on the page."""
    return frozenset(words for words in passages if not page.times(words))


def _tidy(words: str) -> str:
    return " ".join(_alike(words).split())


def _alike(text: str) -> str:
    """Text in which letters and signs that count as the same are the same; as long as before."""
    low = text.lower()
    if len(low) != len(text):  # a few letters grow when they are made small
        low = "".join(small if len(small := each.lower()) == 1 else each for each in text)
    return low.translate(_ALIKE)


def _plain(raw: str) -> str:
    return "".join(map(unescape, _UNIT.findall(raw))) if "&" in raw else raw


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same places, in order, none touching another."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _wrapped(text: _Text, spans: list[Span]) -> str:
    inside = [
        (max(start, text.start) - text.start, min(end, text.end) - text.start)
        for start, end in spans
        if start < text.end and end > text.start
    ]
    if text.marked or not inside or not text.raw.strip():
        return text.raw
    return "".join(_cut(text.raw, inside))


def _cut(raw: str, inside: list[Span]) -> Iterator[str]:
    places = [0]  # where each character of the words begins in the HTML
    for unit in _UNIT.finditer(raw):
        places += [unit.end()] * len(unescape(unit[0]))
    done = 0
    for start, end in inside:
        first, last = places[start], places[end]
        yield raw[done:first]
        yield f"{_OPEN}{raw[first:last]}{_CLOSE}"
        done = last
    yield raw[done:]
