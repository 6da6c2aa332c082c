"""Files, kept once by the SHA-256 of their bytes. A name of ours, never the sender's."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from lms.errors import Unavailable

_CHUNK = 1 << 20
_WAITING = "waiting-"


class Damaged(Unavailable):
    """The bytes on disk are not those that were handed in; they are not given out."""


@dataclass(frozen=True)
class StoredFile:
    """Bytes that are safely on disk.

    key   SHA-256 of the bytes, hex
    size  in bytes
    """

    key: str
    size: int

    def read(self) -> bytes:
        """All the bytes, from the running application's store. Raises Damaged when they differ."""
        with store().open(self.key) as file:
            return file.read()


class Store:
    """A folder of files named by their own hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settled: set[Path] = set()  # folders whose own names are on the disk for certain

    def put(self, stream: BinaryIO) -> StoredFile:
        """Store the bytes; on return they and their name have reached the disk.

        Raises Unavailable when the disk is full; then nothing was kept.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, waiting = tempfile.mkstemp(prefix=_WAITING, dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    stored = _copy(stream, file)
                self._keep(Path(waiting), self._path(stored.key))
            finally:
                Path(waiting).unlink(missing_ok=True)
        except OSError:
            raise Unavailable("We could not store your file just now. Nothing was kept.") from None
        return stored

    def open(self, key: str) -> BinaryIO:
        """The bytes, checked against their hash first. Raises Damaged when they differ."""
        if not self.intact(key):
            raise Damaged("This file is damaged in our store. We won't hand out wrong bytes.")
        return self._path(key).open("rb")

    def known(self, key: str) -> StoredFile:
        """A file that was stored before, without its bytes. Raises Damaged when it is gone."""
        try:
            return StoredFile(key, self._path(key).stat().st_size)
        except OSError:
            raise Damaged("This file is missing from our store. Nothing was changed.") from None

    def intact(self, key: str) -> bool:
        """Whether the file is there and still has its hash."""
        try:
            with self._path(key).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == key
        except OSError:
            return False

    def takes_files(self) -> bool:
        """Whether the folder is there, or can be made, and can be written to."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(prefix=_WAITING, dir=self._folder):
                return True
        except OSError:
            return False

    def all_keys(self) -> Iterator[str]:
        """The key of each file that lies in the store, in order."""
        if self._folder.exists():
            yield from sorted(path.name for path in self._folder.glob("??/*"))

    def sweep(self) -> int:
        """Remove uploads that a crash left half-written; returns how many."""
        left = list(self._folder.glob(f"{_WAITING}*")) if self._folder.exists() else []
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _path(self, key: str) -> Path:
        if len(key) != 64 or not set(key) <= set("0123456789abcdef"):
            raise ValueError("not a key of this store")
        return self._folder / key[:2] / key

    def _keep(self, waiting: Path, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        waiting.replace(path)
        # The name must reach the disk too, or a power cut leaves a receipt without a file.
        _sync_folder(path.parent)
        if path.parent not in self._settled:
            # So must the folder's own name. Another process may have made it, and not be so far.
            _sync_folder(self._folder)
            _sync_folder(self._folder.parent)
            self._settled.add(path.parent)


def store() -> Store:
    """The store of the running application."""
    found: Store = current_app.extensions["lms_store"]
    return found


def put(stream: BinaryIO) -> StoredFile:
    """Store the bytes durably; see Store.put."""
    return store().put(stream)


def open(key: str) -> BinaryIO:  # noqa: A001 - the house's word: storage.open
    """The bytes of a stored file; see Store.open."""
    return store().open(key)


def known(key: str) -> StoredFile:
    """A file that was stored before; see Store.known."""
    return store().known(key)


def _copy(stream: BinaryIO, file: BinaryIO) -> StoredFile:
    seen, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        seen.update(chunk)
        size += len(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return StoredFile(seen.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
