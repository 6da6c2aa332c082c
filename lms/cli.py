"""The `lms` command. Each room brings its own part; what belongs to no room is in upkeep."""

import click
from flask import Flask
from flask.cli import FlaskGroup

import config
from lms import backup, demo, serve, upkeep
from lms.app import create_app
from lms.audit.cli import audit
from lms.board.cli import board
from lms.catalogue.cli import catalogue
from lms.cohorts.cli import roster
from lms.vault import KeyMissing


def _application() -> Flask:
    try:
        return create_app(config.present())
    except (config.HalfConfigured, KeyMissing) as fault:
        raise click.ClickException(str(fault)) from None


@click.group(
    cls=FlaskGroup,
    create_app=_application,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
)
def lms() -> None:
    """Training and accreditation of independent advocates.

    Commands act on the installation that the environment describes (see .env.example); without
    LMS_DATABASE_URL, on the demonstration below instance/.
    """


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


def main() -> None:
    """Entry point of the command."""
    lms(prog_name="lms")


if __name__ == "__main__":
    main()
