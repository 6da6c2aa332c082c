"""Finding passages in one version: at most three queries, whatever its size."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from lms.catalogue.models import Module, Page, PagePassage, Passage, Vocabulary
from lms.db import db, dialect
from lms.texts import asking
from lms.texts.asking import Asked

MOST = 30  # passages shown
MOST_OF_A_PAGE = 3
_READ = 5 * MOST  # rows, so that one page's passages don't push all others out
_INDEX = table("passage_search", column("rowid"))
_ITSELF: ColumnElement[Any] = literal_column(
    "passage_search"
)  # SQLite's index has a column of its own name
_VECTOR: ColumnElement[Any] = literal_column("passage.passage_search")
_TITLES = 6.0  # what a word in a title or heading counts, beside one in the text
# The same to PostgreSQL: what D, C, B and A count; and that longer texts hold more words.
_WEIGHTS: ColumnElement[Any] = literal_column(f"'{{{1 / _TITLES:.3f}, 0, 0, 1}}'::float4[]")
_LENGTH_COUNTS = 1


@dataclass(frozen=True)
class Found:
    """A passage, and the page of the version that shows it."""

    passage: Passage
    page: Page
    module: Module


@dataclass(frozen=True)
class Answer:
    """What was found.

    asked   what the passages were found by
    mended  what was asked instead of what was typed; empty when it was asked as typed
    some    whether no passage has all that was typed, and these have some of it
    """

    found: tuple[Found, ...]
    asked: Asked
    mended: str = ""
    some: bool = False


def search(version_id: int, typed: str, nation: str = "") -> Answer:
    """Passages of a version that have all of the words typed, the best first.

    nation  whose passages come first; those of other nations follow

    Where nothing has all of them, misspelt words are exchanged; where none is misspelt, passages
    with some of them are found.
    """
    asked = asking.read(typed)
    if not asked.wanted:
        return Answer((), asked)
    found = _matching(version_id, asked, nation)
    if found:
        return Answer(found, asked)
    better = asking.mended(typed, _words_near(version_id, typed))
    if better != typed:
        instead = asking.read(better)
        return Answer(_matching(version_id, instead, nation), instead, mended=better)
    if len(asked.wanted) > 1:
        return Answer(_matching(version_id, asked, nation, some=True), asked, some=True)
    return Answer((), asked)


def _matching(
    version_id: int, asked: Asked, nation: str, *, some: bool = False
) -> tuple[Found, ...]:
    matches = _by_index(asked, some=some)
    elsewhere = case((or_(Passage.nations == "", Passage.nations.contains(nation)), 0), else_=1)
    query = (
        select(Passage, Page, Module)
        .select_from(matches)
        .join(Passage, Passage.id == matches.c.passage_id)
        .join(PagePassage, PagePassage.passage_id == Passage.id)
        .join(Page, Page.id == PagePassage.page_id)
        .join(Module, Module.id == Page.module_id)
        .where(PagePassage.version_id == version_id)
        .order_by(elsewhere, matches.c.worse, Module.position, Page.position, Passage.id)
        .limit(_READ)
    )
    return _spread([Found(*row) for row in db.session.execute(query)])


def _by_index(asked: Asked, *, some: bool) -> CTE:
    """What matches in any version, and by what number it is the worse match.

    The index is asked once, by itself: SQLite would else ask it again for each passage.
    """
    if dialect() == "sqlite":
        matches = _ITSELF.op("MATCH", is_comparison=True)(asked.for_sqlite(some=some))
        worse: Any = func.bm25(_ITSELF, _TITLES, 1.0)
        found = select(_INDEX.c.rowid.label("passage_id"), worse.label("worse")).where(matches)
    else:
        query = cast(asked.for_postgresql(some=some), TSQUERY)
        worse = -func.ts_rank_cd(_WEIGHTS, _VECTOR, query, _LENGTH_COUNTS)
        matches = _VECTOR.op("@@", is_comparison=True)(query)
        found = select(Passage.id.label("passage_id"), worse.label("worse")).where(matches)
    return found.cte("matches").prefix_with("MATERIALIZED")


def _spread(found: Sequence[Found]) -> tuple[Found, ...]:
    """The best, not too many of one page."""
    shown: list[Found] = []
    of_page: Counter[int] = Counter()
    for each in found:
        of_page[each.page.id] += 1
        if of_page[each.page.id] <= MOST_OF_A_PAGE:
            shown.append(each)
    return tuple(shown[:MOST])


def _words_near(version_id: int, typed: str) -> dict[str, int]:
    """Words about as long as those typed, that were published when the version was, or before."""
    rows = db.session.scalars(
        select(Vocabulary.words)
        .where(Vocabulary.version_id <= version_id)
        .where(Vocabulary.letters.in_(asking.lengths(typed)))
    )
    found: dict[str, int] = {}
    for words in rows:
        found |= words
    return found
