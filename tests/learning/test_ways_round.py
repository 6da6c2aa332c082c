"""Advice before a page, other ways to meet it, hidden pictures, and what then counts as done."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms import storage
from lms.access.actor import Role
from lms.catalogue.models import ContentFile
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import content_of
from lms.db import db
from lms.learning.models import PageRead
from tests import factories
from tests.catalogue.folder import change
from tests.learning.places import a_cohort, words
from tests.learning.taught import DRAWING, FIRST, GRAVE, OTHER, PAGE, a_taught_folder

START = date(2026, 9, 1)
PICTURE = "/learn/first/files/path.svg"
TEXT = "What it says."
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def enrolment(tmp_path: Path) -> Enrolment:
    return factories.make_enrolment(a_cohort(a_taught_folder(tmp_path), START))


def given(reader: Any, path: str, **headers: str) -> TestResponse:
    """A file, read to its end."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with reader.get(path, headers=named) as answer:
        answer.get_data()
        found: TestResponse = answer
    return found


def done_in_first(reader: Any) -> str:
    found = re.search(r"\d of 2 pages done", words(reader.get("/learn/first/").text))
    assert found
    return found[0]


def test_nobody_lands_unwarned_in_a_page_that_is_hard_to_read(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    shut = reader.get(GRAVE).text
    assert TEXT not in shut
    assert "hard to read. It is about violence, threats and coercive control." in shut
    assert "I have read this page" not in shut
    opened = reader.get(f"{GRAVE}?show=1").text
    assert TEXT in opened
    assert opened.index("Before you read on") < opened.index(TEXT)
    assert "I have read this page" in opened


def test_an_older_version_warns_before_a_grave_page_as_well(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    old = f"/learn/versions/{content_of(enrolment.cohort).ref}{GRAVE.removeprefix('/learn')}"
    shut, opened = reader.get(old).text, reader.get(f"{old}?show=1").text
    assert "What it says." not in shut
    assert 'href="?show=1#page-h"' in shut
    assert "What it says." in opened


def test_advice_that_is_not_grave_stands_before_the_open_text(browser: Any, tmp_path: Path) -> None:
    folder = a_taught_folder(tmp_path, "medium", "")
    reader = browser(factories.make_enrolment(a_cohort(folder, START)).advocate)
    page = reader.get(GRAVE).text
    assert TEXT in page
    assert "This page speaks openly about violence, threats and coercive control." in words(page)
    assert "Pause here" not in page
    for how in ("paused", "alternative"):
        assert reader.post(f"{GRAVE}/instead", how=how).status_code == 404
    assert reader.post(f"{GRAVE}/instead", how="slept").status_code == 422
    assert "I have read this instead" not in reader.get(OTHER).text
    assert db.session.scalars(select(PageRead)).all() == []


@pytest.mark.parametrize("how", ["paused", "alternative"])
def test_another_way_counts_where_its_author_lets_it_and_can_be_taken_back(
    browser: Any, enrolment: Enrolment, how: str
) -> None:
    reader = browser(enrolment.advocate)
    instead = reader.get(OTHER).text
    assert "This page stands in for" in instead
    assert f'action="{GRAVE}/instead"' in instead
    assert reader.post(f"{GRAVE}/instead", how=how).status_code == 302
    assert done_in_first(reader) == "1 of 2 pages done"
    assert "It counts as done." in reader.get(GRAVE).text
    reader.post(f"{GRAVE}/unread")
    assert done_in_first(reader) == "0 of 2 pages done"
    assert reader.post(f"{OTHER}/read").status_code == 404


def test_done_is_said_and_answered_and_the_page_says_so(browser: Any, enrolment: Enrolment) -> None:
    reader = browser(enrolment.advocate)
    assert "have answered its 3 questions, rightly or not. 3 questions left." in words(
        reader.get(PAGE).text
    )
    reader.post(f"{PAGE}/read")
    assert done_in_first(reader) == "0 of 2 pages done"
    page = reader.get(PAGE).text
    for key in ("first-decision", "who-may"):
        asked = page.split(f'id="question-{key}"')[1]
        options = re.findall(r'name="answer" value="([^"]+)"', asked.split("</section>")[0])
        reader.post(f"{PAGE}/questions/{key}", answer=options[1])
    assert "1 question left before it counts as done." in words(reader.get(PAGE).text)
    steps = re.findall(r'name="(place-[^"]+)"', page)
    reader.post(f"{PAGE}/questions/in-order", **{name: str(n) for n, name in enumerate(steps, 1)})
    assert done_in_first(reader) == "1 of 2 pages done"
    assert "0 of 1 outcomes met" in words(reader.get("/learn/").text)
    reader.post(f"{GRAVE}/instead", how="paused")
    programme = words(reader.get("/learn/").text)
    assert "Done 1 of 1 outcomes met" in programme
    assert "Met: Tell one thing from another." in words(reader.get("/learn/first/").text)


def test_pictures_can_be_kept_hidden_and_looked_at_one_by_one(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    assert 'src="files/path.svg"' in reader.get(PAGE).text
    answer = reader.post("/learn/pictures", pictures="hidden", back=PAGE)
    assert answer.location == PAGE
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    page = reader.get(PAGE).text
    assert "<img" not in page
    assert "Two paths beside each other" in page
    assert '<a href="files/path.svg">Show this picture</a>' in page
    reader.post("/learn/pictures", pictures="shown", back=PAGE)
    assert "<img" in reader.get(PAGE).text


def test_a_picture_is_given_as_it_was_published_and_can_do_nothing(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    answer = given(reader, PICTURE)
    assert answer.text == DRAWING
    assert answer.content_type.startswith("image/svg+xml")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert "private" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]
    again = given(reader, PICTURE, If_None_Match=answer.headers["ETag"])
    assert again.status_code == 304
    part = given(reader, PICTURE, Range="bytes=5-9")
    assert (part.status_code, part.text) == (206, DRAWING[5:10])
    assert given(reader, PICTURE, Range="bytes=9999-").status_code == 416
    for nothing in ("/learn/first/files/none.svg", "/learn/second/files/path.svg"):
        assert reader.get(nothing).status_code == 404
    assert reader.get("/learn/first/files/..%2fmodule.yml").status_code == 404
    assert browser(factories.make_account(Role.COORDINATOR)).get(PICTURE).status_code == 404


def test_a_picture_that_went_from_the_disk_gets_a_clear_page(
    browser: Any, app: Flask, enrolment: Enrolment
) -> None:
    kept = db.session.scalars(select(ContentFile).where(ContentFile.kind != "")).one()
    (Path(app.config["SETTINGS"].storage_dir) / kept.file_key[:2] / kept.file_key).unlink()
    reader = browser(enrolment.advocate)
    answer = reader.get(PICTURE)
    assert answer.status_code == 503
    assert "damaged" in words(answer.text)
    assert reader.get(PAGE).status_code == 200
    assert not storage.store().intact(kept.file_key)


def test_a_page_that_does_not_hold_in_the_chosen_nation_says_so(
    browser: Any, tmp_path: Path
) -> None:
    folder = a_taught_folder(tmp_path)
    change(folder, FIRST, "outcomes: [LO1]", "outcomes: [LO1]\nnations: [scotland]")
    reader = browser(factories.make_enrolment(a_cohort(folder, START)).advocate)
    assert "it may be different there" not in reader.get(PAGE).text
    for nation, said in (("scotland", False), ("northern-ireland", True)):
        reader.post("/learn/nation", nation=nation, back="/learn/")
        assert ("it may be different there" in reader.get(PAGE).text) is said
        assert f'value="{nation}" aria-pressed="true"' in reader.get("/learn/").text
        assert f'value="{nation}" aria-pressed="true"' in reader.get("/learn/first/").text


def test_who_reviewed_a_page_is_said_by_name_and_who_did_not_by_kind(
    browser: Any, tmp_path: Path
) -> None:
    folder = a_taught_folder(tmp_path)
    signed = "reviewers: {legal: {by: A. N. Example, 'on': 2027-03-03}}"
    change(folder, FIRST, "outcomes: [LO1]", f"outcomes: [LO1]\n{signed}")
    reader = browser(factories.make_enrolment(a_cohort(folder, START)).advocate)
    page = words(reader.get(PAGE).text)
    assert "Reviewed by A. N. Example (legal), 3 March 2027 ." in page.replace("\xa0", " ")
    assert "Not yet reviewed by a subject or lived-experience reviewer." in page
