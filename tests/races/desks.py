"""An installation in which everything about handing in and marking waits to be raced for."""

import http.client
import json
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.engine import Connection

from lms import clock
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.assessment.models import Assessment
from lms.catalogue.queries import rubric_of
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work
from lms.marking import operations
from lms.marking.models import Claim
from lms.marking.rules import Stage
from tests import factories
from tests.races.house import Ask, Badge, House
from tests.races.served import MOMENT, POINT
from tests.races.weak import BEGAN, LOOSE, MEET, SLOW
from tests.support.server import serving

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
DUE, HANDED_IN = NOW - timedelta(days=1), NOW - timedelta(days=2)
MANY = 5
REASON = "We read the descriptors together, and both of us moved."
# Where a thing that happens once would stand twice.
ONCE = ("submission", "submission_draft", "claim", "mark_draft", "mark_event")
_PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What one of those who asked was answered."""

    status: int
    leads_to: str
    text: str


class Desks(House):
    """The same as a house, served with a clock that goes on, and with its locks off if asked."""

    @contextmanager
    def served(
        self,
        point: Path | None = None,
        *,
        slow: bool = False,
        meet: Path | None = None,
        began: float | None = None,
    ) -> Iterator[str]:
        """Serve it with two workers; yields the base address.

        point  a file in which a point of death may be written
        slow   so that others have read before anybody writes
        meet   without what holds writers apart; a folder where two meet who are to write
        began  when its clock stood at NOW, in this machine's seconds
        """
        command = [sys.executable, "-m", "tests.races.weak", "serve"]
        command += ["--bind", "127.0.0.1:{port}", "--workers", "2"]
        asked = {LOOSE: "1", MEET: str(meet)} if meet else {}
        asked |= {SLOW: " ".join(ONCE)} if slow else {}
        asked |= {BEGAN: str(began)} if began else {}
        environment = {**self.place.environment, MOMENT: NOW.isoformat(), **asked}
        if point is not None:
            environment[POINT] = str(point)
        with serving(environment, command=command) as address:
            yield address

    def most(self, rows: str, *columns: str) -> int:
        """How often the most frequent values of these columns come up; 0 for no rows."""
        with self.connected() as connection:
            query = f"SELECT count(*) FROM {rows} GROUP BY {', '.join(columns)} ORDER BY 1 DESC"
            return int(connection.execute(text(query)).scalar() or 0)

    def without_constraints(self) -> None:
        """Let the tables of ONCE take anything twice. Its triggers and checks don't matter here."""
        with self.connected() as connection:
            if self.place.on_sqlite:
                _rebuild_without(connection)
                return
            found = connection.execute(
                text(
                    "SELECT conrelid::regclass::text, conname FROM pg_constraint "
                    "WHERE conrelid::regclass::text = ANY(:tables) AND (contype = 'u' OR "
                    "(contype = 'p' AND conrelid::regclass::text LIKE '%draft'))"
                ),
                {"tables": list(ONCE)},
            ).all()
            assert len(found) >= 8
            for table, name in found:
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


def ask_at_once(address: str, asks: Sequence[Ask]) -> list[Answer]:
    """Send all of these at the same moment, each over a connection of its own.

    All but the last byte of each has arrived before the last byte of any is sent.
    """
    gate = threading.Barrier(len(asks))
    with ThreadPoolExecutor(len(asks)) as pool:
        return [each.result() for each in [pool.submit(_talk, address, ask, gate) for ask in asks]]


def ask(address: str, asked: Ask) -> Answer:
    """Send one form. Raises OSError when the server dies over it."""
    return _talk(address, asked, threading.Barrier(1))


def _talk(address: str, asked: Ask, gate: threading.Barrier) -> Answer:
    found = urlsplit(address)
    connection = http.client.HTTPConnection(str(found.hostname), found.port, timeout=_PATIENCE)
    body = urlencode({"csrf_token": asked.badge.token, **asked.fields}).encode()
    try:
        connection.putrequest("POST", asked.path)
        connection.putheader("Cookie", f"session={asked.badge.cookie}")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Sec-Fetch-Site", "same-origin")
        connection.endheaders(body[:-1])
        gate.wait(_PATIENCE)
        connection.send(body[-1:])
        answer = connection.getresponse()
        page = answer.read().decode()
        return Answer(answer.status, answer.headers.get("Location", ""), page)
    finally:
        connection.close()


def built(app: Flask) -> tuple[dict[str, str], dict[str, Badge]]:
    """Make everybody and everything; facts and badges by name."""
    with clock.stopped(HANDED_IN - timedelta(days=20)):
        cohort, earlier = factories.make_cohort(year=2026), factories.make_cohort(year=2025)
        marked = factories.make_assessment(cohort, due_at=DUE)
        open_still = factories.make_assessment(cohort, number=1, due_at=NOW + timedelta(days=7))
        ended = [factories.make_assessment(earlier, number=n, due_at=DUE) for n in (0, 1)]
        tutors = [factories.make_account(Role.TUTOR) for _ in range(MANY)]
        second = factories.make_account(Role.TUTOR)
        registrar = factories.make_account(Role.REGISTRAR)
        for assessment in (marked, *ended):
            _allocate(assessment, tutors, second)
        people = [factories.make_enrolment(cohort) for _ in range(MANY + 3)]
        others = [factories.make_enrolment(earlier) for _ in ended]
    for enrolment in people:
        factories.hand_in(enrolment, marked, f"Of {enrolment.ref}.", at=HANDED_IN)
    for enrolment, assessment in zip(others, ended, strict=True):
        factories.hand_in(enrolment, assessment, at=HANDED_IN)
    facts = {"open": open_still.ref, "marked": marked.ref, "released": ended[1].ref}
    facts["keys"] = json.dumps([each.key for each in rubric_of(marked.brief_id)])
    with clock.stopped(NOW):
        facts |= _claims(marked, tutors[0], second)
        facts |= _almost_agreed(ended[0], tutors[0], second)
        _agreed(ended[1], tutors[0], second)
        facts |= _hands_in_once(people[0], open_still)
        badges = {f"tutor {n}": Badge.of(app, each) for n, each in enumerate(tutors)}
        badges |= {"second": Badge.of(app, second), "registrar": Badge.of(app, registrar)}
        badges |= {f"advocate {n}": Badge.of(app, people[n].advocate) for n in range(3)}
    for number in range(3):
        facts[f"advocate {number}"] = str(people[number].id)
    return facts, badges


def _allocate(assessment: Assessment, tutors: Sequence[Account], second: Account) -> None:
    with unit_of_work():
        for each in tutors:
            operations.allocate(assessment, each, Stage.FIRST, actor=factories.SYSTEM)
        operations.allocate(assessment, second, Stage.SECOND, actor=factories.SYSTEM)


def _take(assessment: Assessment, marker: Account, stage: Stage) -> Claim:
    with unit_of_work():
        return operations.take_next(assessment, stage, actor=factories.actor_of(marker))


def _claims(marked: Assessment, first: Account, second: Account) -> dict[str, str]:
    """Scripts in hand: one to draft, one to give, and one that both markers have."""
    names = ("both first", "drafted", "given")
    held = {name: _take(marked, first, Stage.FIRST).ref for name in names}
    return held | {"both second": _take(marked, second, Stage.SECOND).ref}


def _both_marked(assessment: Assessment, first: Account, second: Account) -> tuple[Claim, str]:
    factories.take_and_mark(assessment, second, Stage.SECOND)
    claim = factories.take_and_mark(assessment, first, Stage.FIRST)
    said = factories.some_marks(claim, 62, reason=REASON)
    with unit_of_work():
        made = operations.propose(claim.submission, said, actor=factories.actor_of(first))
    return claim, made.ref


def _almost_agreed(assessment: Assessment, first: Account, second: Account) -> dict[str, str]:
    claim, proposal = _both_marked(assessment, first, second)
    query = select(Claim.ref).where(
        Claim.submission_id == claim.submission_id, Claim.stage == Stage.SECOND
    )
    other = db.session.scalars(query).one()
    return {"agreed": other, "proposal": proposal, "agreed id": str(claim.submission_id)}


def _agreed(assessment: Assessment, first: Account, second: Account) -> None:
    claim, proposal = _both_marked(assessment, first, second)
    with unit_of_work():
        operations.agree(claim.submission, proposal, actor=factories.actor_of(second))


def _hands_in_once(enrolment: Enrolment, assessment: Assessment) -> dict[str, str]:
    """So that only the version is raced for, and not the candidate number."""
    made = factories.hand_in(enrolment, assessment, "First.", at=NOW)
    return {"first version": made.ref}


def _rebuild_without(connection: Connection) -> None:
    """SQLite keeps a constraint inside its table: copy the rows into one that has none."""
    connection.execute(text("PRAGMA legacy_alter_table = ON"))
    for table in ONCE:
        query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
        made = str(connection.execute(query, {"table": table}).scalar_one())
        unique = r",\s*CONSTRAINT uq_\w+ UNIQUE \([^)]*\)"
        primary = r",\s*CONSTRAINT pk_\w+draft PRIMARY KEY \([^)]*\)"
        bare, times = re.subn(f"{unique}|{primary}", "", made)
        assert times, made
        connection.execute(text(re.sub(r"(?<=CREATE TABLE )\"?\w+\"?", "bare", bare, count=1)))
        connection.execute(text(f"INSERT INTO bare SELECT * FROM {table}"))
        connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text(f"ALTER TABLE bare RENAME TO {table}"))
