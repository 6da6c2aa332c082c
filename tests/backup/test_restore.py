"""A restore revives nothing, sends nothing twice, and fills only what is empty."""

import contextlib
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from lms import backup, backup_restore, backup_tables, database_file, outbox, storage, vault, worker
from lms.access.actor import SYSTEM
from lms.accounts import operations as accounts
from lms.audit import chain, queries as trail
from lms.audit.trail import Event
from lms.backup_archive import BadBackup
from lms.backup_restore import HELD, NotEmpty
from lms.db import db, unit_of_work
from lms.outbox import Job, Message, MessageKind
from tests import factories
from tests.backup.conftest import Busy, Elsewhere
from tests.support.cache import ROOT
from tests.support.installation import LMS
from tests.support.pages import Visitor

Places = Callable[..., Elsewhere]


@pytest.fixture
def made(busy: Busy, tmp_path: Path) -> Path:
    """A whole backup."""
    backup.make(tmp_path / "backup")
    return tmp_path / "backup"


def mails(place: Elsewhere) -> list[Path]:
    return [*(place.place.home / "mail").glob("*.eml")]


def test_what_was_sent_and_what_may_have_been_sent_is_not_sent_again(
    app: Flask, busy: Busy, tmp_path: Path, elsewhere: Places
) -> None:
    worker.work_once()
    someone = factories.make_account().ref
    with unit_of_work():
        outbox.send(MessageKind.NEUTRAL, someone, key="waiting")
        late = accounts.open_account("late@example.org", "Late", actor=SYSTEM)
        accounts.invite(late, "http://localhost", actor=SYSTEM)
    backup.make(tmp_path / "backup")
    waiting = db.session.scalars(select(Message).where(Message.finished_at.is_(None))).all()
    assert len(waiting) == 2
    db.session.remove()
    place = elsewhere()
    with place.open():
        _, settled = backup_restore.restore(tmp_path / "backup")
        assert settled.messages == 2
        assert worker.due() == 0
        worker.work_once()
        assert mails(place) == []
        held = db.session.scalars(select(Message).where(Message.problem == HELD)).all()
        assert {each.key for each in held} >= {"waiting"}
        # What is inside a held link is gone: it can't be opened by whoever finds the row.
        assert all(each.sealed is None for each in held)
        # New mail goes out as ever.
        with unit_of_work():
            outbox.send(MessageKind.NEUTRAL, someone, key="after")
        worker.work_once()
        assert len(mails(place)) == 1


def test_jobs_that_were_waiting_are_done_after_it(made: Path, elsewhere: Places) -> None:
    db.session.remove()
    with elsewhere().open():
        backup_restore.restore(made)
        assert worker.due() > 0
        worker.work_once()
        assert worker.due() == 0
        assert all(job.problem == "" for job in db.session.scalars(select(Job)))


def test_nobody_is_signed_in_and_no_link_opens_that_was_open_before(
    made: Path, busy: Busy, elsewhere: Places
) -> None:
    link = busy.link.removeprefix("http://localhost")
    assert busy.visitor.get("/people/").status_code == 200
    assert busy.visitor.get(link).status_code == 200
    db.session.remove()
    place = elsewhere()
    with place.open() as app:
        _, settled = backup_restore.restore(made)
        assert settled.sessions >= 1
        assert settled.links >= 1
        app.secret_key = busy.visitor.app.secret_key  # else the cookie alone would be worth nothing
        visitor = Visitor(app)
        visitor.client.set_cookie("session", _cookie(busy))
        assert visitor.get("/people/").status_code == 302
        assert visitor.get(link).status_code != 200


def _cookie(busy: Busy) -> str:
    cookie = busy.visitor.client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_the_first_links_survive_while_nobody_else_could_get_in(
    app: Flask, tmp_path: Path, elsewhere: Places
) -> None:
    with unit_of_work():
        account = accounts.open_account("first@example.org", "First", actor=SYSTEM)
        link = accounts.invite(account, "", actor=SYSTEM)
    backup.make(tmp_path / "backup")
    db.session.remove()
    with elsewhere().open() as other:
        _, settled = backup_restore.restore(tmp_path / "backup")
        assert settled.links == 0
        assert Visitor(other).get(link).status_code == 200


def test_a_restore_is_in_the_trail_and_behind_a_head_exported_after_the_backup(
    app: Flask, made: Path, elsewhere: Places, tmp_path: Path
) -> None:
    reached = trail.head()
    for _ in range(3):
        factories.make_account()
    later = tmp_path / "head"
    later.write_text(trail.head().to_json())
    exported = tmp_path / "earlier"
    exported.write_text(reached.to_json())
    db.session.remove()
    place = elsewhere()
    with place.open():
        backup_restore.restore(made)
        last = [*trail.all_entries()][-1]
        assert (last.event, last.actor) == (Event.INSTALLED, "system")
        assert f'"head":{reached.seq}' in last.facts
    assert place.place.here("audit", "verify", "--head", exported).status == 0
    behind = place.place.here("audit", "verify", "--head", later)
    assert behind.status == 1
    assert "behind the exported head" in behind.error


def test_only_an_empty_place_is_filled(made: Path, elsewhere: Places) -> None:
    place = elsewhere()
    with place.open():
        assert place.place.here("db", "upgrade").status == 0
        factories.make_account()
        with pytest.raises(NotEmpty, match="has rows in it"):
            backup_restore.restore(made)
        assert len([*trail.all_entries()]) == 1
    said = place.place.here("backup", "restore", made).refusal
    assert said == "Nothing was restored: the database has rows in it: take an empty one."


def test_a_restore_that_was_killed_between_two_migrations_runs_again(
    made: Path, elsewhere: Places
) -> None:
    place = elsewhere()
    with place.open():
        database_file.make(db.engine)
        upgrade(revision="0001")
    again = place.place.here("backup", "restore", made)
    assert again.status == 0, again.error


def test_a_database_at_another_migration_is_not_filled(made: Path, elsewhere: Places) -> None:
    place = elsewhere()
    assert place.place.here("db", "upgrade").status == 0
    place.place.execute("UPDATE alembic_version SET version_num = '0000'")
    said = place.place.here("backup", "restore", made).refusal
    assert said == "Nothing was restored: the database is at migration 0000: take an empty one."


def test_a_backup_of_another_version_says_which_version_restores_it(
    made: Path, busy: Busy, elsewhere: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup.revision, "newest", lambda: "9999")
    backup.make(tmp_path / "newer")
    monkeypatch.undo()
    place = elsewhere()
    said = place.place.here("backup", "restore", tmp_path / "newer").refusal
    assert "it was made at migration 9999, and this version of the product is at" in said


def test_trying_a_restore_changes_nothing(made: Path, elsewhere: Places) -> None:
    place = elsewhere()
    before = sorted(place.place.home.rglob("*"))
    tried = place.place.here("backup", "restore", "--dry-run", made)
    assert tried.status == 0
    assert tried.out.startswith("would bring back: ")
    assert sorted(place.place.home.rglob("*")) == before


def test_a_restore_says_what_it_did_and_what_to_do_next(
    made: Path, busy: Busy, elsewhere: Places
) -> None:
    place = elsewhere()
    done = place.place.here("backup", "restore", made)
    assert done.status == 0, done.error
    assert "restored: " in done.out
    assert "lms audit verify --head FILE" in done.out
    assert place.place.here("audit", "verify").status == 0
    count = len(list(storage.store().all_keys()))
    assert count > 2  # what was handed in, and the content
    assert place.place.here("files", "verify").out == f"{count} files: intact\n"
    assert place.place.here("serve", "--dry-run").status == 0


def test_a_restore_without_the_keys_says_so(made: Path, elsewhere: Places) -> None:
    place = elsewhere()
    shutil.rmtree(place.place.home / "keys")
    said = place.place.here("backup", "restore", made).refusal
    assert "no key can be read from" in said


def _restoring(place: Elsewhere, path: Path, *, killed_after: float = 60) -> float:
    """Restore in a process of its own, and kill it; returns how long it ran."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*LMS, "backup", "restore", str(path)],
        cwd=ROOT,
        env=place.place.with_settings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(killed_after)
    process.kill()
    process.wait(30)
    return time.monotonic() - began


def test_a_restore_that_was_killed_leaves_nothing_or_all_and_runs_again(
    made: Path, elsewhere: Places, long: bool
) -> None:
    reached = trail.head()
    db.session.remove()
    undisturbed = _restoring(elsewhere("undisturbed"), made)
    chance = random.Random(2026)  # noqa: S311
    for number in range(60 if long else 2):
        place = elsewhere(f"elsewhere{number}")
        _restoring(place, made, killed_after=undisturbed * chance.uniform(0.6, 1))
        again = place.place.here("backup", "restore", made)
        if again.status != 0:  # it had come to its end
            assert "has rows in it" in again.refusal
        with place.open():
            verdict = chain.verify(trail.all_entries(), vault.keys().sign, reached)
            assert (verdict.whole, verdict.count) == (True, reached.seq + 1)
            with backup_tables.snapshot() as connection:
                assert backup_restore.damaged_files(connection) == []


def test_damage_found_on_the_way_leaves_an_empty_database(
    made: Path, elsewhere: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = elsewhere()
    with place.open():
        monkeypatch.setattr(backup_restore, "verify", lambda path: None)
        monkeypatch.setattr(backup_tables, "counts", lambda connection: {})
        with pytest.raises(BadBackup, match="not every row arrived"):
            backup_restore.restore(made)
        monkeypatch.undo()
        with db.engine.connect() as connection:
            assert backup_tables.is_empty(connection)
        backup_restore.restore(made)
