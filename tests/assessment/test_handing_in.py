"""Handing in over HTTP: brief, file or text, declarations, receipt, replacing, one form twice."""

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms import clock, storage, worker
from lms.assessment import queries
from lms.assessment.models import Assessment, Submission
from lms.catalogue.queries import rubric_of
from lms.cohorts.models import Enrolment
from lms.db import db
from tests.factories import make_assessment, make_cohort, make_enrolment, trail_of
from tests.support import documents
from tests.support.pages import Visitor

START = datetime(2026, 10, 5, 9, tzinfo=UTC)
DUE = datetime(2026, 10, 26, 17, tzinfo=UTC)  # the day after the clocks went back
HOUR = timedelta(hours=1)
DECLARED = {"own_work": "y", "fit": "y"}


@pytest.fixture(autouse=True)
def _stopped() -> object:
    with clock.stopped(START):
        yield


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return make_enrolment(make_cohort())


@pytest.fixture
def assessment(enrolment: Enrolment) -> Assessment:
    return make_assessment(enrolment.cohort, due_at=DUE)


@pytest.fixture
def advocate(browser, enrolment: Enrolment) -> Visitor:  # type: ignore[no-untyped-def]
    return browser(enrolment.advocate)


def page_of(assessment: Assessment) -> str:
    return f"/assessments/{assessment.ref}/submit"


def a_file(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def words(page: TestResponse) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\xa0", " ").split())


def submissions() -> list[Submission]:
    return list(db.session.scalars(select(Submission).order_by(Submission.id)))


def test_the_brief_shows_the_rubric_by_which_it_is_marked(
    advocate: Visitor, assessment: Assessment
) -> None:
    said = words(advocate.get(f"/assessments/{assessment.ref}"))
    rubric = rubric_of(assessment.brief_id)
    assert len(rubric) >= 3
    for each in rubric:
        assert f"{each.position}. {each.title}" in said
        assert f"{each.weight}% of the mark" in said
        for level in each.levels:
            assert f"{level['from']} to {level['to']}" in said
            assert level["text"] in said
    assert "Due 26 October 2026, 17:00 (UK time)" in said


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (documents.a_pdf("What I would do."), "essay.pdf", "pdf"),
        (documents.a_docx("What I would do."), "essay.docx", "docx"),
    ],
)
def test_a_file_is_handed_in_and_kept_byte_for_byte(
    advocate: Visitor, assessment: Assessment, content: bytes, name: str, kind: str
) -> None:
    page = advocate.fill_in(page_of(assessment), work=a_file(content, name), **DECLARED)
    assert "We have your work" in page.text
    (made,) = submissions()
    assert (made.kind, queries.file_name(made), made.size) == (kind, name, len(content))
    with storage.open(made.file_key) as file:
        assert file.read() == content
    assert worker.work_once() == 2
    reading = queries.reading_of(made.id)
    assert reading is not None
    assert (reading.problem, reading.words) == ("", 4)
    assert "What I would do." in reading.html


def test_text_is_handed_in_as_it_was_typed_and_markers_read_it_as_html(
    advocate: Visitor, assessment: Assessment
) -> None:
    text = "# My work\r\n\r\nNaïve, *and* true."
    advocate.fill_in(page_of(assessment), text=text, **DECLARED)
    (made,) = submissions()
    with storage.open(made.file_key) as file:
        kept = file.read().decode()
    assert kept.split() == text.split()
    worker.work_once()
    reading = queries.reading_of(made.id)
    assert reading is not None
    assert "<em>and</em>" in reading.html


def test_with_a_file_and_text_the_file_is_handed_in(
    advocate: Visitor, assessment: Assessment
) -> None:
    pdf = documents.a_pdf()
    advocate.fill_in(page_of(assessment), work=a_file(pdf, "a.pdf"), text="A note.", **DECLARED)
    assert [each.kind for each in submissions()] == ["pdf"]


@pytest.mark.parametrize("missing", sorted(DECLARED))
def test_nothing_is_handed_in_without_both_declarations(
    advocate: Visitor, assessment: Assessment, missing: str
) -> None:
    declared = {name: "y" for name in DECLARED if name != missing}
    page = advocate.fill_in(page_of(assessment), text="My careful text.", **declared)
    assert page.status_code == 422
    sentence = {"own_work": "this is your own work", "fit": "you are fit to hand in today"}[missing]
    assert f"Confirm that {sentence}" in page.text
    assert "My careful text." in page.text
    assert submissions() == []


def test_the_receipt_shows_reference_time_in_london_and_utc_size_and_fingerprint(
    browser, enrolment: Enrolment, assessment: Assessment
) -> None:
    text = "My work, in summer time."
    with clock.stopped(datetime(2026, 10, 24, 23, 59, 59, 999_000, tzinfo=UTC)):
        page = browser(enrolment.advocate).fill_in(page_of(assessment), text=text, **DECLARED)
    (made,) = submissions()
    said = words(page)
    assert f"Receipt {made.ref}" in said
    assert "Received 25 October 2026, 00:59 (UK time)" in said
    assert "The same in UTC 2026-10-24T23:59:59Z" in said
    assert "Deadline 26 October 2026, 17:00 (UK time)" in said
    assert f"{len(text)} bytes" in said
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest in said.replace(" ", "")
    assert f"Candidate {queries.number_of(made.enrolment, assessment)}" in said


def test_the_receipt_by_mail_has_reference_and_fingerprint_and_nothing_of_the_work(
    app: Flask, advocate: Visitor, enrolment: Enrolment, assessment: Assessment
) -> None:
    advocate.fill_in(page_of(assessment), text="My secret text.", **DECLARED)
    worker.work_once()
    (made,) = submissions()
    (mail,) = (app.config["SETTINGS"].storage_dir.parent / "mail").iterdir()
    said = mail.read_text(encoding="utf-8")
    assert made.ref in said
    assert made.file_key in said.replace("=\n", "")
    for other in ("secret", assessment.brief.title, enrolment.advocate.name, "text.md"):
        assert other not in said


def test_until_the_deadline_work_is_replaced_and_the_version_that_counts_is_named(
    advocate: Visitor, assessment: Assessment
) -> None:
    for version in (1, 2, 3):
        advocate.fill_in(page_of(assessment), text=f"Version {version}.", **DECLARED)
    one, two, three = submissions()
    old = words(advocate.get(f"/submissions/{one.ref}/receipt"))
    assert "A later version took the place of this one: version 3 counts" in old
    last = words(advocate.get(f"/submissions/{three.ref}/receipt"))
    assert "took the place" not in last
    assert "You can still replace it until 26 October 2026, 17:00 (UK time)" in last
    brief = advocate.get(f"/assessments/{assessment.ref}").text
    for each in (one, two, three):
        assert f"/submissions/{each.ref}/receipt" in brief
        with advocate.get(f"/submissions/{each.ref}/file") as answer:
            assert answer.data.decode() == f"Version {each.version}."
    said = words(advocate.get(f"/submissions/{two.ref}/receipt"))
    assert re.search(r"Version 3 .{0,60} Counts Version 2 .{0,80} Kept, doesn’t count", said)


def test_the_same_form_sent_twice_leads_to_the_same_receipt(
    advocate: Visitor, assessment: Assessment
) -> None:
    sent = {"csrf_token": advocate.token(), "token": "t" * 32, "text": "My work.", **DECLARED}
    answers = [advocate.client.post(page_of(assessment), data=sent) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    (made,) = submissions()
    places = {each.headers["Location"] for each in answers}
    assert places == {f"/submissions/{made.ref}/receipt"}
    assert trail_of(made.ref) == ["work submitted"]


def test_going_back_and_sending_other_work_with_the_same_form_loses_neither(
    advocate: Visitor, assessment: Assessment
) -> None:
    sent = {"csrf_token": advocate.token(), "token": "t" * 32, **DECLARED}
    advocate.client.post(page_of(assessment), data={**sent, "text": "What I sent first."})
    answer = advocate.client.post(
        page_of(assessment),
        data={**sent, "text": "What I changed after going back."},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 409
    assert "What I changed after going back." in answer.text
    assert len(submissions()) == 1


def test_every_form_that_is_opened_has_a_token_of_its_own(
    advocate: Visitor, assessment: Assessment
) -> None:
    pages = [advocate.get(page_of(assessment)).text for _ in range(5)]
    tokens = {re.search(r'name="token" value="([^"]{20,})"', page)[1] for page in pages}  # type: ignore[index]
    assert len(tokens) == 5


def test_work_that_arrives_at_the_last_moment_is_on_time(
    browser, enrolment: Enrolment, assessment: Assessment
) -> None:
    with clock.stopped(DUE):
        advocate = browser(enrolment.advocate)
        advocate.fill_in(page_of(assessment), work=a_file(documents.a_pdf(), "a.pdf"), **DECLARED)
        page = advocate.fill_in(page_of(assessment), text="Better.", **DECLARED)
    assert "We have your work" in page.text
    assert [(each.version, each.received_at) for each in submissions()] == [(1, DUE), (2, DUE)]


def test_the_sender_says_neither_when_nor_as_whom_nor_as_which_version(
    advocate: Visitor, enrolment: Enrolment, assessment: Assessment
) -> None:
    """Fields that no form has are as if they had not been sent."""
    other = make_enrolment(enrolment.cohort)
    forged = {
        "received_at": "2026-09-01T00:00:00+00:00",
        "due_at": "2030-01-01",
        "enrolment": other.ref,
        "enrolment_id": str(other.id),
        "attempt": "2",
        "drafted": "99",
    }
    advocate.fill_in(page_of(assessment), text="My work.", **DECLARED, **forged)
    (made,) = submissions()
    assert (made.enrolment_id, made.attempt, made.version) == (enrolment.id, 1, 1)
    assert (made.received_at, made.due_at) == (START, DUE)


def test_an_unfinished_form_is_no_submission(advocate: Visitor, assessment: Assessment) -> None:
    for text in ("", "   \n\t "):
        page = advocate.fill_in(page_of(assessment), text=text, **DECLARED)
        assert page.status_code == 422
        assert "Choose a file, or write your text." in page.text
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 0
