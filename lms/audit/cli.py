"""`lms audit`: verifying the chain, and exporting its head to another place."""

from contextlib import closing
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import vault
from lms.audit import chain, queries
from lms.audit.chain import Head, Verdict


@click.group()
def audit() -> None:
    """The trail of who did what."""


@audit.command()
@click.option(
    "--head",
    "head_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A head exported earlier; finds a removed tail.",
)
@with_appcontext
def verify(head_file: Path | None) -> None:
    """Replay the chain; exit 1 and name the first broken entry on damage."""
    known = _read_head(head_file) if head_file else None
    with closing(queries.all_entries()) as entries:
        verdict = chain.verify(entries, vault.keys().sign, known)
    if verdict.whole and verdict.count == 0 and queries.anything_recorded():
        verdict = Verdict(0, 1, "the trail is empty, and other things are recorded")
    if not verdict.whole:
        click.echo(f"broken at entry {verdict.broken}: {verdict.reason}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{verdict.count} entries: whole")


@audit.command()
@with_appcontext
def head() -> None:
    """Print the head of the chain, to be kept in another place."""
    click.echo(queries.head().to_json())


def _read_head(path: Path) -> Head:
    try:
        return Head.from_json(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise click.ClickException(f"{path}: {fault}") from None
