"""The demonstration's story, told once for each day that it is told on. On SQLite alone: what is
proved here does not depend on the kind of database, and the telling takes seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask

import config
from lms import clock, demo, worker
from lms.db import db

# The first minutes and the last day of a first term, ends of months, a leap day, and the day on
# which marking begins.
EVERY_DAY = (
    "2026-09-01T00:30",
    "2026-12-31T12:00",
    "2027-02-28T12:00",
    "2028-02-29T23:50",
    "2027-08-31T12:00",
    "2026-09-22T12:00",
)


@dataclass(frozen=True)
class Told:
    """The demonstration as it stands at a moment."""

    app: Flask
    home: Path
    now: datetime

    @property
    def day(self) -> date:
        """The day it is there."""
        return clock.day_of(self.now)

    @contextmanager
    def open(self) -> Iterator[Flask]:
        """Its application, inside its context, with the clock stopped."""
        with self.app.app_context(), clock.stopped(self.now):
            yield self.app
            db.session.remove()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "told" in metafunc.fixturenames:
        days = EVERY_DAY if metafunc.config.getoption("--long") else EVERY_DAY[:2]
        metafunc.parametrize("told", days, indirect=True, scope="session")


@pytest.fixture(scope="session")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The demonstration as `lms demo` makes it, on a day."""
    home = tmp_path_factory.mktemp("demo") / "instance"
    now = datetime.fromisoformat(request.param).replace(tzinfo=clock.LONDON)
    settings = replace(
        config.demo(5000, {}),
        database_url=f"sqlite:///{home / 'demo.sqlite'}",
        storage_url=(home / "files").as_uri(),
        mail_url=(home / "mail").as_uri(),
        keys_dir=home / "keys",
    )
    with clock.stopped(now):
        app = demo._make(settings, home)
        with app.app_context():
            worker.work_once()
    yield Told(app, home, now)
    with app.app_context():
        db.engine.dispose()
