"""The `lms` command with its clock set, and, where a test asks for it, without its locks.

RACES_MOMENT  the moment at which its clock starts; it goes on from there
RACES_BEGAN   when that was, in the machine's own seconds; without it, when the process began
RACES_POINT   a file that may name a point of death; see served.py. Two more points than there:
              "storing" (a file is written and has no name yet) and "stored" (it has)
RACES_SLOW    tables; what is inserted into them waits a little first, so that others have read
              before it is written
RACES_MEET    a folder; whoever is to insert into one of those tables waits there, in the file of
              the table, until a second has come that far
RACES_LOOSE   any value takes away what holds writers apart: on PostgreSQL the advisory locks, on
              SQLite the transaction itself, since one that has read can't write after another has.
              The audit chain's own lock on PostgreSQL stays.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lms import clock, db, installed, storage
from tests.races import served

BEGAN, SLOW, MEET, LOOSE = "RACES_BEGAN", "RACES_SLOW", "RACES_MEET", "RACES_LOOSE"
_PAUSE, _PATIENCE = 0.2, 2.0  # seconds


def set_clock() -> None:
    """Let the clock go on from the moment that is set."""
    start = datetime.fromisoformat(os.environ[served.MOMENT])
    began = float(os.environ.get(BEGAN) or time.time())
    clock.source = lambda: start + timedelta(seconds=time.time() - began)


def slow_down(tables: list[str], wait: Callable[[str], None]) -> None:
    """Wait before each INSERT into one of these."""
    heads = {f"INSERT INTO {table} ": table for table in tables}

    def before(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        for head, table in heads.items():
            if statement.startswith(head):
                wait(table)

    event.listen(Engine, "before_cursor_execute", before)


def a_little(_table: str) -> None:
    """Wait for no one in particular."""
    time.sleep(_PAUSE)


def for_a_second(table: str) -> None:
    """Wait until two have come this far, though not for ever: perhaps nobody else can."""
    path, until = Path(os.environ[MEET]) / table, time.monotonic() + _PATIENCE
    with path.open("ab") as arrived:
        arrived.write(b"I")
    while path.exists() and path.stat().st_size < 2 and time.monotonic() < until:
        time.sleep(0.01)


def take_locks_away() -> None:
    """Let several write on what all of them read."""
    # `lock` then does what it does on SQLite: read again, and leave the rest to the transaction.
    # Whatever else asks for the dialect was imported before, and keeps the real answer.
    assert installed.application
    db.dialect = lambda: "sqlite"
    db._on_sqlite_begin = lambda _connection: None


def die_on_time() -> None:
    """Heed the point of death."""
    event.listen(Engine, "before_cursor_execute", served._on_statement)
    event.listen(Engine, "commit", served._on_commit)
    event.listen(Session, "after_commit", served._on_committed)
    keep = storage.Store._keep

    def keeping(store: storage.Store, waiting: Path, path: Path) -> None:
        served._come_to("storing")
        keep(store, waiting, path)
        served._come_to("stored")

    storage.Store._keep = keeping  # type: ignore[method-assign]


if __name__ == "__main__":
    set_clock()
    if os.environ.get(SLOW):
        slow_down(os.environ[SLOW].split(), for_a_second if os.environ.get(MEET) else a_little)
    if os.environ.get(LOOSE):
        take_locks_away()
    if served.POINT in os.environ:
        die_on_time()
    served.main()
