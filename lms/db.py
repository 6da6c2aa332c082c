"""The database: base of all models, column types, and the only commit."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, registry
from sqlalchemy.orm.exc import StaleDataError

from lms.errors import Conflict, NotFound, RuleBroken, Unavailable

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a commit survives a power cut
    "foreign_keys": 1,
    "busy_timeout": 5000,  # milliseconds
    "trusted_schema": 0,
    "recursive_triggers": 1,  # else REPLACE removes a fact without asking its trigger
}
POSTGRESQL_SETTINGS = (
    "-c statement_timeout=10s -c lock_timeout=3s "
    "-c idle_in_transaction_session_timeout=15s -c synchronous_commit=on"
)
_WRITES = "lms_writes"
_WORK = "lms_work"
_DIGITS = 24  # of a decimal, its point and sign included


@dataclass
class Work:
    """One unit of work under way.

    last   what is done just before the commit, in order
    notes  what operations collect for that moment
    """

    last: list[Callable[[], None]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. SQLite has no zones: what it gives back is UTC by contract."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the database; refuses a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal kept as its own digits: SQLite would make a float of it."""

    impl = String(_DIGITS)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """The digits; refuses more than the column has room for, as SQLite itself would not."""
        digits = None if value is None else str(value)
        if digits is not None and len(digits) > _DIGITS:
            raise ValueError(f"a decimal of more than {_DIGITS} characters")
        return digits

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The number."""
        return None if value is None else Decimal(value)


_METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """What all models share. ``__fact__`` marks a table whose rows are never changed or removed."""

    __fact__: ClassVar[bool] = False
    registry = registry(
        metadata=_METADATA, type_annotation_map={datetime: Moment(), Decimal: Exact()}
    )


db = SQLAlchemy(model_class=Base)


def fact_tables() -> set[str]:
    """Names of the tables that take new rows only; triggers hold them to it."""
    return {m.class_.__tablename__ for m in Base.registry.mappers if m.class_.__fact__}


@contextmanager
def unit_of_work() -> Iterator[None]:
    """What happens inside stands or falls together. The only commit.

    What was read before is read again inside. On SQLite the write lock is taken at once, so
    that two writers wait for each other instead of failing half-way.

    Raises Conflict when a constraint says that somebody was there first, and Unavailable when
    the database doesn't answer in time; in both cases nothing was changed.
    """
    session = db.session()
    if _WORK in session.info:
        raise RuntimeError("a unit of work can't hold another")
    _let_go(session)
    work = session.info[_WORK] = Work()
    try:
        with _refusals():
            session.connection(execution_options={_WRITES: True})
            yield
            session.flush()
            for act in work.last:
                act()
            session.commit()
    finally:
        _let_go(session)
        del session.info[_WORK]


def work_under_way() -> Work:
    """The present unit of work. Raises RuntimeError outside of one."""
    work = db.session().info.get(_WORK)
    if not isinstance(work, Work):
        raise RuntimeError("outside a unit of work")
    return work


def lock(thing: Base) -> None:
    """Hold a thing until the unit of work ends, with its latest values; others wait their turn.

    An advisory lock, because the application's role on PostgreSQL may not update facts, and a
    row lock would ask for that right. SQLite holds the whole database already.
    """
    db.session.flush()
    take_turns(f"{thing.__tablename__}:{inspect(thing).identity}")
    db.session.refresh(thing)


def take_turns(what: str) -> None:
    """Do something that has no row yet, such as the first of its kind, one after another."""
    if dialect() == "postgresql":
        number = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def end_reading() -> None:
    """Hold nothing open while something slow goes on; what was read is read again afterwards.

    PostgreSQL ends a connection that sits in a transaction for long: see the settings above.
    """
    session = db.session()
    if _WORK in session.info:
        raise RuntimeError("a unit of work is under way")
    _let_go(session)


def dialect() -> str:
    """``sqlite`` or ``postgresql``."""
    return db.engine.dialect.name


def engine_options(url: str) -> dict[str, Any]:
    """What the engine needs for an address: time limits and a pool that notices a lost server."""
    hidden = {"hide_parameters": True}  # an error that is logged must not show what people typed
    if url.startswith("sqlite"):
        return hidden
    limits = {"options": POSTGRESQL_SETTINGS, "connect_timeout": 3}  # seconds
    return {**hidden, "pool_pre_ping": True, "connect_args": limits}


def prepare(engine: Engine) -> None:
    """Give SQLite the settings we rely on, and real transactions; let both databases agree."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    else:
        event.listen(engine, "handle_error", _on_postgresql_error)


def _let_go(session: Session) -> None:
    try:
        session.rollback()
    except OperationalError:
        session.rollback()  # the server had ended the connection; now it is given up here too


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except IntegrityError as twice:
        if not _is_duplicate(twice):
            raise
        raise Conflict("Somebody else did this at the same moment. Nothing was changed.") from twice
    except StaleDataError as stale:
        raise Conflict("Somebody else changed this meanwhile. Nothing was changed.") from stale
    except OperationalError as failure:
        raise Unavailable(
            "We can't save anything just now. Nothing was changed.", retry_after=10
        ) from failure


def _is_duplicate(refusal: IntegrityError) -> bool:
    """Whether a unique constraint spoke; any other kind is a fault of ours and must be seen."""
    original = refusal.orig
    name = getattr(original, "sqlite_errorname", "")
    return name in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"} or (
        getattr(original, "sqlstate", "") == "23505"
    )


def _on_sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions start late and end early; ours begin when we say so.
    connection.isolation_level = None
    # Its own knows A to Z alone, and nobody called Élodie is found by typing élodie.
    connection.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)
    for name, value in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        in_memory = name == "journal_mode" and found == "memory"
        if found != value and not in_memory:
            # The driver's own error, so that it is reported as any other fault of the database.
            raise sqlite3.OperationalError(f"SQLite keeps {name} = {found}, and not {value}")


def _on_sqlite_begin(connection: Any) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _on_postgresql_error(context: ExceptionContext) -> None:
    """Give errors the meaning that they have on SQLite, and that the rest of the house knows."""
    found, original = context.sqlalchemy_exception, context.original_exception
    if isinstance(found, DataError) and getattr(original, "sqlstate", None) is None:
        # The driver itself refuses a NUL in text: nothing that has one can be there, or be kept.
        if (context.statement or "").startswith("SELECT"):
            raise NotFound
        raise RuleBroken("Take out the characters that can’t be shown, and try again.")
    if context.is_disconnect and not isinstance(found, OperationalError):
        # A connection that the server ended for sitting idle is called an internal error.
        raise OperationalError(None, None, original, connection_invalidated=True)


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, _context: object, _instances: object) -> None:
    stray = session.new or session.deleted or any(map(session.is_modified, session.dirty))
    if stray and _WORK not in session.info:
        raise RuntimeError("something was changed outside a unit of work")


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statements(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and _WORK not in state.session.info:
        raise RuntimeError("a statement would change something outside a unit of work")


def answers() -> bool:
    """Whether the database answers a question."""
    try:
        db.session.execute(text("SELECT 1"))
    except OperationalError:
        return False
    return True
