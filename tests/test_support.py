"""What the tests stand on: a database server, npm packages and a browser."""

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from playwright.sync_api import Browser
from sqlalchemy import text

from tests.support import axe, cache, chromium, node, postgres

GOOD_PAGE = """<!doctype html><html lang="en"><title>Register</title>
<main><h1>Register</h1><label>Number <input></label></main></html>"""
BAD_PAGE = """<!doctype html><html lang="en"><title>Register</title>
<main><h1>Register</h1><input><p style="color: #aaa">pale on white</p></main></html>"""


def ask(address: str, question: str) -> object:
    engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        return connection.scalar(text(question))


def tell(address: str, *statements: str) -> None:
    engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture(scope="module")
def database_server() -> Iterator[str]:
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as running:
        yield running


# Folders made once


def test_a_folder_is_made_at_the_first_asking_only(tmp_path: Path) -> None:
    made: list[Path] = []
    for _ in range(2):
        folder = cache.made_once(tmp_path / "kept" / "1.0", made.append)
        assert folder.is_dir()
    assert len(made) == 1


def test_of_two_makers_at_once_both_get_the_same_whole_folder(tmp_path: Path) -> None:
    both_inside = threading.Barrier(2, timeout=10)

    def make(empty: Path) -> None:
        (empty / "one").touch()
        both_inside.wait()
        (empty / "two").touch()

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(cache.made_once, tmp_path / "kept", make) for _ in range(2)]
    assert {answer.result() for answer in asked} == {tmp_path / "kept"}
    assert sorted(entry.name for entry in (tmp_path / "kept").iterdir()) == ["one", "two"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept"]


def test_a_folder_that_could_not_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    def make(empty: Path) -> None:
        (empty / "half").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cache.made_once(tmp_path / "kept", make)
    assert list(tmp_path.iterdir()) == []


# npm packages


def test_npm_packages_come_at_the_pinned_version() -> None:
    pinned = json.loads((node.TOOLS / "package.json").read_text())["devDependencies"]
    installed = {
        name: json.loads((node.package(name) / "package.json").read_text())["version"]
        for name in pinned
    }
    assert installed == pinned


def test_a_package_that_is_not_named_is_refused() -> None:
    with pytest.raises(LookupError, match="left-pad"):
        node.package("left-pad")


def test_the_npm_lock_holds_hashes_and_no_addresses() -> None:
    lock = (node.TOOLS / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert "://" not in lock
    assert all("integrity" in entry for place, entry in packages.items() if place)


def test_a_failing_script_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="status 3"):
        node.run("process.exit(Number(process.argv[1]))", "3")


# PostgreSQL


def test_a_postgresql_server_starts_and_is_reached_by_its_socket_alone(
    database_server: str,
) -> None:
    assert int(str(ask(database_server, "SHOW server_version_num"))) >= 150000
    assert ask(database_server, "SHOW listen_addresses") == ""
    assert ask(database_server, "SHOW server_encoding") == "UTF8"


def test_a_database_can_be_copied_from_another_with_its_rows(database_server: str) -> None:
    with postgres.database(database_server, "pattern") as pattern:
        tell(pattern, "CREATE TABLE word (text text)", "INSERT INTO word VALUES ('standing')")
        with postgres.database(database_server, "copy", template="pattern") as copy:
            tell(copy, "INSERT INTO word VALUES ('award')")
            assert ask(copy, "SELECT count(*) FROM word") == 2
        assert ask(pattern, "SELECT count(*) FROM word") == 1


def test_a_database_goes_even_while_somebody_is_connected(database_server: str) -> None:
    address = postgres.create_database(database_server, "busy")
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        postgres.drop_database(database_server, "busy")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    count = "SELECT count(*) FROM pg_database WHERE datname = 'busy'"
    assert ask(database_server, count) == 0


def test_a_server_leaves_nothing_behind() -> None:
    with postgres.server() as address:
        folder = Path(str(sqlalchemy.make_url(address).query["host"]))
        process = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(process, 0)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_missing_postgresql_binaries_are_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LMS_TEST_PG_BINDIR", str(tmp_path))
    one_line = r"^[^\n]*LMS_TEST_PG_BINDIR[^\n]*$"
    with pytest.raises(postgres.NoPostgreSQL, match=one_line), postgres.server():
        pass


# Chromium and axe


def test_chromium_renders_a_page_with_text_that_can_be_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(GOOD_PAGE)
    box = page.locator("h1").bounding_box()
    assert box
    assert box["height"] > 10
    assert page.title() == "Register"
    assert page.screenshot().startswith(b"\x89PNG")
    page.close()


def test_axe_finds_what_is_wrong_and_nothing_else(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(GOOD_PAGE)
    assert axe.violations(page) == []
    page.set_content(BAD_PAGE)
    assert {found.rule for found in axe.violations(page)} == {"color-contrast", "label"}
    page.close()


def test_axe_runs_under_a_strict_content_security_policy(browser: Browser) -> None:
    page = browser.new_page()
    policy = {"content-security-policy": "default-src 'none'", "content-type": "text/html"}
    page.route("**/*", lambda route: route.fulfill(body=BAD_PAGE, headers=policy))
    page.goto("http://register.example/")
    assert "label" in {found.rule for found in axe.violations(page)}
    page.close()


def test_a_browser_can_be_started_while_another_runs(browser: Browser) -> None:
    with chromium.started() as another:
        assert another.version == browser.version
    assert browser.is_connected()


def test_a_named_browser_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(chromium.NoBrowser, match=r"^LMS_CHROMIUM names /nowhere/chromium, "):
        chromium.find()


def test_where_no_browser_can_be_had_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LMS_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "_PLACES", ())
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(chromium.NoBrowser, match=r"^[^\n]*Chromium or Google Chrome: install"):
        chromium.find()
