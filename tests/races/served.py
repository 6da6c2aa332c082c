"""The `lms` command at a fixed moment, which may be told to die at a point of its work.

Everything else is the product as it is served. RACES_MOMENT holds the moment. RACES_POINT names a
file: while it is there, the process that comes to the point written in it ends itself by KILL, as
a machine that loses power does, and takes the file away so that the next one lives.

A point is a number (before that INSERT), "commit" (just before it) or "committed" (just after).
"""

import os
import signal
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lms import clock
from lms.cli import main

MOMENT, POINT = "RACES_MOMENT", "RACES_POINT"
_passed: dict[str, int] = {}


def _come_to(what: str) -> None:
    path = Path(os.environ[POINT])
    try:
        point = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return
    if what == "insert":
        _passed[point] = _passed.get(point, 0) + 1
        what = str(_passed[point])
    if what == point:
        path.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _on_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    if statement.lstrip().startswith("INSERT"):
        _come_to("insert")


def _on_commit(_connection: object) -> None:
    _come_to("commit")


def _on_committed(_session: object) -> None:
    _come_to("committed")


if __name__ == "__main__":
    fixed = datetime.fromisoformat(os.environ[MOMENT])
    clock.source = lambda: fixed
    if POINT in os.environ:
        event.listen(Engine, "before_cursor_execute", _on_statement)
        event.listen(Engine, "commit", _on_commit)
        event.listen(Session, "after_commit", _on_committed)
    main()
