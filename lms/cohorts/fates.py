"""What an import would do with each row of a roster, before it does anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.accounts import queries as people
from lms.accounts.models import Account
from lms.cohorts import queries
from lms.cohorts.models import Cohort
from lms.cohorts.roster import Roster, RosterRow
from lms.organisations.models import Organisation
from lms.organisations.queries import approved_ids, organisations_called
from lms.organisations.rules import name_key


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    KNOWN = "known"  # has an account, gets a place
    UNCHANGED = "unchanged"
    REFUSED = "refused"


FATE_WORDS = {
    Fate.NEW: "New account, place offered",
    Fate.KNOWN: "Account known, place offered",
    Fate.UNCHANGED: "Has this place already, nothing changes",
    Fate.REFUSED: "Can’t be taken",
}


@dataclass(frozen=True)
class RowFate:
    """What becomes of one row, and why."""

    line: int
    who: str
    fate: Fate
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    """What an import would do.

    organisations  those that the rows name, by the key of their name
    """

    rows: tuple[RowFate, ...]
    organisations: dict[str, Organisation]

    @property
    def refused(self) -> list[RowFate]:
        """Rows that can't be taken; with one of them nothing is imported."""
        return [row for row in self.rows if row.fate is Fate.REFUSED]

    @property
    def changes(self) -> int:
        """How many places would be offered."""
        return sum(row.fate in {Fate.NEW, Fate.KNOWN} for row in self.rows)


def preview(cohort: Cohort, roster: Roster) -> Preview:
    """The fate of every row. Five queries, however long the roster."""
    organisations = organisations_called(row.organisation for row in roster.rows)
    approved = approved_ids(each.id for each in organisations.values())
    known = people.accounts_with_addresses(row.address for row in roster.rows)
    born = people.birth_days(account.id for account in known.values())
    placed = queries.enrolled_in(cohort, (account.id for account in known.values()))
    refused = {refusal.line for refusal in roster.refusals}
    found = [
        RowFate(refusal.line, "", Fate.REFUSED, f"{refusal.column} {refusal.reason}")
        for refusal in roster.refusals
    ]
    for row in roster.rows:
        if row.line in refused:
            continue
        account = known.get(row.address)
        born_on = born.get(account.id) if account else None
        reason = _refusal(row, organisations, approved, born_on)
        if reason:
            found.append(RowFate(row.line, row.address, Fate.REFUSED, reason))
        else:
            found.append(RowFate(row.line, row.address, _fate(account, placed)))
    return Preview(tuple(sorted(found, key=lambda each: each.line)), organisations)


def _refusal(
    row: RosterRow,
    organisations: dict[str, Organisation],
    approved: set[int],
    born_on: date | None,
) -> str:
    organisation = organisations.get(name_key(row.organisation))
    if organisation is None:
        return f"organisation “{row.organisation}” is not entered here"
    if organisation.id not in approved:
        return f"organisation “{row.organisation}” is not approved"
    if born_on is not None and born_on != row.born_on:
        return "date of birth is not the one on record; correct the record first, with a reason"
    return ""


def _fate(account: Account | None, placed: Mapping[int, object]) -> Fate:
    if account is None:
        return Fate.NEW
    return Fate.UNCHANGED if account.id in placed else Fate.KNOWN
