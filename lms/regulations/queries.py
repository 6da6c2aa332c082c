"""Questions about published rulebooks."""

from collections.abc import Sequence

from sqlalchemy import select

from lms.db import db
from lms.errors import NotFound
from lms.regulations.models import RegulationsVersion


def version(ref: str) -> RegulationsVersion:
    """The published rulebook of this reference. Raises NotFound."""
    found = db.session.scalar(select(RegulationsVersion).where(RegulationsVersion.ref == ref))
    if found is None:
        raise NotFound
    return found


def versions() -> Sequence[RegulationsVersion]:
    """Every published rulebook, the newest first."""
    return db.session.scalars(
        select(RegulationsVersion).order_by(RegulationsVersion.id.desc())
    ).all()


def version_with_text(sha256: str) -> RegulationsVersion | None:
    """The published rulebook with exactly this text."""
    return db.session.scalar(select(RegulationsVersion).where(RegulationsVersion.sha256 == sha256))
