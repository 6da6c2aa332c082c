"""Something is found in the modules: in the reader's own version, by whatever they typed."""

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.catalogue.keeping import keep
from lms.catalogue.models import PagePassage, Passage
from lms.catalogue.operations import publish
from lms.cohorts.models import Enrolment
from lms.content import reading
from lms.db import db, unit_of_work
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.learning.places import a_cohort, words

MORE = """\
Łukasz thought it naïve to sign `<script>alert("1 & 2")</script>` unread.

The decision rests on reasonable grounds. Grounds that are not reasonable fall.

/// nation | scotland
Ministers must house somebody for ninety days.
///

/// nation | northern-ireland
Departments may house somebody longer, and house them well.
///

/// sensitive | About a funeral
A hearse waited.
///

/// tutor
Marmalade is the answer.
///

/// question | which
    kind: single

Which fruit came first?

- [x] Tangerine
    It came by ship.
- [ ] Pomegranate
    It never came.
///
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = a_folder(tmp_path)
    change(made, "modules/01-first/01-beginning.md", "/// law", MORE + "\n/// law")
    return made


@pytest.fixture
def advocate(app: Flask, folder: Path) -> Enrolment:
    return factories.make_enrolment(a_cohort(folder, date(2025, 9, 1)))


def asked(visitor: Any, typed: str, status: int = 200) -> str:
    page = visitor.get(f"/search?q={quote_plus(typed)}")
    assert page.status_code == status, typed
    return str(page.text.split("<main")[1].split("</main>")[0])


def results(page: str) -> list[tuple[str, str, str]]:
    """Each passage: where it leads, its title, and all else that it says."""
    parts = re.findall(r'<h2><a href="([^"]+)">(.*?)</a></h2>(.*?)</li>', page, re.S)
    return [(unescape(link), words(title), words(rest)) for link, title, rest in parts]


def test_a_passage_is_shown_with_its_words_marked_and_leads_to_its_place(
    browser: Any, advocate: Enrolment
) -> None:
    reader = browser(advocate.advocate)
    page = asked(reader, "reasonable grounds")
    ((link, title, rest),) = results(page)
    assert (link, title) == ("/learn/first/beginning#a-part", "The beginning: A part")
    assert "rests on <mark>reasonable</mark> <mark>grounds</mark>." in page
    assert "Module 1, Module 1 of the example" in rest
    assert 'value="reasonable grounds"' in page  # it stays in the box
    assert '<h2 id="a-part">' in reader.get(link).text


def test_words_and_sources_lead_to_the_first_page_that_has_them(
    browser: Any, advocate: Enrolment
) -> None:
    reader = browser(advocate.advocate)
    for typed, title, anchor in (
        ("identified", "NRM", "term-nrm"),
        ("example act 2015", "An Example Act 2015", "ref-act"),
    ):
        found = [each for each in results(asked(reader, typed)) if each[1] == title]
        assert [link for link, *_ in found] == [f"/learn/first/beginning#{anchor}"]
        assert f'id="{anchor}"' in reader.get("/learn/first/beginning").text


# What is typed, and what the page then says.
TYPED = {
    "lukasz NAIVE": "thought it <mark>naïve</mark>",
    "resting": "<mark>rests</mark>",
    "what is reasona": "<mark>reasonable</mark>",  # as far as it is typed
    '"rests on reasonable"': "<mark>rests</mark>",
    "resaonable gruonds": "Showing what was found for <strong>reasonable grounds</strong>",
    "Lukazs": "<mark>Łukasz</mark>",
    "hearse zebra": "No passage has all of these words",
}


def test_it_is_found_however_it_was_typed(browser: Any, advocate: Enrolment) -> None:
    reader = browser(advocate.advocate)
    for typed, said in TYPED.items():
        assert said in asked(reader, typed), typed


def test_a_phrase_is_found_only_as_it_stands(browser: Any, advocate: Enrolment) -> None:
    reader = browser(advocate.advocate)
    assert len(results(asked(reader, '"not reasonable"'))) == 1
    assert "No passage has all" not in asked(reader, "grounds rests")
    assert results(asked(reader, '"grounds rests"')) == []


def test_a_passage_of_another_nation_comes_later_and_says_so(
    browser: Any, advocate: Enrolment
) -> None:
    reader = browser(advocate.advocate)
    orders = {}
    for nation in ("", "scotland", "northern-ireland"):
        reader.post("/learn/nation", nation=nation)
        rest = [rest for *_, rest in results(asked(reader, "house"))]
        orders[nation] = ["Scotland" in each for each in rest]
        assert ["Northern Ireland" in each for each in rest] == [not is_ for is_ in orders[nation]]
    assert orders == {
        "": [False, True],  # the better match first
        "scotland": [True, False],
        "northern-ireland": [False, True],
    }


def test_the_nation_is_changed_where_something_is_found_and_the_words_are_kept(
    browser: Any, advocate: Enrolment
) -> None:
    reader = browser(advocate.advocate)
    back = unescape(re.search(r'name="back" value="([^"]*)"', asked(reader, "a house & home"))[1])
    answer = reader.post("/learn/nation", nation="scotland", back=back)
    assert answer.location == "/search?q=a+house+%26+home"
    page = reader.get(answer.location).text
    assert 'value="a house &amp; home"' in page
    assert 'value="scotland" aria-pressed="true"' in page


def test_only_ones_own_version_is_looked_through(
    browser: Any, advocate: Enrolment, folder: Path
) -> None:
    change(
        folder, "modules/01-first/01-beginning.md", "What it says.", "What hearsay zeppelins said."
    )
    change(folder, "modules/01-first/02-end.md", "A part", "A wigwam")
    with_newer = factories.make_enrolment(a_cohort(folder, date(2026, 9, 1)))
    older, newer = browser(advocate.advocate), browser(with_newer.advocate)
    staff = browser(factories.make_account(Role.TUTOR))
    for typed in ("zeppelin", "wigwam"):
        assert results(asked(older, typed)) == []
        assert results(asked(newer, typed)) == results(asked(staff, typed)) != []
    # Nor does the newer one lend its words to those who mistype: hearsay is as near as hearse.
    assert "<mark>hearse</mark>" in asked(older, "hearsa")
    assert results(asked(newer, "zeppelim")) != []
    assert len(results(asked(older, "reasonable grounds"))) == 1


def test_what_was_published_before_is_not_recorded_again(advocate: Enrolment, folder: Path) -> None:
    def recorded() -> tuple[int, int]:
        return tuple(
            db.session.scalar(select(func.count()).select_from(each)) or 0
            for each in (Passage, PagePassage)
        )

    def published() -> None:
        kept = keep(reading.read(folder))
        with unit_of_work():
            publish(kept, actor=SYSTEM)

    first = recorded()
    published()
    assert recorded() == first
    change(folder, "modules/02-second/02-end.md", "What it says.", "What it said.")
    published()
    assert recorded() == (first[0] + 1, first[1] * 2)


def test_notes_for_tutors_and_answers_are_found_by_nobody(
    browser: Any, advocate: Enrolment
) -> None:
    staff = browser(factories.make_account(Role.TUTOR))
    assert "Marmalade" in staff.get("/learn/first/beginning").text  # the note is there
    for typed in ("marmalade", "tangerine", "pomegranate", "fruit", "marmelade"):
        for visitor in (browser(advocate.advocate), staff):
            page = asked(visitor, typed)
            assert results(page) == []
            assert "Nothing was found" in page


def test_a_part_that_is_closed_on_its_page_is_closed_here(
    browser: Any, advocate: Enrolment
) -> None:
    page = asked(browser(advocate.advocate), "hearse")
    ((_, _, rest),) = results(page)
    assert "Before you read it: About a funeral A hearse waited." in rest
    assert '<details class="fold"><summary>' in page


# What is typed, and how it is answered.
HOSTILE = {
    '" OR NEAR(a b) AND NOT * ^ : {-}': 200,
    "reasonable' & !grounds | ' <-> :*\\": 200,
    '"': 422,
    'reasonable"*': 200,
    "words : grounds": 200,
    "% _ %% ;-- DROP TABLE passage": 200,
    "nul\0nul": 200,
    "\x01\x1b\ud7ff\uffff ok": 200,
    "\U0001d52feasonable \ufb01 ½ ² ١٢ ⅷ ก็ \u02bcn": 200,
    " ".join(["reasonable"] * 18): 200,
    '"' + "grounds " * 20 + '"': 200,
    "x" * 200: 200,
    "a": 422,
    "% ! ?": 422,
    "grounds " * 1250: 422,
}


def test_whatever_is_typed_is_only_ever_words(browser: Any, advocate: Enrolment) -> None:
    reader = browser(advocate.advocate)
    for typed, status in HOSTILE.items():
        page = asked(reader, typed, status)
        assert len(page) < 10_000
        assert ("One thing to put right" in page) == (status == 422)


def test_what_passages_and_people_say_is_shown_as_text(browser: Any, advocate: Enrolment) -> None:
    reader = browser(advocate.advocate)
    page = asked(reader, "<script>alert")
    assert "&lt;<mark>script</mark>&gt;<mark>alert</mark>(&#34;1 &amp; 2&#34;)" in page
    page = asked(reader, '"><img src=x onerror=alert(7)> zzzz')
    assert "<script" not in page
    assert "<img" not in page


def test_without_a_question_it_says_what_it_looks_through(
    browser: Any, advocate: Enrolment
) -> None:
    page = asked(browser(advocate.advocate), "  ")
    assert "It looks through pages" in page
    assert "Nothing was found" not in page


def test_before_the_intake_starts_nothing_is_found(browser: Any, folder: Path, app: Flask) -> None:
    starts_on = date(clock.today().year + 2, 9, 1)
    enrolment = factories.make_enrolment(a_cohort(folder, starts_on))
    page = asked(browser(enrolment.advocate), "reasonable grounds")
    assert "Your modules open on" in page
    assert "<mark>" not in page


def test_the_pages_one_reads_have_the_box(browser: Any, advocate: Enrolment) -> None:
    reader = browser(advocate.advocate)
    for path in ("/learn/", "/learn/first/"):
        assert reader.get(path).text.count('action="/search"') == 1
