"""Rosters as files, with people and organisations made up."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from werkzeug.test import TestResponse

from lms import clock
from lms.access.actor import SYSTEM, Actor
from lms.cohorts.fates import importable, preview
from lms.cohorts.models import Cohort
from lms.cohorts.roster import COLUMNS, read
from lms.cohorts.roster_operations import import_roster
from lms.db import Base, db, unit_of_work
from tests.support.pages import Visitor
from tests.web import html

STARTS_ON = date(2026, 9, 1)
TODAY = date(2026, 6, 15)
EMPLOYER = "Harbour Trust (fictional)"


def person(number: int = 1, **changes: str) -> dict[str, str]:
    """One row; a column's name with underlines changes it: person(1, date_of_birth="x")."""
    row = {
        "email": f"advocate{number}@example.org",
        "certificate name": f"Advocate {number} in Full",
        "display name": f"Advocate {number}",
        "date of birth": "1990-12-31",
        "organisation": EMPLOYER,
        "role title": "Independent advocate",
        "nation": "scotland",
        "kind of enrolment": "assessed",
        "qualify-by date": "2029-08-31",
    }
    named = {key.replace("_", " "): value for key, value in changes.items()}
    named = {"qualify-by date" if k == "qualify by date" else k: v for k, v in named.items()}
    assert named.keys() <= row.keys(), "no such column"
    return row | named


def people(count: int, **changes: str) -> list[dict[str, str]]:
    return [person(number, **changes) for number in range(1, count + 1)]


def text_of(
    rows: Iterable[Mapping[str, str]],
    *,
    columns: Sequence[str] = COLUMNS,
    delimiter: str = ",",
    line_end: str = "\r\n",
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(columns)
    writer.writerows([row.get(column.strip().casefold(), "") for column in columns] for row in rows)
    return out.getvalue()


def file_of(*rows: Mapping[str, str], encoding: str = "utf-8") -> bytes:
    return text_of(rows).encode(encoding)


def whole_database() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to be compared with what it was."""
    db.session.rollback()
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(table.select())), key=repr)
        for table in Base.metadata.sorted_tables
    }


def imported(cohort: Cohort, content: bytes, *, actor: Actor = SYSTEM) -> int:
    """What the page and the command do with a file; returns how many places were offered."""
    with unit_of_work():
        rows, fates = importable(cohort, content, actor=actor)
        return import_roster(cohort, rows.rows, fates.organisations, actor=actor)


def fates_of(cohort: Cohort, content: bytes, *, actor: Actor = SYSTEM) -> list[tuple[str, str]]:
    """The fate of each row and its reason, in order."""
    found = read(content, cohort.intake.starts_on, clock.today())
    return [(row.fate, row.reason) for row in preview(cohort, found, actor=actor).rows]


def look(visitor: Visitor, cohort: Cohort, content: bytes, name: str = "r.csv") -> TestResponse:
    """Send a file to be looked at. The body is made here: the client leaves its own files open."""
    parts = [
        f'Content-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token()}'.encode(),
        f'Content-Disposition: form-data; name="roster"; filename="{name}"\r\n\r\n'.encode()
        + content,
    ]
    body = b"".join(b"--part\r\n" + part + b"\r\n" for part in parts) + b"--part--\r\n"
    return visitor.client.post(
        f"/programme/cohorts/{cohort.ref}/roster",
        data=body,
        content_type="multipart/form-data; boundary=part",
    )


def carried(page: TestResponse) -> str:
    """What the preview carries to the import."""
    return html.only(html.page(page.text), "input", name="content").get("value", "")


def bring_in(visitor: Visitor, cohort: Cohort, content: str) -> TestResponse:
    """Press the button of the preview, whose form is sent as plain forms are."""
    data = {"csrf_token": visitor.token(), "content": content}
    return visitor.client.post(f"/programme/cohorts/{cohort.ref}/import", data=data)
