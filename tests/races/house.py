"""A real server on a database of its own, and people who ask it over connections of their own."""

import http.client
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Connection

from lms.accounts.models import Account
from tests.board.world import BOARD_DAY
from tests.races.served import MOMENT, POINT
from tests.support import postgres
from tests.support.installation import Installation
from tests.support.pages import Visitor
from tests.support.server import serving

_PATIENCE = 60.0  # seconds
# What somebody who was not the first may be answered; never a fault of ours.
REFUSED = {404, 409, 422}


@dataclass(frozen=True)
class Badge:
    """What somebody's browser sends: the cookie of their session, and a form's token."""

    cookie: str
    token: str

    @classmethod
    def of(cls, app: Flask, account: Account) -> "Badge":
        """The badge of somebody who has just signed in."""
        visitor = Visitor.signed_in(app, account)
        token = visitor.token()
        cookie = visitor.client.get_cookie("session")
        assert cookie is not None
        return cls(cookie.value, token)


@dataclass(frozen=True)
class Ask:
    """One form that somebody sends."""

    badge: Badge
    path: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class House:
    """An installation with everything in it that is raced for.

    facts  references and badges by name, as whoever built it calls them
    """

    place: Installation
    facts: dict[str, str]
    badges: dict[str, Badge]

    @contextmanager
    def copied(self, home: Path, server_url: str | None) -> Iterator["House"]:
        """The same on a copy of the database, gone at the end.

        server_url  of PostgreSQL; None for SQLite
        """
        url = make_url(self.place.environment["LMS_DATABASE_URL"])
        if server_url is None:
            path = home / "copy.sqlite"
            shutil.copyfile(str(url.database), path)
            yield self._on(f"sqlite:///{path}")
            return
        name = f"{url.database}_{home.name}".lower().replace("-", "_")[-60:]
        copy = postgres.create_database(server_url, name, template=url.database)
        try:
            yield self._on(copy)
        finally:
            postgres.drop_database(server_url, name)

    @contextmanager
    def served(self, point: Path | None = None) -> Iterator[str]:
        """Serve it with two workers; yields the base address.

        point  a file in which a point of death may be written
        """
        command = [sys.executable, "-m", "tests.races.served", "serve"]
        command += ["--bind", "127.0.0.1:{port}", "--workers", "2"]
        environment = {**self.place.environment, MOMENT: BOARD_DAY.isoformat()}
        if point is not None:
            environment[POINT] = str(point)
        with serving(environment, command=command) as address:
            yield address

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection behind the product's back, committed at the end."""
        engine = create_engine(self.place.environment["LMS_DATABASE_URL"])
        with engine.begin() as connection:
            yield connection
        engine.dispose()

    def count(self, query: str) -> int:
        """How many rows there are: count("decision WHERE outcome = 'award'")."""
        with self.connected() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {query}")).scalar_one())

    def chain_is_whole(self) -> bool:
        """Whether the trail verifies."""
        return self.place.here("audit", "verify").status == 0

    def _on(self, url: str) -> "House":
        environment = {**self.place.environment, "LMS_DATABASE_URL": url}
        return replace(self, place=replace(self.place, environment=environment))


def send(address: str, ask: Ask) -> tuple[int, str]:
    """Send one form over a connection of its own; gives the status, and where it leads."""
    found = urlsplit(address)
    connection = http.client.HTTPConnection(str(found.hostname), found.port, timeout=_PATIENCE)
    try:
        connection.request(
            "POST",
            ask.path,
            urlencode({"csrf_token": ask.badge.token, **ask.fields}),
            {
                "Cookie": f"session={ask.badge.cookie}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


def all_at_once(address: str, asks: Sequence[Ask]) -> list[tuple[int, str]]:
    """Send all of these at the same moment; what each was answered, in the same order."""
    gate = threading.Barrier(len(asks))

    def go(ask: Ask) -> tuple[int, str]:
        gate.wait(_PATIENCE)
        return send(address, ask)

    with ThreadPoolExecutor(len(asks)) as pool:
        return [each.result(_PATIENCE) for each in [pool.submit(go, ask) for ask in asks]]
