"""A real installation: settings in the environment, and its commands as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import Pool

from lms.cli import lms
from tests.support.cache import ROOT
from tests.support.server import serving

LMS = (sys.executable, "-m", "lms.cli")
SECRET = "b7f1c0a94e6d4f22a1d85c3e90b7642f"
_PATIENCE = 60  # seconds a command may take
PEOPLE = {
    "--registrar": ("first@registry.example", "second@registry.example"),
    "--accreditor": ("first@body.example", "second@body.example"),
}


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    error: str

    @property
    def refusal(self) -> str:
        """The one line in which it refused; fails for anything that isn't one plain line."""
        assert self.status == 1, self.out + self.error
        assert "Traceback" not in self.error, self.error
        lines = self.error.splitlines()
        assert len(lines) == 1, self.error
        assert lines[0].startswith("Error: "), self.error
        return lines[0].removeprefix("Error: ")


@dataclass(frozen=True)
class Installation:
    """Everything an operator sets; nothing of it is made yet."""

    home: Path
    environment: dict[str, str]

    @property
    def on_sqlite(self) -> bool:
        """Whether its database is a file."""
        return self.environment["LMS_DATABASE_URL"].startswith("sqlite")

    def execute(self, statement: str) -> None:
        """Do something to its database behind its back."""
        engine = create_engine(self.environment["LMS_DATABASE_URL"])
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def lms(self, *words: str | Path, **settings: str | None) -> Said:
        """Run a command.

        settings  changes to the environment; None takes one away
        """
        done = subprocess.run(
            [*LMS, *map(str, words)],
            cwd=ROOT,
            env=self.with_settings(**settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def here(self, *words: str | Path, **settings: str | None) -> Said:
        """Run a command in this process, knowing nothing of the test's application or clock."""
        ours = {name: None for name in os.environ if name.startswith("LMS_")}
        environment = {**ours, **self.environment, **settings}
        arguments = [*map(str, words)]
        with _closing_connections():
            done = Context().run(
                CliRunner().invoke, lms, arguments, prog_name="lms", env=environment
            )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def init(self) -> Said:
        """The first start, with PEOPLE."""
        words = [
            word for option, pair in PEOPLE.items() for each in pair for word in (option, each)
        ]
        said = self.here("init", *words)
        assert said.status == 0, said.error
        return said

    def serving(self, *options: str, **settings: str | None) -> AbstractContextManager[str]:
        """Serve for the length of the block; yields the base address."""
        command = [*LMS, "serve", "--bind", "127.0.0.1:{port}", *options]
        environment = {
            k: v for k, v in self.with_settings(**settings).items() if k.startswith("LMS_")
        }
        return serving(environment, command=command)

    def with_settings(self, **settings: str | None) -> dict[str, str]:
        """The environment of a process of its own."""
        merged = {"PATH": os.environ["PATH"], **self.environment, **settings}
        return {name: value for name, value in merged.items() if value is not None}


@contextmanager
def _closing_connections() -> Iterator[None]:
    """What a command's process closes by ending."""
    opened: list[Any] = []

    def note(connection: Any, _record: object) -> None:
        opened.append(connection)

    event.listen(Pool, "connect", note)
    try:
        yield
    finally:
        event.remove(Pool, "connect", note)
        for each in opened:
            each.close()


def installation(home: Path, database_url: str = "") -> Installation:
    """An installation below a folder; on SQLite without another address."""
    return Installation(
        home,
        {
            "LMS_DATABASE_URL": database_url or f"sqlite:///{home / 'lms.sqlite'}",
            "LMS_SECRET_KEY": SECRET,
            "LMS_STORAGE_URL": (home / "files").as_uri(),
            "LMS_MAIL_URL": (home / "mail").as_uri(),
            "LMS_MAIL_FROM": "alongside@example.org",
            "LMS_BASE_URL": "http://127.0.0.1",
            "LMS_KEYS_DIR": str(home / "keys"),
        },
    )
