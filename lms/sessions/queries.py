"""Questions about sessions and second factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lms import clock, vault
from lms.access.actor import Actor, Held, Role
from lms.accounts.models import Account, RoleGrant
from lms.accounts.queries import standing_grants, with_their_ends
from lms.db import db
from lms.errors import NotFound
from lms.sessions import rules
from lms.sessions.models import FailedAttempt, RecoveryCode, SecondFactor, SignIn


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, in the shape Flask-Login asks for."""

    token: str
    session_ref: str
    actor: Actor
    name: str
    proved_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token


def signed_in(token: str) -> SignedIn | None:
    """Whoever holds this session, if it stands and its proof is complete. One query."""
    query = (
        select(
            SignIn.ref,
            SignIn.began_at,
            SignIn.proved_at,
            SignIn.ended_at,
            Account.id,
            Account.ref.label("account_ref"),
            Account.name,
            Account.password_set_at,
            RoleGrant.role,
            RoleGrant.at,
        )
        .join(Account, Account.id == SignIn.account_id)
        .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    )
    rows = db.session.execute(
        with_their_ends(query)
        .where(SignIn.token_hash == vault.digest(token), Account.disabled_at.is_(None))
        .where(RoleGrant.id.is_(None) | standing_grants())
    ).all()
    return _from_rows(token, rows)


def half_signed_in(token: str) -> SignIn | None:
    """A session whose password was right and whose code is still due."""
    found = db.session.scalar(select(SignIn).where(SignIn.token_hash == vault.digest(token)))
    if found is None or found.proved_at is not None or found.account.disabled_at is not None:
        return None
    return None if rules.is_over(found.began_at, found.ended_at, clock.now()) else found


def session_with(token: str) -> SignIn:
    """The session that carries this token. Raises NotFound."""
    found = db.session.scalar(select(SignIn).where(SignIn.token_hash == vault.digest(token)))
    if found is None:
        raise NotFound
    return found


def session_of(account: Account, ref: str) -> SignIn:
    """One of the account's own sessions. Raises NotFound."""
    found = db.session.scalar(
        select(SignIn).where(SignIn.ref == ref, SignIn.account_id == account.id)
    )
    if found is None:
        raise NotFound
    return found


def open_sessions(account_id: int) -> Sequence[SignIn]:
    """The account's sessions that have not ended, newest first."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .where(SignIn.began_at > clock.now() - rules.LIFE)
        .order_by(SignIn.id.desc())
    ).all()


def second_factor(account_id: int) -> SecondFactor | None:
    """The second factor, set up or begun."""
    return db.session.get(SecondFactor, account_id)


def begun_second_factor(account_id: int) -> SecondFactor:
    """The second factor that is being set up. Raises NotFound."""
    found = second_factor(account_id)
    if found is None or found.set_at is not None:
        raise NotFound
    return found


def has_second_factor(account_id: int) -> bool:
    """Whether a second factor is set up and works."""
    found = second_factor(account_id)
    return found is not None and found.set_at is not None


def seed_of(factor: SecondFactor) -> str:
    """The seed, unsealed."""
    return vault.keys().unseal(factor.seed_sealed, bound_to=f"totp:{factor.account_id}")


def recovery_code(account_id: int, typed: str) -> RecoveryCode | None:
    """The unused recovery code of this account that was typed."""
    return db.session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == vault.digest(f"{account_id}:{rules.tidy_code(typed)}"),
            RecoveryCode.used_at.is_(None),
        )
    )


def recovery_codes_left(account_id: int) -> int:
    """How many recovery codes were not used yet."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def failures(doors: Sequence[str]) -> int:
    """The most failures at any of these doors within the window."""
    counts = db.session.scalars(
        select(func.count())
        .select_from(FailedAttempt)
        .where(FailedAttempt.door.in_(doors), FailedAttempt.at > clock.now() - rules.WINDOW)
        .group_by(FailedAttempt.door)
    ).all()
    return max(counts, default=0)


def _from_rows(token: str, rows: Sequence[Any]) -> SignedIn | None:
    if not rows:
        return None
    first = rows[0]
    over = rules.is_over(first.began_at, first.ended_at, clock.now())
    changed = first.password_set_at is not None and first.password_set_at > first.began_at
    # A new password ends every session that began before it.
    if over or changed or first.proved_at is None:
        return None
    held = frozenset(Held(Role(row.role), row.at) for row in rows if row.role is not None)
    actor = Actor(first.id, first.account_ref, held)
    return SignedIn(token, first.ref, actor, first.name, first.proved_at)
