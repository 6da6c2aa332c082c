"""The background worker: mail and jobs, whatever happens to it or to one of them."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, outbox, worker
from lms.assessment.models import ScriptReading
from lms.db import db, unit_of_work
from lms.outbox import Due, Job, Message, MessageKind
from tests import factories
from tests.support.cache import ROOT
from tests.support.impatience import impatient
from tests.support.installation import LMS
from tests.support.installed import as_installed
from tests.support.post import post

MINUTE = timedelta(minutes=1)


def send(key: str = "one") -> str:
    person = factories.make_account()
    with unit_of_work():
        outbox.send(MessageKind.LINK, person.ref, key=key, content="https://link")
    return person.address


def first(table: type[Due]) -> Due:
    db.session.rollback()
    return db.session.scalars(select(table)).one()


def wait_until(so: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


def test_one_pass_does_mail_and_jobs(app: Flask) -> None:
    enrolment = factories.make_enrolment()
    factories.hand_in(enrolment, factories.make_assessment(enrolment.cohort))
    assert worker.work_once() == 2
    assert (first(Job).finished_at, first(Job).problem) != (None, "")
    assert db.session.scalars(select(ScriptReading)).one().words > 0
    assert first(Message).finished_at
    assert worker.work_once() == 0


def test_a_job_of_an_unknown_kind_fails_by_itself(app: Flask) -> None:
    with unit_of_work():
        outbox.do("of a later version", key="one")
    address = send()
    assert worker.work_once() == 1
    assert (first(Job).problem, first(Job).finished_at) == ("KeyError", None)
    assert len(list(app.config["SETTINGS"].keys_dir.parent.glob("mail/*"))) == 1, address


def test_jobs_are_done_while_the_mail_server_is_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment = factories.make_enrolment()
    factories.hand_in(enrolment, factories.make_assessment(enrolment.cohort))
    with post() as gone:
        pass
    monkeypatch.setitem(app.config, "MAIL_URL", gone.url)
    assert worker.work_once() == 1
    assert first(Job).finished_at
    assert first(Message).problem.startswith("away")


def test_it_goes_on_after_a_fault_of_the_database_and_stops_when_it_is_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "PAUSE", 0.05)
    with impatient(50):
        send()
        with locked_messages(), working(app) as helper:
            wait_until(lambda: "trying again" in caplog.text)
        assert not helper.is_alive()
        with working(app):
            wait_until(lambda: first(Message).finished_at is not None)


@contextmanager
def working(app: Flask) -> Iterator[threading.Thread]:
    """A worker as a thread, for the length of the block."""
    stop = threading.Event()
    helper = threading.Thread(target=worker.work_on, args=(app, stop), daemon=True)
    helper.start()
    try:
        yield helper
    finally:
        stop.set()
        helper.join(10)


@contextmanager
def locked_messages() -> Iterator[None]:
    """Nobody else can write messages."""
    with db.engine.connect() as other:
        raw = other.connection.driver_connection
        assert raw is not None
        on_sqlite = db.engine.dialect.name == "sqlite"
        raw.execute("BEGIN IMMEDIATE" if on_sqlite else "LOCK TABLE message")
        yield
        raw.rollback()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_worker_had_in_hand_when_its_process_ended_is_done_by_another(
    app: Flask, how: signal.Signals
) -> None:
    """TERM lets it finish what it has begun; KILL does not, and its claim runs out."""
    address = send()
    with post() as server:
        server.silent = True
        place = as_installed(app, LMS_MAIL_URL=server.url)
        command = [*LMS, "worker"]
        with subprocess.Popen(command, cwd=ROOT, env=place.environment) as process:
            wait_until(lambda: first(Message).attempts == 1)
            process.send_signal(how)
            server.closing.set()  # the server hangs up on whoever is still there
            process.wait(20)
    claimed = first(Message)
    assert claimed.finished_at is None
    assert claimed.due_at > clock.now()
    with clock.stopped(claimed.due_at):
        assert worker.work_once() == 1
    (mail,) = app.config["SETTINGS"].keys_dir.parent.glob("mail/*")
    assert f"To: {address}".encode() in mail.read_bytes()
