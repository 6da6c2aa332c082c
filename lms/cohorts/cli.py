"""`lms roster`: importing a roster from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import clock
from lms.access.actor import SYSTEM
from lms.cohorts import queries, roster as rosters, roster_operations
from lms.cohorts.fates import FATE_WORDS, Preview, preview
from lms.cohorts.models import Cohort
from lms.cohorts.roster import NotARoster, Roster
from lms.db import unit_of_work
from lms.errors import NotFound


@click.group()
def roster() -> None:
    """Who is enrolled: import a roster."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--intake", "year", type=int, required=True, help="Year of the intake.")
@click.option("--dry-run", is_flag=True, help="Show the fate of every row; import nothing.")
@with_appcontext
def import_file(file: Path, year: int, dry_run: bool) -> None:
    """Offer places to everybody on a CSV roster; with one row refused, to nobody."""
    cohort = _cohort(year)
    rows = _rows(file, cohort)
    fates = preview(cohort, rows)
    _report(fates)
    if fates.refused:
        raise click.exceptions.Exit(1)
    if dry_run:
        return
    with unit_of_work():
        offered = roster_operations.import_roster(
            cohort, rows.rows, fates.organisations, actor=SYSTEM
        )
    click.echo(f"{offered} places offered.")


def _cohort(year: int) -> Cohort:
    try:
        return queries.cohort_of_year(year)
    except NotFound:
        raise click.ClickException(f"There is no intake of {year}.") from None


def _rows(file: Path, cohort: Cohort) -> Roster:
    try:
        return rosters.read(file.read_bytes(), cohort.intake.starts_on, clock.today())
    except NotARoster as refusal:
        raise click.ClickException(refusal.sentence) from None


def _report(fates: Preview) -> None:
    for row in fates.rows:
        reason = f": {row.reason}" if row.reason else ""
        click.echo(f"line {row.line}: {row.who}: {FATE_WORDS[row.fate]}{reason}")
