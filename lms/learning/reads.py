"""What an advocate has read, and wrote for themselves; a page is the same page in every version."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, Text, and_, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from lms.catalogue.models import Module, Page, PageWording
from lms.cohorts.models import Enrolment
from lms.db import db
from lms.learning.models import Answer, PageRead
from lms.learning.rules import Stop, counts, questions_left

_NOW = aliased(PageWording)
# What a stop is made of, named as `stop_of` reads it; lists and the like as they are written down.
STOP = (
    Module.slug.label("module_slug"),
    Page.slug,
    Page.title,
    Page.minutes,
    *(cast(each, Text).label(each.key) for each in (Page.advice, Page.checks, Page.outcomes)),
)


@lru_cache(maxsize=10_000)
def taught(written: str | None) -> Any:
    """What a page was published with, read once however often it is asked for; not to be changed.

    A map of the programme has hundreds of such texts, and the same for everybody.
    """
    return None if written is None else json.loads(written)


class Taught(NamedTuple):
    """What STOP says of a page: the same to everybody."""

    module_slug: str
    slug: str
    title: str
    minutes: int
    advice: str | None
    checks: str
    outcomes: str


class Said(NamedTuple):
    """What a reader did with a page; as it stands here, nothing."""

    answered: str | None = None
    how: str | None = None
    changed: bool = False
    law_changed: bool = False


class Outline(NamedTuple):
    """The map of a version. It is published, so what it says to everybody never changes.

    ref    of the version: where a database was put in another's place, a number may be another's
    pages  in order: the module that begins there, if one does, and what is taught
    """

    ref: str
    pages: tuple[tuple[Module | None, Taught, Stop], ...]


def outline(rows: Sequence[Any]) -> Outline:
    """The map that these rows hold: of STOP, and of `ref` and `begins`."""
    pages = []
    for row in rows:
        page = Taught(*(getattr(row, name) for name in Taught._fields))
        pages.append((_kept(row.begins), page, stop_of(page, Said())))
    return Outline(rows[0].ref, tuple(pages))


def stop_of(page: Any, said: Any) -> Stop:
    """A page on the way of somebody.

    page  as STOP has it
    said  by a reader: as `marks` has it, and what they answered
    """
    asked = (said.answered or "").split(",")
    return Stop(
        page.module_slug,
        page.slug,
        page.title,
        page.minutes,
        said.how is not None and counts(said.how, taught(page.advice)),
        questions_left(taught(page.checks), asked),
        said.how or "",
        tuple(taught(page.outcomes)),
        bool(said.changed),
        bool(said.law_changed),
    )


def _kept(module: Module | None) -> Module | None:
    """The same, of no session: it can be looked at by every request."""
    if module is None:
        return None
    return Module(**{each.key: getattr(module, each.key) for each in Module.__table__.columns})


def reads_of() -> Subquery:
    """Each page that `reader` has read, by the slugs it has in every version, and what it said."""
    return (
        select(
            Module.slug.label("module"),
            Page.slug.label("page"),
            PageRead.page_id,
            PageRead.how,
            PageWording.says,
            PageWording.says_of_law,
        )
        .select_from(PageRead)
        .join(Page, Page.id == PageRead.page_id)
        .join(Module, Module.id == Page.module_id)
        .outerjoin(PageWording, PageWording.page_id == Page.id)
        .where(PageRead.enrolment_id == bindparam("reader"))
        .subquery("said")
    )


def with_reads(query: Any, said: Subquery) -> Any:
    """A query over modules and pages, each page beside what was read of it."""
    same = and_(said.c.module == Module.slug, said.c.page == Page.slug)
    return query.outerjoin(said, same).outerjoin(_NOW, _NOW.page_id == Page.id)


def marks(said: Subquery) -> tuple[ColumnElement[Any], ...]:
    """How it was met with; whether it says something else since; whether that is of the law."""
    return (
        said.c.how,
        _differs(said.c.says, _NOW.says, said).label("changed"),
        _differs(said.c.says_of_law, _NOW.says_of_law, said).label("law_changed"),
    )


def beside_reads(query: Any) -> Any:
    """Every page beside what its reader said of it, and which of its questions they answered."""
    one_of_each = (
        select(Answer.module, Answer.page, Answer.asked)
        .where(Answer.enrolment_id == bindparam("reader"))
        .distinct()
        .subquery()
    )
    answered = (
        select(
            one_of_each.c.module,
            one_of_each.c.page,
            func.aggregate_strings(one_of_each.c.asked, ",").label("answered"),
        )
        .group_by(one_of_each.c.module, one_of_each.c.page)
        .subquery()
    )
    said = reads_of()
    return with_reads(
        query.add_columns(answered.c.answered, *marks(said))
        .select_from(Module)
        .join(Page, Page.module_id == Module.id)
        .outerjoin(answered, and_(answered.c.module == Module.slug, answered.c.page == Page.slug)),
        said,
    )


def reads_like(enrolment_id: int, page: Page) -> Sequence[PageRead]:
    """What the advocate said of this page, in whatever version."""
    module = page.module.slug
    return db.session.scalars(
        select(PageRead)
        .join(Page, Page.id == PageRead.page_id)
        .join(Module, Module.id == Page.module_id)
        .where(PageRead.enrolment_id == enrolment_id)
        .where(Module.slug == module, Page.slug == page.slug)
        .order_by(PageRead.read_at)
    ).all()


def last_read(enrolment_id: int) -> Any:
    """The page that somebody said last to have read, as module, page and read_at; or None."""
    return db.session.execute(
        select(Module.slug.label("module"), Page.slug.label("page"), PageRead.read_at)
        .select_from(PageRead)
        .join(Page, Page.id == PageRead.page_id)
        .join(Module, Module.id == Page.module_id)
        .where(PageRead.enrolment_id == enrolment_id)
        .order_by(PageRead.read_at.desc(), Page.position.desc())
        .limit(1)
    ).first()


def reflections_of(advocate_id: int) -> Sequence[Answer]:
    """What somebody wrote for themselves on pages, in every intake, the last first."""
    return db.session.scalars(
        select(Answer)
        .join(Enrolment, Enrolment.id == Answer.enrolment_id)
        .where(Enrolment.advocate_id == advocate_id, Answer.text != "")
        .order_by(Answer.answered_at.desc(), Answer.id.desc())
    ).all()


def _differs(then: Any, now: Any, said: Subquery) -> ColumnElement[bool]:
    other = and_(said.c.page_id.is_not(None), said.c.page_id != Page.id)
    return and_(other, func.coalesce(then, "") != func.coalesce(now, ""))
