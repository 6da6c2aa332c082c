"""What we ask of both databases, and that a connection without it is refused."""

from contextlib import ExitStack
from pathlib import Path

import click
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from lms import outbox, revision, vault
from lms.app import create_app
from lms.db import db, prepare, unit_of_work
from tests.conftest import settings_for

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: what was committed outlives a power cut
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "recursive_triggers": 1,
}
SETTINGS = {
    "transaction_isolation": "read committed",
    "statement_timeout": "10s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
    "synchronous_commit": "on",
}


def test_every_connection_has_the_settings_we_rely_on(app: Flask, engine_name: str) -> None:
    with ExitStack() as stack:
        several = [stack.enter_context(db.engine.connect()) for _ in range(4)]
        for connection in several:
            if engine_name == "sqlite":
                found = {
                    name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS
                }
                assert found == PRAGMAS
            else:
                found = {name: connection.scalar(text(f"SHOW {name}")) for name in SETTINGS}
                assert found == SETTINGS


def test_a_unit_of_work_takes_sqlites_write_lock_at_its_beginning(
    app: Flask, engine_name: str
) -> None:
    """Nobody else gets it, although the unit has neither read nor written anything yet."""
    if engine_name == "sqlite":
        with unit_of_work(), db.engine.connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout = 0")
            with pytest.raises(OperationalError, match="locked"):
                other.exec_driver_sql("CREATE TABLE other (id)")


def test_reading_does_not_take_it(app: Flask, engine_name: str) -> None:
    if engine_name == "sqlite":
        db.session.execute(text("SELECT count(*) FROM account"))
        with db.engine.connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout = 0")
            other.exec_driver_sql("CREATE TABLE other (id)")


def without_wal(folder: Path) -> str:
    """A database whose file system can't share memory, as on a network disk."""
    return f"sqlite:///file:{folder / 'far.sqlite'}?nolock=1&uri=true"


def test_a_connection_that_does_not_take_a_setting_is_refused(tmp_path: Path) -> None:
    engine = create_engine(without_wal(tmp_path))
    prepare(engine)
    with pytest.raises(OperationalError, match="journal_mode"):
        engine.connect()
    engine.dispose()


def test_the_product_does_not_start_on_such_a_database_and_says_why(tmp_path: Path) -> None:
    vault.Keys.make(tmp_path / "keys")
    app = create_app(settings_for(tmp_path, without_wal(tmp_path)))
    with app.app_context():
        with pytest.raises(click.ClickException, match="journal_mode"):
            revision.require_newest()
        db.engine.dispose()


def test_an_error_does_not_show_what_people_typed(app: Flask) -> None:
    with pytest.raises(IntegrityError) as fault, unit_of_work():
        outbox.do(None, key="typed by somebody")  # type: ignore[arg-type]
    shown = str(fault.value).split("DETAIL")[0]  # PostgreSQL's own; see its client's settings
    assert "typed by somebody" not in shown
