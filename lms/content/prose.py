"""How a text reads: what its authors should look at again. Nothing here keeps it from publishing.

Difficulty is the grade of Kincaid, Fishburne, Rogers and Chissom, "Derivation of New Readability
Formulas" (US Naval Technical Training Command, 1975): 0.39 of the words in a sentence and 11.8 of
the syllables in a word, less 15.59. Grade and five make the age of a reader who follows easily.
It counts and does not understand; so it warns, and an author may leave the text as it is.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from lms import identifiers
from lms.authored import Severity
from lms.content.faults import Fault

# Readers work at level 7 and know the words of the law. Yet they read on a phone after work, many
# in a second language: the ceiling is the last year of school, and not the journals they cite.
HARDEST_GRADE = 12.0
# A sentence of the statutes can be quoted whole. One of ours that is longer than this is two.
LONGEST_SENTENCE = 45  # words
LONGEST_ON_AVERAGE = 22  # words in a sentence, over a page
FEWEST_WORDS = 100  # below this a grade says nothing
LONGEST_PAGE = 45  # minutes: what somebody can give it after work
# Slower than a novel: what is read here is read to be used.
WORDS_A_MINUTE = 150

_PASSAGE = re.compile(r"<(p|li|dd)\b[^>]*>(.*?)</\1>", re.S)
_QUOTED = re.compile(r"<blockquote\b.*?</blockquote>", re.S)
_CITATION = re.compile(r'<span>\(<a class="cite".*?</a>\)</span>', re.S)
_LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.S)
_TAG = re.compile(r"<[^>]*>")
_SENTENCE = re.compile(r"[.!?:;]+[\"”’)\]]*\s+(?=[A-Z“\"‘(])|[.!?]+\s*$")
_WORD = re.compile(r"[A-Za-z]+(?:[’'-][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es?|[^laeiouytd]ed)$")
_CODE = re.compile(r"`[^`]*`")
_ADDRESS = re.compile(r"(?:https?://|\bwww\.)[^\s<>)\]]+")
_EMPTY_WORDS = frozenset(
    (
        "click",
        "click here",
        "details",
        "find out more",
        "follow this link",
        "here",
        "learn more",
        "link",
        "more",
        "page",
        "read more",
        "read this",
        "see here",
        "this",
        "this link",
        "this page",
        "website",
    )
)


def prose_faults(text: str, html: str) -> Iterator[Fault]:
    """What should be looked at again in a text.

    text  as it was written
    html  as it is shown
    """
    sentences = list(_sentences(html))
    yield from _long_sentences(text, sentences)
    words = sum(len(each) for each in sentences)
    if words >= FEWEST_WORDS:
        level = grade(sentences)
        if level > HARDEST_GRADE:
            message = (
                f"the text is hard to read: grade {level:.1f}, an age of {level + 5:.0f}, where "
                f"{HARDEST_GRADE:.0f} is enough. Shorten its sentences, and its words"
            )
            yield Fault(1, message, "reading-age", Severity.WARNING)
        if words / len(sentences) > LONGEST_ON_AVERAGE:
            message = (
                f"its sentences have {words / len(sentences):.0f} words on average: "
                f"{LONGEST_ON_AVERAGE} are many. Make some of them two"
            )
            yield Fault(1, message, "sentence", Severity.WARNING)
    yield from _empty_links(text, html)
    yield from _line_faults(text)


def grade(sentences: list[list[str]]) -> float:
    """The Flesch-Kincaid grade of sentences, each a list of its words."""
    words = [word for sentence in sentences for word in sentence]
    per_sentence = len(words) / len(sentences)
    per_word = sum(map(_syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


@lru_cache(maxsize=20_000)  # the same words come again and again
def _syllables(word: str) -> int:
    """About how many: a group of vowels is one, and an e at the end is none."""
    bare = word.lower()
    silent = 1 if _SILENT.search(bare) else 0
    return max(1, len(_VOWELS.findall(bare)) - silent)


@dataclass(frozen=True)
class Measures:
    """How much a page asks of its reader.

    words         of running text
    per_sentence  words, on average
    grade         of its running text; None for too few words
    minutes       as its author says, with the work it asks for
    least         minutes that reading alone takes
    """

    words: int
    per_sentence: float
    grade: float | None
    minutes: int
    least: int


def measures(html: str, minutes: int) -> Measures:
    """Measure a page as learners see it."""
    sentences = running_text(html)
    words = sum(map(len, sentences))
    return Measures(
        words,
        words / len(sentences) if sentences else 0.0,
        grade(sentences) if words >= FEWEST_WORDS else None,
        minutes,
        _least(words),
    )


def _least(words: int) -> int:
    """Minutes that reading so many words alone takes, rounded up."""
    return -(-words // WORDS_A_MINUTE)


def minutes_faults(html: str, minutes: int) -> Iterator[str]:
    """A page whose minutes are more than an evening has, or fewer than it takes to read."""
    least = _least(sum(map(len, running_text(html))))
    if minutes > LONGEST_PAGE:
        yield f"{minutes} minutes are long after work, {LONGEST_PAGE} are many: make it two pages"
    elif minutes < least:
        yield f"reading it alone takes about {least} minutes: say so"


def running_text(html: str) -> list[list[str]]:
    """The sentences of its paragraphs, each as its words; no lists, tables, quotations or notes."""
    return list(_sentences(_QUOTED.sub("", html), ("p",)))


def _sentences(html: str, of: Container[str] = ("p", "li", "dd")) -> Iterator[list[str]]:
    for tag, passage in _PASSAGE.findall(_CITATION.sub("", html)):
        if tag not in of:
            continue
        for sentence in _SENTENCE.split(unescape(_TAG.sub("", passage))):
            words = _WORD.findall(sentence)
            if words:
                yield words


def _long_sentences(text: str, sentences: list[list[str]]) -> Iterator[Fault]:
    for words in sentences:
        if len(words) > LONGEST_SENTENCE:
            begin = " ".join(words[:5])
            message = (
                f"the sentence “{begin} …” has {len(words)} words: make it two "
                f"({LONGEST_SENTENCE} are many)"
            )
            yield Fault(line_of(words, text), message, "sentence", Severity.WARNING)


def line_of(words: list[str], text: str) -> int:
    """Where a sentence begins: at the first of its beginnings that stands there as written."""
    for count in (5, 3, 2):
        found = re.search(r"[^A-Za-z]+".join(map(re.escape, words[:count])), text)
        if found:
            return text.count("\n", 0, found.start()) + 1
    return 1


def _empty_links(text: str, html: str) -> Iterator[Fault]:
    for link in _LINK.findall(html):
        said = " ".join(unescape(_TAG.sub("", link)).split())
        if said.lower().rstrip(".!… ") in _EMPTY_WORDS:
            message = f"the link “{said}” says nothing by itself: name what it leads to"
            at = text.find(f"[{said}]")
            line = text.count("\n", 0, max(at, 0)) + 1
            yield Fault(line, message, "link-text", Severity.WARNING)


def _line_faults(text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        said = _CODE.sub("", line)
        address = _ADDRESS.search(said)
        if address:
            message = f"a bare address ({address[0][:60]}): cite a reference as [@key] instead"
            yield Fault(number, message, "address", Severity.WARNING)
        for what, found in identifiers.found_in(said):
            message = (
                f"“{found}” looks like {what}: a case here is made up, and identifies nobody. "
                "Take it out, or write one that can’t be real"
            )
            yield Fault(number, message, "identifier", Severity.WARNING)
