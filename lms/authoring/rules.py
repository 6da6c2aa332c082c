"""What follows from changes and from what reviewers said: pure functions."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Protocol, TypeVar

from lms.authored import front_matter
from lms.errors import RuleBroken

_PART = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_TEXT = re.compile(
    rf"(?:programme|glossary|references|competencies)\.yml|modules/{_PART}/"
    rf"(?:module\.yml|{_PART}\.md|alternatives/{_PART}\.md|assessments/{_PART}\.(?:yml|md))"
)
_MEDIA = re.compile(rf"modules/{_PART}/files/[A-Za-z0-9][A-Za-z0-9._-]*")
# Characters from the content folder: folders take names of 255, indexes of databases not many more.
MOST_NAME = 200
# Reading YAML takes about a second for every 100,000 characters, whatever they are.
MOST_YAML = 100_000
MOST_FRONT = 20_000
# Of pictures and films ever put into one draft, also those replaced or taken out again: its history
# keeps them all. Each is asked for on the disk whenever somebody looks at the draft.
MOST_UPLOADS = 100
# Bytes. What one module may show comes to half of it.
MOST_UPLOADED = 200 << 20


class Change(StrEnum):
    """What was done to a file of a draft."""

    WRITTEN = "written"
    UPLOADED = "uploaded"
    DELETED = "deleted"
    RESTORED = "restored"  # as in what the draft stands on


class Verdict(StrEnum):
    """What a reviewer says."""

    AGREES = "agrees"
    OBJECTS = "objects"
    WITHDRAWS = "withdraws"  # an objection of their own


class Said(Protocol):
    """A reviewer's word, as the rules need it."""

    @property
    def kind(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def by_id(self) -> int: ...


S = TypeVar("S", bound=Said)


def is_text(name: str) -> bool:
    """Whether an author may write a file of this name."""
    return len(name) <= MOST_NAME and _TEXT.fullmatch(name) is not None


def is_media(name: str) -> bool:
    """Whether a picture or film may have this name."""
    return len(name) <= MOST_NAME and _MEDIA.fullmatch(name) is not None


def may_go(name: str) -> bool:
    """Whether a file of this name may be taken out: one of a module, never the programme's own."""
    return name.startswith("modules/") and (is_text(name) or is_media(name))


def check_size(name: str, text: str) -> None:
    """Refuse YAML that would take seconds to read; raises RuleBroken. Markdown is bounded so too.

    Markdown's own bounds are the renderer's, which says so as a finding.
    """
    if name.endswith(".yml"):
        if len(text) > MOST_YAML:
            raise RuleBroken(f"This file is longer than {MOST_YAML:,} characters.")
        return
    front = front_matter(text)
    if len(front[0] if front else "") > MOST_FRONT:
        raise RuleBroken(f"The front matter is longer than {MOST_FRONT:,} characters.")


def check_room(sizes: Collection[int], more: int) -> None:
    """Refuse a picture or film for which a draft has no room; raises RuleBroken.

    sizes  of all that were ever put into it, in bytes
    more   of the one that is to come
    """
    so_far = "with those that were replaced or taken out. Publish this draft, and open another"
    if len(sizes) >= MOST_UPLOADS:
        raise RuleBroken(f"A draft takes {MOST_UPLOADS} pictures and films, {so_far}.")
    if sum(sizes) + more > MOST_UPLOADED:
        raise RuleBroken(f"A draft takes {MOST_UPLOADED >> 20} MB of pictures and films, {so_far}.")


def fingerprint(base: str, changes: Mapping[str, str]) -> str:
    """SHA-256 of what a draft stands on and of everything it changes.

    base     fingerprint of the version; empty for the content folder
    changes  by name the SHA-256 of each changed file, hex; empty for one that goes
    """
    seen = hashlib.sha256(base.encode())
    for name in sorted(changes):
        seen.update(f"\0{name}\0{changes[name]}".encode())
    return seen.hexdigest()


def counted(said: Iterable[S], writer_ids: Collection[int]) -> list[S]:
    """What reviewers said, without agreement to what they wrote themselves."""
    return [each for each in said if each.verdict != Verdict.AGREES or each.by_id not in writer_ids]


def standing_objections(said: Sequence[S], present: str) -> list[S]:
    """Objections that still hold back publishing, in order.

    One stands until its reviewer withdraws it, or a reviewer of its kind agrees afterwards to the
    text as it is now.

    said     everything that reviewers said of a draft, in order
    present  fingerprint of the draft
    """
    return [
        each
        for at, each in enumerate(said)
        if each.verdict == Verdict.OBJECTS
        and not any(_lifts(later, each, present) for later in said[at + 1 :])
    ]


def _lifts(later: Said, objection: Said, present: str) -> bool:
    if later.kind != objection.kind:
        return False
    own = later.by_id == objection.by_id
    if later.verdict == Verdict.AGREES:  # somebody else's counts only for a text that was changed
        return later.fingerprint == present and (own or present != objection.fingerprint)
    return own


def sign_offs(said: Iterable[S], present: str) -> dict[str, S]:
    """By kind of review, who agrees to the text as it is now; the last word of each counts."""
    last = {(each.kind, each.by_id): each for each in said}
    return {
        each.kind: each
        for each in last.values()
        if each.verdict == Verdict.AGREES and each.fingerprint == present
    }


def folder_of(name: str) -> str:
    """The module folder that a file lies in; empty for the programme's own files."""
    parts = PurePosixPath(name).parts
    return parts[1] if len(parts) > 2 and parts[0] == "modules" else ""


# What a new file begins with. Days and outcomes are left open: they are never made up.
_PAGE = """\
---
title: {title}
minutes: 10
outcomes: []
law_as_at:
review_by:
---

Write here.
"""
_MODULE = """\
code:
title: {title}
level: 7
credits: 10
summary:
nations: [england-and-wales, scotland, northern-ireland]
law_as_at:
review_by:
outcomes:
  - key: LO1
    text:
"""
_ASSESSMENT = """\
key: {name}
title: {title}
weighting: 100
words: 2500
outcomes: [LO1]
criteria: []
"""
_BRIEF = """\
---
title: {title}
---

Write here what is to be handed in.
"""


@dataclass(frozen=True)
class Start:
    """A kind of new file.

    files  by where they lie, with {module} and {name}, what they begin with
    """

    words: str
    files: dict[str, str]

    def made(self, module: str, name: str) -> dict[str, str]:
        """The files of this name in a module."""
        title = name.lstrip("0123456789-").replace("-", " ").capitalize()
        return {
            where.format(module=module, name=name): text.format(name=name, title=title)
            for where, text in self.files.items()
        }


STARTS = {
    "page": Start("A page", {"modules/{module}/{name}.md": _PAGE}),
    "alternative": Start(
        "A page to be read instead of another", {"modules/{module}/alternatives/{name}.md": _PAGE}
    ),
    "assessment": Start(
        "An assessment",
        {
            "modules/{module}/assessments/{name}.yml": _ASSESSMENT,
            "modules/{module}/assessments/{name}.md": _BRIEF,
        },
    ),
    "module": Start("A module", {"modules/{name}/module.yml": _MODULE}),
}
