"""Reading the trail."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select

from lms.audit.chain import Head
from lms.audit.models import AuditEntry
from lms.db import db

PAGE = 100


def entries(
    page: int, sought: str = "", since: datetime | None = None, until: datetime | None = None
) -> tuple[Sequence[AuditEntry], int]:
    """One page of the trail, the latest first, and how many entries there are.

    sought  a reference: entries about it, by it, or caused by it
    """
    query = select(AuditEntry)
    if sought:
        query = query.where(
            (AuditEntry.subject == sought)
            | (AuditEntry.actor == sought)
            | (AuditEntry.request == sought)
        )
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(
        query.order_by(AuditEntry.seq.desc()).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    return rows, total


def all_entries() -> Iterator[AuditEntry]:
    """The whole trail from its first entry, a part at a time."""
    yield from db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
    )


def head() -> Head:
    """The last entry; number 0 for an empty trail."""
    row = db.session.execute(
        select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).first()
    return Head(row.seq, row.hash) if row else Head(0, "")
