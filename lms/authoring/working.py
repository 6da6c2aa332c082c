"""The working copy: what a draft stands on, with its changes upon it."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lms import storage
from lms.authored import Faulty
from lms.authoring import queries, rules
from lms.authoring.models import ContentReview, Draft, Revision
from lms.authoring.rules import Change
from lms.catalogue.models import ContentVersion
from lms.catalogue.version_tree import tree_of
from lms.clock import LONDON
from lms.content.signing import Signed, carries_reviewers, with_reviewers
from lms.content.tree import Drafted, Folder, Raw, Tree, bytes_of, digest_of, is_content
from lms.errors import Conflict, RuleBroken
from lms.packing import write_zip

Changes = dict[str, Raw | None]
CHANGED = "The draft was changed while you were looking at it. Nothing was recorded."
# Who reviews with lived experience says so to many by being named: that is theirs to choose.
_UNNAMED = "a reviewer who is not named, at their own wish"


def version_tree(version: ContentVersion | None, folder: Path) -> Tree:
    """The files of a version; the content folder where there is none, or it kept no files."""
    tree = tree_of(version.id) if version else None
    return tree if tree and tree.keys else Folder(folder)


def published(draft: Draft) -> Tree | None:
    """The files as they were published from a draft; None before."""
    return tree_of(draft.version.id) if draft.version else None


def base_of(draft: Draft, folder: Path) -> Tree:
    """What a draft stands on."""
    return version_tree(draft.base_version, folder)


def changes_of(base: Tree, revisions: Iterable[Revision]) -> Changes:
    """What a draft really changes: by name what stands there, or None for a file that goes."""
    known = set(base.names())
    found: Changes = {}
    for each in revisions:
        if each.kind == Change.RESTORED:
            continue
        raw = raw_of(each)
        before = base.digest(each.name) if each.name in known else ""
        if digest_of(raw) != before:
            found[each.name] = raw
    return found


def check_room(draft: Draft, more: int) -> None:
    """Refuse a picture or film of so many bytes where a draft has no room; raises RuleBroken."""
    rules.check_room([each.size for each in queries.uploads(draft.id)], more)


def raw_of(revision: Revision) -> Raw | None:
    """What a revision made of its file; None when it took it out."""
    if revision.file_key is not None:
        return storage.known(revision.file_key)
    return revision.text.encode() if revision.kind == Change.WRITTEN else None


@dataclass(frozen=True)
class Snapshot:
    """A draft as it stands at one moment.

    changes      what it really changes, by name
    fingerprint  what reviewers put their names to
    moment       rows that say whether anything was changed since: base, and newest revisions
    """

    base: Tree
    changes: Changes
    fingerprint: str
    moment: tuple[int | None, ...]

    @property
    def whole(self) -> Drafted:
        """Everything, as it would be published, but for sign-offs."""
        return Drafted(self.base, self.changes)


def snapshot(draft: Draft, folder: Path) -> Snapshot:
    """A draft as it stands now."""
    base, moment = base_of(draft, folder), queries.moment_of(draft)
    changes = changes_of(base, queries.newest_revisions(draft.id))
    on = draft.base_version.sha256 if draft.base_version else ""
    digests = {name: digest_of(raw) for name, raw in changes.items()}
    return Snapshot(base, changes, rules.fingerprint(on, digests), moment)


def check_unchanged(draft: Draft, seen: Snapshot) -> None:
    """Refuse a draft that has ended (RuleBroken), or isn't as it was seen (Conflict)."""
    if draft.ended_at is not None:
        raise RuleBroken("This draft has ended: it was published or put away.")
    if queries.moment_of(draft) != seen.moment:
        raise Conflict(CHANGED)


def check_publishable(draft: Draft, seen: Snapshot) -> list[ContentReview]:
    """What reviewers said that counts, of a draft that can be published as it was seen.

    Raises Conflict when it or the newest version changed meanwhile, RuleBroken for one that changes
    nothing or to which an objection stands.
    """
    check_unchanged(draft, seen)
    if queries.latest_version() != draft.base_version:
        raise Conflict("Somebody published since. Move your draft onto the newest version first.")
    if not seen.changes:
        raise RuleBroken("This draft changes nothing: there is nothing to publish.")
    said = queries.counted_reviews(draft)
    if rules.standing_objections(said, seen.fingerprint):
        raise RuleBroken("A reviewer objects. Their objection has to be settled first.")
    return said


def with_sign_offs(draft: Draft, seen: Snapshot) -> Changes:
    """The changes as they are published: each changed file says who signed it off, and when.

    Raises Faulty for a file that can't be read.
    """
    said = rules.sign_offs(queries.counted_reviews(draft), seen.fingerprint)
    signed: Signed = {
        kind: (each.by.name if each.named else _UNNAMED, each.at.astimezone(LONDON).date())
        for kind, each in said.items()
    }
    return {
        name: with_reviewers(name, bytes_of(raw), signed)
        if raw is not None and carries_reviewers(name)
        else raw
        for name, raw in seen.changes.items()
    }


def apart(old: Tree, new: Tree, names: Iterable[str]) -> list[str]:
    """Those files that are not the same in two trees."""
    return [name for name in names if digest_or_empty(old, name) != digest_or_empty(new, name)]


def digest_or_empty(tree: Tree, name: str) -> str:
    """SHA-256 of a file, hex; empty where there is none."""
    try:
        return tree.digest(name)
    except Faulty:
        return ""


def read_or_none(tree: Tree, name: str) -> bytes | None:
    """The bytes of a file; None where there is none."""
    try:
        return tree.read(name)
    except Faulty:
        return None


def write_archive(tree: Tree, out: BinaryIO) -> None:
    """All files as a ZIP, byte for byte the same for the same files; one at a time is held."""
    names = [name for name in tree.names() if is_content(name)]
    write_zip(
        out,
        ((name, io.BytesIO(tree.read(name))) for name in names),
        bare=frozenset(filter(rules.is_media, names)),
    )
