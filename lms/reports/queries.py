"""Questions about problems that readers reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.catalogue.models import ContentVersion, Module, Page
from lms.db import db
from lms.errors import NotFound
from lms.reports.models import ProblemReport


@dataclass(frozen=True)
class Queued:
    """A report as those who answer see it: nothing of it leads to who reported it."""

    ref: str
    module: str  # its title
    page: str
    name: str  # the page's address: module/page
    version: str  # reference
    published_at: datetime
    kind: str
    words: str
    reported_at: datetime
    answer: str
    answered_at: datetime | None


def queue(*, answered: bool) -> list[Queued]:
    """Reports that wait for an answer, the oldest first; or those that have one, newest first."""
    done = ProblemReport.answered_at.is_not(None)
    rows = db.session.execute(
        _queued()
        .where(done if answered else ~done)
        .order_by(ProblemReport.id.desc() if answered else ProblemReport.id)
        .limit(200)
    )
    return [Queued(*row) for row in rows]


def queued(ref: str) -> Queued:
    """One report, as those who answer see it. Raises NotFound."""
    row = db.session.execute(_queued().where(ProblemReport.ref == ref)).first()
    if row is None:
        raise NotFound
    return Queued(*row)


def waiting() -> int:
    """How many reports wait for an answer."""
    return db.session.scalar(_waiting()) or 0


def waiting_of(advocate_id: int) -> int:
    """How many reports of one reader wait for an answer."""
    return db.session.scalar(_waiting().where(ProblemReport.advocate_id == advocate_id)) or 0


def report(ref: str) -> ProblemReport:
    """The report of this reference. Raises NotFound."""
    found = db.session.scalar(select(ProblemReport).where(ProblemReport.ref == ref))
    if found is None:
        raise NotFound
    return found


def report_with(token: str) -> ProblemReport | None:
    """The report that a form made, if it was sent before."""
    return db.session.scalar(select(ProblemReport).where(ProblemReport.token == token))


def reports_of(advocate_id: int) -> Sequence[ProblemReport]:
    """What an advocate reported, the newest first."""
    return (
        db.session.scalars(
            select(ProblemReport)
            .join(ProblemReport.page)
            .join(Page.module)
            .options(
                contains_eager(ProblemReport.page).contains_eager(Page.module),
                contains_eager(ProblemReport.page).defer(Page.source),
                joinedload(ProblemReport.version),
            )
            .where(ProblemReport.advocate_id == advocate_id)
            .order_by(ProblemReport.id.desc())
        )
        .unique()
        .all()
    )


def _waiting() -> Any:
    return (
        select(func.count()).select_from(ProblemReport).where(ProblemReport.answered_at.is_(None))
    )


def _queued() -> Any:
    return (
        select(
            ProblemReport.ref,
            Module.title,
            Page.title,
            Module.slug + "/" + Page.slug,
            ContentVersion.ref,
            ContentVersion.published_at,
            ProblemReport.kind,
            ProblemReport.words,
            ProblemReport.reported_at,
            ProblemReport.answer,
            ProblemReport.answered_at,
        )
        .join(Page, Page.id == ProblemReport.page_id)
        .join(Module, Module.id == Page.module_id)
        .join(ContentVersion, ContentVersion.id == ProblemReport.version_id)
    )
