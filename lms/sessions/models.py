"""Who is signed in, and what stands between a stranger and that."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.db import Base


class SignIn(Base):
    """One session. The browser holds a token; here lies only its hash, so a copy opens nothing."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    epoch: Mapped[int]  # the account's when it began; over as soon as the account's is another
    by_code: Mapped[bool]  # whether a second factor completed it
    began_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]  # last full proof of identity; None: a code is still due
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class SecondFactor(Base):
    """The seed that a person's app and we share (TOTP), sealed for this account."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    set_at: Mapped[datetime | None]  # None until the first code was right
    last_counter: Mapped[int]  # time step of the last code accepted; none is accepted twice
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class RecoveryCode(Base):
    """A code for the day the phone is lost; works once.

    ``code_hash`` is keyed: a code short enough to type could be found from a plain hash.
    """

    __tablename__ = "recovery_code"
    __table_args__ = (Index(None, "account_id"),)

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    used_at: Mapped[datetime | None]


class Clearing(Base):
    """One person's word that somebody's second factor is lost.

    A second person confirms it, a day later at the earliest: meanwhile the holder can stop it.
    """

    __tablename__ = "second_factor_clearing"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # confirmed or stopped; the trail says which

    account: Mapped[Account] = relationship(foreign_keys=account_id)


class FailedAttempt(Base):
    """One failed attempt to get in, kept for a short while to stop guessing.

    ``door`` is a hash of what was tried: an account's address, or a network address.
    """

    __tablename__ = "failed_attempt"
    __table_args__ = (Index(None, "door", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    door: Mapped[str]
    at: Mapped[datetime]
