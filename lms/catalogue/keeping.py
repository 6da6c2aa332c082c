"""Putting authored files into storage, before the transaction that publishes them."""

import io
from dataclasses import dataclass

from lms import storage
from lms.authored import Faulty, Finding
from lms.catalogue.version_tree import Published
from lms.content.reading import fingerprint
from lms.content.source import Content
from lms.db import take_turns


@dataclass(frozen=True)
class KeptFile:
    """One authored file, safely stored."""

    name: str
    key: str
    size: int
    kind: str


@dataclass(frozen=True)
class Kept:
    """Content whose files are all in storage."""

    content: Content
    files: tuple[KeptFile, ...]

    def files_of(self, folder: str) -> dict[str, str]:
        """The key of each of a module's pictures and films, by its name on pages."""
        base = f"modules/{folder}/files/"
        return {f.name.removeprefix(base): f.key for f in self.files if f.name.startswith(base)}


def publish_in_turn() -> None:
    """Wait for whoever publishes in this moment; what is the newest then stays so until the end."""
    take_turns("publishing content")


def keep(content: Content) -> Kept:
    """Store every file of the content.

    Raises Faulty for one that is gone since it was checked, or where any was changed since: what is
    kept is what was checked.
    """
    kinds = {
        f"modules/{module.folder}/files/{each.name}": each.media.kind
        for module in content.modules
        for each in module.media
    }
    files = tuple(_keep(content, name, kinds.get(name, "")) for name in content.names)
    stored = Published({each.name: each.key for each in files})
    if fingerprint(stored, content.names) != content.sha256:
        raise Faulty([Finding("programme.yml", 1, "the files were changed while they were read")])
    return Kept(content, files)


def _keep(content: Content, name: str, kind: str) -> KeptFile:
    stored = storage.put(io.BytesIO(content.tree.read(name)))
    return KeptFile(name, stored.key, stored.size, kind)
