"""Rulebooks as they were published."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.regulations import source
from lms.regulations.profile import Regulations


class RegulationsVersion(Base):
    """The text of a rulebook, kept for good: an intake enters under one, and keeps it."""

    __tablename__ = "regulations_version"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]  # YAML, as authored
    sha256: Mapped[str] = mapped_column(unique=True)
    published_by: Mapped[str]
    published_at: Mapped[datetime]

    @property
    def regulations(self) -> Regulations:
        """The rules, ready to be asked."""
        return source.parsed(self.text)
