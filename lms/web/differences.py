"""Where two versions of a text differ, word by word: for the page after a conflict."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# A word with the space behind it; compared without it, so that only words count as changes.
_PIECES = re.compile(r"\S+\s*|\s+")
# Comparing takes time with each pair of the same words, and some more with the length. What has
# more of either has been rewritten, and is shown as one.
_MOST_PIECES, _MOST_PAIRS = 2000, 20_000


@dataclass(frozen=True)
class Part:
    """A run of text, in both versions or only in the one shown."""

    text: str
    shared: bool


@dataclass(frozen=True)
class Typed:
    """One box of a form: its name, what it is called on the page, and what is in it.

    number   a short value such as a mark, shown large
    """

    name: str
    label: str
    text: str
    number: bool = False


@dataclass(frozen=True)
class Version:
    """What one side of a conflict holds.

    when    the time, and whose it is, in words: "14:06, by you in another window"
    fields  the boxes, in the same order and with the same names on both sides
    """

    when: str
    fields: tuple[Typed, ...]


def parts(shown: str, other: str) -> list[Part]:
    """`shown`, cut where it stops or starts to agree with `other`; joined it is `shown` again."""
    here, there = _PIECES.findall(shown), _PIECES.findall(other)
    start = _shared_start(here, there)
    end = _shared_start(here[start:][::-1], there[start:][::-1])
    middle = _changed(here[start : len(here) - end], there[start : len(there) - end])
    return [
        *_part(here[:start], shared=True),
        *middle,
        *_part(here[len(here) - end :], shared=True),
    ]


def text_of(version: Version, name: str) -> str:
    """What the box of that name holds; empty when this version has no such box."""
    return next((field.text for field in version.fields if field.name == name), "")


def _shared_start(here: Sequence[str], there: Sequence[str]) -> int:
    pairs = enumerate(zip(_words(here), _words(there), strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(here), len(there)))


def _changed(here: Sequence[str], there: Sequence[str]) -> list[Part]:
    if max(len(here), len(there)) > _MOST_PIECES or _pairs(here, there) > _MOST_PAIRS:
        return _part(here, shared=False)
    found: list[Part] = []
    done = 0
    matcher = SequenceMatcher(None, _words(here), _words(there), autojunk=False)
    for block in matcher.get_matching_blocks():
        found += _part(here[done : block.a], shared=False)
        found += _part(here[block.a : block.a + block.size], shared=True)
        done = block.a + block.size
    return found


def _pairs(here: Sequence[str], there: Sequence[str]) -> int:
    counted = Counter(_words(there))
    return sum(counted[word] for word in _words(here))


def _part(pieces: Sequence[str], *, shared: bool) -> list[Part]:
    return [Part("".join(pieces), shared)] if pieces else []


def _words(pieces: Sequence[str]) -> list[str]:
    return [piece.strip() for piece in pieces]
