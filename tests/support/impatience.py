"""A database that gives up soon, so that a test of waiting need not wait for long."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from lms.db import db, dialect


@contextmanager
def impatient(milliseconds: int = 200) -> Iterator[None]:
    """Connections made inside wait this long for somebody else's lock, and not 3 or 5 seconds."""
    engine, limit = db.engine, milliseconds
    setting = {"sqlite": f"PRAGMA busy_timeout = {limit}"}.get(
        dialect(), f"SET lock_timeout = {limit}"
    )

    def on_connect(connection: Any, _record: object) -> None:
        connection.execute(setting)
        connection.commit()

    event.listen(engine, "connect", on_connect)
    _start_anew()
    try:
        yield
    finally:
        event.remove(engine, "connect", on_connect)
        _start_anew()


def _start_anew() -> None:
    db.session.remove()
    db.engine.dispose()
