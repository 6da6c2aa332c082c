"""What is taught, as it was published. A version never changes; HTML is rendered once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, JSON, ForeignKey, UniqueConstraint, event, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base

# What pages were said to hold in before they said it themselves.
_EVERYWHERE = '["england-and-wales", "scotland", "northern-ireland"]'


class ContentVersion(Base):
    """Everything that is taught, as it was when it was published for the first time."""

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
    published_by: Mapped[str]  # the first time; see Publication
    published_at: Mapped[datetime]


class Publication(Base):
    """An act of publishing. Its last names the newest content, be that an older version again."""

    __tablename__ = "publication"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"), index=True)
    published_by: Mapped[str]
    published_at: Mapped[datetime]

    version: Mapped[ContentVersion] = relationship()


class ContentFile(Base):
    """One authored file of a version; its bytes lie in storage, kept once."""

    __tablename__ = "content_file"
    __fact__ = True

    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)  # from the content folder
    file_key: Mapped[str]  # SHA-256 of the bytes, hex; see lms/storage.py
    size: Mapped[int]  # in bytes
    kind: Mapped[str]  # media type of a picture or film; empty for what is written


class Rendered(Base):
    """HTML that was rendered once, kept once by its own hash."""

    __tablename__ = "rendered"
    __fact__ = True

    sha256: Mapped[str] = mapped_column(primary_key=True)
    renderer: Mapped[str]
    html: Mapped[str]


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
    folder: Mapped[str] = mapped_column(server_default="")  # its name below modules/
    code: Mapped[str]
    title: Mapped[str]
    level: Mapped[int]
    credits: Mapped[int]
    summary: Mapped[str]
    law_as_at: Mapped[date]
    review_by: Mapped[date]
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # key, text
    nations: Mapped[list[str]] = mapped_column(JSON, server_default=_EVERYWHERE)
    prerequisites: Mapped[list[str]] = mapped_column(JSON, server_default="[]")  # folders
    reviewers: Mapped[dict[str, Any]] = mapped_column(JSON)  # by kind of review: by, on; or None


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
    position: Mapped[int]  # from 1; those that stand in for others come last
    slug: Mapped[str]
    # An alternative to another page, off the way through the module.
    stands_in: Mapped[bool] = mapped_column(server_default=false())
    title: Mapped[str]
    minutes: Mapped[int]
    law_as_at: Mapped[date]
    review_by: Mapped[date]
    advice: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    outcomes: Mapped[list[str]] = mapped_column(JSON)
    for_review: Mapped[list[str]] = mapped_column(JSON)  # statements a lawyer has to look at
    nations: Mapped[list[str]] = mapped_column(JSON, server_default=_EVERYWHERE)
    reviewers: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")  # by kind
    # What each question that counts stands for (Question.asked), by its key.
    checks: Mapped[dict[str, str]] = mapped_column(JSON, server_default="{}")
    source: Mapped[str]  # Markdown, as authored

    module: Mapped[Module] = relationship()


class PageText(Base):
    """What a page shows: HTML rendered and sanitised once, its references and words below it."""

    __tablename__ = "page_text"
    __fact__ = True

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    html_key: Mapped[str] = mapped_column(ForeignKey("rendered.sha256"))
    staff_key: Mapped[str] = mapped_column(ForeignKey("rendered.sha256"))  # with tutor notes
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # with answers: for the server

    page: Mapped[Page] = relationship()
    rendered: Mapped[Rendered] = relationship(foreign_keys=[html_key])


class PageWording(Base):
    """What a page is compared by with itself in another version; see wording.py."""

    __tablename__ = "page_wording"
    __fact__ = True

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    says: Mapped[str]  # digest of all that a learner reads
    says_of_law: Mapped[str]  # digest of what it says of the law


class SessionPlan(Base):
    """How a module is taught in a room or on line: for staff, and for no learner."""

    __tablename__ = "session_plan"
    __fact__ = True

    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), primary_key=True)
    title: Mapped[str]
    minutes: Mapped[int]
    html_key: Mapped[str] = mapped_column(ForeignKey("rendered.sha256"))

    rendered: Mapped[Rendered] = relationship()


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
    must_pass: Mapped[bool] = mapped_column(server_default=false())
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # from, to, text; from the top down


class Passage(Base):
    """Something to be found; kept once, whatever versions and pages show it.

    Each database has an index of the stems in its own way: see below, and lms/catalogue/indexing.
    """

    __tablename__ = "passage"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    sha256: Mapped[str] = mapped_column(unique=True)  # of all that it says
    kind: Mapped[str]  # page, term or reference
    title: Mapped[str]
    heading: Mapped[str]
    anchor: Mapped[str]
    text: Mapped[str]
    nations: Mapped[str]  # in which alone it holds, with a space between; empty for all
    sensitive: Mapped[str]  # what a closed part says it is about; empty outside of one
    headwords: Mapped[str]  # stems of title and heading; see lms/wording.py
    words: Mapped[str]  # stems of the text


class PagePassage(Base):
    """A passage as a page of a version shows it."""

    __tablename__ = "page_passage"
    __fact__ = True

    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"), primary_key=True)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passage.id"), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)


class Vocabulary(Base):
    """The words of one length that a version was the first to use, as a misspelling may mean them.

    A row for each would be thousands in every publication, read a length at a time in any case.
    """

    __tablename__ = "vocabulary"
    __fact__ = True

    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"), primary_key=True)
    letters: Mapped[int] = mapped_column(primary_key=True)  # how many each word has
    words: Mapped[dict[str, int]] = mapped_column(JSON)  # with how often that version uses them


_INDEXES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE passage_search USING fts5(headwords, words, content='passage', "
        "content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        "ALTER TABLE passage ADD COLUMN passage_search tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('pg_catalog.simple', headwords), 'A') || "
        "setweight(to_tsvector('pg_catalog.simple', words), 'D')) STORED",
        "CREATE INDEX ix_passage_search ON passage USING gin (passage_search)",
    ),
}
for _database, _statements in _INDEXES.items():
    for _statement in _statements:
        _ddl = DDL(_statement).execute_if(dialect=_database)  # type: ignore[no-untyped-call] # theirs
        event.listen(Passage.__table__, "after_create", _ddl)
