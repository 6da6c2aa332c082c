"""What changed between two versions, in words: by page, and within a page by block. Pure.

The law comes first, everywhere. The same two versions always give the same answer.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from lms.texts.advice import Advice, graver, is_grave
from lms.texts.wording import HEADING, Block, Wording

# Blocks between two that stayed. Comparing them takes time in the cube of their number at worst:
# some hundredths of a second at this one. Where more than that differs it was written anew, and is
# told as taken out and put in.
MOST_BLOCKS = 100
# How much of their words two blocks share, at least, to be one that was reworded.
_ALIKE = 0.3
# How far apart they may stand for it, counted in blocks.
_NEAR = 6
# Characters. Longer texts are shown whole: comparing words takes time in the square as well.
_SHORT = 2500
_WORD = re.compile(r"\w+")


class How(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One block that isn't what it was.

    was    how it read before; None for one that is new
    now    how it reads now; None for one that was taken out
    legal  whether it says what the law is
    """

    was: Block | None
    now: Block | None
    legal: bool

    @property
    def how(self) -> How:
        """What became of it."""
        if self.was is None:
            return How.ADDED
        return How.REMOVED if self.now is None else How.CHANGED

    @property
    def block(self) -> Block:
        """The block as it is now, or as it was when it is gone."""
        found = self.now or self.was
        if found is None:
            raise ValueError("nothing became nothing")
        return found

    @property
    def compared(self) -> bool:
        """Whether it is short enough to be compared word by word."""
        both = (each for each in (self.was, self.now) if each is not None)
        return all(len(each.text) <= _SHORT for each in both)

    @property
    def behind(self) -> bool:
        """Whether only what isn't shown changed: answers, their reasons, the bytes of a picture."""
        if self.was is None or self.now is None:
            return False
        return self.was.text == self.now.text


@dataclass(frozen=True)
class PageChanges:
    """All that differs between two versions of one page.

    title      before and now, where it differs
    law_as_at  the same
    blocks     the law first, otherwise as they stand on the page
    advice     what has to be said before any of it is shown: the graver of the two pages'
    """

    title: tuple[str, str] | None
    law_as_at: tuple[date, date] | None
    blocks: tuple[Change, ...]
    advice: Advice | None = None

    def __bool__(self) -> bool:
        return bool(self.title or self.law_as_at or self.blocks)

    @property
    def legal(self) -> bool:
        """Whether what it says of the law differs."""
        return self.law_as_at is not None or any(each.legal for each in self.blocks)

    @property
    def is_grave(self) -> bool:
        """Whether its advice is to be read before any of it is shown."""
        return bool(self.blocks) and is_grave(self.advice)


@dataclass(frozen=True)
class Item:
    """Something of a version: a module, a page, an outcome, an assessment.

    says  what it is compared by
    law   what its law is compared by; empty for all but pages
    """

    title: str
    says: Hashable
    law: Hashable = ""


# By slug of the module and key within it, in reading order; a module's own key is empty.
Items = Mapping[tuple[str, str], Item]


@dataclass(frozen=True)
class Outline:
    """A version, by what it says."""

    modules: Items
    pages: Items
    outcomes: Items
    briefs: Items


@dataclass(frozen=True)
class Line:
    """One line of a summary: what became of something.

    legal  whether a page says something else of the law
    """

    how: How
    module: str
    key: str
    title: str
    legal: bool = False


@dataclass(frozen=True)
class Summary:
    """What differs between two versions. Pages whose law differs come first."""

    pages: tuple[Line, ...]
    modules: tuple[Line, ...]
    outcomes: tuple[Line, ...]
    briefs: tuple[Line, ...]

    def __bool__(self) -> bool:
        return bool(self.pages or self.modules or self.outcomes or self.briefs)


def summary(was: Outline, now: Outline) -> Summary:
    """What differs between two versions; in time that grows with their pages, and no faster."""
    return Summary(
        _lines(was.pages, now.pages),
        _lines(was.modules, now.modules),
        _lines(was.outcomes, now.outcomes),
        _lines(was.briefs, now.briefs),
    )


def _lines(was: Items, now: Items) -> tuple[Line, ...]:
    found = [Line(How.REMOVED, *key, item.title) for key, item in was.items() if key not in now]
    for key, item in now.items():
        before = was.get(key)
        if before is None:
            found.append(Line(How.ADDED, *key, item.title))
        elif before != item:
            found.append(Line(How.CHANGED, *key, item.title, before.law != item.law))
    return tuple(sorted(found, key=lambda line: not line.legal))


def between(was: Wording, now: Wording) -> PageChanges:
    """What differs between two versions of a page."""
    blocks = list(_blocks(was.blocks, now.blocks))
    return PageChanges(
        (was.title, now.title) if was.title != now.title else None,
        (was.law_as_at, now.law_as_at) if was.law_as_at != now.law_as_at else None,
        tuple(sorted(blocks, key=lambda each: not each.legal)),
        graver(was.advice, now.advice),
    )


def _blocks(was: Sequence[Block], now: Sequence[Block]) -> Iterator[Change]:
    """Block by block, in the order of the page as it is now."""
    i = j = 0
    for stays, there in [*_stayed(was, now), (len(was), len(now))]:
        yield from _stretch(was[i:stays], now[j:there])
        i, j = stays + 1, there + 1


def _stayed(was: Sequence[Block], now: Sequence[Block]) -> list[tuple[int, int]]:
    """Where blocks stand that each page has once, as many of them as kept their order."""
    once = _standing_once(now)
    pairs = [(i, once[key]) for key, i in _standing_once(was).items() if key in once]
    ends: list[int] = []  # the least place on which a run of each length can end
    tops: list[int] = []  # and the pair that does it
    before: list[int | None] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        ends[length : length + 1] = [there]
        tops[length : length + 1] = [number]
        before.append(tops[length - 1] if length else None)
    found: list[tuple[int, int]] = []
    at = tops[-1] if tops else None
    while at is not None:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _standing_once(blocks: Sequence[Block]) -> dict[Hashable, int]:
    count = Counter(each.key for each in blocks)
    return {each.key: place for place, each in enumerate(blocks) if count[each.key] == 1}


def _stretch(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Change]:
    if max(len(old), len(new)) > MOST_BLOCKS:
        yield from _rewritten(old, new)
        return
    here, there = [each.key for each in old], [each.key for each in new]
    matcher = SequenceMatcher(None, here, there, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what != "equal":
            yield from _paired(old[i1:i2], new[j1:j2])


def _rewritten(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Change]:
    """What is in one alone, however often, without looking for what became of what."""
    for blocks, others, gone in ((old, new, True), (new, old, False)):
        left = Counter(each.key for each in others)
        for each in blocks:
            if left[each.key]:
                left[each.key] -= 1
            else:
                yield _change(each, None) if gone else _change(None, each)


def _paired(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Change]:
    """Of the blocks that stand in the place of others, those that say much the same go together."""
    taken: set[int] = set()
    gone: list[Change] = []
    pairs: dict[int, Block] = {}
    for place, each in enumerate(old):
        near = range(max(0, place - _NEAR), min(len(new), place + _NEAR + 1))
        mate = next((n for n in near if n not in taken and _alike(each, new[n])), None)
        if mate is None:
            gone.append(_change(each, None))
        else:
            taken.add(mate)
            pairs[mate] = each
    yield from gone
    for place, each in enumerate(new):
        yield _change(pairs.get(place), each)


def _alike(one: Block, other: Block) -> bool:
    if (one.kind, one.nation) != (other.kind, other.nation):
        return False
    if one.hidden and one.hidden == other.hidden:
        return True
    mine, theirs = (Counter(_WORD.findall(each.text.casefold())) for each in (one, other))
    most = max(mine.total(), theirs.total())
    return one.kind == HEADING or (mine & theirs).total() >= _ALIKE * most


def _change(was: Block | None, now: Block | None) -> Change:
    before, after = was.law if was else "", now.law if now else ""
    return Change(was, now, before != after)
