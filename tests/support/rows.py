"""Every row that the database answers with: to show what a page could never have known."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from lms.db import db


@dataclass(frozen=True)
class Answered:
    """One question, and all the rows it was answered with."""

    statement: str
    rows: list[tuple[Any, ...]]


@contextmanager
def answers() -> Iterator[list[Answered]]:
    """Note what is asked inside and what comes back, fetched or not.

    Each question is put a second time, on the same connection and in the same transaction, and
    every row of it is read: also those that the product itself would have left unread.
    """
    found: list[Answered] = []

    def after(
        connection: Any, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
            return
        cursor = connection.connection.cursor()
        try:
            cursor.execute(statement, parameters)
            found.append(Answered(statement, [tuple(row) for row in cursor.fetchall()]))
        finally:
            cursor.close()

    event.listen(db.engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(db.engine, "after_cursor_execute", after)


def holding(found: list[Answered], *canaries: str) -> list[str]:
    """The questions whose answers hold one of these words, with the word."""
    return [
        f"{canary} from {each.statement}"
        for each in found
        for canary in canaries
        if any(canary in str(cell) for row in each.rows for cell in row)
    ]
