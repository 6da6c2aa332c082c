"""Who reads what: one's own cohort's version once it is open, and nothing else."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lms import clock
from lms.access.actor import APPOINTMENTS, SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.queries import actor_for
from lms.catalogue.models import Page
from lms.cohorts import operations as cohorts
from lms.cohorts.models import Enrolment
from lms.cohorts.rules import Kind, State
from lms.db import db, unit_of_work
from lms.errors import NotFound
from lms.learning import operations, queries
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.learning.places import a_cohort, h1, words

NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 1)
FIRST = "modules/01-first/01-beginning.md"
BEGINNING = "/learn/first/beginning"
STAFF = {Role.TUTOR, Role.AUTHOR, Role.REGISTRAR, Role.EXTERNAL_EXAMINER, Role.CHAIR}
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _stopped() -> Any:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


def without_what_differs(page: str) -> str:
    """A page without its token, its own address, and the reference of the request."""
    return re.sub(r'value="[^"]{20,}"|name="back" value="[^"]*"', "", page)


def move(enrolment: Enrolment, *states: State) -> None:
    for state in states:
        with unit_of_work():
            cohorts.change_state(enrolment, state, actor=SYSTEM)


def test_an_advocate_of_one_intake_cannot_read_the_version_of_another(
    browser: Any, folder: Path
) -> None:
    older = a_cohort(folder, date(2025, 9, 1))
    change(folder, FIRST, "What it says.", "What it says now.")
    (folder / "modules/01-first/02-end.md").rename(folder / "modules/01-first/02-new.md")
    newer = a_cohort(folder, SEPTEMBER)
    first, second = factories.make_enrolment(older), factories.make_enrolment(newer)

    theirs = browser(first.advocate)
    assert "What it says." in words(theirs.get(BEGINNING).text)
    assert theirs.get("/learn/first/end").status_code == 200
    assert theirs.get("/learn/first/new").status_code == 404
    assert theirs.post("/learn/first/new/read").status_code == 404

    ours = browser(second.advocate)
    assert "What it says now." in words(ours.get(BEGINNING).text)
    assert ours.get("/learn/first/new").status_code == 200
    assert ours.get("/learn/first/end").status_code == 404


def test_publishing_a_newer_version_moves_nobody_who_reads(browser: Any, folder: Path) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, SEPTEMBER))
    reader = browser(enrolment.advocate)
    reader.post(f"{BEGINNING}/read")
    before = reader.get(BEGINNING).text
    change(folder, FIRST, "What it says.", "What it says now.")
    a_cohort(folder, date(2025, 9, 1))
    assert words(reader.get(BEGINNING).text) == words(before)
    assert "1 of 2 pages done" in words(reader.get("/learn/first/").text)


def test_whoever_moves_to_a_later_intake_reads_its_version(browser: Any, folder: Path) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, date(2025, 9, 1)))
    change(folder, FIRST, "What it says.", "What it says now.")
    later = a_cohort(folder, SEPTEMBER)
    move(enrolment, State.TRANSFERRED)
    place = cohorts.Place(enrolment.organisation, enrolment.nation, Kind.ASSESSED, date(2028, 9, 1))
    with unit_of_work():
        again = cohorts.offer_place(later, enrolment.advocate, place, actor=SYSTEM)
    with unit_of_work():
        cohorts.accept_place(again, actor=actor_for(enrolment.advocate))
    assert "What it says now." in browser(enrolment.advocate).get(BEGINNING).text


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], 200),
        ([State.ON_LEAVE], 404),
        ([State.ON_LEAVE, State.ENROLLED], 200),
        ([State.WITHDRAWN], 404),
        ([State.TRANSFERRED], 404),
    ],
    ids=["enrolled", "on leave", "back from leave", "withdrawn", "moved"],
)
def test_modules_are_open_to_the_enrolled(
    browser: Any, folder: Path, states: list[State], status: int
) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, SEPTEMBER))
    move(enrolment, *states)
    reader = browser(enrolment.advocate)
    assert reader.get(BEGINNING).status_code == status
    assert reader.get("/learn/first/").status_code == status
    assert reader.post(f"{BEGINNING}/read").status_code == (302 if status == 200 else 404)
    assert ("No modules are open to you" in reader.get("/learn/").text) == (status == 404)


def test_a_place_that_was_offered_and_not_accepted_opens_nothing(
    browser: Any, folder: Path
) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, SEPTEMBER), accepted=False)
    assert browser(enrolment.advocate).get(BEGINNING).status_code in {403, 404}


def test_nothing_opens_before_the_intakes_first_day_in_london(browser: Any, folder: Path) -> None:
    with clock.stopped(datetime(2026, 8, 20, 9, tzinfo=UTC)):
        enrolment = factories.make_enrolment(a_cohort(folder, SEPTEMBER))
    for moment, opened in (
        (datetime(2026, 8, 31, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 8, 31, 23, 0, tzinfo=UTC), True),  # midnight in London, by summer time
    ):
        with clock.stopped(moment):
            reader = browser(enrolment.advocate)
            assert reader.get(BEGINNING).status_code == (200 if opened else 404)
            assert reader.post(f"{BEGINNING}/read").status_code == (302 if opened else 404)
            told = words(reader.get("/learn/").text)
            assert ("Your modules open on 1 September 2026" in told) == (not opened)


def test_what_is_not_theirs_answers_as_what_is_not_there(browser: Any, folder: Path) -> None:
    """The same page, word for word: for a page of another version, and one that nobody wrote."""
    first = factories.make_enrolment(a_cohort(folder, date(2025, 9, 1)))
    (folder / "modules/01-first/02-end.md").rename(folder / "modules/01-first/02-new.md")
    a_cohort(folder, SEPTEMBER)
    reader = browser(first.advocate)
    for theirs, nobodys in (
        ("/learn/first/new", "/learn/first/never"),
        ("/learn/third/", "/learn/never/"),
    ):
        answers = [reader.get(path) for path in (theirs, nobodys)]
        assert [each.status_code for each in answers] == [404, 404]
        assert without_what_differs(answers[0].text) == without_what_differs(answers[1].text)
    for path in ("/learn/first/%00", "/learn/first/..%2F..%2Fetc", "/learn/<b>/", "/learn/FIRST/"):
        assert reader.get(path).status_code == 404


@pytest.mark.parametrize("role", sorted(Role))
def test_staff_read_the_newest_version_and_leave_no_marks(
    browser: Any, folder: Path, role: Role
) -> None:
    a_cohort(folder, date(2025, 9, 1))
    change(folder, FIRST, "What it says.", "What it says now.")
    a_cohort(folder, SEPTEMBER)
    reader = browser(factories.make_account(role))
    page = reader.get(BEGINNING)
    if role not in STAFF:
        assert page.status_code == 404
        return
    assert "What it says now." in page.text
    assert "I have read this page" not in page.text
    assert reader.post(f"{BEGINNING}/read").status_code == 404


def test_a_tutor_who_is_also_an_advocate_reads_their_own_cohorts_version(
    browser: Any, folder: Path
) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, date(2025, 9, 1)))
    change(folder, FIRST, "What it says.", "What it says now.")
    a_cohort(folder, SEPTEMBER)
    with unit_of_work():
        factories.accounts.grant_role(enrolment.advocate, Role.TUTOR, actor=SYSTEM)
    reader = browser(enrolment.advocate)
    assert "What it says now." not in reader.get(BEGINNING).text
    assert reader.post(f"{BEGINNING}/read").status_code == 302


def test_somebody_signed_out_is_asked_to_sign_in_whether_the_page_is_there_or_not(
    browser: Any, folder: Path
) -> None:
    a_cohort(folder, SEPTEMBER)
    for path in ("/learn/", "/learn/first/", BEGINNING, "/learn/first/never"):
        answer = browser().get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")


def test_an_advocate_cannot_speak_for_another(folder: Path) -> None:
    cohort = a_cohort(folder, SEPTEMBER)
    mine, other = factories.make_enrolment(cohort), factories.make_enrolment(cohort)
    me, registrar = actor_for(mine.advocate), factories.make_actor(Role.REGISTRAR)
    page = db.session.scalars(select(Page).where(Page.slug == "beginning")).first()
    for act in (operations.mark_read, operations.take_back):
        with pytest.raises(NotFound), unit_of_work():
            act(other, page, actor=me)
        with pytest.raises(NotFound), unit_of_work():
            act(mine, page, actor=registrar)


def test_titles_and_summaries_are_shown_as_text(browser: Any, folder: Path) -> None:
    hostile = '<script>alert(1)</script> & "so"'
    change(folder, FIRST, "title: The beginning", f"title: '{hostile}'")
    module = "modules/01-first/module.yml"
    change(folder, module, "Module 1 of the example", f"'{hostile}'")
    change(folder, module, "What the module is about, in a sentence.", f"'{hostile}'")
    change(folder, "glossary.yml", "How people", f"{hostile} how people")
    reader = browser(factories.make_enrolment(a_cohort(folder, SEPTEMBER)).advocate)
    for path in ("/learn/", "/learn/first/", BEGINNING, "/learn/first/end"):
        page = reader.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert hostile in words(page.text)
    assert h1(reader.get(BEGINNING).text) == hostile


def test_past_its_review_day_a_page_says_that_it_is_being_checked(
    browser: Any, folder: Path
) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, SEPTEMBER))
    for day, said in ((date(2027, 1, 31), False), (date(2027, 2, 1), True)):
        with clock.stopped(factories.noon(day)):
            page = words(browser(enrolment.advocate).get(BEGINNING).text)
            assert ("Look the law up before you rely on it." in page) == said
            assert ("Being checked" in page) == said


def test_the_way_is_asked_for_in_one_query_each(folder: Path) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, SEPTEMBER))
    reader = queries.reader_of(enrolment.advocate_id)
    assert reader is not None
    ways = queries.programme_way(reader)
    assert [(each.module.slug, len(each.way), each.read) for each in ways] == [
        ("first", 2, 0),
        ("second", 2, 0),
    ]
    assert ways[0].minutes_left == 40
    assert reader.opens_on == SEPTEMBER
    assert reader.opens_on - timedelta(days=1) < SEPTEMBER


def test_the_way_is_the_same_whether_what_is_taught_was_taken_in_before_or_not(
    folder: Path,
) -> None:
    cohort = a_cohort(folder, SEPTEMBER)
    mine, theirs = factories.make_enrolment(cohort), factories.make_enrolment(cohort)

    def way(enrolment: Enrolment) -> list[Any]:
        reader = queries.reader_of(enrolment.advocate_id)
        assert reader is not None
        return [(each.module.title, each.way) for each in queries.programme_way(reader)]

    untouched = way(theirs)
    page = db.session.scalars(select(Page).where(Page.slug == "end").order_by(Page.id)).first()
    with unit_of_work():
        operations.mark_read(mine, page, actor=actor_for(mine.advocate))
    known = way(mine)
    assert [stop.read for _, stops in known for stop in stops] == [False, True, False, False]
    assert way(theirs) == untouched
    queries._outlines.clear()
    assert way(mine) == known
    # Another database in the place of this one may give the same number to another version.
    (version, seen), *_ = queries._outlines.items()
    queries._outlines[version] = seen._replace(ref="VER-0000", pages=seen.pages[:1])
    assert way(mine) == known


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN, Role.ACCREDITOR, Role.SUPERVISOR])
def test_a_place_on_offer_makes_nobody_a_tutor(browser, role: Role) -> None:
    """Nor does another role that reads no modules: no notes, no answers, no older versions."""
    enrolment = factories.make_enrolment(accepted=False)
    with unit_of_work():
        at = enrolment.organisation.ref if role in APPOINTMENTS else ""
        accounts.grant_role(enrolment.advocate, role, at=at, actor=SYSTEM)
    somebody = browser(enrolment.advocate)
    assert somebody.get("/learn/standing-in-law/four-words").status_code == 404
    assert "/learn/versions/CON" not in somebody.get("/learn/versions/").text
