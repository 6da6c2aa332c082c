"""The parts of a page, from its stored HTML: for the list beside it, by nation, with questions.

The HTML is our own, as catalogue renders and sanitises it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urljoin

from markupsafe import Markup

from lms.content.signing import REVIEWS
from lms.learning.checks import Asked
from lms.markup_questions import cut_at_questions

_PART = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

_PICTURE = re.compile(r"<img [^>]*>")
_RELATIVE = re.compile(r'\b(href|src)="(?![/#]|[a-z]+:)([^"]+)"')
_ATTRIBUTE = re.compile(r'(alt|src)="([^"]*)"')
_HIDDEN = '<span class="picture-hidden">{} <a href="{}">Show this picture</a></span>'


@dataclass(frozen=True)
class Piece:
    """A stretch of a page's HTML, and the question that follows it, if one does."""

    html: Markup
    asked: Asked | None = None


@dataclass(frozen=True)
class SignOff:
    """One reviewer's word: what kind of reviewer, who, and when."""

    kind: str
    by: str
    on: date


def parts_of(html: str) -> list[tuple[str, str]]:
    """Each part's anchor and title, in order."""
    return [(part[1], unescape(_TAG.sub("", part[2]))) for part in _PART.finditer(html)]


def without_pictures(html: str) -> str:
    """The page with what each picture shows in its place, and a way to look at it after all."""
    return _PICTURE.sub(_in_words, html)


def with_whole_addresses(html: str, page: str) -> str:
    """The page for an address other than its own: its links and pictures still lead on.

    page  the page's own address
    """
    return _RELATIVE.sub(lambda found: f'{found[1]}="{urljoin(page, found[2])}"', html)


def pieces(html: str, asked: Mapping[str, Asked]) -> Iterator[Piece]:
    """The page cut where its questions stand.

    asked  each question as it stands with the reader, by its key
    """
    for text, key in cut_at_questions(html):
        yield Piece(text, asked.get(key))


def signed_off(reviewers: Mapping[str, Mapping[str, Any] | None]) -> list[SignOff]:
    """Who has reviewed something, as it was published."""
    return [
        SignOff(review.reviewer, kept["by"], date.fromisoformat(kept["on"]))
        for kind, review in REVIEWS.items()
        if (kept := reviewers.get(kind))
    ]


def not_reviewed_by(reviewers: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """The kinds of reviewer who have not reviewed it yet. Nobody is made up."""
    return [review.reviewer for kind, review in REVIEWS.items() if not reviewers.get(kind)]


def _in_words(picture: re.Match[str]) -> str:
    has = dict(_ATTRIBUTE.findall(picture[0]))
    said = (
        f"Picture, hidden: {has['alt']}" if has.get("alt") else "Hidden: a picture that decorates."
    )
    return _HIDDEN.format(said, has["src"])
