"""People who can sign in, the roles they hold, and who they are by law."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access.actor import Role
from lms.db import Base


class Account(Base):
    """Somebody who can sign in. Without a password until the invitation is accepted."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str] = mapped_column(unique=True)  # email, as rules.normal_address makes it
    name: Mapped[str]  # how the person wants to be called here
    password_hash: Mapped[str | None]  # Argon2id
    password_set_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    # Grows when every session has to end at once: each belongs to the epoch in which it began.
    # A number, because a clock that is put right would let an old session live again.
    epoch: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class RoleGrant(Base):
    """A role given to somebody. It stands from its confirmation, if it needs one, to its end."""

    __tablename__ = "role_grant"
    __fact__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]
    at: Mapped[str]  # reference of the organisation it is held at; empty for the programme
    needs_second: Mapped[bool]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: set-up
    granted_at: Mapped[datetime]

    account: Mapped[Account] = relationship(foreign_keys=account_id)

    @property
    def as_role(self) -> Role:
        """The role, as the rules know it."""
        return Role(self.role)


class RoleConfirmation(Base):
    """A second registrar's agreement to a grant."""

    __tablename__ = "role_confirmation"
    __fact__ = True

    grant_id: Mapped[int] = mapped_column(ForeignKey("role_grant.id"), primary_key=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime]


class RoleEnd(Base):
    """The end of a grant."""

    __tablename__ = "role_end"
    __fact__ = True

    grant_id: Mapped[int] = mapped_column(ForeignKey("role_grant.id"), primary_key=True)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime]


class Identity(Base):
    """Who somebody is by law, as of one record. A correction is a new row with its reason.

    Not a fact table: the law may require personal data to go, and the facts hold without it.
    """

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("account_id", "seq"),
        CheckConstraint("seq = 1 OR reason <> ''", name="correction_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    seq: Mapped[int]
    certificate_name: Mapped[str]  # the whole name, as it stands on an award
    born_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # ISO date, sealed for this row's ref
    reason: Mapped[str]
    recorded_by: Mapped[str]  # reference of the account
    recorded_at: Mapped[datetime]


class Invitation(Base):
    """A single-use link to set a password: for somebody new, or to somebody who lost theirs."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the token in the link
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
