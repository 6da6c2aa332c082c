"""What a version lets be found: its passages and their words, recorded as it is published."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from lms.catalogue.models import (
    ContentVersion,
    Module,
    Page,
    PagePassage,
    PageText,
    Passage,
    Rendered,
    Vocabulary,
)
from lms.db import Base, db, dialect
from lms.texts.passages import Passage as Found, first_of_each, passages_of, vocabulary

_BATCH = 1000  # rows in a statement
_INTO_SQLITES_INDEX = text(
    "INSERT INTO passage_search (rowid, headwords, words) "
    "SELECT id, headwords, words FROM passage WHERE id >= :first ORDER BY id"
)


def index(version: ContentVersion) -> None:
    """Record the passages of a version that was just written, as learners see it.

    Takes time with what is new in it: of a passage that was published before, it notes the place.
    """
    shown = first_of_each(
        (page, passages_of(title, html, tuple(nations)))
        for page, title, nations, html in _pages(version)
    )
    found = {passage.sha256: passage for _, passage in shown}
    last = db.session.scalar(select(func.max(Passage.id))) or 0
    ids = _known(found) if last else {}
    new = [passage for sha256, passage in found.items() if sha256 not in ids]
    ids |= {passage.sha256: number for number, passage in enumerate(new, start=last + 1)}
    _add(new, ids)
    places = {(ids[passage.sha256], page) for page, passage in shown}
    _insert(
        PagePassage,
        ({"version_id": version.id, "passage_id": p, "page_id": page} for p, page in places),
    )
    _add_words(version, new)


def rebuild(connection: Connection) -> None:
    """Index all passages anew, where rows were brought in from elsewhere.

    PostgreSQL does this by itself. SQLite would need a trigger for it, and with an untrusted
    schema (see lms/db.py) its older releases let no trigger write to a full text index.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO passage_search (passage_search) VALUES ('rebuild')"))


def _pages(version: ContentVersion) -> Iterable[Any]:
    return db.session.execute(
        select(Page.id, Page.title, Page.nations, Rendered.html)
        .join(Module, Module.id == Page.module_id)
        .join(PageText, PageText.page_id == Page.id)
        .join(Rendered, Rendered.sha256 == PageText.html_key)
        .where(Module.version_id == version.id)
        .order_by(Module.position, Page.position)
    )


def _known(keys: Iterable[str]) -> dict[str, int]:
    """Rows of the passages that were published before."""
    known: dict[str, int] = {}
    for some in _batches(keys):
        rows = db.session.execute(
            select(Passage.sha256, Passage.id).where(Passage.sha256.in_(some))
        )
        known.update((sha256, row) for sha256, row in rows)
    return known


def _add(new: list[Found], ids: dict[str, int]) -> None:
    if not new:
        return
    rows = (
        {
            "id": ids[each.sha256],
            "sha256": each.sha256,
            "kind": each.kind,
            "title": each.title,
            "heading": each.heading,
            "anchor": each.anchor,
            "text": each.text,
            "nations": each.nations,
            "sensitive": each.sensitive,
            "headwords": each.headwords,
            "words": each.words,
        }
        for each in new
    )
    _insert(Passage, rows)
    if dialect() == "sqlite":
        db.session.execute(_INTO_SQLITES_INDEX, {"first": ids[new[0].sha256]})


def _add_words(version: ContentVersion, new: list[Found]) -> None:
    if not new:
        return
    known = set(itertools.chain.from_iterable(db.session.scalars(select(Vocabulary.words))))
    found = vocabulary(new, known)
    _insert(
        Vocabulary,
        ({"version_id": version.id, "letters": n, "words": words} for n, words in found.items()),
    )


def _insert(model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    for some in _batches(rows):
        db.session.connection().execute(insert(model), some)


def _batches(things: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(things)
    while some := list(itertools.islice(left, _BATCH)):
        yield some
