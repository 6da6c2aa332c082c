"""What accreditors propose to one another, and what became of it."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accreditation.models import Entry
from lms.db import Base


class Proposal(Base):
    """A change of somebody's place in the register, proposed by one accreditor for another."""

    __tablename__ = "proposal"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), index=True)
    kind: Mapped[str]
    standing: Mapped[str | None]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    scope: Mapped[str]
    conditions: Mapped[list[str]] = mapped_column(JSON)
    award: Mapped[str]  # reference of the board's decision it rests on; empty where none is needed
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()


class ProposalReason(Base):
    """Why something was proposed or declined. Personal text, so not a fact table."""

    __tablename__ = "proposal_reason"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    proposed: Mapped[str]
    declined: Mapped[str]


class ProposalEnd(Base):
    """The second accreditor's word: confirmed or declined. Its key makes it happen once."""

    __tablename__ = "proposal_end"
    __fact__ = True

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    verdict: Mapped[str]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
