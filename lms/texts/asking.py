"""What somebody asks to find, as they typed it, and what it means. Pure.

What is typed is never a database's own language of search: it is taken apart into words, and what
is asked of a database is put together from their letters and digits alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lms import wording

LONGEST = 200  # characters
MOST_WORDS = 16
_QUOTED = re.compile(r'["“”„]([^"“”„]*)["“”„]')
# Too frequent to tell one passage from another; they count within quotation marks.
_LITTLE = frozenset(
    "a an and are as at be but by can do does for from how i if in is it its me my of on or s so "
    "that the their them then there they this to was we what when where which who will with you "
    "your".split()
)


@dataclass(frozen=True)
class Asked:
    """A question to the index.

    wanted     what a passage must have: each a stem, or the stems of a phrase, one after another
    beginning  the last word as far as it is typed: it may go on
    """

    wanted: tuple[tuple[str, ...], ...]
    beginning: str = ""

    @property
    def stems(self) -> frozenset[str]:
        """Every stem in it."""
        return frozenset(stem for each in self.wanted for stem in each)

    def for_sqlite(self, *, some: bool = False) -> str:
        """In the language of FTS5; `some` asks for any of what is wanted, and not all."""
        terms = [f'"{" ".join(each)}"' for each in self.wanted]
        if self.beginning:
            terms[-1] = f'({terms[-1]} OR "{self.beginning}"*)'
        return (" OR " if some else " AND ").join(terms)

    def for_postgresql(self, *, some: bool = False) -> str:
        """As a tsquery."""
        terms = ["(" + " <-> ".join(f"'{stem}'" for stem in each) + ")" for each in self.wanted]
        if self.beginning:
            terms[-1] = f"({terms[-1]} | '{self.beginning}':*)"
        return (" | " if some else " & ").join(terms)


def read(typed: str) -> Asked:
    """What was typed: words, all of them wanted, and phrases in quotation marks."""
    wanted: list[tuple[str, ...]] = []
    last = ""
    for number, part in enumerate(_QUOTED.split(typed)):
        words = wording.words(part)[:MOST_WORDS]
        if number % 2 and words:
            wanted.append(tuple(map(wording.stem, words)))
            last = ""
        elif words:
            wanted += [(wording.stem(word),) for word in words]
            last = words[-1]
    telling = [each for each in wanted if len(each) > 1 or each[0] not in _LITTLE] or wanted
    if telling[-1:] != wanted[-1:]:
        last = ""
    kept = tuple(telling[-MOST_WORDS:])
    return Asked(kept, last if len(last) > 2 else "")


def says_enough(typed: str) -> bool:
    """Whether there is a word of two letters or digits at least."""
    return any(len(word) > 1 for word in wording.words(typed))


def unknown(typed: str, known: Mapping[str, int]) -> list[str]:
    """The words that were never published as they are typed, and could be misspelt."""
    words = dict.fromkeys(wording.words(typed)[:MOST_WORDS])
    return [each for each in words if len(each) > 2 and each.isalpha() and each not in known]


def mended(typed: str, known: Mapping[str, int]) -> str:
    """What was typed, each unknown word exchanged for the one that is most like it, if any is."""
    better = {word: wording.nearest(word, known) for word in unknown(typed, known)}

    def instead(found: re.Match[str]) -> str:
        (word, *_) = wording.words(found[0]) or [""]
        return better.get(word) or found[0]

    return wording.WORD.sub(instead, typed)


def lengths(typed: str) -> set[int]:
    """How many letters the words have that may have been meant."""
    found = set()
    for word in wording.words(typed)[:MOST_WORDS]:
        most = wording.slips_forgiven(word)
        found |= set(range(len(word) - most, len(word) + most + 1))
    return found
