"""Words as search takes them: without accents and endings; and which words are spelt alike.

Both databases index what comes out of here, so that they find the same things. Indexed text keeps
the form it had: changing what `stem` answers calls for a migration that indexes anew.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
LONGEST = 40  # characters of a word; the rest of a longer one is not looked at

# Letters that no rule of Unicode takes apart into a plain letter and its accent.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)
# An ending, and what stands for it; the first that fits counts, where four letters stay before it.
_ENDINGS = (
    ("ications", ""),
    ("ication", ""),
    ("ability", "abl"),
    ("ibility", "ibl"),
    ("isation", "is"),
    ("ization", "is"),
    ("ational", ""),
    ("ation", ""),
    ("ative", ""),
    ("ating", ""),
    ("ising", "is"),
    ("izing", "is"),
    ("icker", "ic"),
    ("ised", "is"),
    ("ized", "is"),
    ("ated", ""),
    ("able", "abl"),
    ("ible", "ibl"),
    ("ally", ""),
    ("ment", ""),
    ("ness", ""),
    ("ate", ""),
    ("ion", ""),
    ("ise", "is"),
    ("ize", "is"),
    ("ity", ""),
    ("ing", ""),
    ("al", ""),
    ("ed", ""),
    ("ly", ""),
)
_LEFT = 4  # letters of a word that stay at least
_SHORT = 5  # letters of a word in which one slip is forgiven, and not two


def fold(text: str) -> str:
    """Small letters without accents: Łukasz is lukasz, naïve is naive."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """The words of a text, folded, in order; an apostrophe doesn't part a word."""
    found = WORD.findall(fold(text))
    return [word.replace("'", "").replace("’", "")[:LONGEST] for word in found]


def stems(text: str) -> list[str]:
    """The same, each without its ending."""
    return [stem(word) for word in words(text)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A folded word without its ending: refer for referral, referred and refers."""
    if len(word) < _LEFT or not (word.isascii() and word.isalpha()):
        return word
    word = _singular(word)
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEFT:
            word = word.removesuffix(ending) + instead
            break
    if len(word) > _LEFT and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    if word.endswith("ick"):
        word = word[:-1]
    return word[:-1] if len(word) > _LEFT and word[-1] in "eiy" else word


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word


def slips_forgiven(word: str) -> int:
    """How many letters may be wrong, missing, too many or out of order."""
    return 1 if len(word) <= _SHORT else 2


def nearest(word: str, known: Mapping[str, int]) -> str:
    """The known word that was meant: the most alike, then the most used; empty when none is.

    known  words, and how often each is used
    """
    most, letters = slips_forgiven(word), _letters(word)
    near = []
    for each, uses in known.items():
        if abs(len(each) - len(word)) > most or (letters ^ _letters(each)).bit_count() > 2 * most:
            continue  # cheap to see, and true of nearly all of them
        distance = slips(word, each)
        if distance <= most:
            near.append((distance, each[0] != word[0], -uses, each))
    return min(near)[-1] if near else ""


def slips(one: str, other: str) -> int:
    """How many slips lead from one word to another; two neighbours that changed places are one."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, there in enumerate(other, start=1):
            same = letter == there
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (not same))
            swapped = row > 1 and column > 1 and letter == other[column - 2]
            if swapped and one[row - 2] == there:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


def _letters(word: str) -> int:
    """Which letters a word has, as bits of a number."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) % 32)
    return found
