"""Many who act at once: one chain, without a gap, whoever fails meanwhile."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable

import pytest
from flask import Flask

from lms import outbox, vault
from lms.access.actor import SYSTEM
from lms.audit import chain, queries
from lms.audit.models import AuditEntry
from lms.audit.trail import Event, record
from lms.db import db, unit_of_work
from lms.errors import Conflict, Unavailable
from tests.support.cache import ROOT
from tests.support.installed import as_installed
from tests.support.together import at_once

WRITING = """
import sys
import config
from lms.access.actor import SYSTEM
from lms.app import create_app
from lms.audit.trail import Event, record
from lms.db import unit_of_work

writer, count = sys.argv[1:]
with create_app(config.production()).app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(count)):
        with unit_of_work():
            record(SYSTEM, Event.WORK_READ, writer, number=number)
            record(SYSTEM, Event.WORK_READ, writer, number=number, again=True)
"""


def trail() -> list[AuditEntry]:
    db.session.rollback()
    return list(queries.all_entries())


def by_writer(entries: list[AuditEntry]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for entry in entries:
        found[entry.subject].append(entry.facts)
    return found


def check_whole(entries: list[AuditEntry], writers: list[str], acts: int) -> None:
    """No gap, every hash right, and each writer's acts in the writer's own order, side by side."""
    verdict = chain.verify(entries, vault.keys().sign)
    assert verdict.whole, verdict
    assert [each.seq for each in entries] == list(range(1, 2 * acts * len(writers) + 1))
    expected = [
        text
        for number in range(acts)
        for text in (f'{{"number":{number}}}', f'{{"again":true,"number":{number}}}')
    ]
    assert by_writer(entries) == dict.fromkeys(writers, expected)
    for one, two in zip(entries[::2], entries[1::2], strict=True):
        assert one.subject == two.subject, "the entries of one act stand together"


def test_many_threads_extend_one_chain(app: Flask, long: bool) -> None:
    count, acts = (50, 100) if long else (8, 4)
    writers = [f"WRITER-{number}" for number in range(count)]

    def writing(writer: str) -> Callable[[], None]:
        def write_all() -> None:
            for number in range(acts):
                write(writer, number)

        return write_all

    assert at_once(app, [writing(each) for each in writers]) == [None] * count
    check_whole(trail(), writers, acts)


def write(writer: str, number: int) -> None:
    """One act of two entries. Whoever is told to come again comes again."""
    try:
        with unit_of_work():
            record(SYSTEM, Event.WORK_READ, writer, number=number)
            record(SYSTEM, Event.WORK_READ, writer, number=number, again=True)
    except Unavailable:
        write(writer, number)


def test_many_processes_extend_one_chain(app: Flask, long: bool) -> None:
    count, acts = (8, 100) if long else (2, 10)
    writers = [f"WRITER-{number}" for number in range(count)]
    environment = as_installed(app).environment
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITING, writer, str(acts)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for writer in writers
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:  # all are ready: now they go
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        with process:
            assert process.wait(600) == 0
    check_whole(trail(), writers, acts)


def test_those_who_fail_meanwhile_leave_no_gap(app: Flask) -> None:
    def act(key: str, fault: bool) -> Callable[[], None]:
        def write() -> None:
            for number in range(4):
                with unit_of_work():
                    record(SYSTEM, Event.WORK_READ, f"SUB-{key}", number=number)
                    outbox.do("test", key="taken" if fault else f"{key}-{number}")

        return write

    with unit_of_work():
        outbox.do("test", key="taken")
    acts = [act(str(number), number % 2 == 1) for number in range(6)]
    answers = at_once(app, acts)
    assert [type(each) for each in answers] == [type(None), Conflict] * 3
    entries = trail()
    assert chain.verify(entries, vault.keys().sign) == chain.Verdict(12)
    assert set(by_writer(entries)) == {"SUB-0", "SUB-2", "SUB-4"}


def test_nobody_holds_the_chain_while_they_wait_for_something_else(
    app: Flask, engine_name: str
) -> None:
    """Entries are written last: an act that goes on for long holds up nobody's entry."""
    if engine_name == "sqlite":
        return  # it has one writer at a time, whatever they write

    def other() -> None:
        with unit_of_work():
            record(SYSTEM, Event.WORK_READ, "SUB-2")

    with unit_of_work():
        record(SYSTEM, Event.WORK_READ, "SUB-1")
        db.session.flush()
        assert at_once(app, [other]) == [None]
    assert [each.subject for each in trail()] == ["SUB-2", "SUB-1"]


@pytest.mark.parametrize("writers", [2, 8])
def test_the_head_exported_while_others_write_is_in_the_chain_afterwards(
    app: Flask, writers: int
) -> None:
    heads: list[chain.Head] = []

    def write() -> None:
        for number in range(3):
            with unit_of_work():
                record(SYSTEM, Event.WORK_READ, "SUB-1", number=number)
            heads.append(queries.head())
            db.session.rollback()

    assert at_once(app, [write] * writers) == [None] * writers
    entries = trail()
    assert len(heads) == 3 * writers
    for each in heads:
        assert chain.verify(entries, vault.keys().sign, each).whole
