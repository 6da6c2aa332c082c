"""`lms catalogue publish`: the content folder, published at once."""

from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from lms import clock
from lms.access.actor import SYSTEM
from lms.authored import Severity
from lms.authoring.queries import latest_version
from lms.catalogue import operations
from lms.catalogue.cli import shown
from lms.catalogue.keeping import keep
from lms.content import reading
from lms.content.source import Content
from lms.content.tree import Folder
from lms.db import end_reading, unit_of_work
from lms.publishing.losing import lost_by
from lms.publishing.rules import Lost


@click.command()
@click.option("--over-drafts", is_flag=True, help="Take back what drafts changed since.")
@click.option("--progress", is_flag=True, help="Say how far it is, even to no terminal.")
@click.option("--dry-run", is_flag=True, help="Check only; publish nothing.")
@with_appcontext
def publish(over_drafts: bool, progress: bool, dry_run: bool) -> None:
    """Record the checked content folder as a new version.

    What was published from drafts and isn't in the folder would be taken back: without
    --over-drafts it is listed, and nothing is published.
    """
    newest = latest_version()
    before = newest.id if newest else None
    folder = Path(current_app.config["CONTENT_DIR"])
    lost = lost_by(Folder(folder), newest)
    end_reading()
    content = _read(folder, progress)
    _say(lost, over_drafts)
    if dry_run:
        click.echo(f"Would publish {content.sha256[:12]}.")
        return
    kept = keep(content)
    with unit_of_work():
        published = operations.publish_upon(before, kept, actor=SYSTEM).ref
    click.echo(f"Published as {published}.")


def _read(folder: Path, progress: bool) -> Content:
    told = shown(folder, progress=progress)
    content, findings = reading.examine(folder, told, clock.today())
    if content is not None:
        return content
    for finding in findings:
        if finding.severity is Severity.ERROR:
            click.echo(str(finding), err=True)
    raise click.exceptions.Exit(1)


def _say(lost: Sequence[Lost], over_drafts: bool) -> None:
    """What it takes back; refuses unless that is meant."""
    if not lost:
        return
    click.echo("Published from drafts, and not in the folder:", err=True)
    for each in lost:
        click.echo(f"  {each}", err=True)
    if not over_drafts:
        raise click.ClickException(
            "Nothing was published. Put these changes into the folder, or take them back with "
            "--over-drafts."
        )
