"""Runs migrations with the application's own engine, one transaction for each."""

from alembic import context
from flask import current_app

from lms.db import Base
from lms.revision import is_of_models

database = current_app.extensions["migrate"].db


def _run() -> None:
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=is_of_models,
            transaction_per_migration=True,
            user_module_prefix="lms.db.",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database, never into a script.")
_run()
