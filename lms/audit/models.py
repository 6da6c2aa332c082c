"""The trail, as it is kept."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class AuditEntry(Base):
    """One act: who did what, to which thing, when. Rows form a chain that shows any change.

    ``facts`` is canonical JSON of numbers, dates and references: no prose, no personal data.
    """

    __tablename__ = "audit_entry"
    __fact__ = True
    __table_args__ = (Index(None, "subject"), Index(None, "actor"), Index(None, "at"))

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 …, no gap
    at: Mapped[datetime]  # UTC
    actor: Mapped[str]  # reference of the account, or "system" or "public"
    roles: Mapped[str]  # as they stood, in order, separated by commas
    event: Mapped[str]
    subject: Mapped[str]  # reference of the thing acted upon
    facts: Mapped[str]
    request: Mapped[str]  # reference of the request or command that caused it
    before: Mapped[str]  # hash of the entry before
    hash: Mapped[str]  # HMAC-SHA256 over all of the above, hex
