"""What a page says, block by block; and what counts as the law in it."""

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from lms.content.foot import with_foot
from lms.content.shapes import ReferenceShape
from lms.markup import render_teaching
from lms.markup_marks import Surroundings
from lms.texts.wording import Shown, Wording, wording_of

DAY = date(2026, 4, 7)


def reference(kind: str, **more: Any) -> ReferenceShape:
    data = {"kind": kind, "title": f"The {kind}", "address": "https://example.org/"}
    looked_up = {"law_as_at": None, "checked_on": "2026-04-08", "read": True}
    return ReferenceShape.model_validate({**data, **looked_up, **more})


REFERENCES = {
    "act": reference("act", law_as_at="2026-04-07"),
    "study": reference("research"),
}


def said(text: str, **changes: Any) -> Wording:
    """What a page of this Markdown says, with its references below it."""
    shown = render_teaching(text, Surroundings(references=REFERENCES))
    html = str(with_foot(shown, shown.html, {}, REFERENCES))
    given_ = {"title": "A page", "law_as_at": DAY, "advice": None, "html": html, "files": {}}
    return wording_of(Shown(**{**given_, "questions": [], **changes}))


def texts(wording: Wording, kind: str = "") -> list[str]:
    return [each.text for each in wording.blocks if kind in ("", each.kind)]


def test_every_block_knows_its_kind_its_heading_and_its_nation() -> None:
    page = said(
        "Before.\n\n## First\n\n/// law | A rule\nIt says.\n///\n\n"
        "/// nation | scotland\nOnly here.\n\n/// caution\nTake care here.\n///\n///\n\n"
        "## Second\n\n- one\n- two\n\nA | B\n--- | ---\n1 | 2\n"
    )
    found = [(each.kind, each.under, each.nation, each.text) for each in page.blocks]
    assert found == [
        ("text", "", "", "Before."),
        ("heading", "First", "", "First"),
        ("law", "First", "", "Law: A rule"),
        ("law", "First", "", "It says."),
        ("text", "First", "Scotland", "Only here."),
        ("caution", "First", "Scotland", "Take care"),
        ("caution", "First", "Scotland", "Take care here."),
        ("heading", "Second", "", "Second"),
        ("text", "Second", "", "one"),
        ("text", "Second", "", "two"),
        ("text", "Second", "", "A | B"),
        ("text", "Second", "", "1 | 2"),
    ]


def test_law_is_what_a_law_block_says_and_whatever_cites_the_law() -> None:
    page = said(
        "Plain.\n\nAs the Act has it [@act s.1].\n\nAs was found [@study].\n\n"
        "/// law\nA rule.\n///\n"
    )
    law = [each.text for each in page.blocks if each.law]
    assert law[:3] == ["As the Act has it (The act, s.1).", "Law", "A rule."]
    assert [text[:8] for text in law[3:]] == ["The act."]


def test_looking_a_reference_up_again_changes_nothing_about_the_law(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = said("It says so [@act].")
    again = reference("act", law_as_at="2026-04-07", checked_on="2026-09-01")
    monkeypatch.setitem(REFERENCES, "act", again)
    after = said("It says so [@act].")
    assert before.says != after.says
    assert before.says_of_law == after.says_of_law
    newer = reference("act", law_as_at="2026-09-01")
    monkeypatch.setitem(REFERENCES, "act", newer)
    assert said("It says so [@act].").says_of_law != before.says_of_law


def test_notes_for_tutors_are_no_part_of_it() -> None:
    page = said("Shown.\n\n/// tutor\nThe answer is four.\n///\n")
    assert texts(page) == ["Shown."]


def test_of_a_knowledge_check_only_what_is_asked_is_told() -> None:
    options = [
        {"key": "a", "html": "<p>Zebra</p>", "right": True, "why": "<p>Secret one</p>"},
        {"key": "b", "html": "<p>Ant</p>", "right": False, "why": "<p>Secret two</p>"},
    ]
    asked = {"key": "q", "kind": "ordering", "ask": "<p>Which?</p>", "options": options}
    html = '<div class="question" id="question-q"></div>'
    page = said("", html=html, questions=[asked])
    # Options to be put in order stand in the right one: it must not be told.
    assert texts(page, "question") == ["Which? / Ant / Zebra"]
    other = {**asked, "options": [{**options[0], "why": "<p>Another</p>"}, options[1]]}
    after = said("", html=html, questions=[other])
    assert texts(after) == texts(page)
    assert after.says != page.says


def test_a_picture_is_what_it_says_and_its_bytes() -> None:
    html = '<figure class="figure"><img src="files/way.svg" alt="The way &amp; its end"></figure>'
    one, other = (said("", html=html, files={"way.svg": key}) for key in ("1" * 64, "2" * 64))
    assert texts(one, "figure") == ["The way & its end"]
    assert one.says != other.says


def test_the_day_the_law_is_stated_for_is_part_of_it() -> None:
    one, other = said("Text."), said("Text.", law_as_at=date(2026, 9, 1))
    assert one.says != other.says
    assert one.says_of_law != other.says_of_law


@given(st.lists(st.sampled_from(["<", ">", '"', "&lt;", "<p>", "</p>", "<li", "a", " ", "</ul>"])))
@settings(max_examples=60)
def test_nothing_that_is_said_is_lost_whatever_the_tags(pieces: list[str]) -> None:
    html = "<p>start</p>" + "".join(pieces) + "<p>finish</p>"
    found = " ".join(texts(said("", html=html)))
    assert found.startswith("start")
    assert found.endswith("finish")


@pytest.mark.parametrize("piece", ["<", '<p class="', "<p a ", "<div>", "</div>", "<p>&amp;</p>"])
def test_hostile_html_is_read_in_a_moment(piece: str) -> None:
    begun = time.perf_counter()
    said("", html=piece * (200_000 // len(piece)))
    assert time.perf_counter() - begun < 2
