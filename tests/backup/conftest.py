"""Two places: one that people work in, and empty ones to which it is brought back."""

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

import config
from lms import backup_tables, clock, outbox, refs
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.app import create_app
from lms.assessment.models import Submission
from lms.db import db, unit_of_work
from lms.outbox import MessageKind
from tests import factories
from tests.support import postgres
from tests.support.installation import Installation, installation
from tests.support.pages import Visitor


@dataclass(frozen=True)
class Elsewhere:
    """An empty installation with the same keys."""

    place: Installation
    app: Flask

    @contextmanager
    def open(self) -> Iterator[Flask]:
        """Its application, inside its context."""
        with self.app.app_context():
            try:
                yield self.app
            finally:
                db.session.remove()
                db.engine.dispose()


@pytest.fixture
def elsewhere(
    app: Flask, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Elsewhere]]:
    """``elsewhere()``, on the same kind of database, or ``elsewhere(engine="postgresql")``."""
    with ExitStack() as stack:

        def make(name: str = "elsewhere", engine: str = "") -> Elsewhere:
            url = ""
            if (engine or request.getfixturevalue("engine_name")) == "postgresql":
                server = request.getfixturevalue("postgres_server")
                database = f"lms_{refs.new('DBX').replace('-', '_').lower()}"
                url = stack.enter_context(postgres.database(server, database))
            place = installation(tmp_path / name, url)
            place.home.mkdir()
            shutil.copytree(app.config["SETTINGS"].keys_dir, place.home / "keys")
            return Elsewhere(place, create_app(config.production(place.environment)))

        yield make


@dataclass(frozen=True)
class Busy:
    """What stands in the installation that people work in."""

    submission: Submission
    visitor: Visitor
    link: str


@pytest.fixture
def busy(app: Flask) -> Busy:
    """People, marks, files, sessions, open links, messages and jobs: something in most tables."""
    assessment = factories.make_assessment(due_at=clock.now() - timedelta(days=3))
    places = [factories.make_enrolment(assessment.cohort) for _ in range(2)]
    at = clock.now() - timedelta(days=4)
    for number, place in enumerate(places):
        submission = factories.hand_in(place, assessment, f"# Work “{number}”\n\nÜ 🙂", at=at)
    factories.mark_all(assessment)
    registrar = factories.make_account(Role.REGISTRAR)
    with unit_of_work():
        invited = accounts.open_account("invited@example.org", "Invited", actor=SYSTEM)
        link = accounts.invite(invited, "http://localhost", actor=SYSTEM)
        outbox.send(MessageKind.NEUTRAL, invited.ref, key="something new")
    return Busy(submission, Visitor.signed_in(app, registrar), link)


def content() -> dict[str, list[bytes]]:
    """Every row of every table, in the one form that both databases share."""
    found = {}
    with backup_tables.snapshot() as connection:
        for table in backup_tables.tables():
            written = io.BytesIO()
            backup_tables.dump(connection, table, written)
            found[table.name] = sorted(written.getvalue().splitlines())
    return found
