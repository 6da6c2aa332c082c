"""The register, as it is kept, and who looked at it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.db import Base
from lms.organisations.models import Organisation


class Entry(Base):
    """One person's place in the register, under a number kept for life."""

    __tablename__ = "register_entry"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)  # AC-4827-1093-K
    holder_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    opened_at: Mapped[datetime]

    holder: Mapped[Account] = relationship()


class StandingEvent(Base):
    """One thing that happened to an entry. What holds now follows from all of them, in order.

    ``authority`` is the reference of the decision it rests on; unique, so that no decision is
    entered twice.
    """

    __tablename__ = "standing_event"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("entry_id", "seq"),
        CheckConstraint("kind <> 'standing' OR standing IS NOT NULL", name="standing_is_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"))
    seq: Mapped[int]  # 1, 2, 3 … within the entry
    kind: Mapped[str]
    standing: Mapped[str | None]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    scope: Mapped[str]
    conditions: Mapped[list[str]] = mapped_column(JSON)
    authority: Mapped[str] = mapped_column(unique=True)
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class Check(Base):
    """One look by an employer: who, when, why, and what was answered.

    The number that was typed is kept only as a keyed hash: it may be anybody's. So is the form
    that was sent, with all that was typed into it.
    """

    __tablename__ = "accreditation_check"
    __fact__ = True
    __table_args__ = (Index(None, "entry_id", "made_at"), Index(None, "organisation_id", "made_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    checker_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    form_hash: Mapped[str] = mapped_column(unique=True)  # pressed twice it is one look
    number_hash: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id"))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # see Answer
    made_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    entry: Mapped[Entry | None] = relationship()
    checker: Mapped[Account] = relationship()

    @property
    def organisation_ref(self) -> str:
        """The organisation that looked; for the conditions of access."""
        return self.organisation.ref
