"""What advocates have read."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class PageRead(Base):
    """An advocate's own word that they have read a page; theirs to take back."""

    __tablename__ = "page_read"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    read_at: Mapped[datetime]
