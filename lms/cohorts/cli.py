"""`lms roster`: importing a roster from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import clock
from lms.access.actor import SYSTEM
from lms.cohorts import queries, roster as rosters, roster_operations
from lms.cohorts.fates import FATE_WORDS, Preview, importable, preview
from lms.cohorts.models import Cohort
from lms.db import unit_of_work
from lms.errors import LmsError, NotFound


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
    try:
        cohort = queries.cohort_of_year(year)
        with file.open("rb") as roster_file:
            content = roster_file.read(rosters.MOST_BYTES + 1)
        rows = rosters.read(content, cohort.intake.starts_on, clock.today())
        fates = preview(cohort, rows, actor=SYSTEM)
        _report(fates)
        if fates.refused:
            raise click.exceptions.Exit(1)
        if not dry_run:
            offered = _imported(cohort, content)
            click.echo("1 place offered." if offered == 1 else f"{offered} places offered.")
    except NotFound:
        raise click.ClickException(f"There is no intake of {year}.") from None
    except LmsError as refusal:
        raise click.ClickException(refusal.sentence) from None


def _imported(cohort: Cohort, content: bytes) -> int:
    with unit_of_work():
        rows, fates = importable(cohort, content, actor=SYSTEM)
        return roster_operations.import_roster(cohort, rows.rows, fates.organisations, actor=SYSTEM)


def _report(fates: Preview) -> None:
    for row in fates.rows:
        reason = f": {row.reason}" if row.reason else ""
        click.echo(f"line {row.line}: {row.who or '?'}: {FATE_WORDS[row.fate]}{reason}")
