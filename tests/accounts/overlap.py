"""One act inside another: the second begins when the first has acted and not yet committed."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from lms.db import db, unit_of_work
from tests.support.together import at_once

_PATIENCE = 20.0  # seconds
_HEADSTART = 0.25  # seconds in which the second one runs into the first one's lock


def one_inside_another(
    app: Flask, first: Callable[[], Any], second: Callable[[], Any]
) -> list[Any]:
    """What each of two units of work gave, or the error it ended with, in order.

    On PostgreSQL the second one reads what the first has not committed as not being there: only
    a lock or a constraint keeps them apart.
    """
    acted = threading.Event()

    def lead() -> Any:
        try:
            with unit_of_work():
                given = first()
                db.session.flush()
                acted.set()
                # Nothing but time: the other has to be under way before this commits.
                threading.Event().wait(_HEADSTART)
                return given
        finally:
            acted.set()

    def follow() -> Any:
        assert acted.wait(_PATIENCE)
        with unit_of_work():
            return second()

    return together(app, lead, follow)


def together(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Both at the same moment; what the test itself had read is read anew afterwards."""
    db.session.rollback()
    found = at_once(app, list(acts))
    db.session.rollback()
    return found
