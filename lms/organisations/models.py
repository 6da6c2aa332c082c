"""Employers of advocates, and who works where."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.db import Base


class Organisation(Base):
    """An organisation that employs advocates. It counts for nothing until it is approved."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)  # see rules.name_key
    nation: Mapped[str]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: set-up
    named_at: Mapped[datetime]


class Approval(Base):
    """One decision on an organisation: approved, or the approval withdrawn. The last one stands."""

    __tablename__ = "organisation_approval"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("organisation_id", "seq"),
        CheckConstraint("approved OR reason <> ''", name="withdrawal_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    seq: Mapped[int]
    approved: Mapped[bool]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]


class Placement(Base):
    """An advocate's employment at an organisation, from its first day."""

    __tablename__ = "placement"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role_title: Mapped[str]
    starts_on: Mapped[date]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]

    account: Mapped[Account] = relationship()
    organisation: Mapped[Organisation] = relationship()


class PlacementEnd(Base):
    """The last day of a placement."""

    __tablename__ = "placement_end"
    __fact__ = True

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    ends_on: Mapped[date]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
