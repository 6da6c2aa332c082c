"""Counting what a request asks of the database, and what it renders."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from lms import markup
from lms.db import db

_QUESTIONS = ("SELECT", "WITH")
_WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Counted:
    """The statements of a stretch of work, and its commits."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0

    @property
    def queries(self) -> list[str]:
        """What was asked."""
        return [each for each in self.statements if each.lstrip().startswith(_QUESTIONS)]

    @property
    def writes(self) -> list[str]:
        """What was changed."""
        return [each for each in self.statements if each.lstrip().startswith(_WRITES)]


@contextmanager
def counting() -> Iterator[Counted]:
    """Count every statement and commit of the application's engine."""
    counted = Counted()
    engine = db.engine

    def on_statement(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.statements.append(statement)

    def on_commit(_connection: object) -> None:
        counted.commits += 1

    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", on_commit)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
        event.remove(engine, "commit", on_commit)


@contextmanager
def no_rendering() -> Iterator[list[str]]:
    """Note every text that Markdown is asked to render."""
    rendered: list[str] = []
    original = markup.Markdown.convert

    def noting(self: object, text: str) -> str:
        rendered.append(text)
        return str(original(self, text))

    markup.Markdown.convert = noting
    try:
        yield rendered
    finally:
        markup.Markdown.convert = original
