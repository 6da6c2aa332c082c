"""At which migration the database is, and which is the newest that this version knows."""

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError, OperationalError

from config import ROOT
from lms.db import db


def newest() -> str:
    """The migration at which this version of the product works."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head() or ""


def known() -> set[str]:
    """Every migration on the way to the newest."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    return {each.revision for each in scripts.walk_revisions()}


def present() -> str:
    """The migration at which the database is; empty before the first."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def require_newest() -> None:
    """Refuse to work on a database of another version; raises ClickException, in plain words."""
    try:
        found = present()
    except OperationalError as failure:
        raise no_answer(failure) from None
    if found != newest():
        where = f"at migration {found}" if found else "not migrated"
        raise click.ClickException(
            f"The database is {where}; this version of the product works at {newest()}. "
            "Make a backup, then run: lms db upgrade"
        )


def no_answer(failure: DBAPIError) -> click.ClickException:
    """The same failure in plain words, without the address: a password may stand in it."""
    said = str(failure.orig).strip().splitlines()
    reason = said[0] if said else type(failure.orig).__name__
    return click.ClickException(f"The database of LMS_DATABASE_URL can’t be used: {reason}")


def is_of_models(name: str | None, kind: str, parents: object) -> bool:
    """Whether models describe a table, column or index: not what only one database searches by."""
    return not (name or "").removeprefix("ix_").startswith("passage_search")
