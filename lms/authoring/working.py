"""The working copy: what a draft stands on, with its changes upon it."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lms import storage
from lms.authored import Faulty
from lms.authoring import queries, rules
from lms.authoring.models import Draft, Revision
from lms.authoring.rules import Change
from lms.catalogue.models import ContentVersion
from lms.catalogue.version_tree import tree_of
from lms.clock import LONDON
from lms.content.signing import Signed, carries_reviewers, with_reviewers
from lms.content.tree import Drafted, Folder, Tree

Changes = dict[str, bytes | None]
# Who reviews with lived experience says so to many by being named: that is theirs to choose.
_UNNAMED = "a reviewer who is not named, at their own wish"
# The same files make the same archive, whenever it is made.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_TOP = ("programme.yml", "glossary.yml", "references.yml")


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
    """What a draft really changes: by name the bytes, or None for a file that goes."""
    known = set(base.names())
    found: Changes = {}
    for each in revisions:
        if each.kind == Change.RESTORED:
            continue
        raw = bytes_of(each)
        before = base.read(each.name) if each.name in known else None
        if raw != before:
            found[each.name] = raw
    return found


def bytes_of(revision: Revision) -> bytes | None:
    """What a revision made of its file; None when it took it out."""
    if revision.file_key is not None:
        with storage.open(revision.file_key) as file:
            return file.read()
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
    return Snapshot(base, changes, rules.fingerprint(on, changes), moment)


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
        name: with_reviewers(name, raw, signed)
        if raw is not None and carries_reviewers(name)
        else raw
        for name, raw in seen.changes.items()
    }


def apart(old: Tree, new: Tree, names: Iterable[str]) -> list[str]:
    """Those files that are not the same in two trees."""
    return [name for name in names if read_or_none(old, name) != read_or_none(new, name)]


def read_or_none(tree: Tree, name: str) -> bytes | None:
    """The bytes of a file; None where there is none."""
    try:
        return tree.read(name)
    except Faulty:
        return None


def archive(tree: Tree) -> io.BytesIO:
    """All files as a ZIP, byte for byte the same for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in tree.names():
            if name in _TOP or name.startswith("modules/"):
                entry = zipfile.ZipInfo(name, _NO_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                entry.create_system = 3
                file.writestr(entry, tree.read(name))
    packed.seek(0)
    return packed
