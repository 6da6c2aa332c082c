"""What can be found on a page: its passages, from its HTML as learners see it. Pure.

A passage goes from one heading to the next. What holds in one nation, and what is closed until it
is opened, are passages of their own. Each source and each word below the page is one, too. The
HTML is our own, as it was rendered and sanitised: it has neither tutor notes nor answers in it.
"""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from typing import NamedTuple

from lms import wording
from lms.markup_blocks import NATIONS

PAGE, TERM, REFERENCE = "page", "term", "reference"
_NEXT = "?"  # the code of a nation, not read yet
_FOOT = "foot"  # between those below the page

_BY_CODE = {code: key for key, (code, _name) in NATIONS.items()}
_WITHIN_A_LINE = frozenset("a strong em code sup sub del span".split())
_PARTED_AT = ("h2", "h3")
_SAID_ASIDE = ("summary", "dt", *_PARTED_AT)  # not text, but about the text that follows


class Place(NamedTuple):
    """Where a passage stands on its page.

    title      of a word or source below the page; empty for the page's own text
    nation     key of the one nation in which it holds; empty where it holds in all of the page's
    sensitive  what a closed part says it is about; empty outside of one
    """

    kind: str
    anchor: str = ""
    title: str = ""
    heading: str = ""
    nation: str = ""
    sensitive: str = ""


@dataclass(frozen=True)
class Passage:
    """Something to be found.

    nations  keys, with a space between, of those in which alone it holds; empty for all of them
    """

    kind: str
    title: str
    heading: str
    anchor: str
    text: str
    nations: str
    sensitive: str

    @cached_property
    def sha256(self) -> str:
        """Of all that it says: the same passage in another version is kept once."""
        said = json.dumps(list(asdict(self).values()), ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    @cached_property
    def headwords(self) -> str:
        """Stems of its title and heading, with spaces between, as the databases index them.

        A source's title counts as its text: else sources would stand before what cites them.
        """
        titles = "" if self.kind == REFERENCE else f"{self.title} {self.heading}"
        return " ".join(wording.stems(titles))

    @cached_property
    def words(self) -> str:
        """Stems of its text, likewise."""
        title = self.title if self.kind == REFERENCE else ""
        return " ".join(wording.stems(f"{title} {self.text}"))

    @cached_property
    def spelt(self) -> tuple[str, ...]:
        """Its words as they are spelt, those that a misspelling may have meant."""
        found = wording.words(f"{self.title} {self.heading} {self.text}")
        return tuple(word for word in found if len(word) > 2 and word.isalpha())


@lru_cache(maxsize=512)
def passages_of(title: str, html: str, nations: tuple[str, ...]) -> tuple[Passage, ...]:
    """The passages of a page, in order.

    nations  keys of those in which the page holds
    """
    reading = _Reading()
    reading.feed(html)
    reading.close()
    everywhere = "" if set(nations) >= set(NATIONS) else " ".join(nations)
    return tuple(
        Passage(
            place.kind,
            place.title or title,
            place.heading,
            place.anchor,
            text,
            "" if place.kind != PAGE else place.nation or everywhere,
            place.sensitive,
        )
        for place, text in reading.read()
    )


def first_of_each(
    pages: Iterable[tuple[int, Sequence[Passage]]],
) -> list[tuple[int, Passage]]:
    """All passages of a version with their pages' ids; a word or source with its first page only.

    pages  in reading order
    """
    seen: set[tuple[str, str]] = set()
    found = []
    for page, passages in pages:
        for passage in passages:
            if passage.kind != PAGE:
                if (passage.kind, passage.anchor) in seen:
                    continue
                seen.add((passage.kind, passage.anchor))
            found.append((page, passage))
    return found


def vocabulary(passages: Iterable[Passage], known: Set[str]) -> dict[int, dict[str, int]]:
    """Words that passages use and that are not known yet, with how often; by their length."""
    uses: Counter[str] = Counter()
    for each in passages:
        uses.update(each.spelt)
    found: dict[int, dict[str, int]] = {}
    for word in sorted(uses.keys() - known):
        found.setdefault(len(word), {})[word] = uses[word]
    return found


class _Reading(HTMLParser):
    """Goes through a page once, noting for each stretch of text where it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: dict[Place, list[str]] = {}
        self._place = Place(PAGE)
        self._folds: list[tuple[Place, str]] = []  # we are in: where each stands, its class
        self._aside: list[str] | None = None  # text of a heading, summary or title, while in it
        self._silent = False
        self._code = ""

    def read(self) -> list[tuple[Place, str]]:
        """What was found."""
        found = []
        for place, parts in self._found.items():
            text = _tidy("".join(parts))
            if place.kind == REFERENCE:
                # Its title comes first; the sentence after it is ours (see lms/content/foot.py).
                title, _, text = text.rpartition(". ")
                place = place._replace(title=title)  # noqa: PLW2901
            said_nothing = not text and (place.nation or place.sensitive or not place.heading)
            if place.kind != _FOOT and not said_nothing:
                found.append((place, text))
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the library."""
        given = {name: value or "" for name, value in attrs}
        if tag not in _WITHIN_A_LINE:
            self.handle_data(" ")
        if tag == "details":
            self._folds.append((self._place, given.get("class", "")))
        elif tag in _SAID_ASIDE:
            self._aside, self._code = [], ""
            if tag in _PARTED_AT and self._place.kind == PAGE:
                self._place = self._place._replace(anchor=given.get("id", ""))
        elif tag == "section":
            self._place = Place(_FOOT)
        elif tag in _WITHIN_A_LINE:
            self._within_a_line(tag, given)
        else:
            self.handle_data(given.get("alt", ""))
            self._look_below(given.get("id", ""))

    def handle_endtag(self, tag: str) -> None:
        """Called by the library."""
        if tag == "a":
            self._silent = False
        elif tag == "details" and self._folds:
            self._place = self._folds.pop()[0]
        elif self._aside is not None and tag in _SAID_ASIDE:
            said, self._aside = _tidy("".join(self._aside)), None
            self._put_aside(tag, said)
        if tag not in _WITHIN_A_LINE:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        """Called by the library."""
        if self._code == _NEXT:
            self._code = data
        if self._aside is not None:
            self._aside.append(data)
        elif not self._silent:
            self._found.setdefault(self._place, []).append(data)

    def _put_aside(self, tag: str, said: str) -> None:
        """Give a heading, summary or title its meaning for what comes after it."""
        if tag == "dt" and self._place.kind == TERM:
            self._place = self._place._replace(title=said)
        elif tag in _PARTED_AT and self._place.kind == PAGE:
            self._place = self._place._replace(heading=said)
        elif tag == "summary" and self._code in _BY_CODE:
            self._place = self._place._replace(nation=_BY_CODE[self._code])
        elif tag == "summary" and self._folds and "fold-keep" in self._folds[-1][1]:
            self._place = self._place._replace(sensitive=said)
        else:
            self.handle_data(said)

    def _within_a_line(self, tag: str, given: dict[str, str]) -> None:
        if tag == "span" and given.get("class") == "code":
            self._code = _NEXT
        elif tag == "a":
            # Below the page these say nothing: a bare address, and the way back to the text.
            self._silent = self._place.kind == REFERENCE or given.get("href", "")[:5] == "#use-"

    def _look_below(self, anchor: str) -> None:
        for kind, before in ((TERM, "term-"), (REFERENCE, "ref-")):
            if anchor.startswith(before):
                self._place = Place(kind, anchor)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
