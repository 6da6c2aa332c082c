"""Importing a roster, and inviting everybody on it."""

from collections.abc import Sequence

from lms import clock
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.accounts import operations as accounts, queries as people
from lms.accounts.models import Account
from lms.audit.trail import Event, record
from lms.cohorts import operations, queries
from lms.cohorts.models import Cohort
from lms.cohorts.roster import RosterRow
from lms.db import lock
from lms.organisations import operations as organisations
from lms.organisations.models import Organisation
from lms.organisations.queries import is_placed
from lms.organisations.rules import name_key


def import_roster(
    cohort: Cohort,
    rows: Sequence[RosterRow],
    organisations_by_key: dict[str, Organisation],
    *,
    actor: Actor,
) -> int:
    """Offer a place to everybody on a checked roster who has none; returns how many.

    All or nothing: the caller's unit of work holds every row. Rows of people who have their place
    already change nothing, so the same file twice does what it does once; and of two who import
    at the same moment the second finds everybody placed.
    """
    gate.require(actor, P.KEEP_INTAKES)
    lock(cohort)
    known = people.accounts_with_addresses(row.address for row in rows)
    placed = queries.enrolled_in(cohort, (account.id for account in known.values()))
    offered = 0
    for row in rows:
        account = known.get(row.address)
        if account is not None and account.id in placed:
            continue
        organisation = organisations_by_key[name_key(row.organisation)]
        _offer_row(cohort, account, row, organisation, actor)
        offered += 1
    if offered:
        record(actor, Event.ROSTER_IMPORTED, cohort.ref, rows=len(rows), offered=offered)
    return offered


def invite_all(cohort: Cohort, base_url: str, *, actor: Actor) -> int:
    """Send an invitation to everybody offered a place who has no password and no open link."""
    gate.require(actor, P.KEEP_INTAKES)
    lock(cohort)
    waiting = queries.offered_without_password(cohort)
    invited = people.invited_until_of([each.advocate_id for each in waiting])
    now = clock.now()
    sent = 0
    for each in waiting:
        until = invited.get(each.advocate_id)
        if until is None or until <= now:
            accounts.invite(each.advocate, base_url, actor=actor)
            sent += 1
    if sent:
        record(actor, Event.INVITED, cohort.ref, count=sent)
    return sent


def _offer_row(
    cohort: Cohort,
    account: Account | None,
    row: RosterRow,
    organisation: Organisation,
    actor: Actor,
) -> None:
    # Somebody who joins late is placed from today: of the time before we know nothing.
    day = max(cohort.intake.starts_on, clock.today())
    new = account is None
    if account is None:
        account = accounts.open_account(row.address, row.display_name, actor=actor)
    if new or people.identity_of(account.id) is None:
        accounts.record_identity(account, row.certificate_name, row.born_on, actor=actor)
    if new or not is_placed(account.id, organisation.id, day):
        organisations.record_placement(account, organisation, row.role_title, day, actor=actor)
    place = operations.Place(organisation, row.nation, row.kind, row.qualify_by)
    operations.offer_place(cohort, account, place, actor=actor)
