"""Content that was read and published before, put back as the rows that publishing made of it.

Each of the two takes a twentieth of a second, and is called a few thousand times by the tests:
nearly every thing to test with stands on content. What it writes is the same each time, and goes
back as the database itself has it, a table at a time.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, exists, func, or_, select, text

from lms import clock, refs
from lms.access.actor import SYSTEM
from lms.audit.trail import Event, record
from lms.catalogue import indexing, operations
from lms.catalogue.keeping import Kept
from lms.catalogue.models import ContentVersion, Publication
from lms.content import reading
from lms.content.source import Content
from lms.content.tree import Folder, missing
from lms.db import Base, db

# What differs each time stands in these; each has one row.
_ANEW: Mapping[str, Callable[[], dict[str, object]]] = {
    ContentVersion.__tablename__: lambda: {
        "ref": refs.new("CON"),
        "published_at": clock.now(),
    },
    Publication.__tablename__: lambda: {"published_at": clock.now()},
}
_made: dict[tuple[str, str], list[tuple[Table, Any]]] = {}
_read: dict[tuple[tuple[str, bytes], ...], Content] = {}


@dataclass(frozen=True)
class _Held:
    """Files as they were at one moment, whatever becomes of their folder."""

    files: Mapping[str, bytes]

    def names(self) -> list[str]:
        return list(self.files)

    def read(self, name: str) -> bytes:
        if name not in self.files:
            raise missing(name)
        return self.files[name]

    def digest(self, name: str) -> str:
        return hashlib.sha256(self.read(name)).hexdigest()


def read(folder: Path) -> Content:
    """What the folder holds now, in order; files that are the same are read once."""
    tree = Folder(folder)
    files = {name: tree.read(name) for name in tree.names()}
    key = tuple(files.items())
    if key not in _read:
        _read[key] = reading.read(_Held(files))
    return _read[key]


def publish(kept: Kept) -> ContentVersion:
    """The content as a version, as ``operations.publish`` leaves it, by SYSTEM.

    The first time in a database the operation itself does it. So it does when the database knows
    of any content: then what it has to write depends on that.
    """
    if _any_content():
        return operations.publish(kept, actor=SYSTEM)
    key = str(db.engine.url), kept.content.sha256
    if key not in _made:
        version = operations.publish(kept, actor=SYSTEM)
        db.session.flush()
        _made[key] = [(table, _rows(table)) for table in _tables()]
        return version
    for each, rows in _made[key]:
        _put_back(each, rows)
    _take_numbers([each for each, _ in _made[key]])
    indexing.rebuild(db.session.connection())
    version = db.session.scalars(select(ContentVersion)).one()
    record(SYSTEM, Event.CONTENT_PUBLISHED, version.ref, sha256=version.sha256)
    return version


def _tables() -> list[Table]:
    ours = {
        mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == ContentVersion.__module__
    }
    return [table for table in Base.metadata.sorted_tables if table in ours]


def _any_content() -> bool:
    return bool(db.session.scalar(select(or_(*(exists(select(table)) for table in _tables())))))


def _rows(made: Table) -> Any:
    """What a table holds, as the database says it; by column where some of it is new each time."""
    if made.name in _ANEW:
        return dict(db.session.execute(select(made)).mappings().one())
    names = _names(made)
    if _on_postgresql():
        rows = f"SELECT coalesce(json_agg(r), '[]')::text FROM (SELECT {names} FROM {made}) r"
        return db.session.scalar(text(rows))
    return db.session.connection().exec_driver_sql(f"SELECT {names} FROM {made}").all()


def _put_back(made: Table, rows: Any) -> None:
    names = _names(made)
    if made.name in _ANEW:
        db.session.execute(made.insert(), rows | _ANEW[made.name]())
    elif _on_postgresql():
        insert = f"INSERT INTO {made} ({names}) SELECT {names}"
        source = f"json_populate_recordset(NULL::{made}, CAST(:rows AS json))"
        db.session.execute(text(f"{insert} FROM {source}"), {"rows": rows})
    elif rows:
        places = ", ".join("?" for _ in made.columns)
        insert = f"INSERT INTO {made} ({names}) VALUES ({places})"
        db.session.connection().exec_driver_sql(insert, [tuple(row) for row in rows])


def _names(made: Table) -> str:
    return ", ".join(f'"{each.name}"' for each in made.columns)


def _on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _take_numbers(made: list[Table]) -> None:
    """Let PostgreSQL give out no number that a row put back has: it may have been made anew."""
    if not _on_postgresql():
        return
    numbered = {each.name: each.autoincrement_column for each in made}
    asked = " UNION ALL ".join(
        f"SELECT '{name}' FROM {name}_{number.name}_seq "
        f"WHERE NOT is_called OR last_value < (SELECT max({number.name}) FROM {name})"
        for name, number in numbered.items()
        if number is not None
    )
    for name in db.session.scalars(text(asked)).all():
        number = numbered[name]
        assert number is not None
        sequence = func.pg_get_serial_sequence(name, number.name)
        highest = db.session.scalar(select(func.max(number)))
        given = db.session.scalar(select(func.nextval(sequence)))
        if highest and given and given < highest:
            left = func.generate_series(1, highest - given).table_valued("number")
            db.session.execute(select(func.nextval(sequence)).select_from(left)).all()
