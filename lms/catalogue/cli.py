"""`lms catalogue`: checking and publishing content from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from config import content_dir
from lms.access.actor import SYSTEM
from lms.authored import Faulty
from lms.catalogue import operations
from lms.catalogue.keeping import keep
from lms.content import reading
from lms.content.source import Content
from lms.db import unit_of_work


@click.group()
def catalogue() -> None:
    """What is taught: check and publish it."""


@catalogue.command()
@click.argument(
    "path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
def check(path: Path | None) -> None:
    """Check authored content; print every finding; exit 1 if there is one."""
    content = _read(path or content_dir())
    pages = sum(len(module.pages) for module in content.modules)
    click.echo(f"{len(content.modules)} modules, {pages} pages: nothing to mend.")


@catalogue.command()
@click.option("--dry-run", is_flag=True, help="Check only; publish nothing.")
@with_appcontext
def publish(dry_run: bool) -> None:
    """Record the checked content folder as a new version."""
    content = _read(content_dir())
    if dry_run:
        click.echo(f"Would publish {content.sha256[:12]}.")
        return
    kept = keep(content)
    with unit_of_work():
        version = operations.publish(kept, actor=SYSTEM)
        published = version.ref
    click.echo(f"Published as {published}.")


def _read(folder: Path) -> Content:
    try:
        return reading.read(folder)
    except Faulty as faults:
        for finding in faults.findings:
            click.echo(str(finding), err=True)
        raise click.exceptions.Exit(1) from None
