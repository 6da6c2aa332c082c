"""PERFORMANCE: how many questions a page asks, whatever the number of rows; writes; renders."""

from datetime import date, timedelta

import pytest

from lms import clock
from lms.access.actor import Role
from tests.factories import (
    hand_in,
    make_account,
    make_assessment,
    make_cohort,
    make_enrolment,
    make_organisation,
)
from tests.learning.places import a_cohort
from tests.learning.taught import PAGE, a_taught_folder
from tests.performance import bulk
from tests.performance.counting import counting, no_rendering

SIZES = (24, 1000)


def test_a_module_page_asks_five_questions_writes_nothing_and_renders_nothing(browser, tmp_path):
    enrolment = make_enrolment(a_cohort(a_taught_folder(tmp_path), date(2026, 9, 1)))
    reader = browser(enrolment.advocate)
    reader.get(PAGE)
    with counting() as counted, no_rendering() as rendered:
        page = reader.get(PAGE)
    assert page.status_code == 200
    # Who is signed in; their place and version; the page on its way; their answers; their notes.
    named = ("FROM sign_in", "FROM enrolment", "FROM module", "FROM answer", "FROM jotting")
    assert len(counted.queries) == len(named)
    for query, name in zip(counted.queries, named, strict=True):
        assert name in query.replace("\n", " ")
    assert not counted.writes
    assert counted.commits == 0
    assert not rendered


def test_the_programme_map_asks_five_questions_whatever_was_answered(browser, tmp_path):
    enrolment = make_enrolment(a_cohort(a_taught_folder(tmp_path), date(2026, 9, 1)))
    reader = browser(enrolment.advocate)
    before = _count(reader, "/learn/")
    reader.post(f"{PAGE}/read")
    reader.post(f"{PAGE}/questions/for-me", text="A line.")
    assert before == _count(reader, "/learn/") == 5
    # Session; place; modules, pages, answers; where they were: what was read, what was noted.


def test_an_advocates_front_page_asks_six_questions_and_writes_nothing(browser):
    cohort = make_cohort()
    enrolment = make_enrolment(cohort)
    for number in (0, 1):
        assessment = make_assessment(cohort, number=number)
        hand_in(enrolment, assessment)
    reader = browser(enrolment.advocate)
    reader.get("/")
    with counting() as counted, no_rendering() as rendered:
        page = reader.get("/")
    assert page.status_code == 200
    assert len(counted.queries) <= 6, counted.queries
    assert not counted.writes
    assert not rendered


def test_an_advocates_front_page_asks_no_more_on_the_day_they_are_late(browser):
    cohort = make_cohort()
    enrolment = make_enrolment(cohort)
    hand_in(enrolment, make_assessment(cohort))
    make_assessment(cohort, number=1, due_at=clock.now() - timedelta(hours=2))
    reader = browser(enrolment.advocate)
    assert "It may still be accepted" in reader.get("/").text
    with counting() as counted:
        reader.get("/")
    assert len(counted.queries) <= 6, counted.queries


def test_a_registrars_front_page_asks_as_much_of_three_intakes_as_of_one(browser):
    registrar = browser(make_account(Role.REGISTRAR))
    counts = set()
    for year in (2024, 2025, 2026):
        make_enrolment(make_cohort(year=year), accepted=False)
        counts.add(_count(registrar, "/"))
    assert len(counts) == 1


@pytest.mark.parametrize("path", ["/people/", "/organisations/", "/audit/"])
def test_lists_of_the_office_ask_as_much_of_a_thousand_as_of_24(browser, path):
    assert _asked(browser, Role.REGISTRAR, path, 24) == _asked(browser, Role.REGISTRAR, path, 1000)


def test_a_cohorts_list_asks_six_questions_whatever_its_size(browser):
    counts = set()
    for size in SIZES:
        cohort = _crowded(size)
        visitor = browser(make_account(Role.REGISTRAR))
        counts.add(_count(visitor, f"/programme/cohorts/{cohort.ref}"))
    assert len(counts) == 1
    assert counts.pop() <= 6


def test_the_register_asks_six_questions_whatever_its_size(browser):
    counts = set()
    for size in SIZES:
        _crowded(size)
        visitor = browser(make_account(Role.ACCREDITOR))
        counts.add(_count(visitor, "/accreditation/"))
    assert len(counts) == 1
    assert counts.pop() <= 6


def test_a_markers_queue_asks_six_questions_whatever_its_size(browser):
    counts = set()
    for size in SIZES:
        _, first, _ = _marked(size)
        counts.add(_count(browser(first), "/marking/"))
    assert len(counts) == 1
    assert counts.pop() <= 6


def test_the_marks_of_an_assessment_ask_as_much_of_a_thousand_as_of_24(browser):
    counts = set()
    for size in SIZES:
        assessment, _, _ = _marked(size)
        visitor = browser(make_account(Role.REGISTRAR))
        counts.add(_count(visitor, f"/marking/assessments/{assessment.ref}"))
    assert len(counts) == 1
    assert counts.pop() <= 10


def test_handing_in_is_exactly_one_commit(browser):
    enrolment = make_enrolment()
    assessment = make_assessment(enrolment.cohort)
    visitor = browser(enrolment.advocate)
    token = visitor.token()
    sent = {"csrf_token": token, "token": "a" * 20, "text": "My work.", "own_work": "y", "fit": "y"}
    with counting() as counted, no_rendering() as rendered:
        answer = visitor.client.post(f"/assessments/{assessment.ref}/submit", data=sent)
    assert answer.status_code == 303, answer.text
    assert counted.commits == 1
    assert not rendered


def _asked(browser, role, path, size):
    _crowded(size)
    return _count(browser(make_account(role)), path)


def _crowded(size):
    cohort = make_cohort(year=2026 if size == 24 else 2025)
    bulk.fill(cohort, make_organisation(), size)
    return cohort


def _marked(size):
    cohort = make_cohort(year=2026 if size == 24 else 2025)
    crowd = bulk.fill(cohort, make_organisation(), size)
    due_at = clock.now() - timedelta(hours=2)
    assessment = make_assessment(cohort, due_at=due_at)
    work = bulk.hand_in(crowd, assessment, due_at)
    first, second = make_account(Role.TUTOR), make_account(Role.TUTOR)
    bulk.mark(work, assessment, (first.id, second.id), clock.now())
    return assessment, first, second


def _count(visitor, path):
    assert visitor.get(path).status_code == 200
    with counting() as counted:
        page = visitor.get(path)
    assert page.status_code == 200
    assert not counted.writes
    return len(counted.queries)
