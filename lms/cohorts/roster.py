"""A roster as a file: text in, rows and refusals out. No database."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from lms.accounts.rules import check_born, normal_address
from lms.cohorts.rules import Kind, check_qualify_by
from lms.errors import RuleBroken
from lms.organisations.rules import Nation

COLUMNS = (
    "email",
    "certificate name",
    "display name",
    "date of birth",
    "organisation",
    "role title",
    "nation",
    "kind of enrolment",
    "qualify-by date",
)
MOST_ROWS = 2000
MOST_BYTES = 2 << 20
_LONGEST = 200
_EXAMPLE = (
    "name@example.org",
    "Whole name as on the certificate",
    "Name to be called by",
    "1990-12-31",
    "Name of the organisation",
    "Independent advocate",
    "scotland",
    "assessed",
    "2028-08-31",
)


V = TypeVar("V")
T = TypeVar("T")


class NotARoster(RuleBroken):
    """The file as a whole can't be read; the sentence says why."""


@dataclass(frozen=True)
class RosterRow:
    """One person of a roster, well-formed; whether the organisation exists is not asked here."""

    line: int  # of the file, counted from 1
    address: str
    certificate_name: str
    display_name: str
    born_on: date
    organisation: str
    role_title: str
    nation: Nation
    kind: Kind
    qualify_by: date


@dataclass(frozen=True)
class Refusal:
    """A row that can't be taken, and why."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Roster:
    """What a file holds."""

    rows: tuple[RosterRow, ...]
    refusals: tuple[Refusal, ...]


class _Refused(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def template() -> str:
    """A file to fill in: the columns, and one row that shows what goes into them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerow(_EXAMPLE)
    return out.getvalue()


def read(content: bytes, starts_on: date, today: date) -> Roster:
    """The rows of a CSV file. Raises NotARoster when it is no CSV in UTF-8 with our columns.

    starts_on  of the intake, which qualify-by dates must come after
    """
    records = _records(_decoded(content))
    rows: list[RosterRow] = []
    refusals: list[Refusal] = []
    for line, record in records:
        try:
            rows.append(_row(line, record, starts_on, today))
        except _Refused as refused:
            refusals.append(Refusal(line, refused.column, str(refused)))
    refusals += _duplicates(rows)
    return Roster(tuple(rows), tuple(sorted(refusals, key=lambda each: each.line)))


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise NotARoster("This file is larger than 2 MB. A roster is smaller.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotARoster("This file is in UTF-16. Save it as “CSV UTF-8”, and choose it again.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise NotARoster(
            f"Line {line} is not in UTF-8. Save the file as “CSV UTF-8”, and choose it again."
        ) from None
    if "\0" in text:
        raise NotARoster("This is not a CSV file.")
    return text


def _records(text: str) -> list[tuple[int, dict[str, str]]]:
    first = text.split("\n", 1)[0]
    # A spreadsheet set to a continental language saves semicolons under the same name.
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > 4 else ",")
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        raise NotARoster("This is not a CSV file.") from None
    if not lines:
        raise NotARoster("The file is empty.")
    heads = [cell.strip().casefold() for cell in lines[0][1]]
    _check_heads(heads)
    filled = [(n, cells) for n, cells in lines[1:] if any(cell.strip() for cell in cells)]
    if not filled:
        raise NotARoster("The file has columns, but no people in it.")
    if len(filled) > MOST_ROWS:
        raise NotARoster(f"The file has more than {MOST_ROWS:,} rows.")
    return [
        (n, dict(zip(heads, (cell.strip() for cell in cells), strict=False))) for n, cells in filled
    ]


def _check_heads(heads: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in heads]
    if missing:
        raise NotARoster(f"Columns are missing: {', '.join(missing)}.")
    twice = [head for head, count in Counter(heads).items() if count > 1 and head]
    if twice:
        raise NotARoster(f"A column stands twice: {twice[0]}.")
    unknown = [head for head in heads if head and head not in COLUMNS]
    if unknown:
        raise NotARoster(f"There is a column we don’t know: {unknown[0]}.")


def _row(line: int, record: Mapping[str, str], starts_on: date, today: date) -> RosterRow:
    texts = {column: _text(record, column) for column in COLUMNS}
    row = RosterRow(
        line=line,
        address=_taken("email", normal_address, texts["email"]),
        certificate_name=texts["certificate name"],
        display_name=texts["display name"],
        born_on=_day("date of birth", texts["date of birth"]),
        organisation=texts["organisation"],
        role_title=texts["role title"],
        nation=_taken("nation", _nation, texts["nation"]),
        kind=_taken("kind of enrolment", _kind, texts["kind of enrolment"]),
        qualify_by=_day("qualify-by date", texts["qualify-by date"]),
    )
    _taken("date of birth", lambda day: check_born(day, today), row.born_on)
    _taken("qualify-by date", lambda day: check_qualify_by(day, starts_on), row.qualify_by)
    return row


def _text(record: Mapping[str, str], column: str) -> str:
    text = " ".join(record.get(column, "").split())
    if not text:
        raise _Refused(column, "is empty")
    if len(text) > _LONGEST:
        raise _Refused(column, f"is longer than {_LONGEST} characters")
    if any(character < " " for character in text):
        raise _Refused(column, "has a character that can’t be shown")
    return text


def _taken(column: str, act: Callable[[V], T], value: V) -> T:
    try:
        return act(value)
    except RuleBroken as refusal:
        raise _Refused(column, refusal.sentence) from None


def _day(column: str, text: str) -> date:
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, shape).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise _Refused(column, f"“{text}” is no day; write it like 1990-12-31 or 31/12/1990")


def _nation(text: str) -> Nation:
    key = text.casefold().replace("&", "and").replace(" ", "-")
    if key in {"england", "wales"}:
        return Nation.ENGLAND_AND_WALES
    try:
        return Nation(key)
    except ValueError:
        raise RuleBroken(f"“{text}” is none of: {', '.join(Nation)}") from None


def _kind(text: str) -> Kind:
    try:
        return Kind(text.casefold())
    except ValueError:
        raise RuleBroken(f"“{text}” is none of: {', '.join(Kind)}") from None


def _duplicates(rows: list[RosterRow]) -> list[Refusal]:
    first: dict[str, int] = {}
    found = []
    for row in rows:
        if row.address in first:
            reason = f"stands on line {first[row.address]} too"
            found.append(Refusal(row.line, "email", reason))
        first.setdefault(row.address, row.line)
    return found
