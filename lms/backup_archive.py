"""The file of a backup: a compressed tar of a manifest, stored files and tables, sealed at its end.

Members stand in one order and no other: the manifest, the files in the order of their keys, the
tables in the order in which they can be loaded. Nothing is ever unpacked to a path: names are
compared with those that the manifest makes us expect.

The seal is an HMAC of every byte before it, under the audit key. It is looked at first: of a file
that isn't ours, or has one bit changed, nothing is decompressed or parsed. It stands in the
comment of a second, empty gzip member, so that ordinary tools still open the file.
"""

import gzip
import hashlib
import hmac
import io
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from lms import vault

FORMAT = 1
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_SEALED = "a backup"
# A gzip member without content (RFC 1952); between the two parts, its comment.
_BEFORE_SEAL = b"\x1f\x8b\x08\x10\0\0\0\0\0\xffsealed "
_AFTER_SEAL = b"\0\x03\0\0\0\0\0\0\0\0\0"
_SEAL = len(_BEFORE_SEAL) + 64 + len(_AFTER_SEAL)  # bytes


class BadBackup(Exception):
    """The file is not a whole backup of this installation; the message says why."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Strict):
    """One table: its rows, and its bytes in the archive."""

    rows: int
    size: int
    sha256: str


class Manifest(_Strict):
    """What a backup holds.

    tables    in the order in which they are loaded
    files     sizes in bytes by key; a key is the SHA-256 of the file's bytes
    damaged   keys of files that were missing or changed before the backup was made
    head_seq  last entry of the audit chain, with its hash
    sealed    a word sealed under the installation's key: it shows that the key at hand fits
    """

    format: int
    made_at: datetime
    engine: str
    revision: str
    head_seq: int
    head_hash: str
    tables: dict[str, Part]
    files: dict[str, int]
    damaged: list[str]
    sealed: str

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(part.rows for part in self.tables.values())


class Stream:
    """A member's bytes, counted and hashed as they are read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._seen = hashlib.sha256()
        self._size = 0

    def read(self, size: int = _CHUNK) -> bytes:
        """Some bytes more; none at the end."""
        found = self._source.read(size)
        self._seen.update(found)
        self._size += len(found)
        return found

    def __iter__(self) -> Iterator[bytes]:
        left = b""
        while found := self.read():
            *lines, left = (left + found).split(b"\n")
            yield from lines
        if left:
            yield left

    def finish(self) -> tuple[int, str]:
        """Read what is left; returns size and SHA-256 of all."""
        while self.read():
            pass
        return self._size, self._seen.hexdigest()


def proof() -> str:
    """A word sealed under the present key, for the manifest."""
    return vault.keys().seal(_SEALED, bound_to=_SEALED).hex()


@contextmanager
def writing(target: Path) -> Iterator[tarfile.TarFile]:
    """A new archive: it has its name only once all of it has reached the disk."""
    handle, waiting = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            with (
                gzip.GzipFile("", "wb", 6, file, mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
            ):
                yield archive
            file.write(_seal_of(file, file.seek(0, os.SEEK_END)))
            file.flush()
            os.fsync(file.fileno())
        Path(waiting).replace(target)
        _sync_folder(target.parent)
    finally:
        Path(waiting).unlink(missing_ok=True)


def add_manifest(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Write the manifest; it comes first."""
    content = manifest.model_dump_json(indent=1).encode()
    add(archive, _MANIFEST, io.BytesIO(content), len(content))


def add(archive: tarfile.TarFile, name: str, source: IO[bytes], size: int) -> None:
    """Write one member."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, source)


def file_name(key: str) -> str:
    """The member that holds a stored file."""
    return f"files/{key}"


def table_name(table: str) -> str:
    """The member that holds a table."""
    return f"tables/{table}.jsonl"


@contextmanager
def reading(path: Path) -> Iterator[tuple[Manifest, Iterator[Stream]]]:
    """The manifest of a backup, and its members one after another, files first, then tables.

    Each member is compared with the manifest as soon as the next one is asked for. Raises
    BadBackup for a file without our seal, and for anything that its manifest doesn't lead to
    expect.
    """
    with path.open("rb") as file:
        _check_seal(file)
        file.seek(0)
        try:
            with (
                gzip.GzipFile(fileobj=file) as packed,
                tarfile.open(fileobj=packed, mode="r:") as archive,
            ):
                manifest = _read_manifest(archive)
                yield manifest, _members(archive, manifest)
        except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile) as fault:
            raise BadBackup(f"it can’t be read to its end ({fault})") from None


def _seal_of(file: IO[bytes], size: int) -> bytes:
    """The seal of the first bytes of a file; leaves the file at the end of these bytes."""
    file.seek(0)
    seen = hashlib.sha256()
    while size and (found := file.read(min(_CHUNK, size))):
        seen.update(found)
        size -= len(found)
    # The words before it keep it from ever being the hash of an audit entry, under the same key.
    sign = vault.keys().sign(b"all of a backup\n" + seen.digest())
    return _BEFORE_SEAL + sign.encode() + _AFTER_SEAL


def _check_seal(file: IO[bytes]) -> None:
    size = max(file.seek(0, os.SEEK_END) - _SEAL, 0)
    file.seek(size)
    found = file.read()
    if not (found.startswith(_BEFORE_SEAL) and found.endswith(_AFTER_SEAL)):
        raise BadBackup("it is no backup, or it was cut short")
    if not hmac.compare_digest(found, _seal_of(file, size)):
        raise BadBackup("it was changed, or it was not made with this installation’s audit key")


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    content = _next(archive, _MANIFEST).read()
    try:
        manifest = Manifest.model_validate_json(content)
        opened = vault.keys().unseal(bytes.fromhex(manifest.sealed), bound_to=_SEALED)
    except ValidationError:
        raise BadBackup("its manifest is of another version of the product") from None
    except ValueError:
        raise BadBackup("what is sealed in it does not open with this seal key") from None
    if manifest.format != FORMAT or opened != _SEALED:
        raise BadBackup("it has another format")
    return manifest


def _members(archive: tarfile.TarFile, manifest: Manifest) -> Iterator[Stream]:
    expected = {file_name(key): (size, key) for key, size in manifest.files.items()}
    expected |= {
        table_name(name): (part.size, part.sha256) for name, part in manifest.tables.items()
    }
    for name, said in expected.items():
        stream = Stream(_next(archive, name))
        yield stream
        if stream.finish() != said:
            raise BadBackup(f"{name} was changed")
    extra = archive.next()
    if extra is not None:
        raise BadBackup(f"{extra.name} does not belong in it")


def _next(archive: tarfile.TarFile, expected: str) -> IO[bytes]:
    member = archive.next()
    if member is None or member.name != expected or member.type != tarfile.REGTYPE:
        found = member.name if member else "its end"
        raise BadBackup(f"{found} stands where {expected} ought to")
    source = archive.extractfile(member)
    if source is None:
        raise BadBackup(f"{expected} is no file")
    return source


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
