"""What was handed in, given out again: as a file, to the right people, and only the right bytes."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms import clock, refs, storage
from lms.access.actor import SYSTEM, Role
from lms.assessment.models import Submission
from lms.cohorts.operations import change_state
from lms.cohorts.rules import State
from lms.db import db, unit_of_work
from tests.factories import (
    allocate,
    hand_in,
    make_account,
    make_assessment,
    make_cohort,
    make_enrolment,
)
from tests.support import documents as files

START = datetime(2026, 10, 5, 9, tzinfo=UTC)
DECLARED = {"own_work": "y", "fit": "y"}
PAGES = ("", "/receipt", "/file")


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    with clock.stopped(START):
        yield


@pytest.fixture
def made(app: Flask) -> Submission:
    enrolment = make_enrolment(make_cohort())
    return hand_in(enrolment, make_assessment(enrolment.cohort), "# My work\n\nAnd more.")


def path_of(made: Submission) -> Any:
    return storage.store()._path(made.file_key)  # to damage what lies there


def test_a_download_is_a_file_of_our_own_naming_that_nothing_runs_in(
    browser: Any, app: Flask
) -> None:
    enrolment = make_enrolment(make_cohort())
    assessment = make_assessment(enrolment.cohort)
    advocate = browser(enrolment.advocate)
    pdf, word = files.a_pdf(), files.a_docx()
    for content, name, kind, media in (
        (pdf, "Asha Okoro final.html", "pdf", files.PDF),
        (word, "x.exe", "docx", files.DOCX),
    ):
        advocate.fill_in(
            f"/assessments/{assessment.ref}/submit", work=(io.BytesIO(content), name), **DECLARED
        )
        last = db.session.scalars(db.select(Submission).order_by(Submission.id.desc())).first()
        with advocate.get(f"/submissions/{last.ref}/file") as answer:
            assert answer.data == content
        assert answer.headers["Content-Type"] == media
        disposition = answer.headers["Content-Disposition"]
        assert disposition == f"attachment; filename={last.ref}.{kind}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "ETag" not in answer.headers


def test_text_is_given_out_as_text_that_no_browser_shows(browser: Any, made: Submission) -> None:
    with browser(made.enrolment.advocate).get(f"/submissions/{made.ref}/file") as answer:
        assert answer.data == b"# My work\n\nAnd more."
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={made.ref}.md"


def test_a_file_that_two_people_hand_in_is_stored_once_and_belongs_to_both(
    browser: Any, app: Flask
) -> None:
    cohort = make_cohort()
    assessment = make_assessment(cohort)
    both = [make_enrolment(cohort) for _ in range(2)]
    before = set(storage.store().all_keys())
    made = [hand_in(each, assessment, "The very same.") for each in both]
    assert set(storage.store().all_keys()) - before == {made[0].file_key}
    assert made[0].ref != made[1].ref
    for submission, other in (made, made[::-1]):
        advocate = browser(submission.enrolment.advocate)
        with advocate.get(f"/submissions/{submission.ref}/file") as answer:
            assert answer.data == b"The very same."
        assert advocate.get(f"/submissions/{other.ref}/file").status_code == 404


@pytest.mark.parametrize("damage", ["missing", "one bit", "cut short", "longer", "empty"])
def test_a_damaged_file_is_never_given_out_and_the_other_pages_go_on(
    browser: Any, made: Submission, damage: str
) -> None:
    path = path_of(made)
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    else:
        content[3] ^= 1 if damage == "one bit" else 0
        length = {"cut short": -1, "empty": 0}.get(damage, len(content))
        path.write_bytes(content[:length] + (b"!" if damage == "longer" else b""))
    advocate = browser(made.enrolment.advocate)
    answer = advocate.get(f"/submissions/{made.ref}/file")
    assert answer.status_code == 503
    assert "damaged in our store" in answer.text
    assert "My work" not in answer.text
    for page in (
        f"/submissions/{made.ref}/receipt",
        f"/submissions/{made.ref}",
        "/",
        "/assessments/",
    ):
        assert advocate.get(page).status_code == 200
    assert made.file_key[:4] in advocate.get(f"/submissions/{made.ref}/receipt").text
    repaired = hand_in(made.enrolment, made.assessment, "# My work\n\nAnd more.")
    with advocate.get(f"/submissions/{repaired.ref}/file") as again:
        assert again.data == b"# My work\n\nAnd more."


def bare(answer: TestResponse, *taken_out: str) -> tuple[int, str, dict[str, str]]:
    """An answer without what differs each time: token, reference of the request, what was asked."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    for each in taken_out:
        text = text.replace(each, "")
    headers = {k: v for k, v in answer.headers if k not in {"X-Request-ID", "Set-Cookie"}}
    headers.pop("Content-Length", None)  # of the text before the above was taken out
    return answer.status_code, text, headers


@pytest.mark.parametrize("end", PAGES)
def test_what_is_not_yours_answers_to_the_byte_as_what_is_not_there(
    browser: Any, made: Submission, end: str
) -> None:
    other = make_enrolment(made.enrolment.cohort).advocate
    hand_in(make_enrolment(made.enrolment.cohort), made.assessment)
    tutor = make_account(Role.TUTOR)
    allocate(made.assessment, tutor, make_account(Role.TUTOR))
    strangers = [other, tutor, *(make_account(role) for role in Role if role is not Role.ADVOCATE)]
    nowhere = refs.new("SUB")
    for stranger in strangers:
        visitor = browser(stranger)
        answers = [
            bare(visitor.get(f"/submissions/{ref}{end}"), ref)
            for ref in (made.ref, nowhere, "SUB-1", "99999999999999999999999", made.ref.lower())
        ]
        assert answers[0][0] == 404
        assert all(each == answers[0] for each in answers), stranger.name
        heads = [visitor.client.head(f"/submissions/{ref}{end}") for ref in (made.ref, nowhere)]
        assert [head.status_code for head in heads] == [404, 404]


@pytest.mark.parametrize("end", ["", "/submit"])
def test_work_set_for_another_intake_is_not_there_for_an_advocate(
    browser: Any, made: Submission, end: str
) -> None:
    stranger = browser(make_enrolment(make_cohort(year=2025)).advocate)
    nowhere = refs.new("ASM")
    answers = [
        bare(stranger.get(f"/assessments/{ref}{end}"), ref)
        for ref in (made.assessment.ref, nowhere)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_nobody_signed_in_gets_the_sign_in_page_whether_the_work_exists_or_not(
    browser: Any, made: Submission
) -> None:
    for end in PAGES:
        answers = [browser().get(f"/submissions/{ref}{end}") for ref in (made.ref, refs.new("SUB"))]
        assert [each.status_code for each in answers] == [302, 302]
        assert all(each.headers["Location"].startswith("/sign-in?next=") for each in answers)


def test_somebody_who_left_the_programme_still_reads_their_receipt(
    browser: Any, made: Submission
) -> None:
    advocate = made.enrolment.advocate
    with unit_of_work():
        change_state(made.enrolment, State.WITHDRAWN, actor=SYSTEM)
    assert made.ref in browser(advocate).get(f"/submissions/{made.ref}/receipt").text
    with browser(advocate).get(f"/submissions/{made.ref}/file") as answer:
        assert answer.status_code == 200


def test_a_receipt_opens_nothing_else(browser: Any, made: Submission) -> None:
    """The reference in a mail or on paper is a name, and no key."""
    for end in PAGES:
        stranger = browser(make_enrolment(made.enrolment.cohort).advocate)
        answer = stranger.get(f"/submissions/{made.ref}{end}?token={made.token}&ref={made.ref}")
        assert answer.status_code == 404
