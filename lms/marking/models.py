"""Marks, as facts: who holds a script, what they gave, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.assessment.models import Assessment, Submission
from lms.catalogue.models import Criterion
from lms.db import Base


class Allocation(Base):
    """A tutor whom the registrar lets mark an assessment, at one stage."""

    __tablename__ = "allocation"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    stage: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship()
    marker: Mapped[Account] = relationship()


class AllocationEnd(Base):
    """The end of an allocation. Scripts already taken stay in the marker's hands."""

    __tablename__ = "allocation_end"
    __fact__ = True

    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"), primary_key=True)
    ended_by: Mapped[str]
    ended_at: Mapped[datetime]


class Claim(Base):
    """A script in a marker's hands, at one stage. Nobody holds the same script at both."""

    __tablename__ = "claim"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("submission_id", "stage"),
        UniqueConstraint("submission_id", "marker_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    stage: Mapped[str]
    marker_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    number: Mapped[str]  # the candidate's; all that a marker's query needs to know of the person
    taken_at: Mapped[datetime]

    submission: Mapped[Submission] = relationship()


class MarkEvent(Base):
    """One thing that happened to a script's mark. The state is a fold over these, by ``seq``."""

    __tablename__ = "mark_event"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("submission_id", "seq"),
        UniqueConstraint("claim_id"),
        CheckConstraint("seq >= 1", name="counted_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    seq: Mapped[int]  # 1, 2, 3 … within the script
    what: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))  # for a mark given
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # of a release: raw, mark, lines
    at: Mapped[datetime]


class CriterionMark(Base):
    """What a marker, or both together, gave for one criterion."""

    __tablename__ = "criterion_mark"
    __fact__ = True
    __table_args__ = (CheckConstraint("points BETWEEN 0 AND 100", name="points_in_range"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("mark_event.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    points: Mapped[int]

    criterion: Mapped[Criterion] = relationship()


class MarkComment(Base):
    """What a marker wrote: on a criterion (its key), ``overall``, ``note``, or the ``reason``.

    Not a fact table: the law may require personal text to go; the marks hold without it.
    """

    __tablename__ = "mark_comment"

    event_id: Mapped[int] = mapped_column(ForeignKey("mark_event.id"), primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class MarkDraft(Base):
    """What a marker saved and did not give yet. Each save is a new version; none is lost.

    Not a fact table: personal text that the law may require to go.
    """

    __tablename__ = "mark_draft"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)  # from 1; two tabs can't save the same
    marks: Mapped[dict[str, int]] = mapped_column(JSON)  # points by criterion key
    comments: Mapped[dict[str, str]] = mapped_column(JSON)  # by what they are about
    saved_at: Mapped[datetime]
