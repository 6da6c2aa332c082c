"""PERFORMANCE: a search asks at most three questions, of two thousand pages as of twenty-four."""

from datetime import date

from sqlalchemy import insert

from lms import clock
from lms.catalogue import indexing
from lms.catalogue.models import Module, Page, PagePassage, Passage
from lms.db import db, unit_of_work
from lms.texts.passages import Passage as Found
from tests.factories import make_enrolment
from tests.performance.counting import counting, no_rendering

SIZES = (24, 2000)
FIRST = 1_000_000  # row of the first page; far from those of the content
# What is typed, in words of the content; and how many questions are asked of the index.
TYPED = {
    "harbouring quarter": 1,
    "harbuoring quartre": 3,  # nothing; the words that may be meant; what they find
    "harbouring zzzzzz": 3,  # nothing; no word is misspelt so that it can be mended; some of them
    "zzzzzz": 2,
}


def test_a_search_asks_three_questions_at_most_whatever_the_number_of_pages(browser):
    enrolment = make_enrolment()
    reader = browser(enrolment.advocate)
    asked = {}
    filled = 0
    for size in SIZES:
        fill(enrolment.cohort.content_version_id, filled, size)
        filled = size
        asked[size] = {typed: questions(reader, typed) for typed in TYPED}
    # Who is signed in, and their place and version, come before.
    assert asked[SIZES[0]] == {typed: 2 + most for typed, most in TYPED.items()}
    assert asked[SIZES[1]] == asked[SIZES[0]]


def questions(reader, typed: str) -> int:
    path = f"/search?q={typed.replace(' ', '+')}"
    with counting() as counted, no_rendering() as rendered:
        page = reader.get(path)
    assert page.status_code == 200
    assert ("Page " in page.text.split("<main")[1]) == (typed != "zzzzzz")
    assert not counted.writes
    assert not rendered
    return len(counted.queries)


def fill(version: int, start: int, end: int) -> None:
    """Pages of one passage each, straight into tables: what is counted here is reading."""
    numbers = range(start, end)
    said = [
        Found("page", f"Page {n}", "", "", f"Harbouring in this quarter, {n}.", "", "")
        for n in numbers
    ]
    with unit_of_work():
        if not start:
            db.session.execute(insert(Module), [module(version)])
        db.session.execute(insert(Page), [page(n) for n in numbers])
        db.session.execute(
            insert(Passage), [passage(n, each) for n, each in zip(numbers, said, strict=True)]
        )
        db.session.execute(
            insert(PagePassage),
            [
                {"version_id": version, "passage_id": FIRST + n, "page_id": FIRST + n}
                for n in numbers
            ],
        )
        indexing.rebuild(db.session.connection())


def module(version: int) -> dict[str, object]:
    day = date(2026, 1, 1)
    return {
        "id": FIRST,
        "version_id": version,
        "position": 99,
        "slug": "ships",
        "code": "SH1",
        "title": "Ships",
        "level": 7,
        "credits": 10,
        "summary": "About ships.",
        "law_as_at": day,
        "review_by": day,
        "outcomes": [],
        "reviewers": {},
    }


def page(number: int) -> dict[str, object]:
    day = clock.today()
    return {
        "id": FIRST + number,
        "module_id": FIRST,
        "position": number + 1,
        "slug": f"page-{number}",
        "title": f"Page {number}",
        "minutes": 5,
        "law_as_at": day,
        "review_by": day,
        "outcomes": [],
        "for_review": [],
        "source": "x",
    }


def passage(number: int, found: Found) -> dict[str, object]:
    columns = ("kind", "title", "heading", "anchor", "text", "nations", "sensitive")
    made = ("sha256", "headwords", "words")
    return {"id": FIRST + number} | {name: getattr(found, name) for name in (*columns, *made)}
