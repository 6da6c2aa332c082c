"""Meetings of the board of examiners, and what they decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.cohorts.models import Cohort, Enrolment
from lms.db import Base


class Meeting(Base):
    """A board, convened for one cohort on one day, with its chair."""

    __tablename__ = "meeting"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    held_on: Mapped[date]
    chair_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    convened_by: Mapped[str]
    convened_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()
    chair: Mapped[Account] = relationship()


class Member(Base):
    """Somebody appointed to a meeting besides its chair."""

    __tablename__ = "meeting_member"
    __fact__ = True

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    external: Mapped[bool]  # the external examiner, who reads and reports

    account: Mapped[Account] = relationship()


class Presence(Base):
    """Somebody who was present, as the registrar recorded it."""

    __tablename__ = "meeting_presence"
    __fact__ = True

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class BoardNumber(Base):
    """The number under which a candidate is before one board; no paper names anybody."""

    __tablename__ = "board_number"
    __fact__ = True
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    number: Mapped[str]


class Ratification(Base):
    """The one act in which a board decided. Its key makes it happen once."""

    __tablename__ = "ratification"
    __fact__ = True

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    ratified_by: Mapped[str]
    ratified_at: Mapped[datetime]


class Decision(Base):
    """What a board decided on one candidate, with the working it had before it.

    A mistake is put right by a new decision that names the one it supersedes.
    """

    __tablename__ = "decision"
    __fact__ = True
    __table_args__ = (
        Index(
            "uq_decision_first",
            "meeting_id",
            "enrolment_id",
            unique=True,
            sqlite_where=text("supersedes_id IS NULL"),
            postgresql_where=text("supersedes_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    number: Mapped[str]
    outcome: Mapped[str]
    marks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # module, credits, mark
    working: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # said, sum, source, met
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    decided_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
