"""What is done to the register, and every look at it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from lms import clock, refs, vault
from lms.access import gate
from lms.access.actor import Actor
from lms.access.conditions import Chaired
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.accreditation import queries, rules
from lms.accreditation.models import Check, Entry, StandingEvent
from lms.accreditation.rules import Kind, Reason, Standing, Terms
from lms.audit.trail import Event, record
from lms.db import db, lock
from lms.errors import NotFound, RuleBroken
from lms.organisations.models import Organisation
from lms.organisations.queries import is_approved


class Place(Protocol):
    """An enrolment, as the register sees it."""

    @property
    def ref(self) -> str: ...

    @property
    def advocate_id(self) -> int: ...


class Proposal(Protocol):
    """A decision of one accreditor that waits for another."""

    @property
    def ref(self) -> str: ...

    @property
    def proposed_by_id(self) -> int: ...


@dataclass(frozen=True)
class Proofs:
    """What an employer knows of the person: number, as typed and tidied, and date of birth."""

    number: str
    born_on: date


def open_entry(warrant: Place, holder: Account, qualify_by: date, *, actor: Actor) -> Entry:
    """Open somebody's place in the register, in training; or put them in training again.

    warrant  the enrolment whose place is accepted
    """
    gate.require(actor, P.ACCEPT_PLACE, warrant)
    entry = queries.entry_of(holder.id)
    if entry is None:
        entry = Entry(
            ref=refs.new("ENT"),
            number=rules.new_number(),
            holder_id=holder.id,
            opened_at=clock.now(),
        )
        db.session.add(entry)
        db.session.flush()
        record(actor, Event.ENTRY_OPENED, entry.ref)
    today = clock.today()
    if _may_become(entry, Standing.IN_TRAINING):
        _append(entry, Terms(Standing.IN_TRAINING, today, qualify_by), warrant.ref, actor)
    return entry


def end_training(holder_id: int, warrant: Place, *, actor: Actor) -> None:
    """Note that somebody left their training, so that no check says "in training" any more.

    What two accreditors decided and is in force stands: this ends a standing of training alone.

    warrant  the enrolment that ended
    """
    gate.require(actor, P.KEEP_INTAKES)
    entry = queries.entry_of(holder_id)
    if entry is None:
        return
    lock(entry)
    now = queries.standing_of(entry, clock.today())
    if now is not None and now.standing is Standing.IN_TRAINING:
        ended = f"END{warrant.ref[3:]}"  # of the enrolment whose own reference began it
        _append(entry, Terms(Standing.LAPSED, clock.today()), ended, actor)


def record_award(holder_id: int, warrant: Chaired, *, authority: str, actor: Actor) -> None:
    """Note that a board made an award; the accrediting body decides next.

    warrant    the meeting of the board
    authority  reference of its decision on this person
    """
    gate.require(actor, P.RATIFY_RESULTS, warrant)
    entry = queries.entry_of(holder_id)
    if entry is None:  # it was opened when the place was accepted
        raise NotFound
    lock(entry)
    if _may_become(entry, Standing.AWARD_MADE):
        _append(entry, Terms(Standing.AWARD_MADE, clock.today()), authority, actor)


def change_standing(entry: Entry, terms: Terms, warrant: Proposal, *, actor: Actor) -> None:
    """Enter what two accreditors decided.

    warrant  the proposal, which this actor confirms

    Raises RuleBroken for a standing that can't follow the present one.
    """
    gate.require(actor, P.CONFIRM_STANDING, warrant)
    lock(entry)
    rules.check_terms(terms)
    now = queries.standing_of(entry, clock.today())
    rules.check_move(now.standing if now else None, terms.standing)
    _append(entry, terms, warrant.ref, actor)


def withhold(entry: Entry, kind: Kind, warrant: Proposal, *, actor: Actor) -> None:
    """Make checks find nothing, or find the entry again; decided by two, like a standing.

    Raises RuleBroken when it is so already.
    """
    gate.require(actor, P.CONFIRM_STANDING, warrant)
    lock(entry)
    rules.check_flag(rules.is_withheld(queries.events_of(entry.id)), kind)
    _append(entry, Terms(Standing.IN_TRAINING, clock.today()), warrant.ref, actor, kind)


def check(
    organisation: Organisation, proofs: Proofs, reason: Reason, *, token: str = "", actor: Actor
) -> Check:
    """Look somebody up for an employer: the look is noted first, whatever the answer.

    token    of the form: the same form sent twice with the same content is one look
    returns  the look; without an entry it is "no match", which is the same for unknown, hidden
             and mistyped

    Raises RuleBroken for an organisation that isn't approved, TooMany for one that guesses.
    """
    gate.require(actor, P.CHECK_ACCREDITATION, organisation)
    lock(organisation)
    now, keys = clock.now(), vault.keys()
    form_hash = keys.sign(_sent(token or refs.token(), organisation, proofs, reason, actor))
    again = queries.check_sent(form_hash)
    if again is not None:
        return again
    if not is_approved(organisation):
        raise RuleBroken("Your organisation is not approved to check at present.")
    number_hash = keys.sign(f"number:{proofs.number}".encode())
    misses = queries.misses_of(organisation, now - rules.NUMBER_WINDOW)
    rules.check_guessing(misses, number_hash, now)
    found = queries.match(proofs.number, proofs.born_on, clock.today())
    look = Check(
        ref=refs.new("CHK"),
        organisation=organisation,
        checker_id=actor.person_id,
        reason=reason,
        form_hash=form_hash,
        number_hash=number_hash,
        entry=found[0] if found else None,
        answer=_answer(found[1]) if found else None,
        made_at=now,
    )
    db.session.add(look)
    record(actor, Event.CHECKED, look.ref, organisation=organisation.ref, matched=bool(found))
    return look


def refuse_guessing(organisation: Organisation, *, actor: Actor) -> None:
    """Note that somebody was refused for guessing, in a unit of work of its own."""
    gate.require(actor, P.CHECK_ACCREDITATION, organisation)
    permission = str(P.CHECK_ACCREDITATION)
    record(actor, Event.ACCESS_DENIED, organisation.ref, permission=permission, why="guessing")


def _sent(
    token: str, organisation: Organisation, proofs: Proofs, reason: Reason, actor: Actor
) -> bytes:
    """A form with what was typed into it, by whom: the same again asks nothing new."""
    parts = [actor.ref, organisation.ref, token, proofs.number, proofs.born_on.isoformat(), reason]
    return "\n".join(["check", *parts]).encode()


def _may_become(entry: Entry, standing: Standing) -> bool:
    now = queries.standing_of(entry, clock.today())
    return standing in rules.MOVES[now.standing if now else None]


def _answer(terms: Terms) -> dict[str, Any]:
    """What was answered, kept for the receipt. No name: that stays with the personal record."""
    return {
        "standing": terms.standing,
        "from_on": terms.from_on.isoformat(),
        "until_on": terms.until_on.isoformat() if terms.until_on else None,
        "scope": terms.scope,
        "conditions": list(terms.conditions),
    }


def _append(
    entry: Entry, terms: Terms, authority: str, actor: Actor, kind: Kind = Kind.STANDING
) -> None:
    earlier = queries.events_of(entry.id)
    standing = terms.standing if kind is Kind.STANDING else None
    db.session.add(
        StandingEvent(
            entry_id=entry.id,
            seq=earlier[-1].seq + 1 if earlier else 1,
            kind=kind,
            standing=standing,
            from_on=terms.from_on,
            until_on=terms.until_on,
            scope=terms.scope,
            conditions=list(terms.conditions),
            authority=authority,
            entered_by=actor.ref,
            entered_at=clock.now(),
        )
    )
    record(actor, Event.STANDING_CHANGED, entry.ref, kind=kind, standing=standing, by=authority)
