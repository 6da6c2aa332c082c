"""Questions to the register."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from lms import vault
from lms.accounts.models import Account, Identity
from lms.accounts.queries import born_on, identity_of
from lms.accreditation import rules
from lms.accreditation.models import Check, Entry, StandingEvent
from lms.accreditation.rules import Terms
from lms.db import db
from lms.errors import NotFound
from lms.organisations.models import Organisation

PAGE = 50
_NOBODY = 0
_NOT_BORN = "0001-01-01"


@dataclass(frozen=True)
class Row:
    """One line of the register, for accreditors."""

    entry: Entry
    name: str
    now: Terms | None
    withheld: bool


def entry(ref: str) -> Entry:
    """The register entry of this reference. Raises NotFound."""
    found = db.session.scalar(select(Entry).where(Entry.ref == ref))
    if found is None:
        raise NotFound
    return found


def entry_of(holder_id: int) -> Entry | None:
    """Somebody's place in the register, if they have one."""
    return db.session.scalar(select(Entry).where(Entry.holder_id == holder_id))


def number_of_address(address: str) -> str:
    """The number of whoever signs in with this address; empty when they have none."""
    return (
        db.session.scalar(select(Entry.number).join(Entry.holder).where(Account.address == address))
        or ""
    )


def entries_of(holder_ids: Iterable[int]) -> dict[int, Entry]:
    """Places in the register, by holder."""
    found = db.session.scalars(select(Entry).where(Entry.holder_id.in_(list(holder_ids))))
    return {each.holder_id: each for each in found}


def events_of(entry_id: int) -> Sequence[StandingEvent]:
    """Everything that happened to an entry, in order."""
    return db.session.scalars(
        select(StandingEvent).where(StandingEvent.entry_id == entry_id).order_by(StandingEvent.seq)
    ).all()


def standing_of(entry: Entry, on: date) -> Terms | None:
    """What holds for an entry on a day."""
    return rules.in_force(events_of(entry.id), on)


def standings_of(holder_ids: Iterable[int], on: date) -> dict[int, Terms]:
    """What holds on a day, by holder. One query, however many."""
    rows = db.session.execute(
        select(Entry.holder_id, StandingEvent)
        .join(StandingEvent, StandingEvent.entry_id == Entry.id)
        .where(Entry.holder_id.in_(list(holder_ids)))
        .order_by(Entry.id, StandingEvent.seq)
    )
    events: dict[int, list[StandingEvent]] = {}
    for holder_id, event in rows:
        events.setdefault(holder_id, []).append(event)
    found = {holder_id: rules.in_force(each, on) for holder_id, each in events.items()}
    return {holder_id: terms for holder_id, terms in found.items() if terms is not None}


def register(page: int, on: date, sought: str = "") -> tuple[list[Row], int]:
    """One page of the register by number, and how many entries fit. Four queries.

    sought  part of a number, or of a name on a certificate
    """
    query = select(Entry)
    if sought:
        like = f"%{sought.lower().replace('%', '').replace('_', '')}%"
        named = select(Identity.account_id).where(func.lower(Identity.certificate_name).like(like))
        query = query.where(or_(func.lower(Entry.number).like(like), Entry.holder_id.in_(named)))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    entries = db.session.scalars(
        query.options(joinedload(Entry.holder))
        .order_by(Entry.number)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    ids = [each.id for each in entries]
    events: dict[int, list[StandingEvent]] = {each: [] for each in ids}
    for event in db.session.scalars(
        select(StandingEvent).where(StandingEvent.entry_id.in_(ids)).order_by(StandingEvent.seq)
    ):
        events[event.entry_id].append(event)
    names = certificate_names([each.holder_id for each in entries])
    return [
        Row(
            each,
            names.get(each.holder_id, each.holder.name),
            rules.in_force(events[each.id], on),
            rules.is_withheld(events[each.id]),
        )
        for each in entries
    ], total


def match(number: str, born: date, on: date) -> tuple[Entry, Terms] | None:
    """The entry that both proofs fit, with what holds on a day, unless it is withheld.

    Takes the same steps whether or not there is one: the time of an answer says nothing.
    """
    entry = db.session.scalar(select(Entry).where(Entry.number == number))
    identity = identity_of(entry.holder_id if entry else _NOBODY)
    events = events_of(entry.id if entry else _NOBODY)
    fits = hmac.compare_digest(_born(identity), born.isoformat())
    holds = rules.in_force(events, on)
    if entry is None or holds is None or not fits or rules.is_withheld(events):
        return None
    return entry, holds


def check_with(ref: str) -> Check:
    """The look of this reference. Raises NotFound."""
    found = db.session.scalar(select(Check).where(Check.ref == ref))
    if found is None:
        raise NotFound
    return found


def check_sent(form_hash: str) -> Check | None:
    """The look that this very form made already, if it did."""
    return db.session.scalar(select(Check).where(Check.form_hash == form_hash))


def misses_of(organisation: Organisation, since: datetime) -> Sequence[Check]:
    """An organisation's looks that found nothing, the latest first."""
    return db.session.scalars(
        select(Check)
        .where(Check.organisation_id == organisation.id, Check.made_at > since)
        .where(Check.entry_id.is_(None))
        .order_by(Check.made_at.desc(), Check.id.desc())
    ).all()


def checks_of(entry: Entry) -> Sequence[Check]:
    """Who looked at an entry, the latest first."""
    return db.session.scalars(
        select(Check)
        .where(Check.entry_id == entry.id)
        .options(joinedload(Check.organisation))
        .order_by(Check.made_at.desc(), Check.id.desc())
    ).all()


def checks_by(organisation_ids: Iterable[int], most: int = 20) -> Sequence[Check]:
    """The latest looks by these organisations."""
    return db.session.scalars(
        select(Check)
        .where(Check.organisation_id.in_(list(organisation_ids)))
        .options(joinedload(Check.organisation), joinedload(Check.checker), joinedload(Check.entry))
        .order_by(Check.made_at.desc(), Check.id.desc())
        .limit(most)
    ).all()


def certificate_name(holder_id: int) -> str:
    """The name in the register; empty when the personal record is gone."""
    return certificate_names([holder_id]).get(holder_id, "")


def certificate_name_at(holder_id: int, at: datetime) -> str:
    """The name in the register as it was at a moment; empty when the personal record is gone."""
    recorded = db.session.execute(
        select(Identity.certificate_name, Identity.recorded_at)
        .where(Identity.account_id == holder_id)
        .order_by(Identity.seq)
    ).all()
    by_then = [name for name, recorded_at in recorded if recorded_at <= at]
    return (by_then or [name for name, _ in recorded[:1]] or [""])[-1]


def certificate_names(holder_ids: Sequence[int]) -> dict[int, str]:
    """Names in the register, by holder; those whose personal record is gone are left out."""
    rows = db.session.execute(
        select(Identity.account_id, Identity.certificate_name)
        .where(Identity.account_id.in_(holder_ids))
        .order_by(Identity.account_id, Identity.seq)
    )
    return {row[0]: row[1] for row in rows}


def _born(identity: Identity | None) -> str:
    if identity is None:
        # Sealing costs what unsealing costs.
        vault.keys().seal(_NOT_BORN, bound_to="nobody")
        return _NOT_BORN
    return born_on(identity).isoformat()
