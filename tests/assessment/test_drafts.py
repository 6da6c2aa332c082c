"""Drafts: text is kept whenever it isn't handed in, for one person alone, and by no tab's grace."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms import clock
from lms.access.actor import Role
from lms.accounts import passwords
from lms.assessment import operations, queries
from lms.assessment.due import due_for
from lms.assessment.models import Assessment, Draft, Submission
from lms.audit.models import AuditEntry
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work
from lms.errors import NotFound
from tests.factories import (
    PASSWORD,
    actor_of,
    make_account,
    make_assessment,
    make_cohort,
    make_enrolment,
)
from tests.support.pages import Visitor

START = datetime(2026, 10, 5, 9, tzinfo=UTC)
DECLARED = {"own_work": "y", "fit": "y"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    with clock.stopped(START):
        yield


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return make_enrolment(make_cohort())


@pytest.fixture
def assessment(enrolment: Enrolment) -> Assessment:
    return make_assessment(enrolment.cohort)


@pytest.fixture
def advocate(browser: Any, enrolment: Enrolment) -> Visitor:
    visitor: Visitor = browser(enrolment.advocate)
    return visitor


def page_of(assessment: Assessment) -> str:
    return f"/assessments/{assessment.ref}/submit"


def drafts() -> list[tuple[int, str]]:
    rows = db.session.scalars(select(Draft).order_by(Draft.version))
    return [(each.version, each.text) for each in rows]


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def hidden(page: TestResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


def test_a_saved_draft_is_there_again_and_is_not_handed_in(
    advocate: Visitor, enrolment: Enrolment, assessment: Assessment
) -> None:
    page = advocate.fill_in(page_of(assessment), text="Half of it.", draft="1")
    assert "Your draft is saved. It is not handed in." in page.text
    assert "Half of it.</textarea>" in page.text
    assert db.session.scalars(select(Submission)).all() == []
    assert due_for(enrolment)[0].drafted_at == START
    assert "Go on with your draft" in advocate.get("/assessments/").text


def test_text_is_kept_whenever_something_else_is_missing(
    advocate: Visitor, assessment: Assessment
) -> None:
    for text in ("First.", "First, and second.", "First, and second."):
        page = advocate.fill_in(page_of(assessment), text=text, own_work="y")
        assert page.status_code == 422
        assert "Your text is saved as a draft." in page.text
        assert f"{text}</textarea>" in page.text
    assert drafts() == [(1, "First."), (2, "First, and second.")]


def test_after_an_error_the_same_page_goes_on_with_its_own_draft(
    advocate: Visitor, assessment: Assessment
) -> None:
    again = advocate.fill_in(page_of(assessment), text="First.")
    answer = advocate.client.post(
        page_of(assessment), data={**hidden(again), "text": "Better.", "draft": "1"}
    )
    assert answer.status_code == 303
    assert drafts()[-1] == (2, "Better.")


def test_handing_in_takes_the_draft_away(advocate: Visitor, assessment: Assessment) -> None:
    for text in ("One.", "Two."):
        advocate.fill_in(page_of(assessment), text=text, draft="1")
    advocate.fill_in(page_of(assessment), text="Three.", **DECLARED)
    assert drafts() == []
    assert len(db.session.scalars(select(Submission)).all()) == 1


def test_handing_in_from_one_tab_leaves_what_another_saved_meanwhile(
    advocate: Visitor, assessment: Assessment
) -> None:
    old_tab = hidden(advocate.get(page_of(assessment)))
    advocate.fill_in(page_of(assessment), text="Written in the other tab.", draft="1")
    answer = advocate.client.post(
        page_of(assessment), data={**old_tab, "text": "Short.", **DECLARED}
    )
    assert answer.status_code == 303
    assert drafts() == [(1, "Written in the other tab.")]
    assert "Written in the other tab." in advocate.get(page_of(assessment)).text


def two_tabs(advocate: Visitor, assessment: Assessment, **also: str) -> TestResponse:
    """One tab saves; another, opened before, sends different text."""
    old_tab = hidden(advocate.get(page_of(assessment)))
    advocate.fill_in(page_of(assessment), text="I met her at the centre.", draft="1")
    sent = {**old_tab, "text": "I met them at the centre.", **also}
    answer: TestResponse = advocate.client.post(page_of(assessment), data=sent)
    return answer


def test_of_two_tabs_the_later_sees_both_texts_and_loses_neither(
    advocate: Visitor, assessment: Assessment
) -> None:
    page = two_tabs(advocate, assessment, draft="1")
    assert page.status_code == 409
    assert re.search(r"<del>.{0,60}her </del>", page.text)
    assert re.search(r"<ins>.{0,60}them </ins>", page.text)
    assert "only in the saved one" in page.text
    assert "only in yours" in page.text
    assert hidden(page)["text"] == "I met them at the centre."
    assert drafts() == [(1, "I met her at the centre.")]


@pytest.mark.parametrize(
    ("keep", "shown", "kept"),
    [
        ("mine", "I met them at the centre.", 2),
        ("saved", "I met her at the centre.", 1),
        ("merge", "I met her at the centre.\n\nI met them at the centre.", 1),
    ],
)
def test_after_a_conflict_either_text_or_both_can_be_kept(
    advocate: Visitor, assessment: Assessment, keep: str, shown: str, kept: int
) -> None:
    conflict = two_tabs(advocate, assessment, draft="1")
    page = advocate.client.post(
        page_of(assessment), data={**hidden(conflict), "keep": keep}, follow_redirects=True
    )
    assert page.status_code == 200
    assert f"{shown}</textarea>" in page.text.replace("\r\n", "\n")
    assert len(drafts()) == kept
    last = advocate.client.post(
        page_of(assessment), data={**hidden(page), "text": "Both of us.", **DECLARED}
    )
    assert last.status_code == 303
    assert drafts() == []


def test_an_incomplete_form_from_an_old_tab_does_not_write_over_the_draft(
    advocate: Visitor, assessment: Assessment
) -> None:
    page = two_tabs(advocate, assessment)
    assert page.status_code == 422
    assert "I met them at the centre.</textarea>" in page.text
    assert "Your text is below; it is not saved." in page.text
    assert drafts() == [(1, "I met her at the centre.")]


@pytest.mark.parametrize("version", ["", "-1", "1e3", "9" * 40, "٣"])
def test_a_version_that_no_page_had_is_no_fault_of_the_server(
    advocate: Visitor, assessment: Assessment, version: str
) -> None:
    answer = advocate.fill_in(page_of(assessment), text="Mine.", draft="1", version=version)
    assert answer.status_code == 200
    assert [text for _, text in drafts()] == ["Mine."]


def test_a_draft_is_theirs_alone(
    advocate: Visitor, browser: Any, enrolment: Enrolment, assessment: Assessment
) -> None:
    secret = "CANARY-DRAFT-7431"
    advocate.fill_in(page_of(assessment), text=secret, draft="1")
    neighbour = make_enrolment(enrolment.cohort)
    assert secret not in browser(neighbour.advocate).get(page_of(assessment)).text
    others = [neighbour.advocate, *(make_account(role) for role in Role)]
    for someone in others:
        with pytest.raises(NotFound), unit_of_work():
            operations.save_draft(enrolment, assessment, "Theirs.", 1, actor=actor_of(someone))
    registrar = browser(make_account(Role.REGISTRAR))
    for path in (f"/programme/enrolments/{enrolment.ref}/work", "/audit/"):
        assert secret not in registrar.get(path).text
    entries = db.session.scalars(select(AuditEntry.facts)).all()
    assert not any(secret in facts for facts in entries)
    assert drafts() == [(1, secret)]


def test_a_draft_belongs_to_one_assessment_of_ones_own_intake(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    elsewhere = make_assessment(make_cohort(year=2025))
    actor = actor_of(enrolment.advocate)
    with pytest.raises(NotFound), unit_of_work():
        operations.save_draft(enrolment, elsewhere, "Mine.", 0, actor=actor)
    other = make_assessment(enrolment.cohort, number=1)
    with unit_of_work():
        operations.save_draft(enrolment, assessment, "Mine.", 0, actor=actor)
    assert queries.draft(enrolment, other) is None


def sign_in(visitor: Visitor, page: TestResponse, enrolment: Enrolment) -> TestResponse:
    sent = {**hidden(page), "email": enrolment.advocate.address, "password": PASSWORD}
    answer: TestResponse = visitor.client.post("/sign-in", data=sent, follow_redirects=True)
    return answer


@pytest.mark.parametrize("button", [{"draft": "1"}, DECLARED])
def test_text_sent_after_the_session_ended_is_still_there_after_signing_in(
    app: Flask, browser: Any, enrolment: Enrolment, assessment: Assessment, button: dict[str, str]
) -> None:
    with unit_of_work():
        enrolment.advocate.password_hash = passwords.hashed(PASSWORD)
    advocate = browser(enrolment.advocate)
    form = {**hidden(advocate.get(page_of(assessment))), "text": "Two hours of my evening."}
    with clock.stopped(START + timedelta(hours=13)):
        page = advocate.client.post(page_of(assessment), data={**form, **button}, headers=SAME_SITE)
        assert page.status_code == 401
        assert "Two hours of my evening." in page.text
        assert drafts() == []
        back = sign_in(advocate, page, enrolment)
        assert "What you sent is still here" in back.text
        assert "Two hours of my evening." in back.text
        done = advocate.client.post(page_of(assessment), data=hidden(back), follow_redirects=True)
    assert done.status_code == 200
    if button == DECLARED:
        assert "We have your work" in done.text
    else:
        assert drafts() == [(1, "Two hours of my evening.")]
