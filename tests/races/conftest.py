"""Desks to race for, built once for each database; every test gets a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import upgrade

import config
from lms import clock, refs, vault
from lms.app import create_app
from lms.db import db
from tests.conftest import ENGINES
from tests.races.desks import NOW, Desks, built
from tests.support import postgres
from tests.support.installation import installation


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "all_desks" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        engines = ENGINES if chosen == "both" else (chosen,)
        metafunc.parametrize("all_desks", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def all_desks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desks]:
    """Everything that is raced for."""
    home = tmp_path_factory.mktemp("desks")
    if request.param == "sqlite":
        yield _made(home, "")
        return
    server = request.getfixturevalue("postgres_server")
    with postgres.database(server, f"desks_{refs.new('X')[2:6].lower()}") as url:
        yield _made(home, url)


@pytest.fixture
def desks(all_desks: Desks, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desks]:
    """The same on a database of its own."""
    sqlite = all_desks.place.on_sqlite
    server = None if sqlite else request.getfixturevalue("postgres_server")
    with all_desks.copied(tmp_path, server) as copy:
        assert isinstance(copy, Desks)
        yield copy


def _made(home: Path, url: str) -> Desks:
    place = installation(home, url)
    vault.Keys.make(home / "keys")
    app = create_app(config.production(place.environment))
    with app.app_context(), clock.stopped(NOW):
        upgrade()
        desks = Desks(place, *built(app))
        db.session.remove()
        db.engine.dispose()
    return desks
