"""Who wished content to be published or checked, how far that is, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.authoring.models import Draft
from lms.catalogue.models import ContentVersion
from lms.db import Base


class Wish(Base):
    """Somebody wants content published, or only checked. The background worker does it.

    It says exactly what they had before them: anything else is not what they wished.
    """

    __tablename__ = "publication_wish"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    # None for the content folder.
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(index=True)  # of the folder, or of the draft
    on_id: Mapped[int | None] = mapped_column(ForeignKey("content_version.id"))  # newest then
    publishes: Mapped[bool]  # False: it is only checked
    over_drafts: Mapped[bool]  # they know that changes published from drafts are taken back
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

    draft: Mapped[Draft | None] = relationship()
    on: Mapped[ContentVersion | None] = relationship()
    by: Mapped[Account] = relationship()


class Outcome(Base):
    """What came of a wish: a version, a refusal, or of a check what was found."""

    __tablename__ = "publication_outcome"
    __fact__ = True

    wish_id: Mapped[int] = mapped_column(ForeignKey("publication_wish.id"), primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("content_version.id"))
    refusal: Mapped[str]  # a sentence; empty when it went well
    read: Mapped[bool]  # whether all was read: then the findings are all there are
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # see lms/authored.Finding
    at: Mapped[datetime]

    wish: Mapped[Wish] = relationship()
    version: Mapped[ContentVersion | None] = relationship()


class Progress(Base):
    """How far the worker is with a wish. No fact: it is there to be looked at."""

    __tablename__ = "publication_progress"

    wish_id: Mapped[int] = mapped_column(ForeignKey("publication_wish.id"), primary_key=True)
    done: Mapped[int]  # pages and briefs that are checked
    total: Mapped[int]
    at: Mapped[datetime]  # when it was noted last
    uncommitted: Mapped[bool] = mapped_column(default=False)  # the content repository failed
