"""The `lms` command. Each room brings its own part; what belongs to no room is in upkeep."""

from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

import config
from lms import backup, database_file, demo, revision, serve, upkeep
from lms.app import create_app
from lms.audit.cli import audit
from lms.board.cli import board
from lms.catalogue.cli import catalogue
from lms.checking import cli as checking
from lms.cohorts.cli import roster
from lms.db import db
from lms.errors import LmsError
from lms.exchange import cli as exchange
from lms.preview.cli import preview
from lms.publishing.cli import publish
from lms.vault import KeyMissing


class _Plain(click.Group):
    """A group whose commands say in a line what is wrong with the installation."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (config.HalfConfigured, KeyMissing) as fault:
            raise click.ClickException(str(fault)) from None
        except (OperationalError, ProgrammingError) as failure:
            raise revision.no_answer(failure) from None
        except LmsError as refusal:
            if isinstance(refusal.__cause__, DBAPIError):
                raise revision.no_answer(refusal.__cause__) from None
            raise click.ClickException(refusal.sentence) from None


@click.group(cls=_Plain)
@click.pass_context
def lms(ctx: click.Context) -> None:
    """Training and accreditation of independent advocates.

    Commands act on the installation that the environment describes (see .env.example); without
    any of its settings, on the demonstration below instance/. They exit with 0 when all went
    well, with 1 when something was refused or found wrong, with 2 when they were not understood.
    """
    # Not Flask's own group: it would add options that swap the application or turn on debugging.
    ctx.obj = ctx.obj or ScriptInfo(create_app=_application, set_debug_flag=False)


for command in (
    demo.demo,
    serve.serve,
    serve.worker,
    upkeep.init,
    upkeep.db,
    upkeep.files,
    backup.backup,
    audit,
    board,
    catalogue,
    roster,
):
    lms.add_command(command)
catalogue.add_command(exchange.export)
catalogue.add_command(exchange.take_in)
catalogue.add_command(preview)
catalogue.add_command(checking.measures)
catalogue.add_command(checking.legal_review)
catalogue.add_command(publish)


def main() -> None:
    """Entry point of the command."""
    lms(prog_name="lms")


def _application() -> Flask:
    app = create_app(config.present())
    with app.app_context():
        database_file.hold(db.engine)
    return app


if __name__ == "__main__":
    main()
