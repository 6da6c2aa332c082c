"""An advocate reads in order, says what they have read, and comes back to the same place."""

import re
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.queries import actor_for
from lms.catalogue.models import Module, Page
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work
from lms.learning import operations
from lms.learning.models import PageRead
from tests import factories
from tests.learning.places import h1, words
from tests.learning.taught import answer_page
from tests.performance.counting import counting, no_rendering

MODULE = "/learn/standing-in-law/"
PAGES = [
    "start-here",
    "people-in-these-pages",
    "four-words",
    "act-means-purpose",
    "consent",
    "standing",
    "non-punishment",
    "may-and-may-not",
    "the-assessment",
    "closing",
]
LENGTH = len(PAGES)
LAST = LENGTH - 1


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return factories.make_enrolment()


def next_of(page: str) -> str:
    """The module page's one filled button."""
    found = re.search(r'class="govuk-button" href="([^"]+)"', page)
    return found[1] if found else ""


def said() -> int:
    return db.session.scalar(select(func.count()).select_from(PageRead)) or 0


def test_a_module_shows_its_pages_in_order_and_where_to_start(browser, enrolment) -> None:
    page = browser(enrolment.advocate).get(MODULE).text
    listed = page.split('id="pages-h"')[1].split("</ol>")[0]
    assert re.findall(r'href="/learn/standing-in-law/([^"]+)"', listed) == PAGES
    assert next_of(page) == MODULE + PAGES[0]
    assert "Start reading" in page
    assert "0 of 10 pages done" in words(page)


def test_one_reads_from_the_first_page_to_the_last_saying_so_each_time(browser, enrolment) -> None:
    reader = browser(enrolment.advocate)
    for number, slug in enumerate(PAGES):
        here = reader.get(MODULE + slug).text
        assert f"Page {number + 1} of {LENGTH}" in words(here)
        assert "I have read this page" in here
        on = reader.post(f"{MODULE}{slug}/read").location
        # Each asks something that counts.
        assert f"{number} of {LENGTH} pages done" in words(reader.get(MODULE).text)
        answer_page(enrolment, "standing-in-law", slug)
        assert on == (MODULE + PAGES[number + 1] if number < LAST else MODULE)
        assert f"{number + 1} of {LENGTH} pages done" in words(reader.get(MODULE).text)
    done = reader.get(MODULE).text
    assert "You are through all of it." in words(done)
    assert next_of(done) == ""
    assert said() == LENGTH


def test_each_page_leads_to_the_one_before_and_the_one_after(browser, enrolment) -> None:
    reader = browser(enrolment.advocate)
    for number, slug in enumerate(PAGES):
        turn = reader.get(MODULE + slug).text.split('class="turn"')[1]
        before = MODULE + PAGES[number - 1] if number else MODULE
        after = MODULE + PAGES[number + 1] if number < LAST else "/learn/"
        assert re.findall(r'href="([^"]+)"', turn)[:2] == [before, after]


def test_coming_back_in_another_browser_leads_to_the_same_place(browser, enrolment) -> None:
    reader = browser(enrolment.advocate)
    for slug in PAGES[:3]:
        reader.post(f"{MODULE}{slug}/read")
        answer_page(enrolment, "standing-in-law", slug)
    again = browser(enrolment.advocate)
    page = again.get(MODULE).text
    assert next_of(page) == MODULE + PAGES[3]
    assert "Carry on reading" in page
    assert "3 of 10 pages done" in words(again.get("/learn/").text)
    assert "You have read this page." in words(again.get(MODULE + PAGES[2]).text)


def test_what_was_said_can_be_taken_back(browser, enrolment) -> None:
    reader = browser(enrolment.advocate)
    reader.post(f"{MODULE}consent/read")
    assert "Take that back" in reader.get(MODULE + "consent").text
    answer = reader.post(f"{MODULE}consent/unread")
    assert answer.location == MODULE + "consent"
    assert said() == 0
    page = reader.get(MODULE + "consent").text
    assert "I have read this page" in page
    assert "0 of 10 pages done" in words(page)


def test_saying_it_or_taking_it_back_twice_changes_nothing(browser, enrolment) -> None:
    reader = browser(enrolment.advocate)
    for _ in range(2):
        assert reader.post(f"{MODULE}consent/read").status_code == 302
        assert said() == 1
    for _ in range(2):
        assert reader.post(f"{MODULE}consent/unread").status_code == 302
        assert said() == 0


def test_pressed_in_two_tabs_at_once_it_is_said_once(app: Flask, enrolment) -> None:
    start, fates = threading.Barrier(2), []
    page = db.session.scalars(select(Page).where(Page.slug == "consent")).one()
    keys = enrolment.id, page.id

    def press() -> None:
        with app.app_context():
            mine, it = db.session.get(Enrolment, keys[0]), db.session.get(Page, keys[1])
            actor = actor_for(mine.advocate)
            start.wait()
            try:
                with unit_of_work():
                    operations.mark_read(mine, it, actor=actor)
                fates.append("said")
            except Exception as refusal:  # noqa: BLE001 - looked at below
                fates.append(repr(refusal))
            db.session.remove()

    tabs = [threading.Thread(target=press) for _ in range(2)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    db.session.rollback()
    assert fates == ["said", "said"]
    assert said() == 1


def test_reading_is_nobodys_business(browser, enrolment) -> None:
    before = len(factories.trail_of(enrolment.ref))
    browser(enrolment.advocate).post(f"{MODULE}consent/read")
    assert len(factories.trail_of(enrolment.ref)) == before


def test_one_readers_word_is_not_anothers(browser, enrolment) -> None:
    other = factories.make_enrolment(enrolment.cohort)
    browser(enrolment.advocate).post(f"{MODULE}consent/read")
    page = browser(other.advocate).get(MODULE).text
    assert "0 of 10 pages done" in words(page)
    browser(other.advocate).post(f"{MODULE}consent/unread")
    assert said() == 1


@pytest.mark.parametrize("path", ["/learn/", MODULE, MODULE + "consent"])
def test_looking_writes_nothing_and_renders_nothing(browser, enrolment, path: str) -> None:
    reader = browser(enrolment.advocate)
    reader.get(path)
    with counting() as counted, no_rendering() as rendered:
        assert reader.get(path).status_code == 200
    assert not counted.writes
    assert not rendered
    assert said() == 0


@pytest.mark.parametrize("way", ["read", "unread"])
def test_a_link_or_a_form_of_somebody_else_says_nothing(browser, enrolment, way: str) -> None:
    reader = browser(enrolment.advocate)
    assert reader.get(f"{MODULE}consent/{way}").status_code == 405
    assert reader.client.post(f"{MODULE}consent/{way}").status_code == 403
    assert said() == 0


def test_a_page_says_its_time_its_law_and_who_has_not_looked_it_over(browser, enrolment) -> None:
    page = words(browser(enrolment.advocate).get(MODULE + "four-words").text)
    assert "About 25 minutes" in page
    assert "Law as at 7 April 2026" in page
    assert "To be reviewed by 31 January 2027" in page
    assert "Not yet reviewed by a subject, legal or lived-experience reviewer." in page
    assert "Still to be checked by a lawyer: " in page


def test_content_advice_stands_before_the_text(browser, enrolment) -> None:
    page = browser(enrolment.advocate).get(MODULE + "four-words").text
    assert page.index("Before you read on") < page.index("Why be fussy</h2>")


def test_the_tabs_title_tells_nobody_what_is_read(browser, enrolment) -> None:
    reader = browser(enrolment.advocate)
    for path, place in ((MODULE, "Module 1"), (MODULE + "consent", "Module 1, page 5")):
        title = re.search(r"<title>(.*?)</title>", reader.get(path).text, re.S)
        assert title
        assert title[1].strip().startswith(place)
        assert "slavery" not in title[1]


def test_every_page_of_each_module_opens_with_its_own_title(browser, enrolment) -> None:
    reader = browser(enrolment.advocate)
    rows = db.session.execute(select(Module.slug, Page.slug, Page.title).join(Page.module)).all()
    assert len(rows) == sum(len(each.pages) for each in factories.first_modules().modules)
    for module, slug, title in rows:
        page = reader.get(f"/learn/{module}/{slug}")
        assert page.status_code == 200
        assert h1(page.text) == title
