"""`lms roster import` does what the page does, and says it line by line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from lms.access.actor import Role
from lms.cohorts import queries
from lms.cohorts.cli import roster
from lms.cohorts.models import Cohort
from lms.cohorts.roster import MOST_BYTES
from tests import factories
from tests.cohorts.rosters import (
    fates_of,
    file_of,
    imported,
    look,
    people,
    person,
    whole_database,
)
from tests.support.pages import Visitor
from tests.web import html

Run = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("employer")


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    def run(content: bytes, *options: str) -> Result:
        file = tmp_path / "roster.csv"
        file.write_bytes(content)
        arguments = ["import", str(file), *(options or ("--intake", "2026"))]
        return CliRunner().invoke(roster, arguments, obj=ScriptInfo(create_app=lambda: app))

    return run


def test_a_roster_is_imported_and_every_line_told(cohort: Cohort, run: Run) -> None:
    result = run(file_of(*people(2)))
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "line 2: advocate1@example.org: New account, place offered",
        "line 3: advocate2@example.org: New account, place offered",
        "2 places offered.",
    ]
    assert queries.sizes() == {cohort.id: 2}


def test_a_dry_run_says_the_same_and_changes_nothing(cohort: Cohort, run: Run) -> None:
    content, before = file_of(*people(2)), whole_database()
    dry = run(content, "--intake", "2026", "--dry-run")
    assert dry.exit_code == 0
    assert whole_database() == before
    assert run(content).output.splitlines()[:-1] == dry.output.splitlines()


def test_a_bad_line_stops_everything_with_status_1(cohort: Cohort, run: Run) -> None:
    content, before = file_of(person(1), person(2, nation="Atlantis")), whole_database()
    for options in ((), ("--intake", "2026", "--dry-run")):
        result = run(content, *options)
        assert result.exit_code == 1
        assert "line 3: advocate2@example.org: Can’t be taken: nation: “Atlantis”" in result.output
    assert whole_database() == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04", "This is a spreadsheet."),
        (file_of(person(display_name="Zoë"), encoding="latin-1"), "Line 2 is not in UTF-8."),
        (b"x" * (MOST_BYTES + 9), "This file is larger than 1 MB."),
    ],
)
def test_what_is_no_roster_is_told_without_a_trace(
    cohort: Cohort, run: Run, content: bytes, sentence: str
) -> None:
    result = run(content)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {sentence}")


def test_a_year_without_an_intake_is_told(cohort: Cohort, run: Run) -> None:
    result = run(file_of(person()), "--intake", "2031")
    assert (result.exit_code, result.output) == (1, "Error: There is no intake of 2031.\n")


def test_the_same_file_again_changes_nothing(cohort: Cohort, run: Run) -> None:
    content = file_of(*people(2))
    run(content)
    before = whole_database()
    result = run(content)
    assert result.output.splitlines()[-1] == "0 places offered."
    assert "Has this place already, nothing changes" in result.output
    assert whole_database() == before


def test_what_differs_from_the_record_is_named(cohort: Cohort, run: Run) -> None:
    imported(cohort, file_of(person(1)))
    result = run(file_of(person(1, nation="wales")))
    assert "The record says otherwise, and stays: nation" in result.output


def test_the_trail_says_that_the_system_did_it(cohort: Cohort, run: Run) -> None:
    run(file_of(person()))
    assert factories.trail_of(cohort.ref) == ["roster imported"]
    (place,) = queries.members(cohort, 1)[0]
    assert queries.events_of(place.enrolment)[0].changed_by == "system"


def test_nothing_that_is_printed_can_command_a_terminal(cohort: Cohort, run: Run) -> None:
    wild = person(1, email="\x1b[2Ja@example.org", nation="\x9b31m")
    for content in (file_of(wild), file_of(wild | {"email": "a@example.org"})):
        result = run(content)
        assert result.exit_code == 1
        assert all(line.isprintable() for line in result.output.splitlines())


def test_page_and_command_find_the_same_in_a_file(
    cohort: Cohort, run: Run, browser: Callable[..., Visitor]
) -> None:
    imported(cohort, file_of(person(1)))
    rows = [person(1, nation="wales"), person(2, organisation="?"), person(3, email="x"), person(4)]
    fates = fates_of(cohort, file_of(*rows))
    page = look(browser(factories.make_account(Role.REGISTRAR)), cohort, file_of(*rows))
    shown, told = html.words(html.page(page.text)), run(file_of(*rows)).output
    assert [fate for fate, _ in fates] == ["unchanged", "refused", "refused", "new"]
    for _, reason in fates[:3]:
        assert reason in shown
        assert reason in told
