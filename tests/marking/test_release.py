"""Release: all together, as provisional, with comments; nothing before it, nothing undone after."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from lms import clock, worker
from lms.access.actor import Role
from lms.db import db, fact_tables, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.marking import operations, queries, release_operations
from lms.marking.models import MarkEvent
from lms.marking.rules import Stage
from lms.outbox import Message
from tests.factories import (
    actor_of,
    hand_in,
    make_account,
    make_actor,
    make_enrolment,
    some_marks,
    trail_of,
)
from tests.marking.conftest import DUE, REASON, Desk

CANARY = "CANARY-FEEDBACK-8812"
RULES = [
    # 62 whole; 1.5 days late are 2 days.
    ({}, "62", "56"),
    (
        {
            "rounding": {"kind": "down", "places": 1},
            "late_work": {
                "kind": "percent_per_day",
                "percent": 5,
                "days": "calendar",
                "most_days": 5,
            },
        },
        "62.0",
        "55.8",
    ),
    (
        {"late_work": {"kind": "capped", "at_most": 50, "days": "working", "most_days": 3}},
        "62",
        "50",
    ),
]


def words(page: TestResponse) -> str:
    """What a page says, without the numbers by which the tests name people."""
    plain = unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\xa0", " ")
    return " ".join(re.sub(r"(Person|Organisation) \d+", r"\1", plain).split())


def release_path(desk: Desk) -> str:
    return f"/marking/assessments/{desk.assessment.ref}/release"


def everywhere(visitor: Any, desk: Desk) -> list[TestResponse]:
    """Every page on which an advocate could look for a mark."""
    refs = [
        f"/submissions/{desk.submission.ref}",
        f"/submissions/{desk.submission.ref}/receipt",
        f"/assessments/{desk.assessment.ref}",
        f"/assessments/{desk.assessment.ref}/submit",
    ]
    return [visitor.get(path) for path in ("/", "/assessments/", "/learn/", "/account/", *refs)]


@pytest.mark.parametrize("how_far", ["drafted", "both_marked", "reconciled"])
def test_before_the_release_an_advocate_sees_nothing_of_any_mark(
    browser: Any, desk: Desk, how_far: str
) -> None:
    if how_far == "drafted":
        claim = desk.taken()
        said = some_marks(claim, 97, overall=CANARY, note=CANARY)
        with unit_of_work():
            operations.save_draft(claim, said, 0, actor=actor_of(desk.first))
    elif how_far == "both_marked":
        for stage in Stage:
            claim = desk.taken(stage)
            said = some_marks(claim, 97, overall=CANARY, note=CANARY)
            with unit_of_work():
                operations.give_mark(claim, said, actor=actor_of(desk.marker(stage)))
    else:
        desk.reconciled(97, overall=CANARY, reason=f"{CANARY}, and we both agree on that.")
    advocate = browser(desk.enrolment.advocate)
    for page in everywhere(advocate, desk):
        assert page.status_code == 200
        assert CANARY not in page.text
        assert not re.search(r"\b97\b", words(page))
        assert "Comment on" not in page.text
    assert "No mark yet" in advocate.get(f"/submissions/{desk.submission.ref}").text
    worker.work_once()


def test_after_the_release_the_mark_is_provisional_wherever_it_is_seen(
    browser: Any, desk: Desk
) -> None:
    desk.released(62, overall="Keep the care.", reason=REASON, **{"note": "Between us."})
    pages = everywhere(browser(desk.enrolment.advocate), desk)
    shown = [words(page) for page in pages if re.search(r"\b62\b", words(page))]
    assert shown
    for said in shown:
        for mark in re.finditer(r"\b62\b(?! ?(of 100|× ))", said):
            assert re.search(
                r"[Pp]rovisional", said[max(mark.start() - 60, 0) : mark.end() + 60]
            ), said
    feedback = words(pages[4])
    assert (
        "It is provisional until the board of examiners has met, and can still change." in feedback
    )
    assert "Keep the care." in feedback
    for key in desk.keys:
        assert f"Comment on {key}." in feedback
    assert REASON not in feedback
    assert "Between us." not in feedback


@pytest.mark.parametrize(("rules", "raw", "late"), RULES)
def test_the_released_mark_is_worked_out_by_the_rulebook_of_the_intake(
    app: Flask, browser: Any, make_desk: Any, rules: dict[str, Any], raw: str, late: str
) -> None:
    desk = make_desk(**rules)
    tardy = make_enrolment(desk.assessment.cohort)
    second_script = hand_in(tardy, desk.assessment, at=DUE + timedelta(hours=36))
    with clock.stopped(DUE + timedelta(days=3)):
        for _ in range(2):
            first, _ = desk.both_marked()
            with unit_of_work():
                made = operations.propose(
                    first.submission,
                    some_marks(first, 62, reason=REASON),
                    actor=actor_of(desk.first),
                )
            with unit_of_work():
                operations.agree(first.submission, made.ref, actor=actor_of(desk.second))
        registrar = make_actor(Role.REGISTRAR)
        with unit_of_work():
            assert release_operations.release(desk.assessment, actor=registrar) == 2
    marks = queries.results_of([desk.submission.id, second_script.id])
    assert str(marks[desk.submission.id].mark) == raw
    assert str(marks[second_script.id].mark) == late
    with clock.stopped(DUE + timedelta(days=3)):
        said = words(browser(tardy.advocate).get(f"/submissions/{second_script.ref}"))
    assert "Handed in 2 days late" in said
    assert "Regulation 6.2" in said


def test_nothing_is_released_while_one_mark_is_not_reconciled_and_it_says_whose(
    browser: Any, desk: Desk
) -> None:
    other = make_enrolment(desk.assessment.cohort)
    hand_in(other, desk.assessment, at=DUE - timedelta(hours=2))
    first, _ = desk.both_marked()
    said = some_marks(first, reason=REASON)
    with unit_of_work():
        made = operations.propose(first.submission, said, actor=actor_of(desk.first))
    with unit_of_work():
        operations.agree(first.submission, made.ref, actor=actor_of(desk.second))
    registrar = browser(make_account(Role.REGISTRAR))
    answer = registrar.post(release_path(desk))
    assert answer.status_code == 422
    (missing,) = [s for s in queries.scripts_of(desk.assessment) if len(s.marker_ids) == 0]
    assert f"Candidate {missing.number}" in answer.text
    assert first.number not in answer.text
    released = select(MarkEvent).where(MarkEvent.what == "released")
    assert db.session.scalars(released).all() == []


def test_a_second_release_releases_nothing_again_and_mails_nobody_twice(
    browser: Any, desk: Desk
) -> None:
    desk.reconciled()
    registrar = browser(make_account(Role.REGISTRAR))
    assert registrar.post(release_path(desk)).status_code == 302
    assert registrar.post(release_path(desk)).status_code == 422
    assert trail_of(desk.submission.ref).count("mark released") == 1
    mails = db.session.scalars(
        select(Message).where(Message.recipient == desk.enrolment.advocate.ref)
    ).all()
    assert sorted(each.kind for each in mails) == ["neutral", "receipt"]


def test_the_mail_of_a_release_says_only_to_sign_in(app: Flask, desk: Desk) -> None:
    desk.released(97, overall=CANARY)
    worker.work_once()
    folder = app.config["SETTINGS"].storage_dir.parent / "mail"
    mails = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    said = mails[-1].read_text(encoding="utf-8")
    body = said.split("\n\n", 1)[1]
    assert not re.search(r"\b97\b", body)
    for secret in (CANARY, desk.assessment.brief.title, desk.number, desk.submission.ref):
        assert secret not in body


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTRAR}))
def test_nobody_but_a_registrar_releases(browser: Any, desk: Desk, role: Role) -> None:
    desk.reconciled()
    someone = make_account(role)
    assert browser(someone).post(release_path(desk)).status_code == 404
    with pytest.raises(NotFound), unit_of_work():
        release_operations.release(desk.assessment, actor=actor_of(someone))


def test_a_released_mark_can_be_changed_by_nobody_through_any_door(
    browser: Any, desk: Desk
) -> None:
    first, second = desk.released(62)
    registrar = make_actor(Role.REGISTRAR)
    doors = [(desk.first, first), (desk.second, second)]
    for marker, claim in doors:
        said = some_marks(claim, 99, reason=REASON)
        for act, args in (
            (operations.give_mark, (claim, said)),
            (operations.save_draft, (claim, said, 0)),
            (operations.propose, (claim.submission, said)),
        ):
            with pytest.raises(Conflict), unit_of_work():
                act(*args, actor=actor_of(marker))  # type: ignore[operator]
        page = browser(marker).get(f"/marking/scripts/{claim.ref}/reconcile")
        assert "<textarea" not in page.text
    with pytest.raises(RuleBroken), unit_of_work():
        release_operations.release(desk.assessment, actor=registrar)
    result = queries.results_of([desk.submission.id])[desk.submission.id]
    assert (result.mark, result.confirmed) == (Decimal(62), False)


@pytest.mark.parametrize("table", ["mark_event", "criterion_mark", "claim", "submission"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_not_even_the_database_lets_a_mark_be_changed(desk: Desk, table: str, act: str) -> None:
    desk.released()
    assert table in fact_tables()
    change = {
        "mark_event": "facts = '{}'",
        "criterion_mark": "points = 99",
        "claim": "stage = 'first'",
        "submission": "version = 9",
    }[table]
    with pytest.raises(DBAPIError, match="never changed or removed"):
        db.session.execute(text(act.format(table, change)))
    db.session.rollback()
    assert queries.results_of([desk.submission.id])[desk.submission.id].mark == 62


def test_feedback_is_the_advocates_own(browser: Any, desk: Desk) -> None:
    desk.released()
    path = f"/submissions/{desk.submission.ref}"
    others = [make_enrolment(desk.assessment.cohort).advocate, desk.first]
    others += [make_account(role) for role in Role if role is not Role.ADVOCATE]
    for someone in others:
        assert browser(someone).get(path).status_code == 404


def test_a_registrar_sees_where_each_script_stands_and_no_mark(browser: Any, desk: Desk) -> None:
    desk.both_marked(97, 97)
    page = browser(make_account(Role.REGISTRAR)).get(f"/marking/assessments/{desk.assessment.ref}")
    said = words(page)
    assert desk.number in said
    assert not re.search(r"\b97\b", said)
    assert desk.enrolment.advocate.name not in said
