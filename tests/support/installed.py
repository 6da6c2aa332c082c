"""The application of the tests, as commands in processes of their own find it."""

from flask import Flask

from tests.support.installation import Installation, installation


def as_installed(app: Flask, **settings: str) -> Installation:
    """The same database, keys and files, under an operator's settings and these."""
    given = app.config["SETTINGS"]
    found = installation(given.keys_dir.parent, given.database_url)
    return Installation(found.home, {**found.environment, **settings})
