"""After the deadline the regulations decide: late with what it costs, or refused with why."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms import clock
from lms.access.actor import SYSTEM
from lms.assessment import operations
from lms.assessment.models import Assessment, Submission
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work
from tests.factories import hand_in, make_assessment, make_cohort, make_enrolment

START = datetime(2026, 10, 5, 9, tzinfo=UTC)
DUE = datetime(2026, 11, 6, 12, tzinfo=UTC)  # a Friday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DECLARED = {"own_work": "y", "fit": "y"}
SAYS = {"paragraph": "6.77", "says": "This is what becomes of late work here."}
RULES: list[tuple[dict[str, Any], timedelta]] = [
    # The last moment: working days leave out the weekend after the Friday.
    ({"kind": "points_per_day", "points": 3, "days": "working", "most_days": 2}, 4 * DAY),
    ({"kind": "percent_per_day", "percent": 5, "days": "calendar", "most_days": 5}, 5 * DAY),
    ({"kind": "capped", "at_most": 50, "days": "working", "most_days": 1}, 3 * DAY),
    ({"kind": "not_accepted"}, 5 * MINUTE),
]
ids = [str(rule["kind"]) for rule, _ in RULES]


@pytest.fixture(autouse=True)
def _stopped() -> object:
    with clock.stopped(START):
        yield


def set_under(**rules: Any) -> tuple[Enrolment, Assessment]:
    enrolment = make_enrolment(make_cohort(**rules))
    return enrolment, make_assessment(enrolment.cohort, due_at=DUE)


def send(browser: Any, enrolment: Enrolment, assessment: Assessment, at: datetime) -> TestResponse:
    """Hand in at a moment with a form of one's own; the page need not offer it any more."""
    with clock.stopped(at):
        visitor = browser(enrolment.advocate)
        sent = {"csrf_token": visitor.token(), "text": "My late text.", **DECLARED}
        path = f"/assessments/{assessment.ref}/submit"
        answer: TestResponse = visitor.client.post(path, data=sent, follow_redirects=True)
        return answer


def look(browser: Any, enrolment: Enrolment, path: str, at: datetime) -> str:
    with clock.stopped(at):
        return words(browser(enrolment.advocate).get(path))


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\xa0", " ").split())


def count() -> int:
    return len(db.session.scalars(select(Submission)).all())


@pytest.mark.parametrize(("rule", "window"), RULES, ids=ids)
def test_at_the_end_of_the_window_work_is_taken_and_a_moment_later_refused(
    app: Flask, browser: Any, rule: dict[str, Any], window: timedelta
) -> None:
    enrolment, assessment = set_under(late_work={**rule, **SAYS})
    late = send(browser, enrolment, assessment, DUE + window + timedelta(microseconds=1))
    assert late.status_code == 422
    said = words(late)
    assert "It is too late. This is what becomes of late work here. (regulation 6.77)" in said
    assert "My late text." in said
    assert "Your text is saved as a draft" in said
    assert count() == 0
    page = send(browser, enrolment, assessment, DUE + window)
    assert page.status_code == 200
    assert "We have your work" in page.text
    assert count() == 1


@pytest.mark.parametrize(("rule", "window"), RULES[:3], ids=ids[:3])
def test_the_receipt_of_late_work_says_so_and_by_which_paragraph(
    app: Flask, browser: Any, rule: dict[str, Any], window: timedelta
) -> None:
    enrolment, assessment = set_under(late_work={**rule, **SAYS})
    said = words(send(browser, enrolment, assessment, DUE + HOUR))
    assert "It counts as 1 day late. This is what becomes of late work here." in said
    assert "(regulation 6.77)" in said
    assert "1 hour after the deadline" in said


def test_within_the_minutes_of_grace_the_receipt_says_nothing_of_lateness(
    app: Flask, browser: Any
) -> None:
    enrolment, assessment = set_under(grace={"minutes": 10})
    said = words(send(browser, enrolment, assessment, DUE + 10 * MINUTE))
    assert "We have your work" in said
    assert "late" not in said.replace("later", "").lower().split("what happens now")[0]


@pytest.mark.parametrize(("rule", "window"), RULES, ids=ids)
def test_brief_and_form_say_what_is_still_possible_and_by_which_paragraph(
    app: Flask, browser: Any, rule: dict[str, Any], window: timedelta
) -> None:
    enrolment, assessment = set_under(late_work={**rule, **SAYS})
    paths = [f"/assessments/{assessment.ref}{end}" for end in ("", "/submit")]
    for path in paths:
        before = look(browser, enrolment, path, DUE)
        assert "This is closed" not in before
        assert "The deadline has passed" not in before
        during = look(browser, enrolment, path, DUE + window)
        assert "The deadline has passed" in during
        closes = (DUE + window).strftime("%-d November 2026, %H:%M")
        assert f"You can still hand in, until {closes} (UK time)" in during
        after = look(browser, enrolment, path, DUE + window + timedelta(seconds=1))
        assert "This is closed This is what becomes of late work here. (regulation 6.77)" in after
    closed = look(browser, enrolment, paths[1], DUE + window + timedelta(seconds=1))
    assert "Before you hand in" not in closed


def test_late_work_never_takes_the_place_of_work_on_time(app: Flask, browser: Any) -> None:
    enrolment, assessment = set_under()
    kept = hand_in(enrolment, assessment, at=DUE - HOUR)
    answer = send(browser, enrolment, assessment, DUE + MINUTE)
    assert answer.status_code == 422
    assert "The deadline has passed, so what you handed in stands." in words(answer)
    assert count() == 1
    page = look(browser, enrolment, f"/assessments/{assessment.ref}/submit", DUE + MINUTE)
    assert "The deadline has passed, so version 1 stands. Receipt" in page
    receipt = look(browser, enrolment, f"/submissions/{kept.ref}/receipt", DUE + MINUTE)
    assert "The deadline has passed, so it stands" in receipt
    assert "Replace it" not in receipt


def test_an_extension_is_the_deadline_for_its_one_person(app: Flask, browser: Any) -> None:
    enrolment, assessment = set_under(late_work={"kind": "not_accepted"})
    other = make_enrolment(enrolment.cohort)
    with unit_of_work():
        operations.grant_extension(enrolment, assessment, DUE + 5 * DAY, actor=SYSTEM)
    assert send(browser, other, assessment, DUE + DAY).status_code == 422
    said = words(send(browser, enrolment, assessment, DUE + 5 * DAY))
    assert "We have your work" in said
    assert "Deadline 11 November 2026, 12:00 (UK time)" in said


def test_a_clock_that_the_browser_claims_makes_nothing_on_time(app: Flask, browser: Any) -> None:
    enrolment, assessment = set_under(late_work={"kind": "not_accepted"})
    with clock.stopped(DUE + DAY):
        visitor = browser(enrolment.advocate)
        answer = visitor.client.post(
            f"/assessments/{assessment.ref}/submit",
            data={"csrf_token": visitor.token(), "text": "Late.", **DECLARED},
            headers={"Date": "Mon, 05 Oct 2026 09:00:00 GMT", "X-Request-Start": "t=1"},
        )
    assert answer.status_code == 422
    assert count() == 0
