"""The file of an SQLite database: never made by the way, and never mistaken for another.

SQLite makes an empty database of any name it is given, and goes on writing to a file that was
moved away or replaced. Both would lose what people do, and neither would show.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


def hold(engine: Engine) -> None:
    """Work on the file that is there under its name, or not at all. PostgreSQL: nothing to do."""
    path = _path(engine)
    if path is None:
        return

    def before(_dialect: object, _record: object, _arguments: object, _options: object) -> None:
        if not path.exists():
            raise sqlite3.OperationalError(f"there is no file {path}")

    def opened(_connection: object, record: Any) -> None:
        record.info["file"] = _identity(path)

    def taken(_connection: object, record: Any, _proxy: object) -> None:
        if record.info.get("file") != _identity(path):
            raise DisconnectionError(f"{path} is another file now")

    event.listen(engine, "do_connect", before)
    event.listen(engine, "connect", opened)
    event.listen(engine, "checkout", taken)


def is_missing(engine: Engine) -> bool:
    """Whether it is an SQLite database, and its file isn't there."""
    path = _path(engine)
    return path is not None and not path.exists()


def make(engine: Engine) -> None:
    """Make the file, for those who go on to migrate it; one that is there stays as it is."""
    path = _path(engine)
    if path is not None and is_missing(engine):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)


def _path(engine: Engine) -> Path | None:
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name else None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino
