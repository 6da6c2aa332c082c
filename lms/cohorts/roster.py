"""A roster as a file: text in, rows and refusals out. No database."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from lms.accounts.rules import check_born, normal_address
from lms.cohorts.rules import Kind, academic_year, check_qualify_by
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
MOST_ROWS = 500  # so many are imported in one go while everybody else's writing waits
MOST_BYTES = 1 << 20
_LONGEST = 200
_BORN = "date of birth"
# The first bytes of what spreadsheets save, and how the programs call it.
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Unicode's characters that aren't seen
_CONTROLS = frozenset({"Cc", "Cs"})

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
    """A row that can't be taken, and why.

    who  the address, as it was typed
    """

    line: int
    column: str
    reason: str
    who: str = ""


@dataclass(frozen=True)
class Roster:
    """What a file holds."""

    rows: tuple[RosterRow, ...]
    refusals: tuple[Refusal, ...]


class _Refused(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def template(today: date) -> str:
    """A file to fill in: the columns, and one row that shows what goes into them.

    It begins with a byte order mark, by which spreadsheets know that the text is UTF-8.
    """
    example = (
        "name@example.org",
        "Whole name as on the certificate",
        "Name to be called by",
        "1990-12-31",
        "Name of the organisation",
        "Independent advocate",
        "scotland",
        "assessed",
        date(academic_year(today) + 3, 8, 31).isoformat(),
    )
    out = io.StringIO()
    out.write("\ufeff")
    csv.writer(out, lineterminator="\r\n").writerows((COLUMNS, example))
    return out.getvalue()


def read(content: bytes, starts_on: date, today: date) -> Roster:
    """The rows of a CSV file. Raises NotARoster when it is no CSV in UTF-8 with our columns.

    starts_on  of the intake, which qualify-by dates must come after
    """
    rows: list[RosterRow] = []
    refusals: list[Refusal] = []
    for line, record in _records(_decoded(content)):
        try:
            rows.append(_row(line, record, starts_on, today))
        except _Refused as refused:
            who = _seen(record.get("email", ""))[:_LONGEST]
            refusals.append(Refusal(line, refused.column, str(refused), who))
    refusals += _duplicates(rows)
    return Roster(tuple(rows), tuple(sorted(refusals, key=lambda each: each.line)))


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise NotARoster(f"This file is larger than {MOST_BYTES >> 20} MB. A roster is smaller.")
    if content.startswith(_SPREADSHEETS):
        raise NotARoster(
            "This is a spreadsheet. Save it as “CSV UTF-8”, and choose the file that makes."
        )
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
    lines = list(_lines(text))
    if not any(cell.strip() for _, cells in lines for cell in cells):
        raise NotARoster("The file is empty.")
    heads = [" ".join(cell.split()).casefold() for cell in lines[0][1]]
    _check_heads(heads)
    filled = [(n, cells) for n, cells in lines[1:] if any(cell.strip() for cell in cells)]
    if not filled:
        raise NotARoster("The file has columns, but no people in it.")
    if len(filled) > MOST_ROWS:
        raise NotARoster(f"The file has more than {MOST_ROWS:,} rows.")
    return [(n, _named(heads, cells)) for n, cells in filled]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; one in quotes may run over several."""
    first = text.split("\n", 1)[0]
    # A spreadsheet set to a continental language saves semicolons under the same name.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise NotARoster(
            f"From line {begins} on this is not CSV: look for a quotation mark too many."
        ) from None


def _named(heads: list[str], cells: list[str]) -> dict[str, str]:
    """The cells by their column; what stands under no heading comes under the empty name."""
    stray = "".join(cells[len(heads) :]).strip()
    stray += "".join(cell.strip() for head, cell in zip(heads, cells, strict=False) if not head)
    return dict(zip(heads, (cell.strip() for cell in cells), strict=False)) | {"": stray}


def _check_heads(heads: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in heads]
    if missing:
        raise NotARoster(f"Columns are missing: {', '.join(missing)}.")
    twice = [head for head, count in Counter(heads).items() if count > 1 and head]
    if twice:
        raise NotARoster(f"A column stands twice: {twice[0]}.")
    unknown = [head for head in heads if head and head not in COLUMNS]
    if unknown:
        raise NotARoster(f"There is a column we don’t know: {_seen(unknown[0])[:_LONGEST]}.")


def _row(line: int, record: Mapping[str, str], starts_on: date, today: date) -> RosterRow:
    if record[""]:
        raise _Refused("row", "has a cell under no heading; look for a comma too many")
    texts = {column: _text(record, column) for column in COLUMNS}
    row = RosterRow(
        line=line,
        address=_address(texts["email"]),
        certificate_name=texts["certificate name"],
        display_name=texts["display name"],
        born_on=_day(_BORN, texts[_BORN]),
        organisation=texts["organisation"],
        role_title=texts["role title"],
        nation=_taken("nation", _nation, texts["nation"]),
        kind=_taken("kind of enrolment", _kind, texts["kind of enrolment"]),
        qualify_by=_day("qualify-by date", texts["qualify-by date"]),
    )
    _taken(_BORN, lambda day: check_born(day, today), row.born_on)
    _taken("qualify-by date", lambda day: check_qualify_by(day, starts_on), row.qualify_by)
    return row


def _text(record: Mapping[str, str], column: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(record.get(column, "").split()))
    if not _seen(text):
        raise _Refused(column, "is empty")
    if len(text) > _LONGEST:
        raise _Refused(column, f"is longer than {_LONGEST} characters")
    if any(unicodedata.category(character) in _CONTROLS for character in text):
        raise _Refused(column, "has a character that can’t be shown")
    return text


def _seen(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) not in _HIDDEN)


def _address(text: str) -> str:
    if _seen(text) != text:  # else two addresses that look alike would be two people
        raise _Refused("email", "has a character that can’t be seen; type it again")
    return _taken("email", normal_address, text)


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
    # A date of birth is not repeated, even one that can't be: pages and logs don't show them.
    quoted = "" if column == _BORN else f"“{text}” "
    raise _Refused(column, f"{quoted}is no day; write it like 1990-12-31 or 31/12/1990")


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
            found.append(Refusal(row.line, "email", reason, row.address))
        first.setdefault(row.address, row.line)
    return found
