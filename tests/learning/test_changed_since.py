"""What was read stays read when an intake moves; what changed since is told, the law first."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms import clock, storage
from lms.access.actor import SYSTEM, Role
from lms.catalogue import queries as contents
from lms.catalogue.models import ContentVersion
from lms.cohorts import operations as cohorts
from lms.cohorts.models import Enrolment
from lms.cohorts.rules import State
from lms.db import db, unit_of_work
from lms.learning.models import PageRead
from lms.study.taught import versions_taught
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.learning.places import a_cohort, words
from tests.performance.counting import counting
from tests.support.pages import Visitor

SEPTEMBER, OCTOBER, NOVEMBER = (datetime(2026, month, 5, 9, tzinfo=UTC) for month in (9, 10, 11))
FIRST, END = "modules/01-first/01-beginning.md", "modules/01-first/02-end.md"
BEGINNING = "/learn/first/beginning"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"></svg>'
FIGURE = "\n/// figure | way.svg\n    alt: The way there\n///\n"
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _stopped() -> Any:
    with clock.stopped(OCTOBER):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Content in which the first module has a picture."""
    home = a_folder(tmp_path / "content")
    change(home, FIRST, "## A part", f"## A part\n{FIGURE}")
    files = home / "modules/01-first/files"
    files.mkdir()
    (files / "way.svg").write_bytes(SVG)
    return home


@pytest.fixture
def enrolment(folder: Path) -> Enrolment:
    with clock.stopped(SEPTEMBER):
        return factories.make_enrolment(a_cohort(folder, date(2026, 9, 1)))


def moved(enrolment: Enrolment, folder: Path) -> ContentVersion:
    """Their intake is moved to what the folder holds now."""
    version = factories.publish_folder(folder)
    seen = len(cohorts.queries.moves_of(enrolment.cohort))
    with unit_of_work():
        cohorts.move_content(
            enrolment.cohort, version, "The law was amended.", seen=seen, actor=SYSTEM
        )
    return version


def fetched(visitor: Visitor, path: str, **asked: Any) -> TestResponse:
    """An answer that was read to its end and closed, as a server does it."""
    with visitor.get(path, **asked) as answer:
        answer.get_data()
        return answer


def reads() -> int:
    return db.session.scalar(select(func.count()).select_from(PageRead)) or 0


def test_a_learner_keeps_their_place_sees_what_changed_and_says_they_have_read_it(
    browser: Any, enrolment: Enrolment, folder: Path
) -> None:
    reader = browser(enrolment.advocate)
    for page in ("beginning", "end"):
        reader.post(f"/learn/first/{page}/read")
    change(folder, FIRST, "What it says.", "What it says now.")
    change(folder, FIRST, "alt: The way there", "alt: The way back")
    moved(enrolment, folder)

    front = words(reader.get("/learn/").text)
    assert "2 of 2 pages done" in front
    assert "The law changed: The beginning" in front
    assert "The law changed since you read this" in words(reader.get("/learn/first/").text)
    page = reader.get(BEGINNING).text
    assert "You have read this page." in words(page)
    assert "What this page says of the law is not what it was." in words(page)
    assert f'href="{BEGINNING}/changes"' in page
    assert "Changed since" not in words(reader.get("/learn/first/end").text).replace(
        "The law changed since you read this", ""
    )

    told = words(reader.get(f"{BEGINNING}/changes").text)
    assert "You read it on 5 October 2026" in told
    assert "Reworded under “A part”: Law" in told
    assert "What it Added: says now." in told
    assert told.index("What it Added: says now.") < told.index("The way Added: back")

    reader.post(f"{BEGINNING}/read")
    assert reads() == 2
    for path in ("/learn/", "/learn/first/", BEGINNING):
        assert "since you read" not in words(reader.get(path).text)
    assert (
        "Nothing has changed since you read this page." in reader.get(f"{BEGINNING}/changes").text
    )


def test_taking_it_back_takes_back_what_was_said_of_the_older_page(
    browser: Any, enrolment: Enrolment, folder: Path
) -> None:
    reader = browser(enrolment.advocate)
    reader.post(f"{BEGINNING}/read")
    change(folder, FIRST, "What it says.", "What it says now.")
    moved(enrolment, folder)
    reader.post(f"{BEGINNING}/unread")
    assert reads() == 0
    assert "0 of 2 pages done" in words(reader.get("/learn/first/").text)
    assert reader.get(f"{BEGINNING}/changes").location == BEGINNING


def test_a_page_that_says_the_same_is_not_said_to_have_changed(
    browser: Any, enrolment: Enrolment, folder: Path
) -> None:
    reader = browser(enrolment.advocate)
    reader.post(f"{BEGINNING}/read")
    change(folder, FIRST, "minutes: 20", "minutes: 25")
    moved(enrolment, folder)
    page = words(reader.get(BEGINNING).text)
    assert "You have read this page." in page
    assert "since you read" not in page
    (folder / "modules/01-first/files/way.svg").write_bytes(SVG.replace(b"8", b"9"))
    moved(enrolment, folder)
    assert "Picture replaced" in reader.get(f"{BEGINNING}/changes").text


def test_a_page_asks_as_much_after_a_move_as_before(
    browser: Any, enrolment: Enrolment, folder: Path
) -> None:
    reader = browser(enrolment.advocate)
    reader.post(f"{BEGINNING}/read")
    change(folder, FIRST, "What it says.", "What it says now.")
    moved(enrolment, folder)
    for path, most in ((BEGINNING, 4), ("/learn/", 5)):
        with counting() as counted:
            assert reader.get(path).status_code == 200
        assert len(counted.queries) == most, counted.queries
        assert not counted.writes


def test_versions_one_was_taught_stay_open_as_they_were_pictures_included(
    browser: Any, enrolment: Enrolment, folder: Path
) -> None:
    older = contents.versions()[0]
    change(folder, FIRST, "What it says.", "What it says now.")
    newer = moved(enrolment, folder)
    reader = browser(enrolment.advocate)
    listed = reader.get("/learn/versions/").text
    assert listed.index(newer.ref) < listed.index(older.ref)
    there = f"/learn/versions/{older.ref}/first"
    assert f"{there}/beginning" in reader.get(f"/learn/versions/{older.ref}/").text
    page = reader.get(f"{there}/beginning")
    assert "What it says." in words(page.text)
    assert 'src="files/way.svg"' in page.text
    assert "I have read this page" not in page.text
    picture = fetched(reader, f"{there}/files/way.svg")
    assert picture.data == SVG
    sent = picture.headers
    assert sent["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sent["Content-Security-Policy"]
    assert sent["Cache-Control"] == "private, max-age=31536000, immutable"
    part = fetched(reader, f"{there}/files/way.svg", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"<svg")
    for name in ("module.yml", "..%2Fmodule.yml", "%2e%2e", "nothing.svg"):
        assert reader.get(f"{there}/files/{name}").status_code == 404


def test_somebody_elses_version_answers_as_none(
    browser: Any, enrolment: Enrolment, folder: Path
) -> None:
    older = contents.versions()[0]
    change(folder, FIRST, "What it says.", "What it says now.")
    newer = a_cohort(folder, date(2025, 9, 1))
    other = factories.make_enrolment(newer)
    theirs = browser(other.advocate)
    for path in ("", "first/beginning", "first/files/way.svg"):
        there = f"/learn/versions/{older.ref}/{path}"
        assert fetched(theirs, there).status_code == 404
        assert fetched(browser(enrolment.advocate), there).status_code == 200
        assert fetched(browser(factories.make_account(Role.TUTOR)), there).status_code == 200


def test_one_was_taught_what_the_intake_had_while_one_learned(
    enrolment: Enrolment, folder: Path
) -> None:
    older = contents.versions()[0]
    late = factories.make_enrolment(enrolment.cohort)
    with clock.stopped(NOVEMBER):
        with unit_of_work():
            cohorts.change_state(enrolment, State.WITHDRAWN, actor=SYSTEM)
        change(folder, FIRST, "What it says.", "What it says now.")
        newer = moved(late, folder)

        def taught(one: Enrolment) -> list[ContentVersion]:
            return [version for version, _ in versions_taught(one.advocate_id)]

        assert taught(enrolment) == [older]
        assert taught(late) == [newer, older]
        offered = factories.make_enrolment(enrolment.cohort, accepted=False)
        assert taught(offered) == []
        joined = factories.make_enrolment(enrolment.cohort)
        assert taught(joined) == [newer]


def test_a_picture_that_is_gone_from_the_store_is_told_and_all_else_goes_on(
    browser: Any, enrolment: Enrolment, folder: Path, app: Any
) -> None:
    version = contents.versions()[0]
    there = f"/learn/versions/{version.ref}/first"
    reader = browser(enrolment.advocate)
    assert list(storage.store().all_keys())
    shutil.rmtree(app.config["SETTINGS"].storage_dir)
    gone = reader.get(f"{there}/files/way.svg")
    assert gone.status_code == 503
    assert "This file is damaged in our store." in gone.text
    assert "Cache-Control" in gone.headers
    assert gone.headers["Cache-Control"] == "no-store"
    for path in ("/learn/", BEGINNING, f"{there}/beginning", "/learn/versions/"):
        assert reader.get(path).status_code == 200
    reader.post(f"{BEGINNING}/read")
    change(folder, FIRST, "What it says.", "What it says now.")
    moved(enrolment, folder)
    assert reader.get(f"{BEGINNING}/changes").status_code == 200
