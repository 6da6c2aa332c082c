"""The part of a passage that answers a search, its words marked. Pure."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from lms import wording
from lms.texts.asking import Asked

WIDTH = 280  # characters, about
_MOST_HITS = 200  # each is weighed against those that follow it
_BEFORE = 60  # characters shown before the first marked word
_MARK = Markup("<mark>{}</mark>")


def marked(text: str, asked: Asked) -> Markup:
    """A whole text with the words that were asked for marked; safe to show."""
    return _mark(text, _hits(text, asked))


def excerpt(text: str, asked: Asked, width: int = WIDTH) -> Markup:
    """The stretch of a text that has most of what was asked for, likewise."""
    hits = _hits(text, asked)
    start = _start(hits, width)
    start = text.find(" ", start - _BEFORE) + 1 if start > _BEFORE else 0
    end = len(text)
    if start + width < end:
        end = max(text.rfind(" ", start, start + width), start + 1)
    inside = [(a - start, b - start, stem) for a, b, stem in hits if a >= start and b <= end]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return Markup("").join((before, _mark(text[start:end], inside), after))


def _hits(text: str, asked: Asked) -> list[tuple[int, int, str]]:
    """Where the words stand that were asked for, and the stem by which each was found."""
    found = []
    for word in wording.WORD.finditer(text):
        for folded in wording.words(word[0]):
            stem = wording.stem(folded)
            begun = asked.beginning and folded.startswith(asked.beginning)
            if stem in asked.stems or begun:
                found.append((word.start(), word.end(), stem))
                break
    return found


def _start(hits: Sequence[tuple[int, int, str]], width: int) -> int:
    """Where the stretch begins that has the most different words, and of those the most."""
    best, start = (0, 0), 0
    for number, (begin, _, _) in enumerate(hits[:_MOST_HITS]):
        near = hits[number : number + _MOST_HITS]
        inside = [stem for _, end, stem in near if end <= begin + width - _BEFORE]
        worth = (len(set(inside)), len(inside))
        if worth > best:
            best, start = worth, begin
    return start


def _mark(text: str, hits: Sequence[tuple[int, int, str]]) -> Markup:
    parts, at = [], 0
    for begin, end, _ in hits:
        parts += [escape(text[at:begin]), _MARK.format(text[begin:end])]
        at = end
    return Markup("").join([*parts, escape(text[at:])])
