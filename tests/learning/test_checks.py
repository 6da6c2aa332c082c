"""Questions on a page: answered on the server, explained after, tried again, never a mark."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy import select

from lms.access.actor import Role
from lms.catalogue.models import PageText
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work
from lms.learning import operations, queries
from lms.learning.models import Answer
from lms.markup_questions import Question, question_of
from tests import factories
from tests.catalogue.folder import change
from tests.learning.places import a_cohort, words
from tests.learning.taught import FIRST, PAGE, a_taught_folder
from tests.performance.counting import counting

START = date(2026, 9, 1)
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_taught_folder(tmp_path)


@pytest.fixture
def enrolment(folder: Path) -> Enrolment:
    return factories.make_enrolment(a_cohort(folder, START))


def options(key: str) -> list[dict[str, Any]]:
    """A question's options as published last, with their answers."""
    newest = select(PageText).order_by(PageText.page_id.desc())
    for text in db.session.scalars(newest):
        for each in text.questions:
            if each["key"] == key:
                found: list[dict[str, Any]] = each["options"]
                return found
    raise AssertionError(key)


def part(page: str, key: str) -> str:
    """One question of a page, as HTML."""
    return page.split(f'id="question-{key}"')[1].split("</section>", maxsplit=1)[0]


def answered() -> list[tuple[str, int, bool | None]]:
    rows = db.session.scalars(select(Answer).order_by(Answer.id))
    return [(each.question, each.attempt, each.is_right) for each in rows]


def test_before_an_answer_no_byte_tells_which_is_right_or_why(
    browser: Any, enrolment: Enrolment
) -> None:
    """Also not as the alternative order of something, an attribute, or a word in a comment."""
    reader = browser(enrolment.advocate)
    raw = reader.get(PAGE).data.decode()
    texts = db.session.scalars(select(PageText)).all()
    everything = [o for text in texts for q in text.questions for o in q["options"]]
    assert len(everything) == 10
    for option in everything:
        assert re.sub("<[^>]*>", "", option["html"]) in raw
        assert re.sub("<[^>]*>", "", option["why"]) not in raw
    for key in ("first-decision", "who-may", "in-order"):
        shown = re.sub(r'name="csrf_token" value="[^"]+"', "", part(raw, key))  # of any letters
        assert not re.search(r"right|wrong|checked|selected|why", shown)
    order = [option["key"] for option in options("in-order")]
    assert re.findall(r'name="place-([^"]+)"', raw) != order
    assert reader.get(PAGE).data.count(b"place-") == 4


def test_answered_wrongly_then_rightly_it_explains_every_option_each_time(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    trail = factories.trail_of(enrolment.ref)
    right, wrong, _other = (option["key"] for option in options("first-decision"))
    answer = reader.post(f"{PAGE}/questions/first-decision", answer=wrong)
    assert answer.location == f"{PAGE}?show=1#question-first-decision"
    shown = words(part(reader.get(PAGE).text, "first-decision"))
    assert "Not quite." in shown
    assert "Right. Reasonable grounds WHY-IT-IS:" in shown
    assert "Your answer, not right. Conclusive grounds WHY-IT-IS-NOT:" in shown
    assert "Not right. A judge's WHY-NO-JUDGE:" in shown
    again = re.search(r'href="([^"]*again[^"]*)"', reader.get(PAGE).text)
    assert again
    asked = part(reader.get(again[1].replace("&amp;", "&").split("#")[0]).text, "first-decision")
    assert "Check my answer" in asked
    assert "WHY-IT-IS" not in asked
    reader.post(f"{PAGE}/questions/first-decision", answer=right)
    assert "That is right." in words(part(reader.get(PAGE).text, "first-decision"))
    assert answered() == [("first-decision", 1, False), ("first-decision", 2, True)]
    assert factories.trail_of(enrolment.ref) == trail


def test_of_many_answers_the_first_and_the_latest_are_kept(
    browser: Any, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "LATEST_KEPT", 3)
    reader, at = browser(enrolment.advocate), f"{PAGE}/questions"
    right, wrong, _other = (option["key"] for option in options("first-decision"))
    reader.post(f"{at}/for-me", text="What I keep for myself.")
    colleague = browser(factories.make_enrolment(enrolment.cohort).advocate)
    for _ in range(2):
        colleague.post(f"{at}/first-decision", answer=right)
    for chosen in (wrong, wrong, right, wrong, right, wrong, wrong, right):
        assert reader.post(f"{at}/first-decision", answer=chosen).status_code == 302
    kept = [each for each in answered() if each[0] == "first-decision"]
    assert kept[:2] == [("first-decision", 1, True), ("first-decision", 2, True)]  # a colleague's
    assert kept[2:] == [
        ("first-decision", 1, False),
        ("first-decision", 6, False),
        ("first-decision", 7, False),
        ("first-decision", 8, True),
    ]
    assert "That is right." in words(part(reader.get(PAGE).text, "first-decision"))
    assert "What I keep for myself." in reader.get(PAGE).text


def test_several_answers_and_an_order_have_to_be_whole_to_be_right(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    police, any_advocate, authority = (option["key"] for option in options("who-may"))
    path = f"{PAGE}/questions/who-may"
    for chosen in ([police], [police, any_advocate, authority], [authority, police]):
        reader.post(path, answer=chosen)
    steps = [option["key"] for option in options("in-order")]
    for order in ([1, 2, 4, 3], [1, 2, 3, 4]):
        sent = {f"place-{key}": str(n) for key, n in zip(steps, order, strict=True)}
        reader.post(f"{PAGE}/questions/in-order", **sent)
        shown = words(part(reader.get(PAGE).text, "in-order"))
        assert ("You put it as number 4." in shown) == (order == [1, 2, 4, 3])
    assert [each[2] for each in answered()] == [False, False, True, False, True]


def test_an_answer_that_is_none_says_so_beside_the_question_and_loses_nothing(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    one, two, three, four = (option["key"] for option in options("in-order"))
    sent = {f"place-{one}": "1", f"place-{two}": "3", f"place-{three}": "3", f"place-{four}": ""}
    page = reader.post(f"{PAGE}/questions/in-order", **sent)
    assert page.status_code == 422
    assert "<title>Error: Module 1, page 1" in page.text
    assert 'href="#in-order-1"' in page.text
    assert 'src="/learn/first/files/path.svg"' in page.text  # it isn't the page's own address
    asked = part(page.text, "in-order")
    assert "Give each step a number of its own, from 1 to 4." in asked
    assert asked.count(' value="3"') == 2
    for key, said in (
        ("first-decision", "Choose one answer."),
        ("who-may", "Choose one answer or more."),
        ("for-me", "Write a line first"),
    ):
        nothing = reader.post(f"{PAGE}/questions/{key}", answer="no-such-option", text=" ")
        assert nothing.status_code == 422
        assert said in part(nothing.text, key)
    assert answered() == []


def test_what_one_writes_for_oneself_is_kept_changed_and_taken_away(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    path = f"{PAGE}/questions/for-me"
    reader.post(path, text="Saying no.\r\n<b>To a colleague.")
    assert "Saying no.\n&lt;b&gt;To a colleague.</textarea>" in reader.get(PAGE).text
    other = factories.make_enrolment(enrolment.cohort)
    assert "Saying no" not in browser(other.advocate).get(PAGE).text
    long = reader.post(path, text="x" * 2005)
    assert "Shorten it by 5 characters" in part(long.text, "for-me")
    assert "x" * 2005 in long.text
    reader.post(path, text="Only this.\x00")
    assert db.session.scalars(select(Answer.text)).all() == ["Only this."]
    reader.post(path, text="")
    assert answered() == []


def test_whoever_teaches_sees_it_laid_open_and_nothing_is_kept_of_them(
    browser: Any, enrolment: Enrolment
) -> None:
    tutor = browser(factories.make_account(Role.TUTOR))
    page = tutor.get(PAGE).text
    assert "WHY-IT-IS-NOT" in page
    assert "/questions/" not in page
    with counting() as counted:
        assert tutor.post(f"{PAGE}/questions/first-decision", answer="x").status_code == 404
    assert not [each for each in counted.writes if "answer" in each]


def test_a_question_that_is_not_there_cannot_be_answered(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    for path in (f"{PAGE}/questions/made-up", "/learn/second/beginning/questions/first-decision"):
        assert reader.post(path, answer="x").status_code == 404


def test_a_question_that_changed_is_asked_again_and_one_that_did_not_is_not(
    browser: Any, folder: Path
) -> None:
    older = factories.make_enrolment(a_cohort(folder, date(2025, 9, 1)))
    reader = browser(older.advocate)
    for key in ("first-decision", "who-may"):
        reader.post(f"{PAGE}/questions/{key}", answer=options(key)[0]["key"])
    change(folder, FIRST, "- [ ] Conclusive grounds", "- [ ] A conclusive decision")
    change(folder, FIRST, "They are a first responder.", "They are one, by regulations.")
    newer = factories.make_enrolment(a_cohort(folder, START), again=older.advocate)
    with unit_of_work():
        db.session.execute(Answer.__table__.update().values(enrolment_id=newer.id))
    page = reader.get(PAGE).text
    assert "Check my answer" in part(page, "first-decision")
    assert "They are one, by regulations." in part(page, "who-may")


def test_a_reflection_stays_its_writers_however_its_question_is_worded(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    reader.post(f"{PAGE}/questions/for-me", text="I would ask <first>.")
    assert "I would ask &lt;first&gt;." in reader.get(PAGE).text
    question = next(q for q in _questions(enrolment) if q.key == "for-me")
    assert replace(question, ask=Markup("<p>Another wording.</p>")).asked == question.asked
    book = reader.get("/learn/notebook/")
    assert "I would ask &lt;first&gt;." in book.text
    assert "I would ask <first>." in reader.get("/learn/notebook/notes.md").text
    other = browser(factories.make_enrolment(enrolment.cohort).advocate)
    assert "I would ask" not in other.get("/learn/notebook/").text
    assert "I would ask" not in other.get("/learn/notebook/notes.md").text


def _questions(enrolment: Enrolment) -> list[Question]:
    reader = queries.Reader(enrolment.cohort.content_version_id, enrolment)
    _, _, module, page = PAGE.split("/")
    return [question_of(each) for each in queries.page_for(reader, module, page).questions]
