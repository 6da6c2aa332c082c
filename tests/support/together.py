"""Several people at the same moment: threads, each with a context and a connection of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from flask import Flask
from sqlalchemy import text

from lms.db import db, dialect

T = TypeVar("T")
_WAITS = 30.0  # seconds
_PATIENCE = 900.0  # seconds, for the longest of the long tests


def at_once(app: Flask, acts: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Do all of these at the same moment; what each gave, or what it raised, in the same order.

    A stopped clock is stopped for all of them.
    """
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Exception:
        with app.app_context():
            try:
                gate.wait(_PATIENCE)
                return act()
            except Exception as refusal:  # noqa: BLE001 - whatever it was, the test looks at it
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        waiting = [pool.submit(copy_context().run, run, act) for act in acts]
        return [each.result(_PATIENCE) for each in waiting]


def until_somebody_waits() -> None:
    """Go on once another connection waits for what this one holds.

    On SQLite nobody can see who waits, and whoever comes later finds what was written.
    """
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = time.monotonic() + _WAITS
    while dialect() == "postgresql" and not db.session.scalar(waiting):
        if time.monotonic() > until:
            raise TimeoutError("nobody came to wait")
        time.sleep(0.01)
