"""Work that is set, and work that is handed in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Brief
from lms.cohorts.models import Cohort, Enrolment
from lms.db import Base


class Assessment(Base):
    """A brief, set for a cohort."""

    __tablename__ = "assessment"
    __fact__ = True
    __table_args__ = (UniqueConstraint("cohort_id", "brief_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id"))
    set_by: Mapped[str]
    set_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()
    brief: Mapped[Brief] = relationship()


class Deadline(Base):
    """When an assessment is due for everybody. The last one stands; earlier ones are kept."""

    __tablename__ = "deadline"
    __fact__ = True
    __table_args__ = (UniqueConstraint("assessment_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    seq: Mapped[int]
    due_at: Mapped[datetime]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class Extension(Base):
    """More time for one advocate, for one attempt. Why is not kept here: only that it was given."""

    __tablename__ = "extension"
    __fact__ = True
    __table_args__ = (UniqueConstraint("enrolment_id", "assessment_id", "attempt", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    attempt: Mapped[int]
    seq: Mapped[int]
    due_at: Mapped[datetime]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]


class OpenedAttempt(Base):
    """A further attempt that a board's decision opened, with its own deadline."""

    __tablename__ = "opened_attempt"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("enrolment_id", "assessment_id", "attempt"),
        CheckConstraint("attempt >= 2", name="follows_the_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    attempt: Mapped[int]
    cause: Mapped[str]
    due_at: Mapped[datetime]
    authority: Mapped[str]  # reference of the board's decision
    opened_at: Mapped[datetime]


class CandidateNumber(Base):
    """The number under which markers see an advocate's work; a new one for each assessment."""

    __tablename__ = "candidate_number"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        UniqueConstraint("enrolment_id", "assessment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    number: Mapped[str]  # like 4420-B; says nothing about the person


class Submission(Base):
    """One handing-in of work by one advocate against one assessment.

    Never edited. Handing in again before the deadline makes a new row with the next version, and
    the last version counts; a referral or deferral is the next attempt, and starts at version 1.
    """

    __tablename__ = "submission"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("enrolment_id", "assessment_id", "attempt", "version"),
        CheckConstraint("attempt >= 1 AND version >= 1", name="counted_from_one"),
        Index(None, "assessment_id", "attempt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)  # the name URLs and audit use
    token: Mapped[str] = mapped_column(unique=True)  # of the form: the same sent twice is one row
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    attempt: Mapped[int]
    version: Mapped[int]
    due_at: Mapped[datetime]  # UTC; the deadline that applied, extension included
    received_at: Mapped[datetime]  # UTC; when the last byte had arrived
    kind: Mapped[str]  # pdf, docx or text
    file_key: Mapped[str]  # SHA-256 of the bytes, hex; see lms/storage.py
    size: Mapped[int]  # bytes

    enrolment: Mapped[Enrolment] = relationship()
    assessment: Mapped[Assessment] = relationship()

    @property
    def advocate_id(self) -> int:
        """Whose work it is; for the conditions of access."""
        return self.enrolment.advocate_id


class SubmittedName(Base):
    """What the sender called the file; often their own name.

    Apart from the fact, so that it can be erased, and no marker's query brings it along.
    """

    __tablename__ = "submitted_name"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    name: Mapped[str]

    submission: Mapped[Submission] = relationship()


class Draft(Base):
    """Text that was not handed in yet. Theirs alone, and gone once it is handed in.

    Each save is a new version, so that a second tab can't write over the first.
    """

    __tablename__ = "submission_draft"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)  # from 1
    text: Mapped[str]
    saved_at: Mapped[datetime]


class ScriptReading(Base):
    """A submission's text as safe HTML, for markers. Made in the background; can be made again."""

    __tablename__ = "script_reading"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    html: Mapped[str]
    words: Mapped[int]
    problem: Mapped[str]  # why there is no HTML; empty when there is
    made_at: Mapped[datetime]
