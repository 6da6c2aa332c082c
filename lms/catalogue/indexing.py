"""What a version lets be found: its passages and their words, recorded as it is published."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, insert, select, text

from lms.catalogue.models import (
    ContentVersion,
    Module,
    Page,
    PagePassage,
    PageText,
    Passage,
    Rendered,
    Word,
)
from lms.catalogue.passages import Passage as Found, first_of_each, passages_of
from lms.db import db, dialect

_BATCH = 1000  # rows in a statement
# The write lock is ours: whatever came in since the first of our rows is ours, too.
_INTO_SQLITES_INDEX = text(
    "INSERT INTO passage_search (rowid, headwords, words) "
    "SELECT id, headwords, words FROM passage WHERE id >= :first"
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
    ids = _known(found)
    new = [passage for sha256, passage in found.items() if sha256 not in ids]
    ids |= _add(new)
    places = {(ids[passage.sha256], page) for page, passage in shown}
    rows = [{"version_id": version.id, "passage_id": p, "page_id": page} for p, page in places]
    if rows:
        db.session.execute(insert(PagePassage), rows)
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


def _add(new: list[Found]) -> dict[str, int]:
    rows = (
        {
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
    added: dict[str, int] = {}
    for some in _batches(rows):
        answer = db.session.execute(insert(Passage).returning(Passage.sha256, Passage.id), some)
        added.update((sha256, row) for sha256, row in answer)
    if added and dialect() == "sqlite":
        db.session.execute(_INTO_SQLITES_INDEX, {"first": min(added.values())})
    return added


def _add_words(version: ContentVersion, new: list[Found]) -> None:
    uses: Counter[str] = Counter()
    for each in new:
        uses.update(each.vocabulary)
    known = set(db.session.scalars(select(Word.word))) if uses else set()
    rows = (
        {"word": word, "letters": len(word), "since_id": version.id, "uses": count}
        for word, count in uses.items()
        if word not in known
    )
    for some in _batches(rows):
        db.session.execute(insert(Word), some)


def _batches(things: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(things)
    while some := list(itertools.islice(left, _BATCH)):
        yield some
