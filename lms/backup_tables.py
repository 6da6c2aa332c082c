"""Rows of a backup: a line of JSON for each, typed by its column, the same for both databases."""

import base64
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    func,
    inspect,
    literal,
    select,
    text,
)

from lms.audit.chain import Head
from lms.audit.models import AuditEntry
from lms.db import Base, Exact, Moment, db, dialect

Row = dict[str, Any]
_BATCH = 500  # rows


def _same(value: Any) -> Any:
    return value


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


# Kind of column, its name in a backup, into JSON, back. The first that fits counts.
_FORMS: tuple[tuple[type, str, Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    (Moment, "moment", datetime.isoformat, datetime.fromisoformat),
    (Exact, "decimal", str, Decimal),
    (Date, "day", date.isoformat, date.fromisoformat),
    (LargeBinary, "bytes", _to_base64, base64.b64decode),
    (JSON, "json", _same, _same),
    (Boolean, "truth", _same, _same),
    (Integer, "whole number", _same, _same),
    (String, "text", _same, _same),
)


def tables() -> list[Table]:
    """Every table, those that others point to first."""
    return Base.metadata.sorted_tables


def file_columns() -> list[Column[str]]:
    """Columns that name a stored file: by the convention of the house, those called file_key."""
    return [table.c.file_key for table in tables() if "file_key" in table.c]


def file_keys(connection: Connection) -> set[str]:
    """Keys of all stored files that some row names."""
    return {
        key for column in file_columns() for key in connection.scalars(select(column).distinct())
    } - {None}


@contextmanager
def snapshot() -> Iterator[Connection]:
    """The database as it stands at one moment, whatever is written meanwhile. For reading only."""
    engine = db.engine
    if dialect() == "postgresql":
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with engine.connect() as connection:
        if dialect() == "postgresql":
            # These limits are for pages; a large table takes longer.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        # The moment is that of the first reading, on both databases.
        connection.execute(select(func.count()).select_from(tables()[0]))
        yield connection


def head(connection: Connection) -> Head:
    """The last entry of the audit chain; number 0 for an empty one."""
    newest = select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    row = connection.execute(newest).first()
    return Head(row.seq, row.hash) if row else Head(0, "")


def dump(connection: Connection, table: Table, target: IO[bytes]) -> int:
    """Write all rows of a table, in the order of its key; returns how many."""
    target.write(_line(_header(table)))
    into = [form[2] for form in map(_form, table.columns)]
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    count = 0
    for row in connection.execute(query):
        count += 1
        cells = zip(into, row, strict=True)
        target.write(_line([None if cell is None else turn(cell) for turn, cell in cells]))
    return count


def rows(source: Iterable[bytes], table: Table) -> Iterator[Row]:
    """The rows that `dump` wrote. Raises ValueError for lines of anything else."""
    lines = iter(source)
    if json.loads(next(lines, b"null")) != _header(table):
        raise ValueError("its columns are not those of this version")
    names = [column.name for column in table.columns]
    back = [form[3] for form in map(_form, table.columns)]
    for line in lines:
        cells = zip(back, json.loads(line), strict=True)
        values = [None if cell is None else turn(cell) for turn, cell in cells]
        yield dict(zip(names, values, strict=True))


def load(connection: Connection, table: Table, found: Iterable[Row]) -> int:
    """Insert rows, some hundred at a time; returns how many."""
    count, left = 0, iter(found)
    while batch := list(itertools.islice(left, _BATCH)):
        connection.execute(table.insert(), batch)
        count += len(batch)
    return count


def advance_sequences(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their own numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is not None:
            next_one = func.coalesce(func.max(column), 0) + 1
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, next_one, False)))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in tables()
    }


def is_empty(connection: Connection) -> bool:
    """Whether no table of ours has a row; tables that aren't there have none."""
    there = set(inspect(connection).get_table_names())
    return not any(
        connection.scalar(select(literal(1)).select_from(table).limit(1))
        for table in tables()
        if table.name in there
    )


def stray_references(connection: Connection) -> int:
    """How many references lead nowhere. PostgreSQL checks each as it is inserted, so: none."""
    if connection.dialect.name != "sqlite":
        return 0
    return len(connection.execute(text("PRAGMA foreign_key_check")).all())


def _form(column: Column[Any]) -> tuple[type, str, Callable[[Any], Any], Callable[[Any], Any]]:
    for form in _FORMS:
        if isinstance(column.type, form[0]):
            return form
    raise TypeError(f"a backup does not know the type of {column}")


def _header(table: Table) -> dict[str, Any]:
    return {
        "table": table.name,
        "columns": [[column.name, _form(column)[1]] for column in table.columns],
    }


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
