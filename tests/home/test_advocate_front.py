"""An advocate's first page: one thing to do next, the way so far, and at most six questions."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from lms import clock
from lms.access.actor import SYSTEM
from lms.accounts.queries import actor_for
from lms.assessment import operations as assessments
from lms.cohorts import operations as cohorts
from lms.cohorts.rules import Kind, State
from lms.db import unit_of_work
from lms.learning import operations as learning, queries as reading
from tests import factories
from tests.board.world import BOARD_DAY, DUE, RESUBMIT_BY, make_world
from tests.learning.taught import answer_page
from tests.performance.counting import counting

pytestmark = pytest.mark.usefixtures("app")
NOW = datetime(2027, 1, 20, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def now():
    """A day in the first term; the clock stands."""
    with clock.stopped(NOW):
        yield NOW


def words(page) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def next_of(page) -> tuple[str, str]:
    """The heading of "what's next", and where its button leads; empty where there is none."""
    section = re.search(r'<section class="next".*?</section>', page.text, re.DOTALL)[0]
    heading = re.sub(r"<[^>]+>", "", re.search(r"<h2[^>]*>(.*?)</h2>", section, re.DOTALL)[1])
    link = re.search(r'class="govuk-button[^"]*" href="([^"]+)"', section)
    return " ".join(html.unescape(heading).split()), link[1] if link else ""


def front(browser, enrolment, *, questions: int = 6):
    """The page, with what holds for every state of it."""
    visitor = browser(enrolment.advocate)
    visitor.get("/")
    with counting() as counted:
        page = visitor.get("/")
    assert page.status_code == 200
    assert not counted.writes
    assert len(counted.queries) <= questions, counted.queries
    assert "If today is hard" in page.text
    assert enrolment.organisation.name not in page.text
    assert f"{enrolment.advocate.name} Certificate" not in page.text
    return page


def enrolled(starts_on: date = date(2026, 9, 1), **given):
    with clock.stopped(NOW - 100 * DAY):
        cohort = factories.make_cohort(year=starts_on.year, starts_on=starts_on)
        return factories.make_enrolment(cohort, **given)


def read_everything(enrolment) -> None:
    reader = reading.reader_of(enrolment.advocate_id)
    with unit_of_work():
        for way in reading.programme_way(reader):
            for stop in way.way:
                page = reading.page_for(reader, stop.module, stop.page).page
                learning.mark_read(enrolment, page, actor=actor_for(enrolment.advocate))
    for way in reading.programme_way(reader):
        for stop in way.way:
            answer_page(enrolment, stop.module, stop.page)


def test_a_place_on_offer_comes_first(now, browser) -> None:
    enrolment = enrolled(accepted=False)
    heading, href = next_of(front(browser, enrolment))
    assert heading == "You are offered a place"
    assert href == f"/programme/places/{enrolment.ref}/accept"


def test_before_the_intake_starts_there_is_nothing_to_prepare(now, browser) -> None:
    page = front(browser, enrolled(starts_on=date(2027, 9, 1)))
    assert next_of(page)[0] == "Your intake starts on 1 September 2027"
    assert "Your programme" not in page.text


def test_then_reading_begins_and_goes_on_where_it_stopped(now, browser) -> None:
    enrolment = enrolled()
    heading, href = next_of(front(browser, enrolment))
    assert href.startswith("/learn/standing-in-law/")
    first = href
    reader = reading.reader_of(enrolment.advocate_id)
    module, slug = first.split("/")[2:]
    with unit_of_work():
        page = reading.page_for(reader, module, slug).page
        learning.mark_read(enrolment, page, actor=actor_for(enrolment.advocate))
    heading, href = next_of(front(browser, enrolment))
    assert href != first
    assert "Carry on reading" in front(browser, enrolment).text
    assert heading


@pytest.mark.parametrize(("due_in", "presses"), [(6 * DAY, True), (8 * DAY, False), (-DAY, True)])
def test_work_due_within_a_week_or_late_comes_before_reading(
    now, browser, due_in: timedelta, presses: bool
) -> None:
    enrolment = enrolled()
    assessment = factories.make_assessment(enrolment.cohort, due_at=NOW + due_in)
    page = front(browser, enrolment)
    assert (next_of(page)[1] == f"/assessments/{assessment.ref}") is presses
    if due_in < timedelta(0):
        assert "It may still be accepted" in page.text


def test_work_that_is_accepted_no_more_is_not_asked_for(now, browser) -> None:
    enrolment = enrolled()
    factories.make_assessment(enrolment.cohort, due_at=NOW - 60 * DAY)
    assert next_of(front(browser, enrolment))[1].startswith("/learn/")


def test_when_all_is_read_and_handed_in_it_says_what_comes(now, browser) -> None:
    enrolment = enrolled()
    for number in (0, 1):
        factories.hand_in(
            enrolment,
            factories.make_assessment(enrolment.cohort, number=number, due_at=NOW + 20 * DAY),
        )
    read_everything(enrolment)
    page = front(browser, enrolment)
    assert next_of(page)[0] == "Everything is read and handed in"
    assert "first a provisional mark with comments, then the board’s decision" in words(page)
    assert "20 of 20 credits handed in" in words(page)


def test_whoever_only_attends_is_asked_for_nothing(now, browser) -> None:
    enrolment = enrolled(kind=Kind.ATTENDS)
    factories.make_assessment(enrolment.cohort, due_at=NOW + DAY)
    page = front(browser, enrolment)
    assert next_of(page)[1].startswith("/learn/")
    assert "Due" not in words(page)
    assert "/boards/decisions" not in page.text


def test_more_time_is_told_beside_the_date(now, browser) -> None:
    enrolment = enrolled()
    assessment = factories.make_assessment(enrolment.cohort, due_at=NOW + 3 * DAY)
    with unit_of_work():
        assessments.grant_extension(enrolment, assessment, NOW + 8 * DAY, actor=SYSTEM)
    assert "More time, to 28 January 2027" in words(front(browser, enrolment))


def test_whoever_left_finds_what_was_theirs(now, browser) -> None:
    enrolment = enrolled()
    with unit_of_work():
        cohorts.change_state(enrolment, State.WITHDRAWN, actor=SYSTEM)
    page = front(browser, enrolment)
    assert next_of(page)[0] == "Nothing is waiting for you here"
    assert "Your number, and who looked" in page.text


def test_marks_carry_their_status_and_a_second_attempt_comes_first(browser) -> None:
    with clock.stopped(BOARD_DAY):
        world = make_world((60, 49))
        (enrolment,) = world.enrolments
        assert "Provisional" in words(front(browser, enrolment))
        world.ratify(RESUBMIT_BY)
        page = front(browser, enrolment)
        said = words(page)
        assert "Confirmed" in said
        assert "Second attempt due" in said
        assert next_of(page)[1] == f"/assessments/{world.assessments[1].ref}"
        assert "A second attempt is open to you." in said
        assert 'href="/boards/decisions"' in page.text


def test_after_the_award_the_standing_is_there(browser) -> None:
    with clock.stopped(BOARD_DAY):
        world = make_world((60, 60))
        world.ratify()
        said = words(front(browser, world.enrolments[0]))
    assert "Award made, accreditation pending" in said
    assert DUE < BOARD_DAY


def test_six_questions_however_many_pages_and_works(now, browser) -> None:
    enrolment = enrolled()
    empty = _asked(browser, enrolment)
    for number in (0, 1):
        factories.hand_in(
            enrolment,
            factories.make_assessment(enrolment.cohort, number=number, due_at=NOW + 20 * DAY),
        )
    read_everything(enrolment)
    assert empty <= _asked(browser, enrolment) <= 6


def _asked(browser, enrolment) -> int:
    visitor = browser(enrolment.advocate)
    visitor.get("/")
    with counting() as counted:
        visitor.get("/")
    return len(counted.queries)


def test_work_stays_with_its_module_when_the_intake_is_moved_to_other_content(now, browser) -> None:
    enrolment = enrolled()
    assessment = factories.make_assessment(enrolment.cohort, due_at=NOW + 20 * DAY)
    factories.hand_in(enrolment, assessment)
    factories.make_assessment(enrolment.cohort, number=1, due_at=NOW + 40 * DAY)
    before = words(front(browser, enrolment))
    name = "modules/01-standing-in-law/module.yml"
    text = (factories.CONTENT / name).read_text(encoding="utf-8")
    other = factories.make_content(
        {name: text.replace("summary: >-", "summary: >-\n  New.").encode()}
    )
    with unit_of_work():
        cohorts.move_content(
            enrolment.cohort, other, "The summary was wrong.", seen=0, actor=SYSTEM
        )
    after = words(front(browser, enrolment))
    assert "10 of 20 credits handed in" in before
    assert "10 of 60 credits handed in" in after
    assert after.count(assessment.brief.title) == before.count(assessment.brief.title)
