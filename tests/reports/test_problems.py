"""“Report a problem with this page”: to the authors, without a name, and an answer back."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.access.actor import Role
from lms.accounts.queries import account_by_id
from lms.audit import queries as trail
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import content_of
from lms.db import db
from lms.outbox import Message
from lms.reports import queries, rules
from lms.reports.models import ProblemReport
from tests import factories
from tests.support.pages import Visitor
from tests.support.together import at_once

AT = "/learn/problems/standing-in-law/four-words"
SAID = "Section 45 reads differently since April."


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text.split("<main")[1])).split())


@pytest.fixture
def learner(app: Any) -> Enrolment:
    return factories.make_enrolment()


def test_a_reader_reports_authors_see_no_name_and_the_answer_comes_back(
    browser: Callable[..., Any], learner: Enrolment
) -> None:
    reader = browser(learner.advocate)
    page = reader.get("/learn/standing-in-law/four-words")
    assert f'<a href="{AT}">Report a problem with this page</a>' in page.text
    assert "Thank you." in words(reader.fill_in(AT, kind="law", words=SAID))
    report = db.session.scalars(select(ProblemReport)).one()
    version = content_of(learner.cohort)

    author = browser(factories.make_account(Role.AUTHOR))
    assert "Problems with pages" in words(author.get("/"))
    queue = author.get("/authoring/reports/")
    assert report.page.title in words(queue)
    one = author.get(f"/authoring/reports/{report.ref}")
    assert SAID in words(one)
    assert version.ref in words(one)
    assert "standing-in-law/four-words" in words(one)
    secrets = {learner.advocate.name, learner.advocate.ref, learner.ref, learner.advocate.address}
    entries = browser(factories.make_account(Role.REGISTRAR)).get(f"/audit/?ref={report.ref}")
    assert "problem with page reported" in entries.text.casefold()
    for shown in (queue, one, entries):
        assert not [each for each in secrets if each in shown.text]

    answer = author.post(f"/authoring/reports/{report.ref}", words="Mended in the next version.")
    assert answer.status_code == 302
    mail = db.session.scalars(select(Message).where(Message.key == report.ref)).one()
    assert (mail.kind, mail.recipient, mail.sealed) == ("neutral", learner.advocate.ref, None)
    own = words(reader.get("/learn/problems/"))
    assert "Mended in the next version." in own
    assert "Answered" in own
    assert queries.waiting() == 0
    assert report.page.title in words(author.get("/authoring/reports/?show=answered"))
    assert "Nothing waits for an answer" in words(author.get("/authoring/reports/"))
    again = author.post(f"/authoring/reports/{report.ref}", words="Something else.")
    assert again.status_code == 409
    assert factories.trail_of(report.ref) == [
        "problem with page reported",
        "problem with page answered",
    ]
    facts = next(each.facts for each in trail.all_entries() if each.subject == report.ref)
    assert SAID not in facts


def test_a_form_sent_twice_reports_once_and_what_is_missing_is_said_beside_it(
    browser: Callable[..., Any], learner: Enrolment
) -> None:
    reader = browser(learner.advocate)
    empty = reader.post(AT, token="a-token", words="  ")
    assert empty.status_code == 422
    assert "Choose what it is about" in words(empty)
    assert "Say what we should look at" in words(empty)
    long = reader.post(AT, token="a-token", kind="other", words="x" * 2001)
    assert long.status_code == 422
    assert "x" * 2001 in long.text
    assert reader.post(AT, kind="other", words=SAID).status_code == 422  # no token
    assert reader.post(AT, token="a-token", kind="nothing", words=SAID).status_code == 422
    for _ in range(2):
        assert reader.post(AT, token="a-token", kind="hard", words=SAID).status_code == 302
    assert len(queries.reports_of(learner.advocate_id)) == 1


def test_only_a_page_of_ones_own_version_and_only_ones_own_reports(
    browser: Callable[..., Any], learner: Enrolment
) -> None:
    reader = browser(learner.advocate)
    assert reader.get("/learn/problems/standing-in-law/no-such-page").status_code == 404
    reader.post(AT, token="a-token", kind="hard", words=SAID)
    other = browser(factories.make_enrolment(learner.cohort).advocate)
    assert SAID not in other.get("/learn/problems/").text
    assert other.post(AT, token="a-token", kind="hard", words="Mine.").status_code == 409
    report = db.session.scalars(select(ProblemReport)).one()
    for visitor in (reader, other, browser(factories.make_account(Role.TUTOR))):
        assert visitor.get(f"/authoring/reports/{report.ref}").status_code == 404
        assert visitor.post(f"/authoring/reports/{report.ref}", words="x").status_code == 404
    nobody = browser(factories.make_account(Role.ADVOCATE))
    assert nobody.get(AT).status_code == 404
    assert nobody.post(AT, token="b", kind="hard", words=SAID).status_code == 404
    assert db.session.scalars(select(ProblemReport)).one().answered_at is None


def test_what_was_reported_is_shown_as_text(
    browser: Callable[..., Any], learner: Enrolment
) -> None:
    browser(learner.advocate).post(AT, token="a", kind="other", words="<script>alert(1)</script>")
    report = db.session.scalars(select(ProblemReport)).one()
    page = browser(factories.make_account(Role.REGISTRAR)).get(f"/authoring/reports/{report.ref}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_so_many_reports_of_one_reader_wait_and_the_next_keeps_what_was_typed(
    app: Flask, browser: Callable[..., Any], learner: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_OPEN", 2)
    reader, account_id = browser(learner.advocate), learner.advocate_id
    reader.post(AT, token="first", kind="hard", words=SAID)

    def send(token: str) -> int:
        visitor = Visitor.signed_in(app, account_by_id(account_id))
        return int(visitor.post(AT, token=token, kind="hard", words=SAID).status_code)

    answers = at_once(app, [lambda: send("one"), lambda: send("two")])
    db.session.rollback()
    assert sorted(map(str, answers)) == ["302", "422"]
    refused = reader.post(AT, token="more", kind="law", words="Section 9 is another one.")
    assert refused.status_code == 422
    assert "2 of your reports wait for an answer" in words(refused)
    assert "Section 9 is another one." in refused.text
    assert reader.post(AT, token="first", kind="hard", words=SAID).status_code == 302  # sent twice
    other = browser(factories.make_enrolment(learner.cohort).advocate)
    assert other.post(AT, token="other", kind="law", words=SAID).status_code == 302
    report = queries.reports_of(account_id)[0].ref
    author = browser(factories.make_account(Role.AUTHOR))
    author.post(f"/authoring/reports/{report}", words="Mended.")
    again = reader.post(AT, token="more", kind="law", words="Section 9 is another one.")
    assert again.status_code == 302
    assert queries.waiting_of(account_id) == 2
