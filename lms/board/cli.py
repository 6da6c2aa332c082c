"""`lms board`: ratifying from the command line, as the chair."""

import click
from flask.cli import with_appcontext

from lms.accounts.queries import account_with_address, actor_for
from lms.board import operations, queries
from lms.db import unit_of_work
from lms.errors import LmsError, RuleBroken


@click.group()
def board() -> None:
    """The board of examiners."""


@board.command()
@click.argument("ref")
@click.option("--as", "address", required=True, help="Email address of the meeting's chair.")
@click.option("--dry-run", is_flag=True, help="Say what would be decided; decide nothing.")
@with_appcontext
def ratify(ref: str, address: str, dry_run: bool) -> None:
    """Ratify a board's results, where nobody is referred: a deadline is set on the page."""
    account = account_with_address(address)
    if account is None:
        raise click.ClickException("Nobody has this address.")
    try:
        with unit_of_work():
            meeting = queries.meeting(ref)
            decided = operations.ratify(meeting, None, actor=actor_for(account))
            for decision in decided:
                click.echo(f"{decision.number}: {decision.outcome}")
            if dry_run:
                raise click.exceptions.Exit(0)
    except RuleBroken as refusal:
        click.echo("\n".join(refusal.missing), err=True)
        raise click.ClickException(refusal.sentence) from None
    except LmsError:
        raise click.ClickException("There is no such board for this chair.") from None
