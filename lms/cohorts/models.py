"""Intakes, cohorts, and who is enrolled."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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


class Cohort(Base):
    """The people taught together in an intake, normally one, and the content they are taught."""

    __tablename__ = "cohort"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"), index=True)
    content_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))

    intake: Mapped[Intake] = relationship()
    content_version: Mapped[ContentVersion] = relationship()

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
