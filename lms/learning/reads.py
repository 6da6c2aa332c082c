"""What an advocate has read, and wrote for themselves; a page is the same page in every version."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from lms.catalogue.models import Module, Page, PageWording
from lms.cohorts.models import Enrolment
from lms.db import db
from lms.learning.models import Answer, PageRead

_NOW = aliased(PageWording)


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
