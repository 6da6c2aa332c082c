"""An installation of its own: database, files, keys, mail, server and clock."""

import email
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lms.clock import LONDON
from tests.journeys.rehearsal import AHEAD
from tests.support.cache import ROOT
from tests.support.server import free_port, serving
from tests.support.two_modules import two_modules

LMS = (sys.executable, "-m", "tests.journeys.rehearsal")
_LINK = re.compile(r"http://127\.0\.0\.1:\d+/(?:invitation|reset)/\S+")
_PATIENCE = 60  # seconds a command may take


@dataclass
class House:
    """An empty installation, as an operator has it after `lms init`.

    looked  kinds of pages that were looked at already, so that each is checked once
    """

    home: Path
    environment: dict[str, str]
    address: str
    links: dict[str, str] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)
    _read: set[str] = field(default_factory=set)

    def lms(self, *words: str, status: int = 0) -> str:
        """Run a command of the installation; returns what it printed."""
        done = subprocess.run(
            [*LMS, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def work(self) -> None:
        """Let the background worker do what is due."""
        self.lms("worker", "--once")

    def now(self) -> datetime:
        """The moment it is here."""
        ahead = float(self._clock.read_text(encoding="ascii"))
        return datetime.now(UTC) + timedelta(seconds=ahead)

    def becomes(self, day: str, time: str = "10:00") -> None:
        """Move the clock to a London wall time; never back."""
        then = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=LONDON)
        assert then > self.now(), "time goes one way"
        self._set(then)

    def passes(self, seconds: float) -> None:
        """Move the clock on."""
        self._set(self.now() + timedelta(seconds=seconds))

    def mail_to(self, address: str) -> list[str]:
        """The messages that came for an address and were not read yet."""
        self.work()
        return self._unread(address)

    def link_to(self, address: str) -> str:
        """The newest single-use link that came for an address."""
        # What lies there already came with somebody else's; the worker takes two seconds to start.
        unread = self._unread(address) or self.mail_to(address)
        links = [each for text in unread for each in _LINK.findall(text)]
        assert links, f"no link came for {address}"
        return links[-1]

    def _unread(self, address: str) -> list[str]:
        found = []
        for path in sorted((self.home / "mail").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes())
            if message["To"] == address and path.name not in self._read:
                self._read.add(path.name)
                assert message["Subject"] == "A message from Alongside"
                found.append(str(message.get_payload()))
        return found

    @property
    def _clock(self) -> Path:
        return self.home / "clock"

    def _set(self, then: datetime) -> None:
        ahead = (then - datetime.now(UTC)).total_seconds()
        waiting = self.home / "clock.next"
        waiting.write_text(f"{ahead:.6f}", encoding="ascii")
        waiting.replace(self._clock)


@contextmanager
def opened(
    home: Path, database_url: str, path: str, *, on: str, people: list[str]
) -> Iterator[House]:
    """An installation that begins on a day, with nobody in it but the first four people.

    on      the day, in London
    people  addresses of two registrars and two accreditors
    """
    port = free_port()
    environment = {
        "PATH": path,
        "LMS_DATABASE_URL": database_url,
        "LMS_SECRET_KEY": secrets.token_urlsafe(32),
        "LMS_STORAGE_URL": (home / "files").as_uri(),
        "LMS_MAIL_URL": (home / "mail").as_uri(),
        "LMS_MAIL_FROM": "alongside@example.org",
        "LMS_BASE_URL": f"http://127.0.0.1:{port}",
        "LMS_KEYS_DIR": str(home / "keys"),
        "LMS_CONTACT": "programme@example.org",
        "LMS_CONTENT_DIR": str(two_modules(home / "two-modules")),
        AHEAD: str(home / "clock"),
    }
    house = House(home, environment, environment["LMS_BASE_URL"])
    house._set(datetime.fromisoformat(f"{on}T09:00").replace(tzinfo=LONDON))
    options = ("--registrar", "--registrar", "--accreditor", "--accreditor")
    printed = house.lms(
        "init", *(each for pair in zip(options, people, strict=True) for each in pair)
    )
    house.links = dict(zip(people, _LINK.findall(printed), strict=True))
    command = [*LMS, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with serving(environment, command=command, port=port):
        yield house
