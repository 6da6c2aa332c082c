"""What comes back is what was there, on either database."""

import contextlib
import gzip
import io
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms import backup, backup_restore, clock, refs, storage, vault
from lms.access.actor import SYSTEM
from lms.accounts import operations as accounts
from lms.audit import chain, queries as trail
from lms.catalogue.queries import versions
from lms.catalogue.search import search
from lms.cohorts.models import Cohort
from lms.db import db, fact_tables, unit_of_work
from lms.facts import protected
from tests import factories
from tests.backup.conftest import Busy, Elsewhere, content

# What a restore puts right, so that nothing is revived or done twice; and its own audit entry.
SETTLED = {"sign_in", "message", "invitation", "audit_entry"}
Places = Callable[..., Elsewhere]
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.mark.parametrize("across", [False, True], ids=["same kind", "other kind"])
@pytest.mark.usefixtures("busy")
def test_every_row_and_file_comes_back_and_the_chain_goes_on(
    across: bool, tmp_path: Path, elsewhere: Places, engine_name: str
) -> None:
    made = backup.make(tmp_path / "backup")
    before, head = content(), trail.head()
    files = {key: _bytes_of(key) for key in storage.store().all_keys()}
    assert len(files) == len(made.files) > 2  # what was handed in, and the content
    db.session.remove()

    target = elsewhere(engine=OTHER[engine_name] if across else engine_name)
    with target.open():
        backup_restore.restore(tmp_path / "backup")
        after = content()
        assert {n: r for n, r in after.items() if n not in SETTLED} == {
            n: r for n, r in before.items() if n not in SETTLED
        }
        assert len([name for name, lines in before.items() if len(lines) > 1]) > 20
        assert {key: _bytes_of(key) for key in storage.store().all_keys()} == files
        verdict = chain.verify(trail.all_entries(), vault.keys().sign, head)
        assert (verdict.whole, verdict.count) == (True, head.seq + 1)
        _is_searched()
        _goes_on_working()


def _is_searched() -> None:
    """What a database makes of its rows for searching isn't in a backup: it is made anew."""
    (newest, *_) = versions()
    assert search(newest.id, "recovery periods").found


def _bytes_of(key: str) -> bytes:
    with storage.open(key) as file:
        return file.read()


def _goes_on_working() -> None:
    """New rows take new numbers, work is handed in and marked, and facts stay facts."""
    cohort = db.session.scalars(select(Cohort)).one()
    assessment = factories.make_assessment(cohort, number=1)
    enrolment = factories.make_enrolment(cohort)
    factories.hand_in(enrolment, assessment, at=clock.now() - timedelta(days=1))
    with clock.stopped(clock.now() + timedelta(days=8)):
        factories.mark_all(assessment)
    assert chain.verify(trail.all_entries(), vault.keys().sign).whole
    db.session.rollback()
    with db.engine.connect() as connection:
        assert protected(connection) == fact_tables()
    for table in ("audit_entry", "submission"):
        with pytest.raises(DBAPIError, match="never changed"), db.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))


@contextlib.contextmanager
def people_at_work(app: Flask) -> Iterator[list[int]]:
    """Somebody writes as fast as they can; yields what counts the acts."""
    stop, done, who = threading.Event(), [0], refs.token()

    def work() -> None:
        with app.app_context():
            while not stop.is_set():
                stored = storage.put(io.BytesIO(b"%d" % done[0]))
                with unit_of_work():
                    name = f"{who}.{done[0]}@example.org"
                    accounts.open_account(name, f"Writer {stored.size}", actor=SYSTEM)
                done[0] += 1
            db.session.remove()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        yield done
    finally:
        stop.set()
        writer.join(30)


def await_acts(done: list[int], more: int) -> None:
    """Until that many more acts are done."""
    until, aim = time.monotonic() + 30, done[0] + more
    while done[0] < aim:
        assert time.monotonic() < until, "the writer does not get on"
        time.sleep(0.001)


@pytest.mark.usefixtures("busy")
def test_a_backup_is_of_one_moment_while_people_go_on_writing(
    app: Flask, tmp_path: Path, elsewhere: Places, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = backup._part
    for number in range(10 if long else 1):
        path = tmp_path / f"backup{number}"
        with people_at_work(app) as done:

            def amid_the_work(*arguments: Any, done: list[int] = done) -> backup.Part:
                await_acts(done, 1)  # between every two tables something is written
                return part(*arguments)

            monkeypatch.setattr(backup, "_part", amid_the_work)
            made = backup.make(path)
            await_acts(done, 1)
        assert backup_restore.verify(path) == made
        assert made.head_seq < trail.head().seq
        db.session.remove()
    with elsewhere().open():
        backup_restore.restore(path)
        # Each act opened one account and left one entry: both are there, or neither.
        entries = [each for each in trail.all_entries() if each.event == "account opened"]
        lines = content()["account"]
        assert len(entries) == len(lines) - 1
        assert chain.verify(trail.all_entries(), vault.keys().sign).whole


def test_ordinary_tools_open_a_backup_by_hand(busy: Busy, tmp_path: Path) -> None:
    made = backup.make(tmp_path / "backup")
    with gzip.open(tmp_path / "backup") as packed, tarfile.open(fileobj=packed) as archive:
        names = archive.getnames()
    assert names[0] == "manifest.json"
    assert f"files/{busy.submission.file_key}" in names
    assert names[-len(made.tables) :] == [f"tables/{name}.jsonl" for name in made.tables]


@pytest.mark.usefixtures("busy")
def test_keys_and_secrets_of_the_settings_are_never_in_a_backup(app: Flask, tmp_path: Path) -> None:
    backup.make(tmp_path / "backup")
    unpacked = gzip.decompress((tmp_path / "backup").read_bytes())
    settings = app.config["SETTINGS"]
    for path in settings.keys_dir.iterdir():
        key = path.read_text().strip()
        assert key.encode() not in unpacked
        assert bytes.fromhex(key) not in unpacked
    assert settings.secret_key.encode() not in unpacked


def test_a_backup_can_be_read_by_its_owner_alone_and_replaces_nothing(
    app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "backup"
    run = app.test_cli_runner().invoke
    done = run(backup.backup, ["create", str(path)])
    assert done.exit_code == 0, done.output
    assert path.stat().st_mode & 0o777 == 0o600
    seen = path.read_bytes()
    again = run(backup.backup, ["create", str(path)])
    assert (again.exit_code, again.output) == (1, f"Error: {path} is there already.\n")
    assert path.read_bytes() == seen
    tried = run(backup.backup, ["create", "--dry-run", str(tmp_path / "other")])
    assert tried.exit_code == 0
    assert [each.name for each in tmp_path.iterdir()] == ["backup"]
    nowhere = run(backup.backup, ["create", str(tmp_path / "no" / "folder")])
    assert nowhere.exit_code == 1
    assert nowhere.output.startswith("Error: No backup was made: ")
