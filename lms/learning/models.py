"""What advocates have read and answered: their own business, and theirs to take back."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class PageRead(Base):
    """An advocate's own word that they have met with a page; theirs to take back."""

    __tablename__ = "page_read"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    how: Mapped[str] = mapped_column(server_default="read")  # one of rules.How
    read_at: Mapped[datetime]


class Answer(Base):
    """What an advocate answered to a question on a page. Never a mark.

    Pages are named as in addresses, so that an answer stays when a cohort moves to another version.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "page", "asked", "attempt"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    module: Mapped[str]  # slug
    page: Mapped[str]  # slug
    question: Mapped[str]  # key
    asked: Mapped[str]  # what the question was: see Question.asked
    attempt: Mapped[int]  # from 1; a reflection has one, which changes
    chosen: Mapped[str]  # keys of options, with blanks between them; of an ordering, in its order
    text: Mapped[str]  # a reflection: only its writer reads it
    is_right: Mapped[bool | None]  # none of a reflection
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))  # of the version it was asked in
    answered_at: Mapped[datetime]
