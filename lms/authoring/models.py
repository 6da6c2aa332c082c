"""Drafts of what is taught, what was written in them, and what reviewers said."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.catalogue.models import ContentVersion
from lms.db import Base


class Draft(Base):
    """Changes to what is taught, under way; they are published together or not at all.

    It stands on the version that was the newest when it was opened, or that it was moved onto.
    """

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]  # what it is for, in its author's words
    # None where nothing was published yet: then it stands on the content folder.
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("content_version.id"))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # published, or put away
    version_id: Mapped[int | None] = mapped_column(ForeignKey("content_version.id"))  # as published

    base_version: Mapped[ContentVersion | None] = relationship(foreign_keys=[base_version_id])
    version: Mapped[ContentVersion | None] = relationship(foreign_keys=[version_id])
    opened_by: Mapped[Account] = relationship()


class Revision(Base):
    """One change to one file of a draft. A file's newest counts; older ones are its history."""

    __tablename__ = "draft_revision"
    __fact__ = True
    __table_args__ = (UniqueConstraint("draft_id", "name", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    name: Mapped[str]  # from the content folder
    number: Mapped[int]  # from 1, file by file
    kind: Mapped[str]  # rules.Change
    text: Mapped[str]  # what was written; else empty
    file_key: Mapped[str | None]  # what was uploaded; see lms/storage.py
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

    by: Mapped[Account] = relationship()


class ReviewRequest(Base):
    """An author asks for review of a draft as it stands at that moment."""

    __tablename__ = "review_request"
    __fact__ = True
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    number: Mapped[int]  # from 1
    fingerprint: Mapped[str]  # of the changes, and of what they stand on
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class ReviewerAppointment(Base):
    """Somebody is asked to review a draft, for one of the kinds of review, by another."""

    __tablename__ = "reviewer_appointment"
    __fact__ = True
    __table_args__ = (UniqueConstraint("draft_id", "kind", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    kind: Mapped[str]  # rules.Kind
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by: Mapped[str]  # reference of an account
    at: Mapped[datetime]

    account: Mapped[Account] = relationship()


class ContentReview(Base):
    """A reviewer's word on a draft, as it stood at one moment."""

    __tablename__ = "content_review"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), index=True)
    kind: Mapped[str]  # rules.Kind
    fingerprint: Mapped[str]  # of what they read
    verdict: Mapped[str]  # rules.Verdict
    words: Mapped[str]
    named: Mapped[bool]  # whether they want their name in the page that they sign off
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

    by: Mapped[Account] = relationship()


class ReviewAnswer(Base):
    """What an author answers to an objection. It lifts nothing: the reviewer does."""

    __tablename__ = "content_review_answer"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("content_review.id"), index=True)
    words: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

    by: Mapped[Account] = relationship()
