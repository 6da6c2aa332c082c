"""The registrar's pages: setting work, moving deadlines, more time for one person; London time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms import clock, refs
from lms.access.actor import Role
from lms.assessment import queries
from lms.assessment.models import Assessment, Deadline, Extension
from lms.catalogue.queries import briefs_of
from lms.cohorts.models import Enrolment
from lms.db import db
from tests.factories import (
    hand_in,
    make_account,
    make_assessment,
    make_cohort,
    make_enrolment,
    trail_of,
)
from tests.support.pages import Visitor, moment

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
DUE = datetime(2027, 3, 24, 17, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    with clock.stopped(START):
        yield


@pytest.fixture
def registrar(app: Flask, browser: Any) -> Visitor:
    visitor: Visitor = browser(make_account(Role.REGISTRAR))
    return visitor


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return make_enrolment(make_cohort(year=2026))


def setting_of(enrolment: Enrolment, number: int = 0) -> str:
    brief = briefs_of(enrolment.cohort.content_version_id)[number]
    return f"/programme/cohorts/{enrolment.cohort.ref}/assessments/{brief.module.slug}/{brief.key}"


def extension_of(enrolment: Enrolment, assessment: Assessment) -> str:
    return f"/programme/assessments/{assessment.ref}/extensions/{enrolment.ref}"


def boxes(day: str, time: str) -> dict[str, str]:
    """What is typed: a day like 28 3 2027, and a time."""
    named = zip(("day", "month", "year"), day.split(), strict=True)
    return {f"due_at__{name}": value for name, value in named} | {"due_at__time": time}


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\xa0", " ").split())


def deadlines() -> list[datetime]:
    return list(db.session.scalars(select(Deadline.due_at).order_by(Deadline.id)))


def test_work_is_set_with_a_deadline_and_the_deadline_is_moved(
    registrar: Visitor, enrolment: Enrolment
) -> None:
    page = registrar.fill_in(setting_of(enrolment), **moment("due_at", DUE))
    assert "The deadline is set." in page.text
    assert "24 March 2027, 17:00 (UK time)" in words(page)
    registrar.fill_in(setting_of(enrolment), **moment("due_at", DUE + DAY))
    assert deadlines() == [DUE, DUE + DAY]
    assessment = db.session.scalars(select(Assessment)).one()
    assert trail_of(assessment.ref) == ["assessment set", "deadline moved"]


# In 2027 the clocks go forward on 28 March at 01:00 and back on 31 October at 02:00 London time.
WALL = [
    ("27 3 2027", "17:00", datetime(2027, 3, 27, 17, tzinfo=UTC)),
    ("28 3 2027", "00:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
    ("28 3 2027", "02:00", datetime(2027, 3, 28, 1, tzinfo=UTC)),
    ("28 3 2027", "17:00", datetime(2027, 3, 28, 16, tzinfo=UTC)),
    ("30 10 2027", "17:00", datetime(2027, 10, 30, 16, tzinfo=UTC)),
    ("31 10 2027", "00:30", datetime(2027, 10, 30, 23, 30, tzinfo=UTC)),
    # Comes twice; the later one is meant: the other would take an hour from somebody.
    ("31 10 2027", "01:30", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ("31 10 2027", "02:00", datetime(2027, 10, 31, 2, tzinfo=UTC)),
    ("29 2 2028", "23:59", datetime(2028, 2, 29, 23, 59, tzinfo=UTC)),
]


@pytest.mark.parametrize(("day", "time", "meant"), WALL)
def test_a_deadline_is_typed_and_shown_as_london_wall_time(
    registrar: Visitor, enrolment: Enrolment, day: str, time: str, meant: datetime
) -> None:
    page = registrar.fill_in(setting_of(enrolment), **boxes(day, time))
    assert page.status_code == 200
    assert deadlines() == [meant]
    assert f", {time} (UK time)" in words(page)


@pytest.mark.parametrize("time", ["01:00", "01:30", "01:59"])
def test_a_time_that_spring_leaves_out_is_refused_with_the_nearest(
    registrar: Visitor, enrolment: Enrolment, time: str
) -> None:
    page = registrar.fill_in(setting_of(enrolment), **boxes("28 3 2027", time))
    assert page.status_code == 422
    nearest = f"Enter {time.replace('01', '00', 1)} or {time.replace('01', '02', 1)}"
    assert f"There is no {time} on 28 March 2027: the clocks go forward. {nearest}" in words(page)
    assert f'value="{time}"' in page.text
    assert deadlines() == []


@pytest.mark.parametrize(
    ("minutes", "taken"), [(-60, True), (0, True), (30, True), (65, True), (66, False)]
)
def test_in_the_hour_that_comes_twice_nothing_on_time_becomes_late(
    app: Flask, browser: Any, minutes: int, taken: bool
) -> None:
    """Due at 01:30 on the night of 31 October 2027: both of them are in time, and 5 minutes."""
    enrolment = make_enrolment(make_cohort(year=2026, late_work={"kind": "not_accepted"}))
    assessment = make_assessment(enrolment.cohort, due_at=datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    with clock.stopped(datetime(2027, 10, 31, 0, 30, tzinfo=UTC) + timedelta(minutes=minutes)):
        visitor = browser(enrolment.advocate)
        sent = {"csrf_token": visitor.token(), "text": "Mine.", "own_work": "y", "fit": "y"}
        answer = visitor.client.post(f"/assessments/{assessment.ref}/submit", data=sent)
        assert answer.status_code == (303 if taken else 422)
        if taken:
            receipt = visitor.get(answer.headers["Location"])
            assert f"{clock.now():%Y-%m-%dT%H:%M:%SZ}" in receipt.text
            assert "late. " not in words(receipt)


def test_more_time_is_given_to_one_person_later_than_what_they_have(
    registrar: Visitor, browser: Any, enrolment: Enrolment
) -> None:
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    path = extension_of(enrolment, assessment)
    shown = words(registrar.get(path))
    assert "Due now 24 March 2027, 17:00 (UK time)" in shown
    assert "The registrar may give one person up to 10 working days more." in shown
    assert "Why is not recorded here." in shown
    page = registrar.fill_in(path, **moment("due_at", DUE + 2 * DAY))
    assert "The new deadline is set for this advocate." in page.text
    assert "With more time" in page.text
    for none in (DUE + 2 * DAY, DUE + DAY, DUE - DAY):
        refused = registrar.fill_in(path, **moment("due_at", none))
        assert refused.status_code == 422
        assert "An extension moves the deadline later." in refused.text
    too_long = registrar.fill_in(path, **moment("due_at", DUE + 30 * DAY))
    assert "up to 10 working days more. (regulation 6.3)" in words(too_long)
    assert queries.deadline(enrolment, assessment) == DUE + 2 * DAY
    given = db.session.scalars(select(Extension)).one()
    assert (given.attempt, trail_of(given.ref)) == (1, ["extension granted"])
    advocate = words(browser(enrolment.advocate).get("/assessments/"))
    assert "Due 26 March 2027, 17:00 (UK time)" in advocate
    assert "with more time" in advocate


def test_a_deadline_that_has_passed_can_not_be_moved_on_a_page(
    browser: Any, enrolment: Enrolment
) -> None:
    make_assessment(enrolment.cohort, due_at=DUE)
    with clock.stopped(DUE + HOUR):
        registrar = browser(make_account(Role.REGISTRAR))
        page = registrar.fill_in(setting_of(enrolment), **moment("due_at", DUE + 9 * DAY))
        assert page.status_code == 422
        assert "The deadline has passed, so it stays." in page.text
    assert deadlines() == [DUE]


def test_an_extension_for_somebody_of_another_intake_is_not_there(
    registrar: Visitor, enrolment: Enrolment
) -> None:
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    stranger = make_enrolment(make_cohort(year=2025))
    for there in (
        extension_of(stranger, assessment),
        f"/programme/assessments/{assessment.ref}/extensions/{refs.new('ENR')}",
    ):
        assert registrar.get(there).status_code == 404
        assert registrar.post(there, **{"due_at-day": "1"}).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Extension)) == 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTRAR}))
def test_nobody_but_a_registrar_sees_or_changes_a_deadline_here(
    browser: Any, enrolment: Enrolment, role: Role
) -> None:
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    visitor = browser(make_account(role) if role is not Role.ADVOCATE else enrolment.advocate)
    for path in (
        setting_of(enrolment),
        extension_of(enrolment, assessment),
        f"/programme/enrolments/{enrolment.ref}/work",
        f"/programme/cohorts/{enrolment.cohort.ref}/assessments",
    ):
        assert visitor.get(path).status_code == 404
    sent = {name.replace("__", "-"): value for name, value in moment("due_at", DUE + DAY).items()}
    for path in (setting_of(enrolment), extension_of(enrolment, assessment)):
        assert visitor.post(path, **sent).status_code == 404
    assert queries.deadline(enrolment, assessment) == DUE


def test_the_page_of_a_persons_work_shows_no_mark_and_no_candidate_number(
    registrar: Visitor, enrolment: Enrolment
) -> None:
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    hand_in(enrolment, assessment)
    page = registrar.get(f"/programme/enrolments/{enrolment.ref}/work")
    assert "Handed in" in page.text
    assert queries.number_of(enrolment, assessment) not in page.text
