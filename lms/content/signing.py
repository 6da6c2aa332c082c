"""Kinds of review; and sign-offs, written into the files that were signed off.

All else in those files stays as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

import yaml

from lms import authored
from lms.authored import Authored, Faulty

Signed = Mapping[str, tuple[str, date]]


class Kind(StrEnum):
    """Whose eyes a review is made with."""

    SUBJECT = "subject"
    LEGAL = "legal"
    LIVED_EXPERIENCE = "lived_experience"


@dataclass(frozen=True)
class Review:
    """What a kind of review is called, wherever it is named.

    name      at the head of something
    reviewer  before “reviewer”
    who       those who make it
    """

    name: str
    reviewer: str
    who: str


REVIEWS = {
    Kind.SUBJECT: Review("Subject", "subject", "somebody who knows the subject"),
    Kind.LEGAL: Review("Law", "legal", "a lawyer"),
    Kind.LIVED_EXPERIENCE: Review(
        "Lived experience", "lived-experience", "people with lived experience"
    ),
}


def carries_reviewers(name: str) -> bool:
    """Whether a file of this name says who reviewed it."""
    path = PurePosixPath(name)
    if path.parts[:1] != ("modules",) or path.parent.name == "assessments":
        return False
    return path.suffix == ".md" or path.name == "module.yml"


def with_reviewers(name: str, raw: bytes, signed: Signed) -> bytes:
    """The file with these reviewers and no others: a word on an older text is no word on this one.

    signed  by kind of review, the name of a person and the day

    Raises Faulty for a file that can't be read.
    """
    text = authored.decoded(raw, name)
    if name.endswith(".yml"):
        before, data, after = "", text, ""
    elif front := authored.front_matter(text):
        before, data, after = "---\n", front[0], f"---\n{front[1]}"
    else:
        return raw
    written = _signed(name, data, signed)
    return raw if written == data else f"{before}{written}{after}".encode()


def _signed(name: str, text: str, signed: Signed) -> str:
    parsed = authored.parse(text, name)
    if not isinstance(parsed.data, dict):
        return text
    reviewers = {kind: {"by": by, "on": on} for kind, (by, on) in signed.items()}
    meant = {key: value for key, value in parsed.data.items() if key != "reviewers"}
    if reviewers:
        meant["reviewers"] = reviewers
    if meant == parsed.data or not (reviewers or _names_any(parsed.data.get("reviewers"))):
        return text
    written = _without(parsed, text) + (_dumped({"reviewers": reviewers}) if reviewers else "")
    return written if _reads_as(name, written, meant) else _dumped(meant)


def _names_any(reviewers: object) -> bool:
    return any(reviewers.values()) if isinstance(reviewers, dict) else bool(reviewers)


def _without(parsed: Authored, text: str) -> str:
    """The text without its reviewers, comments and all else left as they are."""
    starts = sorted({line for place, line in parsed.lines.items() if len(place) == 1})
    begin = parsed.lines.get(("reviewers",))
    lines = text.splitlines(keepends=True)
    if begin is not None:
        end = next((line for line in starts if line > begin), len(lines) + 1)
        while end - 2 >= begin and lines[end - 2].lstrip()[:1] in ("#", ""):
            end -= 1
        del lines[begin - 1 : end - 1]
    found = "".join(lines)
    return found if found.endswith("\n") else f"{found}\n"


def _reads_as(name: str, text: str, meant: dict[str, Any]) -> bool:
    try:
        return bool(authored.parse(text, name).data == meant)
    except Faulty:
        return False


def _dumped(data: dict[str, Any]) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
