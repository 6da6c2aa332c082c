"""Authored files, wherever they lie: a folder, or a folder with an author's draft upon it."""

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lms.authored import Faulty, Finding
from lms.storage import StoredFile

COMPETENCIES = "competencies.yml"
SESSION = "session-plan.md"  # of a module; a plan for tutors, and no page
TOP = ("programme.yml", "glossary.yml", "references.yml", COMPETENCIES)
# What stands in a file's place: what was written, or what lies in storage and is read on demand.
Raw = bytes | StoredFile
# What a content folder may hold besides: nothing that an editor or git leaves behind is content.
_HIDDEN = (".", "~", "#")
PAGE_NAME = re.compile(r"(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
FOLDER_NAME = re.compile(r"(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)")


class Tree(Protocol):
    """Files by name, with slashes, from the content folder: modules/01-first/module.yml."""

    def names(self) -> Iterable[str]:
        """Every file, in order."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises Faulty where there is none, or it can't be read."""
        ...

    def digest(self, name: str) -> str:
        """SHA-256 of a file, hex, without holding all of it. Raises Faulty as `read` does."""
        ...


class Folder:
    """Files below a folder on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Every file that is no leftover of an editor; links that lead out are no files of ours."""
        root = self._folder.resolve()
        found = []
        for folder, folders, files in os.walk(root):
            folders[:] = [each for each in folders if not _is_hidden([each])]
            base = Path(folder).relative_to(root).as_posix()
            for name in files:
                if not _is_hidden([name]) and _is_within(os.path.join(folder, name), root):
                    found.append(name if base == "." else f"{base}/{name}")
        return sorted(found)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises Faulty."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            raise missing(name) from None

    def digest(self, name: str) -> str:
        """SHA-256 of a file, hex. Raises Faulty."""
        try:
            with (self._folder / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            raise missing(name) from None


@dataclass(frozen=True)
class Drafted:
    """A tree with some files replaced, added or (None) taken away."""

    base: Tree
    changes: Mapping[str, Raw | None]

    def names(self) -> list[str]:
        """Every file, in order."""
        kept = set(self.base.names()) - set(self.changes)
        return sorted(kept | {name for name, raw in self.changes.items() if raw is not None})

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises Faulty."""
        if name not in self.changes:
            return self.base.read(name)
        return bytes_of(self._changed(name))

    def digest(self, name: str) -> str:
        """SHA-256 of a file, hex. Raises Faulty."""
        if name not in self.changes:
            return self.base.digest(name)
        return digest_of(self._changed(name))

    def _changed(self, name: str) -> Raw:
        raw = self.changes[name]
        if raw is None:
            raise missing(name)
        return raw


def bytes_of(raw: Raw) -> bytes:
    """What stands in a file's place, read where it lies in storage."""
    return raw.read() if isinstance(raw, StoredFile) else raw


def digest_of(raw: Raw | None) -> str:
    """SHA-256, hex; empty where there is no file. Nothing is read."""
    if raw is None:
        return ""
    return raw.key if isinstance(raw, StoredFile) else hashlib.sha256(raw).hexdigest()


def size_of(raw: Raw) -> int:
    """In bytes. Nothing is read."""
    return raw.size if isinstance(raw, StoredFile) else len(raw)


def digest_as_meant(tree: Tree, name: str) -> str:
    """SHA-256 of a file, hex; of a text the same, however an editor ends its lines.

    Raises Faulty where there is none.
    """
    if not name.endswith((".md", ".yml")):
        return tree.digest(name)
    raw = tree.read(name).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return hashlib.sha256(raw).hexdigest()


def missing(name: str) -> Faulty:
    """What to raise where a file is not there."""
    return Faulty([Finding(name, 1, "the file is missing or can't be read")])


def is_content(name: str) -> bool:
    """Whether a file of a tree is content, whatever its name within a module."""
    return name in TOP or name.startswith("modules/")


def below(names: Iterable[str], base: str, suffix: str) -> list[str]:
    """Those files that lie right in a folder and end so, in order."""
    start = f"{base}/"
    return sorted(
        name
        for name in names
        if name.startswith(start) and name.endswith(suffix) and "/" not in name[len(start) :]
    )


def _is_within(path: str, root: Path) -> bool:
    """Whether a file is really there: asking where each file leads would take most of the time."""
    if not os.path.islink(path):
        return True
    target = Path(path).resolve()
    return target.is_relative_to(root) and target.is_file()


def _is_hidden(parts: Iterable[str]) -> bool:
    return any(part.startswith(_HIDDEN) or part.endswith("~") for part in parts)


def pages_below(names: Iterable[str], base: str) -> list[str]:
    """The pages on the way through the module at this base, in order."""
    return [each for each in below(names, base, ".md") if each != f"{base}/{SESSION}"]


class Addresses:
    """Where each page is found that may be linked to: those on the ways through the modules.

    folders  of the modules that are taught
    """

    def __init__(self, names: Collection[str], folders: Iterable[str]) -> None:
        self._own: dict[str, dict[str, str]] = {}
        self._others: dict[str, str] = {}
        for folder in folders:
            module, base = FOLDER_NAME.fullmatch(folder), f"modules/{folder}"
            own = self._own[base] = {}
            for name in pages_below(names, base) if module else ():
                file = name.rpartition("/")[2]
                page = PAGE_NAME.fullmatch(file)
                if module and page:
                    own[file] = page[2]
                    self._others[f"../{folder}/{file}"] = f"../{module[2]}/{page[2]}"

    def seen_from(self, base: str) -> Mapping[str, str]:
        """Every page as one of this module may write it, and the address from there."""
        itself = f"../{base.rpartition('/')[2]}/"
        others = {n: at for n, at in self._others.items() if not n.startswith(itself)}
        return self._own.get(base, {}) | others
