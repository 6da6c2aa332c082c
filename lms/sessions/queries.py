"""Questions about sessions and second factors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from lms import clock, vault
from lms.access.actor import Actor, Held, Role
from lms.accounts.models import Account, RoleGrant
from lms.accounts.queries import standing_grants, with_their_ends
from lms.db import db
from lms.errors import NotFound
from lms.sessions import rules
from lms.sessions.models import Clearing, FailedAttempt, RecoveryCode, SecondFactor, SignIn


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, in the shape Flask-Login asks for."""

    token: str
    session_ref: str
    actor: Actor
    name: str
    proved_at: datetime
    by_code: bool

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token

    def without_staff_roles(self) -> "SignedIn":
        """The same person, with only the roles that need no second factor."""
        held = rules.held_without_code(self.actor.held)
        return replace(self, actor=replace(self.actor, held=held))


def signed_in(token: str) -> SignedIn | None:
    """Whoever holds this session, if it stands and its proof is complete. One query."""
    rows = db.session.execute(_session_and_roles(), {"token": vault.digest(token)}).all()
    return _from_rows(token, rows)


@cache
def _session_and_roles() -> Select[Any]:
    """Asked by every page, so it is put together once."""
    query = (
        select(
            SignIn.ref,
            SignIn.began_at,
            SignIn.proved_at,
            SignIn.ended_at,
            SignIn.by_code,
            Account.id,
            Account.ref.label("account_ref"),
            Account.name,
            RoleGrant.role,
            RoleGrant.at,
            # A column, no condition: somebody whose roles all ended or wait is signed in too.
            standing_grants().label("stands"),
        )
        .join(Account, Account.id == SignIn.account_id)
        .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    )
    found: Select[Any] = (
        with_their_ends(query)
        .where(SignIn.token_hash == bindparam("token"), SignIn.epoch == Account.epoch)
        .where(Account.disabled_at.is_(None))
    )
    return found


def half_signed_in(token: str) -> SignIn | None:
    """A session whose password was right and whose code is still due."""
    found = db.session.scalar(
        select(SignIn)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.token_hash == vault.digest(token), SignIn.epoch == Account.epoch)
        .where(SignIn.proved_at.is_(None), Account.disabled_at.is_(None))
    )
    if found is None:
        return None
    over = rules.is_over(found.began_at, found.ended_at, clock.now(), rules.LIFE_OF_HALF)
    return None if over else found


def session_with(token: str) -> SignIn:
    """The session that carries this token. Raises NotFound."""
    found = db.session.scalar(select(SignIn).where(SignIn.token_hash == vault.digest(token)))
    if found is None:
        raise NotFound
    return found


def session_holding(token: str) -> SignIn | None:
    """The session that carries this token and has not ended, if there is one."""
    return db.session.scalar(
        select(SignIn).where(SignIn.token_hash == vault.digest(token), SignIn.ended_at.is_(None))
    )


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
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.account_id == account_id, SignIn.epoch == Account.epoch)
        .where(SignIn.ended_at.is_(None))
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


def recovery_hash(account_id: int, code: str) -> str:
    """What is kept of a recovery code: keyed, so that a copy of the database gives none away."""
    return vault.keys().sign(f"recovery code:{account_id}:{code}".encode())


def recovery_code(account_id: int, typed: str) -> RecoveryCode | None:
    """The unused recovery code of this account that was typed."""
    return db.session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == recovery_hash(account_id, rules.tidy_code(typed)),
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


def open_clearing(account_id: int) -> Clearing | None:
    """The word that this account's second factor is lost, while it counts."""
    return db.session.scalar(
        select(Clearing)
        .where(Clearing.account_id == account_id, Clearing.ended_at.is_(None))
        .where(Clearing.proposed_at > clock.now() - rules.CLEARING_LASTS)
    )


def clearing_of(account_ref: str, ref: str) -> Clearing:
    """One such word about one account. Raises NotFound."""
    found = db.session.scalar(
        select(Clearing)
        .join(Account, Account.id == Clearing.account_id)
        .where(Clearing.ref == ref, Account.ref == account_ref)
    )
    if found is None:
        raise NotFound
    return found


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
    if over or first.proved_at is None:
        return None
    held = frozenset(Held(Role(row.role), row.at) for row in rows if row.stands and row.role)
    actor = Actor(first.id, first.account_ref, held)
    return SignedIn(token, first.ref, actor, first.name, first.proved_at, first.by_code)
