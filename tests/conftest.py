"""The application for tests, on both databases, fresh for each test."""

import gc
import os
import shutil
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from xdist.scheduler import LoadScopeScheduling

from config import Mode, Settings
from lms import refs, vault
from lms.accounts import passwords
from lms.accounts.models import Account
from lms.app import create_app
from lms.db import Base, db
from lms.learning import queries
from tests.support import postgres
from tests.support.installation import Installation, installation
from tests.support.pages import Visitor

# What is made here lives on, or dies at once: looking through all of it often takes a tenth more.
gc.set_threshold(100_000, 50, 100)
# A hash takes a fifth of a second on purpose. Here it takes none; the product's own is kept for
# the tests of what it costs, and is what every process of its own works with.
OWN_HASHER, OWN_NOBODY = passwords._hasher, passwords._NOBODY
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords._NOBODY = passwords._hasher.hash("nobody")
ENGINES = ("sqlite", "postgresql")
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30  # bytes
# Long texts are compressed as they are written; for tests that is most of what writing them costs.
_UNPACKED = """
SELECT 'ALTER TABLE ' || attrelid::regclass || ' ALTER ' || quote_ident(attname)
    || ' SET STORAGE EXTERNAL'
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attstorage = 'x'
    AND NOT attisdropped
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long tests in full")
    parser.addoption(
        "--database",
        choices=[*ENGINES, "both"],
        default="both",
        help="run the tests that need a database on one only",
    )


def pytest_configure() -> None:
    """Put what tests write into memory, where there is room: thousands of databases are made."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM
    if roomy and os.access(_MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no process works on them alone at the end."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return ByFileAndDatabase(config, log)


class ByFileAndDatabase(LoadScopeScheduling):  # type: ignore[misc]
    """Among several processes: a file's tests on one database stay together, in one of them.

    So do all of the demonstration: telling its story takes ten seconds a day.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if file.startswith("tests/demo/"):
            return "tests/demo"
        return f"{file} {[name for name in ENGINES if name in test]}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "site" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        engines = ENGINES if chosen == "both" else (chosen,)
        metafunc.parametrize("site", engines, indirect=True, scope="session")


@dataclass(frozen=True)
class Site:
    """An application with a database that can be emptied."""

    app: Flask
    engine: str
    empty: Callable[[], None]


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether the long tests run in full."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A throw-away PostgreSQL, started once when first asked for."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The application on one of the databases, migrated once."""
    home = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        with _closing(_on_sqlite(home)) as found:
            yield found
        return
    server = request.getfixturevalue("postgres_server")
    with (
        postgres.database(server, "lms_tests") as url,
        _closing(_on_postgresql(home, url)) as found,
    ):
        yield found


@pytest.fixture
def app(site: Site) -> Iterator[Flask]:
    """The application with an empty database, inside its context."""
    site.empty()
    queries._outlines.clear()  # of versions that are gone
    with site.app.app_context():
        yield site.app
        db.session.remove()


@pytest.fixture
def engine_name(site: Site) -> str:
    """``sqlite`` or ``postgresql``."""
    return site.engine


@pytest.fixture
def place(site: Site, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An installation of its own on the same kind of database; nothing of it is made yet."""
    if site.engine == "sqlite":
        yield installation(tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    with postgres.database(server, f"lms_{refs.token()[:12].lower()}") as url:
        yield installation(tmp_path, url)


@pytest.fixture
def browser(app: Flask) -> Callable[..., Visitor]:
    """A visitor of the pages over HTTP: ``browser(account)`` is signed in, ``browser()`` isn't."""

    def visit(account: Account | None = None) -> Visitor:
        return Visitor.signed_in(app, account) if account else Visitor(app)

    return visit


def settings_for(home: Path, database_url: str, **given: object) -> Settings:
    """Settings of an installation below a folder."""
    values: dict[str, object] = {
        "mode": Mode.TESTING,
        "database_url": database_url,
        "secret_key": "tests only: 6f1d9c02a7b84e53",
        "storage_url": (home / "files").as_uri(),
        "mail_url": (home / "mail").as_uri(),
        "mail_from": "alongside@example.org",
        "base_url": "http://localhost",
        "keys_dir": home / "keys",
    }
    return Settings(**{**values, **given})  # type: ignore[arg-type]


@contextmanager
def _closing(site: Site) -> Iterator[Site]:
    yield site
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


def _on_sqlite(home: Path) -> Site:
    path = home / "tests.sqlite"
    app = _installed(home, f"sqlite:///{path}")
    template = home / "template.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(template),))

    def empty() -> None:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        for leftover in home.glob("tests.sqlite*"):
            leftover.unlink()
        shutil.copyfile(template, path)
        _empty_folders(home)

    return Site(app, "sqlite", empty)


def _on_postgresql(home: Path, url: str) -> Site:
    app = _installed(home, url)
    with app.app_context(), db.engine.begin() as connection:
        for statement in connection.exec_driver_sql(_UNPACKED).scalars().all():
            connection.exec_driver_sql(statement)
    tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
    # Facts refuse to go; between two tests they have to. Only a superuser can do this.
    emptying = "SET LOCAL session_replication_role = replica; " + "; ".join(
        f"DELETE FROM {name}" for name in tables
    )

    def empty() -> None:
        with app.app_context():
            db.session.remove()
            with db.engine.begin() as connection:
                connection.exec_driver_sql(emptying)
        _empty_folders(home)

    return Site(app, "postgresql", empty)


def _installed(home: Path, url: str) -> Flask:
    vault.Keys.make(home / "keys")
    app = create_app(settings_for(home, url))
    with app.app_context(), warnings.catch_warnings():
        upgrade()
    return app


def _empty_folders(home: Path) -> None:
    for name in ("files", "mail"):
        shutil.rmtree(home / name, ignore_errors=True)
