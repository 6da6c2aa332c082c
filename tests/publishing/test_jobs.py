"""The job: it fails, is killed, comes twice or at once; live changes whole or not at all."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock, storage, worker
from lms.access.actor import Role
from lms.accounts.queries import account_by_id
from lms.audit import chain, queries as trail
from lms.catalogue import operations as catalogue, queries as contents
from lms.catalogue.models import ContentFile, ContentVersion, Module, Page, Publication
from lms.content import reading
from lms.db import db
from lms.outbox import Job
from lms.publishing import jobs, queries
from lms.publishing.models import Outcome, Progress, Wish
from lms.vault import keys
from tests import factories
from tests.authoring.conftest import OTHER, Editor
from tests.catalogue.folder import change
from tests.publishing.conftest import PAGE, Publisher, standing_at, wish_at, words
from tests.support.cache import ROOT
from tests.support.installation import LMS
from tests.support.installed import as_installed
from tests.support.pages import Visitor
from tests.support.together import at_once

Open = Callable[..., Editor]
Made = Callable[..., Publisher]


def counts() -> dict[str, int]:
    """How many rows there are of what publishing writes."""
    db.session.rollback()
    tables = (ContentVersion, ContentFile, Module, Page, Publication, Outcome)
    return {
        each.__tablename__: db.session.scalar(select(func.count()).select_from(each)) or 0
        for each in tables
    }


def sound() -> bool:
    return chain.verify(trail.all_entries(), keys().sign).whole


def at_its_turn() -> int:
    """Let a worker work once what failed is due again."""
    db.session.rollback()
    job = db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
    with clock.stopped(max(job.due_at, clock.now())):
        return worker.work_once()


@pytest.mark.parametrize("where", ["reading", "storing", "publishing"])
def test_a_job_that_fails_changes_nothing_says_so_and_is_tried_again(
    publisher: Made, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    author = publisher()
    before = counts()
    pressed = author.press()
    with monkeypatch.context() as broken:
        broken.setattr(*BREAKS[where])
        assert worker.work_once() == 0
    assert counts() == before
    said = words(author.visitor.get(pressed.location))
    assert "It was interrupted Nothing was published" in said
    assert "It is tried again by itself, on" in said
    assert author.press().location == pressed.location  # it is under way still
    assert at_its_turn() == 1
    assert standing_at(pressed).state == "published"
    assert "The content is published." in words(author.visitor.get(pressed.location))
    assert sound()


def _fails(*_args: object, **_kwargs: object) -> None:
    raise ZeroDivisionError


def _full(*_args: object, **_kwargs: object) -> None:
    raise OSError("no room")


BREAKS: dict[str, tuple[object, str, Callable[..., None]]] = {
    "reading": (reading, "examine", _fails),
    "storing": (storage, "put", _full),
    "publishing": (catalogue.indexing, "index", _fails),
}


def test_a_job_that_is_given_up_says_so_and_can_be_wished_again(
    publisher: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = publisher()
    pressed = author.press()
    with monkeypatch.context() as broken:
        broken.setattr(reading, "examine", _fails)
        while standing_at(pressed).state != "given_up":
            at_its_turn()
    page = words(author.visitor.get(pressed.location))
    assert "It could not be done" in page
    assert not contents.versions()
    assert "is being published" not in words(author.page())
    assert "The content is published." in words(author.publish())


def test_once_done_nothing_is_done_a_second_time(publisher: Made) -> None:
    author = publisher()
    pressed = author.press()
    worker.work_once()
    before = counts()
    job = db.session.scalars(select(Job)).one()
    jobs.read_and_publish(job)
    assert counts() == before
    assert standing_at(pressed).state == "published"


def test_a_worker_that_is_killed_midway_leaves_nothing_and_another_does_it(
    app: Flask, publisher: Made, folder: Path
) -> None:
    _many_pages(folder)
    author = publisher()
    before = counts()
    pressed = author.press()
    place = as_installed(app, LMS_CONTENT_DIR=str(folder))
    with subprocess.Popen([*LMS, "worker"], cwd=ROOT, env=place.environment) as process:
        _wait_until(lambda: _done() > 0)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    assert counts() == before
    assert standing_at(pressed).state == "working"
    page = words(author.visitor.get(pressed.location))
    assert f"{_done()} of 86 pages checked" in page
    with clock.stopped(clock.now() + timedelta(minutes=2)):
        assert standing_at(pressed).state == "interrupted"
    assert worker.work_once() == 0  # the dead one holds it for a while
    assert at_its_turn() == 1
    assert standing_at(pressed).state == "published"
    assert len(contents.publications()) == 1
    assert sound()


def _many_pages(folder: Path) -> None:
    text = (folder / PAGE).read_text(encoding="utf-8")
    for number in range(3, 83):
        more = f"\n## Part {number}\n\n" + "A sentence of it, *and* another one.\n\n" * 150
        page = folder / f"modules/01-first/{number:02d}-page-{number}.md"
        page.write_text(text + more, encoding="utf-8")


def _done() -> int:
    db.session.rollback()
    return db.session.scalar(select(Progress.done)) or 0


def _wait_until(so: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


def test_pressed_twice_at_once_it_is_one_wish(app: Flask, publisher: Made) -> None:
    author = publisher()
    seen, person = author.seen(), author.account.id

    def press() -> str:
        visitor = Visitor.signed_in(app, account_by_id(person))
        return str(visitor.post("/authoring/publish", seen=seen).location)

    places = at_once(app, [press] * 3)
    db.session.rollback()
    assert len(set(map(str, places))) == 1, places
    assert db.session.scalar(select(func.count()).select_from(Wish)) == 1


def test_two_workers_at_once_publish_once(app: Flask, publisher: Made) -> None:
    first, second = publisher(), publisher(Role.REGISTRAR)
    one, two = first.press(), second.press()
    assert one.location != two.location
    at_once(app, [worker.work_once] * 3)
    for _ in range(2):
        at_its_turn()  # where one of them found the database too busy
    assert {standing_at(one).state, standing_at(two).state} == {"published"}
    assert len(contents.publications()) == 1
    assert sound()


def test_of_two_drafts_published_at_once_the_second_is_told(app: Flask, editor: Open) -> None:
    one, two = editor(), editor()
    one.change("## A part", "## One's part")
    two.change("## A part", "## Two's part", OTHER)
    pressed = [one.press_publish(), two.press_publish()]
    at_once(app, [worker.work_once] * 2)
    at_its_turn()
    db.session.rollback()
    found = sorted((standing_at(each) for each in pressed), key=lambda each: each.state)
    assert [each.state for each in found] == ["published", "refused"]
    assert found[1].outcome.refusal.startswith("Somebody published since.")
    assert len(contents.versions()) == 2
    ends = [each.draft.ended_at for each in (one, two)]
    assert ends.count(None) == 1  # the other draft is as it was
    assert sound()


def test_a_folder_and_a_draft_at_once_never_take_each_other_back(
    app: Flask, editor: Open, publisher: Made, folder: Path
) -> None:
    draft, author = editor(), publisher()
    draft.change("## A part", "## Another part")
    change(folder, OTHER, "What it says.", "What it said.")
    pressed = [draft.press_publish(), author.press()]
    at_once(app, [worker.work_once] * 2)
    at_its_turn()
    states = sorted(standing_at(each).state for each in pressed)
    assert states == ["published", "refused"]
    assert len(contents.publications()) == 2


def test_a_draft_that_is_changed_or_objected_to_after_the_press_is_not_published(
    editor: Open, browser: Callable[..., Visitor]
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    pressed = author.press_publish()
    author.change("## Another part", "## Quite another part")
    worker.work_once()
    assert standing_at(pressed).state == "refused"
    said = words(author.visitor.get(pressed.location))
    assert "The content was changed since you looked at it." in said

    reviewer = factories.make_account(Role.TUTOR)
    author.post("review/appoint", look="legal", reviewer=reviewer.ref)
    author.post("review/ask")
    pressed = author.press_publish()
    seen = wish_at(pressed).fingerprint
    objects = {"kind": "legal", "read": seen, "verdict": "objects", "words": "No."}
    assert browser(reviewer).post(f"{author.at}/review/say", **objects).status_code == 302
    worker.work_once()
    assert standing_at(pressed).state == "refused"
    assert "A reviewer objects." in standing_at(pressed).outcome.refusal
    assert author.draft.ended_at is None


def test_what_a_reviewer_says_while_pages_are_read_is_seen_at_the_end(
    editor: Open, browser: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    reviewer = factories.make_account(Role.TUTOR)
    author.post("review/appoint", look="legal", reviewer=reviewer.ref)
    author.post("review/ask")
    pressed = author.press_publish()
    seen, visitor = wish_at(pressed).fingerprint, browser(reviewer)
    read = reading.examine

    def meanwhile(*args: object) -> object:
        objects = {"kind": "legal", "read": seen, "verdict": "objects", "words": "No."}
        assert visitor.post(f"{author.at}/review/say", **objects).status_code == 302
        return read(*args)

    monkeypatch.setattr(reading, "examine", meanwhile)
    worker.work_once()
    assert standing_at(pressed).state == "refused"
    assert author.draft.ended_at is None
    assert len(contents.versions()) == 1


def test_a_file_that_is_changed_while_pages_are_read_is_not_published_unread(
    publisher: Made, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = publisher()
    pressed = author.press()
    read = reading.examine

    def meanwhile(*args: object) -> object:
        found = read(*args)
        change(folder, PAGE, "What it says.", "What nobody checked.")
        return found

    monkeypatch.setattr(reading, "examine", meanwhile)
    worker.work_once()
    assert standing_at(pressed).state == "refused"
    assert not contents.versions()
    assert queries.last_look(wish_at(pressed).fingerprint) is None  # not all there is to find


def test_rendering_holds_no_transaction(
    app: Flask, publisher: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else writes while pages are read, on SQLite as well."""
    author = publisher()
    author.press()
    read, wrote = reading.examine, []

    def meanwhile(*args: object) -> object:
        (answer,) = at_once(app, [factories.make_organisation])
        wrote.append(answer)
        return read(*args)

    monkeypatch.setattr(reading, "examine", meanwhile)
    assert worker.work_once() == 1
    assert not isinstance(wrote[0], Exception), wrote
    assert len(contents.versions()) == 1


def test_a_draft_whose_commit_was_cut_off_is_committed_by_the_next_worker(
    editor: Open, folder: Path, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "curriculum"
    shutil.copytree(folder, home)
    for arguments in (["init", "--quiet", "."], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=home, check=True)
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", *who, "commit", "--quiet", "-m", "As it was"], cwd=home, check=True)
    monkeypatch.setitem(app.config, "CONTENT_REPOSITORY", home)
    author = editor()
    author.change("## A part", "## Another part")
    pressed = author.press_publish()
    with monkeypatch.context() as cut:
        cut.setattr(jobs, "_commit", _fails)
        assert worker.work_once() == 0
    assert standing_at(pressed).state == "published"
    assert "## A part" in (home / PAGE).read_text()
    assert at_its_turn() == 1
    assert "## Another part" in (home / PAGE).read_text()
    said = subprocess.run(
        ["git", "log", "--format=%an"], cwd=home, check=True, capture_output=True, text=True
    )
    assert said.stdout.splitlines() == [author.account.ref, "Somebody"]
