"""`lms board`: ratifying from the command line, as the chair."""

from datetime import UTC, datetime

import click
from flask import g
from flask.cli import with_appcontext

from lms import clock
from lms.access.actor import Actor
from lms.accounts.queries import account_with_address, actor_for
from lms.accounts.rules import normal_address
from lms.audit import trail
from lms.board import operations, queries
from lms.db import unit_of_work
from lms.errors import LmsError, NotFound, RuleBroken

_WALL_TIMES = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]


class _Rehearsed(Exception):
    """A dry run has come to its end: what it did is undone."""


@click.group()
def board() -> None:
    """The board of examiners."""


@board.command()
@click.argument("ref")
@click.option("--as", "address", required=True, help="Email address of the meeting's chair.")
@click.option(
    "--resubmit-by",
    "wall",
    type=click.DateTime(_WALL_TIMES),
    help="Deadline of further attempts, in UK time; needed when somebody is referred.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be decided; decide nothing.")
@with_appcontext
def ratify(ref: str, address: str, wall: datetime | None, dry_run: bool) -> None:
    """Ratify a board's results, as its page does: all of them in one act, or none."""
    resubmit_by, actor = _moment(wall), _actor(address)
    said: list[str] = []
    try:
        with unit_of_work():
            decided = operations.ratify(queries.meeting(ref), resubmit_by, actor=actor)
            said += [f"{decision.number}: {decision.outcome}" for decision in decided]
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        said.append("Nothing was decided: this was a dry run.")
    except NotFound:
        _note_refusal(actor)
        raise click.ClickException("There is no such board for this chair.") from None
    except RuleBroken as refusal:
        click.echo("\n".join(refusal.missing), err=True)
        raise click.ClickException(refusal.sentence) from None
    except LmsError as refusal:
        raise click.ClickException(refusal.sentence) from None
    click.echo("\n".join(said))


def _actor(address: str) -> Actor:
    try:
        account = account_with_address(normal_address(address))
    except RuleBroken as refusal:
        raise click.ClickException(refusal.sentence) from None
    if account is None or account.disabled_at is not None:
        raise click.ClickException("Nobody who may act has this address.")
    return actor_for(account)


def _moment(wall: datetime | None) -> datetime | None:
    """A UK wall time; in the hour that comes twice in autumn the later one, as on the page."""
    if wall is None:
        return None
    moment = wall.replace(tzinfo=clock.LONDON, fold=1).astimezone(UTC)
    if moment.astimezone(clock.LONDON).replace(tzinfo=None) != wall:
        raise click.ClickException("The clocks go forward: there is no such time on that day.")
    return moment


def _note_refusal(actor: Actor) -> None:
    # A board that isn't there was refused to nobody.
    if "lms_refused" in g:
        trail.note_refusal(actor)
