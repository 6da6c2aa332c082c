"""Reading the trail."""

from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import datetime

from sqlalchemy import func, literal, select

from lms import clock, vault
from lms.audit.chain import Head
from lms.audit.models import AuditEntry
from lms.db import Base, db, fact_tables

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


def all_entries() -> Generator[AuditEntry, None, None]:
    """The whole trail from its first entry, a part at a time. Close it when you stop early."""
    found = db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
    )
    with closing(found):
        yield from found


def head() -> Head:
    """The last entry, dated and signed to be kept elsewhere; number 0 for an empty trail."""
    row = db.session.execute(
        select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).first()
    last = Head(row.seq, row.hash) if row else Head(0, "")
    return last.exported(clock.now(), vault.keys().sign)


def anything_recorded() -> bool:
    """Whether there are facts besides the trail itself: each of them has an entry in it."""
    tables = (Base.metadata.tables[name] for name in fact_tables() - {AuditEntry.__tablename__})
    return any(
        db.session.execute(select(literal(1)).select_from(t).limit(1)).first() for t in tables
    )
