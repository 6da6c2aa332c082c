"""What people put down while they read. It is theirs alone, to change and to erase."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Page
from lms.db import Base


class Jotting(Base):
    """A note, a highlight, a bookmark, or the place where somebody wants to go on.

    It belongs to a page by the page's name, which newer versions share; the row of the page is
    the one it was made on.
    """

    __tablename__ = "jotting"
    __table_args__ = (
        UniqueConstraint("owner_id", "once"),
        Index(None, "owner_id", "module_slug", "page_slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]  # see rules.Kind
    module_slug: Mapped[str]
    page_slug: Mapped[str]
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    anchor: Mapped[str]  # of the part it is about; empty for the whole page
    text: Mapped[str]  # of a note; of a highlight the words of the page; else empty
    once: Mapped[str]  # what its owner can have only one of: pressing twice makes no second
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    made_on: Mapped[Page] = relationship()

    @property
    def version(self) -> str:
        """What a form says of the note it shows, so that another window's change is noticed."""
        return self.changed_at.isoformat()
