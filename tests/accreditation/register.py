"""Entries of the register in every standing, and employers who look: made without a board."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete

from lms import clock, refs
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account, Identity
from lms.accreditation import operations as register, queries
from lms.accreditation.models import Check, Entry
from lms.accreditation.rules import Kind, Standing, Terms
from lms.db import db, unit_of_work
from lms.organisations.models import Organisation
from tests import factories
from tests.support.pages import day

SCOPE = "Independent advocacy in Scotland"
BORN = factories.BORN


@dataclass(frozen=True)
class Warrant:
    """What gives the right: an enrolment, a meeting or a proposal, as the register sees it."""

    ref: str
    advocate_id: int = 0
    chair_id: int = 0
    proposed_by_id: int = 0


@dataclass(frozen=True)
class Employer:
    """An organisation and its coordinator."""

    organisation: Organisation
    coordinator: Account


def make_entry(*, name: str = "", born: date = BORN, qualify_by: date | None = None) -> Entry:
    """Somebody in training, with an identity."""
    holder = factories.make_account(Role.ADVOCATE)
    with unit_of_work():
        accounts.record_identity(holder, name or f"{holder.name} Certificate", born, actor=SYSTEM)
        return register.open_entry(
            Warrant(refs.new("ENR"), holder.id),
            holder,
            qualify_by or clock.today() + timedelta(days=700),
            actor=SYSTEM,
        )


def enter(entry: Entry, standing: Standing, **terms: object) -> Entry:
    """A standing that two accreditors decided on, from today."""
    given = {"from_on": clock.today(), **terms}
    with unit_of_work():
        register.change_standing(
            entry, Terms(standing, **given), Warrant(refs.new("PRP")), actor=SYSTEM
        )
    return entry


def award(entry: Entry) -> Entry:
    """An award that a board made."""
    with unit_of_work():
        register.record_award(
            entry.holder_id,
            Warrant(refs.new("BRD")),
            authority=refs.new("DEC"),
            actor=SYSTEM,
        )
    return entry


def green() -> dict[str, object]:
    """Terms of an accreditation for three years."""
    return {"until_on": clock.today() + timedelta(days=1000), "scope": SCOPE}


def make_accredited(**identity: object) -> Entry:
    """Somebody accredited."""
    return enter(award(make_entry(**identity)), Standing.ACCREDITED, **green())


def make_standing(standing: Standing) -> Entry:
    """Somebody in any of the standings, by the shortest way there."""
    today = clock.today()
    if standing is Standing.LAPSED:
        return make_entry(qualify_by=today - timedelta(days=1))
    entry = make_entry()
    if standing is Standing.IN_TRAINING:
        return entry
    award(entry)
    if standing is Standing.AWARD_MADE:
        return entry
    if standing is Standing.ACCREDITED_WITH_CONDITIONS:
        conditions = ("Supervision every two weeks.", "No work alone at night.")
        return enter(entry, standing, **green(), conditions=conditions)
    enter(entry, Standing.ACCREDITED, **green())
    if standing is Standing.SUSPENDED:
        return enter(entry, standing, until_on=today + timedelta(days=90))
    if standing is not Standing.ACCREDITED:
        enter(entry, standing)
    return entry


def withhold(entry: Entry, kind: Kind = Kind.WITHHELD) -> Entry:
    """A record hidden from every check, or shown again."""
    with unit_of_work():
        register.withhold(entry, kind, Warrant(refs.new("PRP")), actor=SYSTEM)
    return entry


def make_employer(*, approved: bool = True) -> Employer:
    """An organisation with a coordinator."""
    organisation = factories.make_organisation(approved=approved)
    return Employer(organisation, factories.make_account(Role.COORDINATOR, at=organisation))


def filled(number: str, born: date = BORN, **changes: object) -> dict[str, object]:
    """The check's form as somebody fills it in."""
    return {
        "number": number,
        **day("born_on", born),
        "reason": "offer",
        "seen_identity": "y",
        "they_know": "y",
        **changes,
    }


def look(visitor, number: str, born: date = BORN, **changes: object):
    """The answer to a check: the receipt's page."""
    return visitor.fill_in("/check", **filled(number, born, **changes))


def looks() -> list[Check]:
    """Every look that was noted, in order."""
    db.session.rollback()
    return list(db.session.query(Check).order_by(Check.id))


def number_like(entry: Entry | None = None) -> str:
    """A well-formed number that nobody has."""
    while True:
        number = queries.rules.new_number()
        if entry is None or number != entry.number:
            return number


def erase(entry: Entry) -> None:
    """The personal record gone, as the law may require; the facts stay."""
    with unit_of_work():
        db.session.execute(delete(Identity).where(Identity.account_id == entry.holder_id))
