"""Beginning and ending sessions, and keeping second factors."""

import secrets
from datetime import timedelta

import pyotp
from sqlalchemy import delete

from lms import clock, refs, vault
from lms.access import gate
from lms.access.actor import PUBLIC, Actor
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.audit.trail import Event, record
from lms.db import db, lock
from lms.errors import RuleBroken
from lms.sessions import queries, rules
from lms.sessions.models import FailedAttempt, RecoveryCode, SecondFactor, SignIn

# No vowels and nothing that is misread: a recovery code spells no word.
_CODE_SYMBOLS = "23456789BCDFGHJKMNPQRSTVWXZ"
_KEPT_FOR = timedelta(days=1)


def sign_in(account: Account, *, complete: bool) -> str:
    """Begin a session after the right password; returns the token for the browser.

    complete  False while a code is still due: the session opens nothing until `prove`
    """
    token, at = refs.token(), clock.now()
    session = SignIn(
        ref=refs.new("SES"),
        token_hash=vault.digest(token),
        account_id=account.id,
        epoch=account.epoch,
        by_code=False,
        began_at=at,
        proved_at=at if complete else None,
    )
    db.session.add(session)
    if complete:
        record(_as(account), Event.SIGNED_IN, account.ref, session=session.ref)
    return token


def sign_in_failed(doors: list[str], whose: Account | None = None) -> None:
    """Note a failed attempt; nobody is signed in, so there is no lock.

    doors  keyed hashes of what was tried
    whose  the account, when its password was right and the code was wrong
    """
    at = clock.now()
    db.session.execute(delete(FailedAttempt).where(FailedAttempt.at < at - _KEPT_FOR))
    db.session.add_all(FailedAttempt(door=door, at=at) for door in doors)
    if whose is None:
        record(PUBLIC, Event.SIGN_IN_FAILED, "-", door=doors[0][:12])
    else:
        record(PUBLIC, Event.SECOND_FACTOR_FAILED, whose.ref)


def sign_in_with_code(session: SignIn, code: str) -> str:
    """Complete a session with a code of the app, or a recovery code; returns a fresh token.

    Raises WrongCode; the caller notes the failure.
    """
    lock(session)
    _accept_code(session.account, code)
    return complete(session)


def complete(session: SignIn) -> str:
    """Let a session open everything, its proof being whole; returns a fresh token."""
    token = refs.token()
    # A new token with more power: one that leaked before the code is worth nothing after it.
    session.token_hash = vault.digest(token)
    session.proved_at, session.by_code = clock.now(), True
    record(_as(session.account), Event.SIGNED_IN, session.account.ref, session=session.ref)
    return token


def prove_again(session: SignIn, *, actor: Actor) -> None:
    """Note that the person has just proved who they are, for an act that asks for it."""
    gate.require(actor, P.KEEP_OWN_ACCOUNT, session.account)
    session.proved_at = clock.now()
    record(actor, Event.PROVED_AGAIN, session.account.ref, session=session.ref)


def check_code(account: Account, code: str, *, actor: Actor) -> None:
    """Accept a code from somebody signed in. Raises WrongCode."""
    gate.require(actor, P.KEEP_OWN_ACCOUNT, account)
    _accept_code(account, code)
    record(actor, Event.PROVED_AGAIN, account.ref)


def end_session(session: SignIn, *, actor: Actor) -> None:
    """End a session at once."""
    gate.require(actor, P.KEEP_OWN_ACCOUNT, session.account)
    session.ended_at = session.ended_at or clock.now()
    record(actor, Event.SIGNED_OUT, session.account.ref, session=session.ref)


def abandon(session: SignIn) -> None:
    """End a session that opens nothing, for want of a code or after too long a rest.

    Whoever holds its token may; there is nothing to lock.
    """
    session.ended_at = session.ended_at or clock.now()
    record(PUBLIC, Event.SIGNED_OUT, session.account.ref, session=session.ref)


def end_other_sessions(account: Account, keep: str, *, actor: Actor) -> int:
    """End every session of one's own but the present; returns how many.

    keep  reference of the present session
    """
    gate.require(actor, P.KEEP_OWN_ACCOUNT, account)
    others = [each for each in queries.open_sessions(account.id) if each.ref != keep]
    for each in others:
        each.ended_at = clock.now()
    record(actor, Event.SESSIONS_ENDED, account.ref, count=len(others))
    return len(others)


def begin_second_factor(account: Account) -> SecondFactor:
    """A new seed to scan, unless one works already; it counts once a first code was right.

    Nobody else may know it: an earlier seed that was shown and not taken is replaced, and the
    half sessions that could open the set-up page end.

    Reached only with a right password, or signed in; so there is no lock.
    """
    lock(account)
    factor = queries.second_factor(account.id)
    if factor is not None and factor.set_at is not None:
        return factor
    for each in queries.open_sessions(account.id):
        if each.proved_at is None:
            each.ended_at = clock.now()
    if factor is None:
        factor = SecondFactor(account_id=account.id, last_counter=0)
        db.session.add(factor)
    factor.seed_sealed = vault.keys().seal(pyotp.random_base32(), bound_to=f"totp:{account.id}")
    return factor


def finish_second_factor(account: Account, code: str) -> list[str]:
    """Take the first code from the app; returns recovery codes, to be shown this once.

    Raises WrongCode.
    """
    lock(account)
    factor = queries.second_factor(account.id)
    if factor is None or factor.set_at is not None:
        raise rules.WrongCode("Start again: the set-up is not open any more.")
    factor.last_counter = rules.counter_of(
        queries.seed_of(factor), code, factor.last_counter, clock.now()
    )
    factor.set_at = clock.now()
    record(_as(account), Event.SECOND_FACTOR_SET, account.ref)
    return _new_recovery_codes(account)


def new_recovery_codes(account: Account, *, actor: Actor) -> list[str]:
    """Make the old recovery codes useless and return new ones, to be shown this once.

    Raises RuleBroken where there is no second factor that they could stand in for.
    """
    gate.require(actor, P.KEEP_OWN_ACCOUNT, account)
    lock(account)
    if not queries.has_second_factor(account.id):
        raise RuleBroken("Set up a second factor first. Its recovery codes come with it.")
    record(actor, Event.SECOND_FACTOR_SET, account.ref)
    return _new_recovery_codes(account)


def _new_recovery_codes(account: Account) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [
        "".join(secrets.choice(_CODE_SYMBOLS) for _ in range(12))
        for _ in range(rules.RECOVERY_CODES)
    ]
    for code in codes:
        code_hash = queries.recovery_hash(account.id, code)
        db.session.add(RecoveryCode(account_id=account.id, code_hash=code_hash))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _accept_code(account: Account, code: str) -> None:
    factor = queries.second_factor(account.id)
    if factor is None or factor.set_at is None:
        raise rules.WrongCode("That code doesn’t fit. Use the newest one your app shows.")
    lock(factor)
    spare = queries.recovery_code(account.id, code)
    if spare is not None:
        lock(spare)
        spare.used_at = clock.now()
        record(_as(account), Event.RECOVERY_CODE_USED, account.ref)
        return
    factor.last_counter = rules.counter_of(
        queries.seed_of(factor), code, factor.last_counter, clock.now()
    )


def _as(account: Account) -> Actor:
    return Actor(account.id, account.ref)
