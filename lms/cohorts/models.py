"""Intakes, cohorts, and who is enrolled."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from lms.accounts.models import Account
from lms.catalogue.models import ContentVersion
from lms.db import Base
from lms.organisations.models import Organisation
from lms.regulations.models import RegulationsVersion
from lms.regulations.profile import Regulations


class Intake(Base):
    """A September: when it starts, and under which rulebook."""

    __tablename__ = "intake"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int] = mapped_column(unique=True)
    starts_on: Mapped[date]
    regulations_version_id: Mapped[int] = mapped_column(ForeignKey("regulations_version.id"))
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]

    regulations_version: Mapped[RegulationsVersion] = relationship()


class ContentMove(Base):
    """A running cohort is taught another version from here on, and why."""

    __tablename__ = "content_move"
    __fact__ = True
    __table_args__ = (UniqueConstraint("cohort_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    seq: Mapped[int]  # 1, 2, 3 … within the cohort
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    reason: Mapped[str]
    moved_by: Mapped[str]
    moved_at: Mapped[datetime]

    version: Mapped[ContentVersion] = relationship()


class Cohort(Base):
    """The people taught together in an intake, normally one, and the content they are taught."""

    __tablename__ = "cohort"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"), index=True)
    # The content it began with; moves come on top of it. The constraint keeps the column's old
    # name, which SQLite can't change.
    began_with_id: Mapped[int] = mapped_column(
        ForeignKey("content_version.id", name="fk_cohort_content_version_id_content_version")
    )
    # The content it is taught now: that of its last move, read whenever the cohort is.
    content_version_id: Mapped[int] = column_property(
        func.coalesce(
            select(ContentMove.version_id)
            .where(ContentMove.cohort_id == id)  # noqa: A003 - its own row's
            .order_by(ContentMove.seq.desc())
            .limit(1)
            .correlate_except(ContentMove)
            .scalar_subquery(),
            began_with_id,
        )
    )

    intake: Mapped[Intake] = relationship()
    began_with: Mapped[ContentVersion] = relationship()

    @property
    def regulations(self) -> Regulations:
        """The rulebook the cohort entered under."""
        return self.intake.regulations_version.regulations


class Enrolment(Base):
    """One advocate's place in a cohort. Its state follows from its events."""

    __tablename__ = "enrolment"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("cohort_id", "advocate_id"),
        CheckConstraint("kind IN ('assessed', 'attends')", name="kind_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    advocate_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    nation: Mapped[str]
    kind: Mapped[str]
    qualify_by: Mapped[date]
    offered_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()
    advocate: Mapped[Account] = relationship()
    organisation: Mapped[Organisation] = relationship()


class EnrolmentEvent(Base):
    """One change of an enrolment's state."""

    __tablename__ = "enrolment_event"
    __fact__ = True
    __table_args__ = (UniqueConstraint("enrolment_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    seq: Mapped[int]  # 1, 2, 3 … within the enrolment
    state: Mapped[str]
    from_on: Mapped[date]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
