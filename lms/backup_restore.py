"""Verifying a backup against itself and the keys, and bringing it back to an empty place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

from flask_migrate import upgrade
from sqlalchemy import Connection, CursorResult, Table, Update, exists, select, update

from lms import backup_tables, clock, database_file, revision, storage, vault
from lms.access.actor import SYSTEM, Role
from lms.accounts.models import Account, Invitation, RoleGrant
from lms.audit import chain, queries as trail
from lms.audit.chain import Head, Link
from lms.audit.models import AuditEntry
from lms.audit.trail import Event, record
from lms.backup_archive import BadBackup, Manifest, Stream, reading
from lms.backup_tables import Row
from lms.catalogue import indexing
from lms.db import db, unit_of_work
from lms.outbox import Message
from lms.sessions.models import SignIn

HELD = "held at a restore"  # the problem that stands with a message that may have been sent


class NotEmpty(Exception):
    """There is something already where a backup was to be restored; the message says what."""


@dataclass(frozen=True)
class Settled:
    """What a restore put right, so that nothing happens twice and nothing is revived.

    sessions  ended, all of them
    messages  not sent when the backup was made: held, since they may have been sent after it
    links     single-use links that were open: cancelled, since they may have been used after it
    """

    sessions: int
    messages: int
    links: int


def verify(path: Path, known: Head | None = None) -> Manifest:
    """Read a whole backup, and compare everything with everything. Raises BadBackup.

    Both keys, hashes, rows, files that rows name, and the audit chain. Needs no database.

    known  a head of the chain that was exported: the backup must reach it
    """
    with reading(path) as (manifest, members):
        _check_version(manifest)
        for _ in manifest.files:
            next(members)
        named = _check_tables(manifest, members, known)
    lost = named - set(manifest.files) - set(manifest.damaged)
    if lost:
        raise BadBackup(f"a file is named and is not in it: {min(lost)}")
    return manifest


def refuse_unless_empty() -> None:
    """Raises NotEmpty when the database has rows, or is at a migration that we don't know.

    An older one is where a restore stands that was ended while it migrated.
    """
    if database_file.is_missing(db.engine):
        return
    at = revision.present()
    if at not in {"", *revision.known()}:
        raise NotEmpty(f"the database is at migration {at}: take an empty one")
    with db.engine.connect() as connection:
        if not backup_tables.is_empty(connection):
            raise NotEmpty("the database has rows in it: take an empty one")


def restore(path: Path) -> tuple[Manifest, Settled]:
    """Verify a backup and bring it into an empty installation, all of it or nothing.

    Files come first, then all rows in one transaction, which ends only when counts, references,
    files and the audit chain are right. Raises BadBackup and NotEmpty.
    """
    verify(path)
    refuse_unless_empty()
    database_file.make(db.engine)
    upgrade()
    with reading(path) as (manifest, members):
        _put_files(manifest, members)
        with unit_of_work():
            connection = db.session.connection()
            _load_tables(connection, manifest, members)
            _check_loaded(connection, manifest)
            settled = _settle()
            _note(manifest, settled)
    return manifest, settled


def damaged_files(connection: Connection) -> list[str]:
    """Keys of stored files that rows name and that are missing or changed, in order."""
    store = storage.store()
    return [key for key in sorted(backup_tables.file_keys(connection)) if not store.intact(key)]


def _check_version(manifest: Manifest) -> None:
    if manifest.revision != revision.newest():
        raise BadBackup(
            f"it was made at migration {manifest.revision}, and this version of the product is at "
            f"{revision.newest()}: restore it with the version that made it, then upgrade"
        )
    if list(manifest.tables) != [table.name for table in backup_tables.tables()]:
        raise BadBackup("its tables are not those of this version")


def _check_tables(manifest: Manifest, members: Iterator[Stream], known: Head | None) -> set[str]:
    named: set[str] = set()
    for table in backup_tables.tables():
        found = _rows(manifest, table, next(members))
        if table is AuditEntry.__table__:
            _check_chain(manifest, (cast(Link, SimpleNamespace(**row)) for row in found), known)
        columns = [each.name for each in backup_tables.file_columns() if each.table is table]
        for row in found:
            named.update(row[column] for column in columns)
    next(members, None)  # asking for more compares the last table with the manifest
    return named - {None}


def _rows(manifest: Manifest, table: Table, source: Stream) -> Iterator[Row]:
    count = 0
    try:
        for row in backup_tables.rows(source, table):
            count += 1
            yield row
    except (ValueError, TypeError) as fault:
        raise BadBackup(f"{table.name} can’t be read: {fault}") from None
    if count != manifest.tables[table.name].rows:
        raise BadBackup(f"{table.name} has {count} rows, and its manifest says otherwise")


def _check_chain(manifest: Manifest, links: Iterable[Link], known: Head | None) -> None:
    end = Head(0, "")

    def noting() -> Iterator[Link]:
        nonlocal end
        for link in links:
            end = Head(link.seq, link.hash)
            yield link

    verdict = chain.verify(noting(), vault.keys().sign, known)
    if not verdict.whole:
        raise BadBackup(f"the audit chain, at entry {verdict.broken}: {verdict.reason}")
    if end != Head(manifest.head_seq, manifest.head_hash):
        raise BadBackup("the audit chain ends elsewhere than its manifest says")


def _put_files(manifest: Manifest, members: Iterator[Stream]) -> None:
    for key in manifest.files:
        if storage.put(cast(BinaryIO, next(members))).key != key:
            raise BadBackup(f"the file {key} was changed")


def _load_tables(connection: Connection, manifest: Manifest, members: Iterator[Stream]) -> None:
    if not backup_tables.is_empty(connection):
        raise NotEmpty("somebody else began to use the database")
    for table in backup_tables.tables():
        backup_tables.load(connection, table, _rows(manifest, table, next(members)))
    next(members, None)  # asking for more compares the last table with the manifest
    backup_tables.advance_sequences(connection)
    indexing.rebuild(connection)


def _check_loaded(connection: Connection, manifest: Manifest) -> None:
    wanted = {name: part.rows for name, part in manifest.tables.items()}
    if backup_tables.counts(connection) != wanted:
        raise BadBackup("not every row arrived")
    if backup_tables.stray_references(connection):
        raise BadBackup("some rows point to others that are not there")
    arrived = set(storage.store().all_keys()) | set(manifest.damaged)
    if backup_tables.file_keys(connection) - arrived:
        raise BadBackup("not every file arrived")
    _check_chain(manifest, trail.all_entries(), None)


def _settle() -> Settled:
    """End what must not live on: the backup doesn't know what happened after it was made."""
    at = clock.now()
    sessions = update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=at)
    messages = (
        update(Message)
        .where(Message.finished_at.is_(None))
        .values(finished_at=at, problem=HELD, sealed=None)
    )
    links = (
        update(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.cancelled_at.is_(None))
        .values(cancelled_at=at)
    )
    return Settled(
        sessions=_changed(sessions),
        messages=_changed(messages),
        # Before a first registrar has a password, these links are the only way in.
        links=_changed(links) if _somebody_invites() else 0,
    )


def _somebody_invites() -> bool:
    registrars = select(Account.id).join(RoleGrant, RoleGrant.account_id == Account.id)
    registrars = registrars.where(
        RoleGrant.role == Role.REGISTRAR, Account.password_hash.is_not(None)
    )
    return bool(db.session.scalar(select(exists(registrars))))


def _changed(statement: Update) -> int:
    result = cast("CursorResult[Any]", db.session.execute(statement))
    return result.rowcount


def _note(manifest: Manifest, settled: Settled) -> None:
    record(
        SYSTEM,
        Event.INSTALLED,
        "-",
        backup_of=manifest.made_at,
        head=manifest.head_seq,
        sessions=settled.sessions,
        messages=settled.messages,
        links=settled.links,
    )
