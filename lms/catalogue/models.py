"""What is taught, as it was published. A version never changes; HTML is rendered once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base


class ContentVersion(Base):
    """Everything that is taught, as of one publication."""

    __tablename__ = "content_version"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(unique=True)  # of all files and the renderer's version
    title: Mapped[str]
    award: Mapped[str]
    level: Mapped[int]
    credits: Mapped[int]
    note: Mapped[str]
    published_by: Mapped[str]
    published_at: Mapped[datetime]


class Module(Base):
    """A course module, as published in one version."""

    __tablename__ = "module"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("version_id", "slug"),
        UniqueConstraint("version_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    position: Mapped[int]  # from 1
    slug: Mapped[str]  # its name in addresses
    code: Mapped[str]
    title: Mapped[str]
    level: Mapped[int]
    credits: Mapped[int]
    summary: Mapped[str]
    law_as_at: Mapped[date]
    review_by: Mapped[date]
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # key, text
    reviewers: Mapped[dict[str, str | None]] = mapped_column(JSON)  # by kind of review


class Page(Base):
    """One page of a module."""

    __tablename__ = "page"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("module_id", "slug"),
        UniqueConstraint("module_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    position: Mapped[int]  # from 1
    slug: Mapped[str]
    title: Mapped[str]
    minutes: Mapped[int]
    law_as_at: Mapped[date]
    review_by: Mapped[date]
    advice: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    outcomes: Mapped[list[str]] = mapped_column(JSON)
    for_review: Mapped[list[str]] = mapped_column(JSON)  # statements a lawyer has to look at
    source: Mapped[str]  # Markdown, as authored
    html: Mapped[str]  # rendered and sanitised once, with its references and words below

    module: Mapped[Module] = relationship()


class Brief(Base):
    """An assessment as it is described and weighed; a cohort sets it with a deadline."""

    __tablename__ = "brief"
    __fact__ = True
    __table_args__ = (UniqueConstraint("module_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    key: Mapped[str]
    title: Mapped[str]
    weighting: Mapped[int]  # per cent of the module's mark
    words: Mapped[int]
    outcomes: Mapped[list[str]] = mapped_column(JSON)
    source: Mapped[str]
    html: Mapped[str]

    module: Mapped[Module] = relationship()


class Criterion(Base):
    """One row of a rubric."""

    __tablename__ = "criterion"
    __fact__ = True
    __table_args__ = (
        UniqueConstraint("brief_id", "key"),
        UniqueConstraint("brief_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id"))
    position: Mapped[int]  # from 1
    key: Mapped[str]
    title: Mapped[str]
    weight: Mapped[int]  # per cent of the assessment's mark
    outcomes: Mapped[list[str]] = mapped_column(JSON)
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # from, to, text; from the top down
