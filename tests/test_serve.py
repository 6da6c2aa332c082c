"""The production server: how it starts, refuses, answers and stops."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import config
from lms import vault
from lms.access.actor import Role
from lms.app import create_app
from lms.db import db
from tests import factories
from tests.support import postgres
from tests.support.asking import ask
from tests.support.installation import Installation, installation
from tests.support.pages import Visitor


@pytest.fixture
def small(tmp_path: Path) -> Installation:
    """One on SQLite, where the kind of database makes no difference."""
    return installation(tmp_path)


def test_a_running_request_is_finished_when_the_server_is_stopped(small: Installation) -> None:
    small.init()
    body = b"email=nobody%40example.org&password=" + b"x" * 5000
    with ThreadPoolExecutor(1) as pool, small.serving("--workers", "1") as address:
        found = urlsplit(address)
        sending = socket.create_connection((str(found.hostname), int(found.port or 0)), timeout=20)
        sending.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body[:100]
        )
        ask(address, "/health/live")  # it has read that far
        # No proxy is believed here, not even one on this machine.
        forged = ask(address, "/", X_Forwarded_Proto="https")
        assert forged.headers["Strict-Transport-Security"] is None
        finished = pool.submit(_send_the_rest, sending, body[100:], after=1.0)
    # The block has ended: the server was asked to stop, and has stopped.
    answer = finished.result(timeout=1)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert answer.rstrip().endswith(b"</html>")
    with pytest.raises(OSError, match="refused"):
        ask(address, "/health/live")


def _send_the_rest(sending: socket.socket, rest: bytes, *, after: float) -> bytes:
    time.sleep(after)
    with sending:
        sending.sendall(rest)
        parts = [*iter(lambda: sending.recv(65536), b"")]
    return b"".join(parts)


def refused(place: Installation, **settings: str) -> str:
    """What it says on refusing to start; the same check as without the option, then nothing."""
    return place.here("serve", "--dry-run", **settings).refusal


def test_it_tries_everything_and_listens_only_when_all_is_in_order(small: Installation) -> None:
    small.init()
    tried = small.here("serve", "--dry-run")
    assert (tried.status, tried.out) == (
        0,
        "Settings, keys, database and storage are in order.\n",
    )


def test_it_refuses_a_database_that_is_not_at_its_migration(place: Installation) -> None:
    vault.Keys.make(place.home / "keys")
    if place.on_sqlite:
        (place.home / "lms.sqlite").touch()
    assert "The database is not migrated; " in refused(place)
    assert place.here("db", "upgrade").status == 0
    place.execute("UPDATE alembic_version SET version_num = '0000'")
    said = place.lms("serve").refusal
    assert said.startswith("The database is at migration 0000; this version of the product works")
    assert said.endswith("Make a backup, then run: lms db upgrade")


def test_it_refuses_to_start_without_its_keys_or_with_those_of_another(small: Installation) -> None:
    small.init()
    keys = small.home / "keys"
    for path in sorted(keys.iterdir()):
        content = path.read_text()
        path.unlink()
        assert refused(small) == f"no key can be read from {path}"
        path.write_text("12")
        assert refused(small) == f"the key in {path} is not 32 bytes"
        path.write_text(content)
    assert small.here("serve", "--dry-run").status == 0
    (keys / "audit.key").write_text("ab" * 32)
    assert "not those that this database was written with" in refused(small)
    assert "not those that this database was" in small.here("worker", "--once").refusal


def test_it_refuses_a_folder_for_files_that_cannot_be_written_to(small: Installation) -> None:
    small.init()
    (small.home / "a file").touch()
    storage = (small.home / "a file" / "files").as_uri()
    assert refused(small, LMS_STORAGE_URL=storage) == (
        "LMS_STORAGE_URL names a folder that can't be written to."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LMS_SECRET_KEY", config.demo(5000, {}).secret_key),
        ("LMS_DEMO_PASSWORD", config.DEMO_PASSWORD),
        ("LMS_BASE_URL", "http://alongside.example.org"),
    ],
)
def test_it_refuses_what_belongs_to_the_demonstration(
    name: str, value: str, small: Installation
) -> None:
    small.init()
    assert refused(small, **{name: value}).startswith(name)


def test_it_refuses_an_address_at_which_it_cannot_listen(small: Installation) -> None:
    small.init()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = small.lms("serve", "--bind", f"127.0.0.1:{port}")
    assert said.refusal == f"Nothing can listen at 127.0.0.1:{port}: Address already in use"
    assert small.here("serve", "--bind", "8000:x").refusal == "--bind takes HOST:PORT, not 8000:x"


def test_it_is_not_ready_while_its_database_is_away_and_ready_when_it_is_back(
    place: Installation,
) -> None:
    with _breakable(place) as (own, away, back):
        own.init()
        cookie = _cookie_of_somebody(own)
        with own.serving("--workers", "1") as address:
            assert "Hello, Somebody" in ask(address, "/", Cookie=cookie).text
            assert ask(address, "/health/ready").status == 200
            away()
            for path, headers in (("/health/ready", {}), ("/", {"Cookie": cookie})):
                answer = ask(address, path, **headers)
                assert answer.status == 503
                assert int(answer.headers["Retry-After"]) <= 30
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
            assert ask(address, "/health/live").status == 200
            back()
            assert ask(address, "/health/ready").status == 200
            assert "Hello, Somebody" in ask(address, "/", Cookie=cookie).text


def _cookie_of_somebody(place: Installation) -> str:
    """A session on another installation, as its browser sends it."""
    app = create_app(config.production(place.environment))
    with app.app_context():
        visitor = Visitor.signed_in(app, factories.make_account(Role.ADVOCATE, name="Somebody"))
        cookie = visitor.client.get_cookie("session")
        db.session.remove()
        db.engine.dispose()
    assert cookie is not None
    return f"session={cookie.value}"


Act = Callable[[], object]


@contextmanager
def _breakable(place: Installation) -> Iterator[tuple[Installation, Act, Act]]:
    if place.on_sqlite:
        path, aside = place.home / "lms.sqlite", place.home / "aside"
        yield place, lambda: path.rename(aside), lambda: aside.rename(path)
        return
    with postgres.breakable() as server:
        own = installation(place.home, server.url)
        yield own, server.stop, server.start
