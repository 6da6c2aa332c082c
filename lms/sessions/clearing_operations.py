"""Clearing a second factor that is lost: two people, a day apart, and the holder hears of it."""

from sqlalchemy import delete

from lms import clock, outbox, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.audit.trail import Event, record
from lms.db import db, lock
from lms.errors import Conflict, RuleBroken
from lms.outbox import MessageKind
from lms.sessions import queries, rules
from lms.sessions.models import Clearing, RecoveryCode, SecondFactor


def ask_clearing(account: Account, *, actor: Actor) -> Clearing:
    """Say that somebody's second factor is lost. Nothing changes before a second one agrees.

    Raises RuleBroken where there is none to clear, Conflict when it was asked for already.
    """
    gate.require(actor, P.KEEP_ACCOUNTS, account)
    lock(account)
    if not queries.has_second_factor(account.id):
        raise RuleBroken("This person has no second factor that could be cleared.")
    if queries.open_clearing(account.id) is not None:
        raise Conflict("It was asked for already. A second person confirms it.")
    clearing = Clearing(
        ref=refs.new("CLR"),
        account_id=account.id,
        proposed_by_id=actor.person_id,
        proposed_at=clock.now(),
    )
    db.session.add(clearing)
    outbox.send(MessageKind.NEUTRAL, account.ref, key=clearing.ref)
    record(actor, Event.CLEARING_ASKED, account.ref, clearing=clearing.ref)
    return clearing


def confirm_clearing(clearing: Clearing, *, actor: Actor) -> None:
    """Agree, as a second person: every session ends, and the next sign-in sets up a new one.

    Raises RuleBroken before a day has passed and after a week, Conflict when it was confirmed or
    stopped already.
    """
    gate.require(actor, P.CONFIRM_CLEARING, clearing)
    _end(clearing)
    rules.check_clearable(clearing.proposed_at, clock.now())
    account = clearing.account
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    account.epoch += 1
    outbox.send(MessageKind.NEUTRAL, account.ref, key=f"{clearing.ref}:cleared")
    record(actor, Event.SECOND_FACTOR_CLEARED, account.ref, clearing=clearing.ref)


def stop_clearing(clearing: Clearing, *, actor: Actor) -> None:
    """Say no, as the holder: the second factor is in their hands, and stays.

    Raises Conflict when it was confirmed or stopped already.
    """
    gate.require(actor, P.KEEP_OWN_ACCOUNT, clearing.account)
    _end(clearing)
    record(actor, Event.CLEARING_STOPPED, clearing.account.ref, clearing=clearing.ref)


def _end(clearing: Clearing) -> None:
    lock(clearing.account)
    lock(clearing)
    if clearing.ended_at is not None:
        raise Conflict("This was confirmed or stopped already.")
    clearing.ended_at = clock.now()
