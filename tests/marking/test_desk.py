"""The marking desk over HTTP: taking a script, marks and comments, drafts, what is refused."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms import refs
from lms.access.actor import Role
from lms.assessment.models import ScriptReading
from lms.catalogue.queries import rubric_of
from lms.db import db, unit_of_work
from lms.marking import queries
from lms.marking.models import Claim, CriterionMark, MarkComment, MarkDraft, MarkEvent
from lms.marking.rules import Stage
from tests.factories import make_account, trail_of
from tests.marking.conftest import Desk
from tests.support.pages import Visitor


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\xa0", " ").split())


def desk_of(claim: Claim) -> str:
    return f"/marking/scripts/{claim.ref}"


def form(desk: Desk, points: Any = 60, comment: str = "Clear.", **more: str) -> dict[str, str]:
    """Every box of the rubric, filled in."""
    given = points if isinstance(points, list) else [points] * len(desk.keys)
    filled = {f"points__{key}": str(p) for key, p in zip(desk.keys, given, strict=True)}
    return filled | {f"comment__{key}": f"{comment} On {key}." for key in desk.keys} | more


def as_sent(fields: dict[str, str]) -> dict[str, str]:
    """Names as the page has them: criteria's own keys have hyphens already."""
    return {re.sub("__", "-", name, count=1): value for name, value in fields.items()}


def send(visitor: Visitor, claim: Claim, fields: dict[str, str]) -> TestResponse:
    page = visitor.get(desk_of(claim))
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    answer: TestResponse = visitor.client.post(
        desk_of(claim), data={**hidden, **as_sent(fields)}, follow_redirects=True
    )
    return answer


def events() -> list[str]:
    return list(db.session.scalars(select(MarkEvent.what).order_by(MarkEvent.seq)))


def test_a_tutor_takes_the_next_script_and_sees_script_and_rubric_side_by_side(
    browser: Any, desk: Desk
) -> None:
    tutor = browser(desk.first)
    assert "First mark 1 Take the next script" in words(tutor.get("/marking/"))
    path = f"/marking/assessments/{desk.assessment.ref}/take/first"
    answer = tutor.post(path)
    claim = db.session.scalars(select(Claim)).one()
    assert answer.headers["Location"] == desk_of(claim)
    page = tutor.get(desk_of(claim))
    said = words(page)
    assert f"Candidate {desk.number}" in said
    assert "What I would do." in said
    for each in rubric_of(desk.assessment.brief_id):
        assert f"{each.title} {each.weight}% of the mark" in said
        for level in each.levels:
            assert f"{level['from']} to {level['to']} {level['text']}" in said
    assert trail_of(claim.ref) == ["script taken"]


def test_when_no_script_waits_the_page_says_so(browser: Any, desk: Desk) -> None:
    desk.taken()
    answer = browser(desk.first).post(f"/marking/assessments/{desk.assessment.ref}/take/first")
    assert answer.status_code == 422
    assert "No script is waiting for you at this stage." in answer.text


@pytest.mark.parametrize("stage", ["second", "third", "moderator", "FIRST"])
def test_a_stage_one_is_not_allocated_to_is_not_there(browser: Any, desk: Desk, stage: str) -> None:
    answer = browser(desk.first).post(f"/marking/assessments/{desk.assessment.ref}/take/{stage}")
    assert answer.status_code == 404
    assert db.session.scalars(select(Claim)).all() == []


@pytest.mark.parametrize("stage", list(Stage))
def test_a_mark_is_given_criterion_by_criterion_with_a_comment_each(
    browser: Any, desk: Desk, stage: Stage
) -> None:
    claim = desk.taken(stage)
    points = [62, 58, 71, 40, 55, 66][: len(desk.keys)]
    fields = form(desk, points, give=stage, overall="Keep the care.", note="For us two.")
    page = send(browser(desk.marker(stage)), claim, fields)
    assert f"Your mark for candidate {desk.number} is given." in page.text
    given = queries.own_mark(claim)
    assert given is not None
    assert list(given.marks.items()) == list(zip(desk.keys, points, strict=True))
    assert given.comments == {
        **{key: f"Clear. On {key}." for key in desk.keys},
        "overall": "Keep the care.",
        "note": "For us two.",
    }
    assert events() == [f"{stage} given"]
    assert trail_of(claim.ref) == ["script taken", "mark given"]


@pytest.mark.parametrize("number", ["101", "-1", "1000000000000000000000", "6o", "62.5", "1e1"])
def test_a_number_that_is_no_mark_is_refused_beside_its_box_and_all_is_kept(
    browser: Any, desk: Desk, number: str
) -> None:
    claim = desk.taken()
    key = desk.keys[1]
    fields = form(desk, give="first", overall="Keep the care.") | {f"points__{key}": number}
    page = send(browser(desk.first), claim, fields)
    assert page.status_code == 422
    box = re.search(rf'<input[^>]*id="points-{key}"[^>]*>', page.text)
    assert box
    assert f'value="{number}"' in box[0]
    beside = rf'id="points-{key}-error"[^>]*>.{{0,120}}Enter a whole number from 0 to 100'
    assert re.search(beside, page.text, re.S)
    assert f'href="#points-{key}"' in page.text
    for text in ("Keep the care.", *(f"Clear. On {each}." for each in desk.keys)):
        assert text in page.text
    assert "Nothing is saved yet. What you typed is below." in page.text
    assert events() == []


def test_what_is_missing_is_said_beside_each_box_and_the_draft_is_saved(
    browser: Any, desk: Desk
) -> None:
    claim = desk.taken()
    without_points, without_comment = desk.keys[0], desk.keys[2]
    fields = form(desk, give="first")
    fields |= {f"points__{without_points}": "", f"comment__{without_comment}": "  \n"}
    tutor = browser(desk.first)
    page = send(tutor, claim, fields)
    assert page.status_code == 422
    for name, sentence in (
        (f"points-{without_points}", "Enter a whole number from 0 to 100"),
        (f"comment-{without_comment}", "Write a comment for the candidate"),
    ):
        assert re.search(rf'id="{name}-error"[^>]*>.{{0,120}}{sentence}', page.text, re.S)
        assert f'href="#{name}"' in page.text
    assert len(re.findall(r'class="govuk-error-message"', page.text)) == 2
    assert "Your draft is saved. Before you give the mark:" in page.text
    assert events() == []
    again = tutor.get(desk_of(claim)).text
    assert f"Clear. On {desk.keys[1]}." in again


def test_a_draft_may_be_half_empty_and_is_there_the_next_day(browser: Any, desk: Desk) -> None:
    claim = desk.taken()
    key = desk.keys[0]
    tutor = browser(desk.first)
    page = send(tutor, claim, {f"points__{key}": "64", f"comment__{key}": "Half a thought"})
    assert "Your draft is saved. The mark is not given yet." in page.text
    assert "Half a thought" in page.text
    assert 'value="64"' in page.text
    send(tutor, claim, form(desk, 70))
    saved = db.session.scalars(select(MarkDraft).order_by(MarkDraft.version)).all()
    assert [each.version for each in saved] == [1, 2]
    assert saved[0].marks == {key: 64}
    assert events() == []


def test_the_total_so_far_is_worked_out_by_the_server(browser: Any, desk: Desk) -> None:
    claim = desk.taken()
    rubric = rubric_of(desk.assessment.brief_id)
    page = send(browser(desk.first), claim, {f"points__{rubric[0].key}": "50"})
    said = words(page)
    left = len(rubric) - 1
    so_far = f"{50 * rubric[0].weight / 100:g}"
    expected = rf"Weighted so far {so_far}\S* of {rubric[0].weight}; {left} criteria to go"
    assert re.search(expected, said)


def test_a_given_mark_stands_and_its_page_has_no_form(browser: Any, desk: Desk) -> None:
    claim = desk.marked(Stage.FIRST, 60)
    tutor = browser(desk.first)
    page = tutor.get(desk_of(claim))
    assert "It stands as it was given" in page.text
    assert "<textarea" not in page.text
    before = [db.session.scalars(select(t)).all() for t in (CriterionMark, MarkComment)]
    sent = as_sent(form(desk, 99, give="first", version="0"))
    answer = tutor.post(desk_of(claim), **sent)
    assert answer.status_code == 409
    after = [db.session.scalars(select(t)).all() for t in (CriterionMark, MarkComment)]
    assert after == before
    assert db.session.scalars(select(MarkDraft)).all() == []


def test_a_script_is_there_for_its_own_marker_alone(browser: Any, desk: Desk) -> None:
    claim = desk.taken(Stage.FIRST)
    desk.taken(Stage.SECOND)
    tutor = make_account(Role.TUTOR)
    others = [desk.second, tutor, desk.enrolment.advocate]
    others += [make_account(role) for role in Role if role not in (Role.TUTOR, Role.ADVOCATE)]
    for someone in others:
        visitor = browser(someone)
        for end in ("", "/file", "/reconcile"):
            mine = visitor.get(f"{desk_of(claim)}{end}")
            nowhere = visitor.get(f"/marking/scripts/{refs.new('CLM')}{end}")
            assert (mine.status_code, nowhere.status_code) == (404, 404), someone.name
        answer = visitor.post(desk_of(claim), **as_sent(form(desk, give="first")))
        assert answer.status_code == 404
    assert events() == []


def test_the_original_is_an_attachment_named_by_the_candidate_and_reading_it_is_noted(
    browser: Any, desk: Desk
) -> None:
    claim = desk.taken()
    with browser(desk.first).get(f"{desk_of(claim)}/file") as answer:
        assert answer.data == b"# My work\n\nWhat I would do."
    assert answer.headers["Content-Disposition"] == f"attachment; filename={desk.number}.md"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert trail_of(claim.ref) == ["script taken", "work read"]


def test_a_script_that_could_not_be_read_says_so_and_can_still_be_marked(
    browser: Any, desk: Desk
) -> None:
    claim = desk.taken()
    with unit_of_work():
        reading = db.session.scalars(select(ScriptReading)).one()
        reading.html, reading.problem = "", "We can’t open this file."
    tutor = browser(desk.first)
    page = tutor.get(desk_of(claim))
    assert "We can’t open this file." in page.text
    assert "Download the file to read it." in page.text
    with unit_of_work():
        db.session.delete(db.session.scalars(select(ScriptReading)).one())
    assert "The text is being prepared." in tutor.get(desk_of(claim)).text
    assert "is given" in send(tutor, claim, form(desk, give="first")).text


def test_hostile_text_in_a_comment_reaches_no_page_as_markup(browser: Any, desk: Desk) -> None:
    claim = desk.taken()
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
    fields = form(desk, comment=attack, overall=attack, note=attack)
    tutor = browser(desk.first)
    for page in (send(tutor, claim, fields), send(tutor, claim, fields | {"give": "first"})):
        assert page.status_code == 200
    pages = [tutor.get(desk_of(claim)), tutor.get("/marking/")]
    assert all("<script>alert" not in page.text and "<img src=x" not in page.text for page in pages)
    assert "&lt;script&gt;alert(1)" in pages[0].text
