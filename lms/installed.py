"""The installation that commands act on: its application, and its failures in plain words."""

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

import config
from lms import database_file, revision
from lms.app import create_app
from lms.db import db
from lms.errors import LmsError
from lms.vault import KeyMissing


def application() -> Flask:
    """The application that the environment describes; it alone may write to its database file."""
    app = create_app(config.present())
    with app.app_context():
        database_file.hold(db.engine)
    return app


def in_words(fault: Exception) -> click.ClickException | None:
    """What is wrong with the installation, in a line; None for what is no fault of it."""
    if isinstance(fault, config.HalfConfigured | KeyMissing):
        return click.ClickException(str(fault))
    if isinstance(fault, OperationalError | ProgrammingError):
        return revision.no_answer(fault)
    if isinstance(fault, LmsError):
        if isinstance(fault.__cause__, DBAPIError):
            return revision.no_answer(fault.__cause__)
        return click.ClickException(fault.sentence)
    return None
