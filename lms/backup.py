"""`lms backup`: one way for both databases, while people work."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from lms import backup_archive, backup_restore, backup_tables, clock, revision, storage
from lms.audit.chain import Head
from lms.backup_archive import BadBackup, Manifest, Part
from lms.backup_restore import NotEmpty
from lms.db import db, dialect
from lms.errors import LmsError

_NEW = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def backup() -> None:
    """Backups: every row and every stored file, in one sealed file.

    The keys are NOT in it. Without them a backup can be neither verified nor restored, and dates
    of birth and second factors in it can't be read: keep a copy of LMS_KEYS_DIR in another place.
    The file itself is not encrypted: encrypt it before it leaves the machine.
    """


@backup.command()
@click.argument("file", type=_NEW)
@click.option("--dry-run", is_flag=True, help="Read everything; write nothing that stays.")
@with_appcontext
def create(file: Path, dry_run: bool) -> None:
    """Write a backup to FILE, while people work; exit 1 when a stored file is damaged.

    FILE appears only once it is whole. The keys are not in it.
    """
    revision.require_newest()
    if file.exists():
        raise click.ClickException(f"{file} is there already.")
    try:
        with _plain_words():
            manifest = make(file, keep=not dry_run)
    except OSError as failure:
        raise click.ClickException(f"No backup was made: {failure}") from None
    click.echo(f"{'would hold' if dry_run else file}: {_described(manifest)}")
    _tell_damaged(manifest)


@backup.command()
@click.argument("file", type=_THERE)
@click.option("--head", "head_file", type=_THERE, help="A head of the audit chain, exported.")
@with_appcontext
def verify(file: Path, head_file: Path | None) -> None:
    """Compare everything in FILE with everything else; exit 1 and say what is wrong.

    Its seal under the present keys, hashes, rows, files that rows name, and the audit chain,
    replayed. With --head, also whether entries up to that head are in it. Touches neither
    database nor stored files.
    """
    with _plain_words():
        manifest = backup_restore.verify(file, _head(head_file) if head_file else None)
    click.echo(f"{file}: whole; {_described(manifest)}")
    _tell_damaged(manifest)


@backup.command()
@click.argument("file", type=_THERE)
@click.option("--dry-run", is_flag=True, help="Verify FILE, and look whether this place is empty.")
@with_appcontext
def restore(file: Path, dry_run: bool) -> None:
    """Bring FILE into an empty installation, all of it or nothing.

    The keys have to be in LMS_KEYS_DIR already: they are not in a backup. Verifies the backup,
    migrates the database, stores the files, loads every row, and compares. Then every session is
    ended, every open link is cancelled, and every message that was not sent when the backup was
    made is held: it may have been sent after it, and nothing is sent twice.
    """
    with _plain_words():
        if dry_run:
            manifest = backup_restore.verify(file)
            backup_restore.refuse_unless_empty()
            click.echo(f"would bring back: {_described(manifest)}. Nothing was done.")
            return
        manifest, settled = backup_restore.restore(file)
        with backup_tables.snapshot() as connection:
            damaged = backup_restore.damaged_files(connection)
    click.echo(f"restored: {_described(manifest)}")
    click.echo(
        f"ended {settled.sessions} sessions, held {settled.messages} messages, cancelled "
        f"{settled.links} links. Compare with your exported head: lms audit verify --head FILE"
    )
    for key in damaged:
        click.echo(f"missing or changed: {key}", err=True)
    if damaged:
        raise click.exceptions.Exit(1)


def make(target: Path, *, keep: bool = True) -> Manifest:
    """Write a backup; returns its manifest. Raises OSError, and then there is none.

    keep  False to do all the work and write no file
    """
    with tempfile.TemporaryDirectory(prefix=".lms-backup-", dir=target.absolute().parent) as name:
        folder = Path(name)
        with backup_tables.snapshot() as connection:
            at, head = clock.now(), backup_tables.head(connection)
            parts = {
                table.name: _part(connection, table.name, folder)
                for table in backup_tables.tables()
            }
            keys = sorted(backup_tables.file_keys(connection))
        # Files are only ever added, and each is on disk before its row is committed: those of
        # the rows just read are there now, whatever was added since.
        sizes, damaged = _sizes(keys)
        manifest = Manifest(
            format=backup_archive.FORMAT,
            made_at=at,
            engine=dialect(),
            revision=revision.newest(),
            head_seq=head.seq,
            head_hash=head.hash,
            tables=parts,
            files=sizes,
            damaged=damaged,
            sealed=backup_archive.proof(),
        )
        if keep:
            _write(target.absolute(), manifest, folder)
    return manifest


def _part(connection: Connection, name: str, folder: Path) -> Part:
    path = folder / name
    table = db.metadata.tables[name]
    with path.open("wb") as file:
        rows = backup_tables.dump(connection, table, file)
    with path.open("rb") as file:
        seen = hashlib.file_digest(file, "sha256")
    return Part(rows=rows, size=path.stat().st_size, sha256=seen.hexdigest())


def _sizes(keys: list[str]) -> tuple[dict[str, int], list[str]]:
    """Size of each file by its key, and the keys of those that are missing or changed."""
    sizes, damaged = {}, []
    for key in keys:
        try:
            with storage.open(key) as file:
                sizes[key] = file.seek(0, os.SEEK_END)
        except storage.Damaged:
            damaged.append(key)
    return sizes, damaged


def _write(target: Path, manifest: Manifest, folder: Path) -> None:
    with backup_archive.writing(target) as archive:
        backup_archive.add_manifest(archive, manifest)
        for key, size in manifest.files.items():
            with storage.open(key) as file:
                backup_archive.add(archive, backup_archive.file_name(key), file, size)
        for name, part in manifest.tables.items():
            with (folder / name).open("rb") as file:
                backup_archive.add(archive, backup_archive.table_name(name), file, part.size)


@contextmanager
def _plain_words() -> Iterator[None]:
    try:
        yield
    except BadBackup as fault:
        raise click.ClickException(f"This backup can’t be used: {fault}.") from None
    except NotEmpty as fault:
        raise click.ClickException(f"Nothing was restored: {fault}.") from None
    except LmsError as refusal:
        raise click.ClickException(refusal.sentence) from None
    except OperationalError as failure:
        raise revision.no_answer(failure) from None


def _head(path: Path) -> Head:
    try:
        return Head.from_json(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise click.ClickException(f"{path}: {fault}") from None


def _described(manifest: Manifest) -> str:
    size = sum(manifest.files.values()) / 1e6
    return (
        f"{manifest.rows} rows, {len(manifest.files)} files ({size:.1f} MB) and "
        f"{manifest.head_seq} audit entries as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, from "
        f"{manifest.engine} at migration {manifest.revision}"
    )


def _tell_damaged(manifest: Manifest) -> None:
    """Name the files that were damaged before the backup was made; exit 1 when there are any."""
    for key in manifest.damaged:
        click.echo(f"missing or changed, so not in it: {key}", err=True)
    if manifest.damaged:
        raise click.exceptions.Exit(1)
