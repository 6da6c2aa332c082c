"""Problems that readers report with a page, and what they are answered."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.catalogue.models import ContentVersion, Page
from lms.db import Base


class ProblemReport(Base):
    """A reader says what is wrong with a page, as they have it before them.

    Who they are is kept for the answer alone: those who answer never see it.
    """

    __tablename__ = "problem_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    advocate_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)  # of the form: sent twice, it reports once
    kind: Mapped[str]  # rules.Kind
    words: Mapped[str]
    reported_at: Mapped[datetime]
    answer: Mapped[str]  # empty while it is open
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]

    page: Mapped[Page] = relationship()
    version: Mapped[ContentVersion] = relationship()
    advocate: Mapped[Account] = relationship(foreign_keys=[advocate_id])
