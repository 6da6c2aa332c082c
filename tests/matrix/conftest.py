"""The world, on both databases; it can be put back as it was after each act."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from lms import vault
from lms.app import create_app
from lms.db import db
from tests.conftest import Site, settings_for
from tests.matrix.world import World, build
from tests.support import postgres

_NAME, _KEPT = "lms_matrix", "lms_matrix_kept"


@pytest.fixture(scope="module")
def world(
    site: Site, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One of everything, made once; its application's context is open."""
    home = tmp_path_factory.mktemp("matrix")
    if site.engine == "sqlite":
        with on_sqlite(home) as found:
            yield found
    else:
        with _on_postgresql(home, request.getfixturevalue("postgres_server")) as found:
            yield found


@contextmanager
def on_sqlite(home: Path) -> Iterator[World]:
    """The world in a file, and a copy of the file."""
    path, kept = home / "matrix.sqlite", home / "kept.sqlite"
    app = _installed(home, f"sqlite:///{path}")

    def restore() -> None:
        _let_go()
        for leftover in home.glob("matrix.sqlite-*"):
            leftover.unlink()
        shutil.copyfile(kept, path)

    with app.app_context():
        found = build(app, restore)
        _let_go()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("VACUUM INTO ?", (str(kept),))
        yield found
        _let_go()


@contextmanager
def _on_postgresql(home: Path, server: str) -> Iterator[World]:
    app = _installed(home, postgres.create_database(server, _NAME))

    def restore() -> None:
        _let_go()
        postgres.drop_database(server, _NAME)
        postgres.create_database(server, _NAME, template=_KEPT)

    with app.app_context():
        found = build(app, restore)
        _let_go()
        with postgres.database(server, _KEPT, template=_NAME):
            yield found
            _let_go()
        postgres.drop_database(server, _NAME)


def _installed(home: Path, url: str) -> Flask:
    vault.Keys.make(home / "keys")
    app = create_app(settings_for(home, url))
    with app.app_context():
        upgrade()
    return app


def _let_go() -> None:
    db.session.remove()
    db.engine.dispose()
