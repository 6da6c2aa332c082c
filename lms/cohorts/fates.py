"""What an import would do with each row of a roster, before it does anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms import clock
from lms.access.actor import Actor
from lms.accounts import queries as people
from lms.accounts.models import Account
from lms.accreditation.queries import certificate_names
from lms.cohorts import queries, roster as rosters
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.roster import Roster, RosterRow
from lms.errors import RuleBroken
from lms.organisations.models import Organisation
from lms.organisations.queries import approved_ids, organisations_called, titles_of
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
    """What becomes of one row.

    reason  why it can't be taken; or what it says that the record doesn't, and that stays so
    """

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
    def differing(self) -> list[RowFate]:
        """Rows that can be taken, but say something else than the record, which stays."""
        return [row for row in self.rows if row.reason and row.fate is not Fate.REFUSED]

    @property
    def changes(self) -> int:
        """How many places would be offered."""
        return sum(row.fate in {Fate.NEW, Fate.KNOWN} for row in self.rows)


@dataclass(frozen=True)
class _Record:
    """What is recorded of the people and organisations that a roster names."""

    organisations: dict[str, Organisation]
    approved: set[int]
    accounts: dict[str, Account]
    born: dict[int, date]
    names: dict[int, str]
    placed: Mapping[int, Enrolment]
    titles: dict[tuple[int, int], str]


def importable(cohort: Cohort, content: bytes, *, actor: Actor) -> tuple[Roster, Preview]:
    """The rows of a file of which every one can be taken, and their fates.

    Raises RuleBroken naming each line that can't.
    """
    roster = rosters.read(content, cohort.intake.starts_on, clock.today())
    fates = preview(cohort, roster, actor=actor)
    if fates.refused:
        raise RuleBroken(
            "Nothing was imported: some lines can’t be taken.",
            missing=[f"Line {row.line}: {row.reason}" for row in fates.refused],
        )
    return roster, fates


def preview(cohort: Cohort, roster: Roster, *, actor: Actor) -> Preview:
    """The fate of every row, when this actor imports it. Seven queries, however long the roster."""
    record = _record(cohort, roster)
    refused = {refusal.line for refusal in roster.refusals}
    found = [
        RowFate(each.line, each.who, Fate.REFUSED, f"{each.column}: {each.reason}")
        for each in roster.refusals
    ]
    found += [_fate(row, record, actor) for row in roster.rows if row.line not in refused]
    return Preview(tuple(sorted(found, key=lambda each: each.line)), record.organisations)


def _record(cohort: Cohort, roster: Roster) -> _Record:
    organisations = organisations_called(row.organisation for row in roster.rows)
    accounts = people.accounts_with_addresses(row.address for row in roster.rows)
    ids = [account.id for account in accounts.values()]
    return _Record(
        organisations,
        approved_ids(each.id for each in organisations.values()),
        accounts,
        people.birth_days(ids),
        certificate_names(ids),
        queries.enrolled_in(cohort, ids),
        titles_of(ids, clock.today()),
    )


def _fate(row: RosterRow, record: _Record, actor: Actor) -> RowFate:
    account = record.accounts.get(row.address)
    place = record.placed.get(account.id) if account else None
    if account is not None and place is not None:
        kept = [*_person(row, account, record), *_place(row, place, record)]
        return RowFate(row.line, row.address, Fate.UNCHANGED, _said(kept))
    reason = _organisation(row, record) or _account(row, account, record, actor)
    if reason:
        return RowFate(row.line, row.address, Fate.REFUSED, reason)
    if account is None:
        return RowFate(row.line, row.address, Fate.NEW)
    return RowFate(row.line, row.address, Fate.KNOWN, _said(_person(row, account, record)))


def _organisation(row: RosterRow, record: _Record) -> str:
    """Why its organisation keeps a row from being taken; empty when it doesn't."""
    organisation = record.organisations.get(name_key(row.organisation))
    if organisation is None:
        return f"organisation: “{row.organisation}” is not entered here"
    if organisation.id not in record.approved:
        return f"organisation: “{row.organisation}” is not approved"
    return ""


def _account(row: RosterRow, account: Account | None, record: _Record, actor: Actor) -> str:
    """Why the account of its address keeps a row from being taken; empty when it doesn't."""
    if account is None:
        return ""
    if account.id == actor.person_id:
        return "email: this is your own account; another registrar enrols you"
    if account.disabled_at is not None:
        return "email: the account of this address is shut; open it first"
    wrong = _identity(row, account, record)
    if wrong:
        return f"{wrong[0]}: is not the one on record; correct the record first, with a reason"
    return ""


def _identity(row: RosterRow, account: Account, record: _Record) -> list[str]:
    said = {"date of birth": row.born_on, "certificate name": row.certificate_name}
    kept = {
        "date of birth": record.born.get(account.id, row.born_on),
        "certificate name": record.names.get(account.id, row.certificate_name),
    }
    return [column for column in said if said[column] != kept[column]]


def _person(row: RosterRow, account: Account, record: _Record) -> list[str]:
    """Columns in which a row says something else of a person than their record."""
    organisation = record.organisations.get(name_key(row.organisation))
    at = (account.id, organisation.id if organisation else 0)
    said = _identity(row, account, record)
    if account.name != row.display_name:
        said.append("display name")
    if record.titles.get(at, row.role_title) != row.role_title:
        said.append("role title")
    return said


def _place(row: RosterRow, place: Enrolment, record: _Record) -> list[str]:
    """Columns in which a row says something else of a place than it is."""
    organisation = record.organisations.get(name_key(row.organisation))
    same = {
        "organisation": organisation is not None and organisation.id == place.organisation_id,
        "nation": row.nation == place.nation,
        "kind of enrolment": row.kind == place.kind,
        "qualify-by date": row.qualify_by == place.qualify_by,
    }
    return [column for column, is_same in same.items() if not is_same]


def _said(columns: list[str]) -> str:
    return f"The record says otherwise, and stays: {', '.join(columns)}" if columns else ""
