"""A rehearsal for each database: an installation with nobody in it, and a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import ENGINES
from tests.journeys.house import House, opened
from tests.support import chromium, postgres
from tests.support.cache import CACHE

FIRST_DAY = "2027-06-01"
FIRST_FOUR = [
    "rhian@register.example",
    "ravi@register.example",
    "adeola@accrediting.example",
    "anders@accrediting.example",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each database once, each with another rulebook where it counts; under --long all of both."""
    if "house" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--database")
    engines = ENGINES if chosen == "both" else (chosen,)
    if "book" not in metafunc.fixturenames:
        metafunc.parametrize("house", engines, indirect=True)
        return
    books = ("example-2026", "example-college-2026")
    pairs = [(engine, book) for engine in engines for book in books]
    if not metafunc.config.getoption("--long"):
        pairs = [(e, b) for e, b in pairs if ENGINES.index(e) == books.index(b)]
    metafunc.parametrize(("house", "book"), pairs, indirect=["house"])


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One Chromium for every person of every journey."""
    with chromium.started() as running:
        yield running


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An installation after `lms init`, served, on the database that the test asks for."""
    # With pictures, what the people saw is kept for somebody to look at.
    pictures = os.environ.get("LMS_PICTURES")
    if pictures:
        (tmp_path / "pictures").mkdir()
    path = os.environ.get("PATH", os.defpath)
    if request.param == "sqlite":
        database = f"sqlite:///{tmp_path / 'journey.sqlite'}"
        with opened(tmp_path, database, path, on=FIRST_DAY, people=FIRST_FOUR) as found:
            yield found
    else:
        server = request.getfixturevalue("postgres_server")
        with (
            postgres.database(server, "lms_journey") as url,
            opened(tmp_path, url, path, on=FIRST_DAY, people=FIRST_FOUR) as found,
        ):
            yield found
    if pictures:
        shutil.copytree(
            tmp_path / "pictures", CACHE / "pictures" / request.param, dirs_exist_ok=True
        )
