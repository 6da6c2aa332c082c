"""Setting work, moving deadlines, giving more time, opening further attempts."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock
from lms.access.actor import SYSTEM, Actor, Role
from lms.assessment import operations, queries
from lms.assessment.due import Due, due_for
from lms.assessment.models import Assessment, Deadline, Extension, OpenedAttempt
from lms.audit.models import AuditEntry
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from tests.factories import (
    hand_in,
    make_actor,
    make_assessment,
    make_cohort,
    make_enrolment,
)

START = datetime(2026, 10, 5, 9, tzinfo=UTC)  # a Monday
DUE = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHERS = [Role.ADVOCATE, Role.TUTOR, Role.CHAIR, Role.ACCREDITOR, Role.COORDINATOR, Role.AUTHOR]


@pytest.fixture(autouse=True)
def _stopped() -> object:
    with clock.stopped(START):
        yield


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return make_enrolment(make_cohort(extensions={"most_working_days": 10}))


@pytest.fixture
def assessment(enrolment: Enrolment) -> Assessment:
    return make_assessment(enrolment.cohort, due_at=DUE)


def extend(
    enrolment: Enrolment, assessment: Assessment, to: datetime, at: datetime = START
) -> None:
    with clock.stopped(at), unit_of_work():
        operations.grant_extension(enrolment, assessment, to, actor=SYSTEM)


def move(assessment: Assessment, to: datetime, at: datetime = START) -> None:
    with clock.stopped(at), unit_of_work():
        operations.move_deadline(assessment, to, actor=SYSTEM)


def due(enrolment: Enrolment) -> Due:
    return due_for(enrolment)[0]


def test_an_assessment_is_set_with_its_deadline(app: Flask) -> None:
    assessment, registrar = make_assessment(due_at=DUE), make_actor(Role.REGISTRAR)
    assert queries.general_deadline(assessment) == DUE
    with unit_of_work():
        operations.move_deadline(assessment, DUE + DAY, actor=registrar)
    assert queries.general_deadline(assessment) == DUE + DAY


def test_a_brief_is_set_once_for_a_cohort(assessment: Assessment) -> None:
    with pytest.raises(Conflict), unit_of_work():
        operations.set_assessment(assessment.cohort, assessment.brief, DUE, actor=SYSTEM)


def test_work_is_not_set_with_a_deadline_that_is_past(assessment: Assessment) -> None:
    with pytest.raises(RuleBroken, match="ahead"), unit_of_work():
        operations.set_assessment(assessment.cohort, assessment.brief, START, actor=SYSTEM)


@pytest.mark.parametrize("role", OTHERS)
def test_only_a_registrar_sets_moves_and_extends(
    enrolment: Enrolment, assessment: Assessment, role: Role
) -> None:
    someone = make_actor(role)
    with pytest.raises(NotFound), unit_of_work():
        operations.set_assessment(assessment.cohort, assessment.brief, DUE, actor=someone)
    with pytest.raises(NotFound), unit_of_work():
        operations.move_deadline(assessment, DUE + DAY, actor=someone)
    with pytest.raises(NotFound), unit_of_work():
        operations.grant_extension(enrolment, assessment, DUE + DAY, actor=someone)
    assert queries.deadline(enrolment, assessment) == DUE


def test_a_moved_deadline_stands_and_the_earlier_ones_are_kept(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    move(assessment, DUE + 2 * DAY)
    move(assessment, DUE + DAY)
    assert queries.deadline(enrolment, assessment) == DUE + DAY
    assert due(enrolment).due_at == DUE + DAY
    kept = db.session.scalars(select(Deadline).order_by(Deadline.seq))
    assert [(row.seq, row.due_at) for row in kept] == [
        (1, DUE),
        (2, DUE + 2 * DAY),
        (3, DUE + DAY),
    ]


def test_a_deadline_is_not_moved_into_the_past(assessment: Assessment) -> None:
    with pytest.raises(RuleBroken, match="ahead"):
        move(assessment, START - HOUR)


def test_a_deadline_that_has_passed_is_not_moved(assessment: Assessment) -> None:
    with pytest.raises(RuleBroken, match="has passed"):
        move(assessment, DUE + 5 * DAY, at=DUE + HOUR)
    assert queries.general_deadline(assessment) == DUE


def test_an_extension_is_for_one_person_alone(enrolment: Enrolment, assessment: Assessment) -> None:
    other = make_enrolment(enrolment.cohort)
    extend(enrolment, assessment, DUE + 3 * DAY)
    assert queries.deadline(enrolment, assessment) == DUE + 3 * DAY
    assert queries.deadline(other, assessment) == DUE
    assert (due(enrolment).due_at, due(enrolment).extended) == (DUE + 3 * DAY, True)
    assert (due(other).due_at, due(other).extended) == (DUE, False)


def test_an_extension_is_entered_in_the_trail_without_a_reason(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    extend(enrolment, assessment, DUE + 3 * DAY)
    row = db.session.scalars(select(Extension)).one()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "extension granted")
    ).one()
    assert entry.subject == row.ref
    assert enrolment.ref in entry.facts


def test_a_further_extension_counts_from_the_deadline_of_the_others(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    """FIELD 3.1: at most 10 working days after the original deadline."""
    extend(enrolment, assessment, DUE + 7 * DAY)
    with pytest.raises(RuleBroken) as refusal:
        extend(enrolment, assessment, DUE + 15 * DAY)
    assert refusal.value.source == "regulation 6.3"
    extend(enrolment, assessment, DUE + 14 * DAY)
    assert queries.deadline(enrolment, assessment) == DUE + 14 * DAY


def test_an_extension_is_never_taken_back_by_a_shorter_one(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    extend(enrolment, assessment, DUE + 7 * DAY)
    with pytest.raises(RuleBroken, match="later"):
        extend(enrolment, assessment, DUE + 5 * DAY)


def test_who_has_an_extension_never_has_less_time_than_the_others(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    extend(enrolment, assessment, DUE + 3 * DAY)
    move(assessment, DUE + 9 * DAY)
    assert queries.deadline(enrolment, assessment) == DUE + 9 * DAY
    assert (due(enrolment).due_at, due(enrolment).extended) == (DUE + 9 * DAY, False)


def test_an_extension_is_given_after_the_deadline_while_nothing_was_handed_in(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    extend(enrolment, assessment, DUE + 5 * DAY, at=DUE + DAY)
    assert hand_in(enrolment, assessment, at=DUE + 4 * DAY).due_at == DUE + 5 * DAY


def test_work_that_stands_is_not_opened_again_by_an_extension(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    hand_in(enrolment, assessment, at=DUE - HOUR)
    with pytest.raises(RuleBroken, match="stands"):
        extend(enrolment, assessment, DUE + 5 * DAY, at=DUE + HOUR)
    assert queries.deadline(enrolment, assessment) == DUE


def test_an_extension_before_the_deadline_lets_handed_in_work_be_replaced(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    hand_in(enrolment, assessment, at=DUE - 2 * HOUR)
    extend(enrolment, assessment, DUE + 5 * DAY, at=DUE - HOUR)
    assert hand_in(enrolment, assessment, "Better.", at=DUE + DAY).version == 2


def test_nobody_is_extended_for_work_of_another_cohort(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    stranger = make_enrolment(make_cohort(year=2025))
    with pytest.raises(NotFound):
        extend(stranger, assessment, DUE + DAY)


class Chaired:
    """A meeting, as far as a further attempt has to know it."""

    def __init__(self, chair: Actor) -> None:
        self.chair_id = chair.person_id


def open_second(enrolment: Enrolment, assessment: Assessment, due_at: datetime) -> None:
    chair = make_actor(Role.CHAIR)
    with unit_of_work():
        operations.open_attempt(
            enrolment, assessment, due_at, Chaired(chair), authority="DEC-1", actor=chair
        )


def test_a_further_attempt_has_its_own_deadline_and_versions(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    first = hand_in(enrolment, assessment, at=DUE - HOUR)
    number = queries.number_of(enrolment, assessment)
    with clock.stopped(DUE + DAY):
        open_second(enrolment, assessment, DUE + 60 * DAY)
    assert queries.current_attempt(enrolment, assessment) == 2
    assert queries.deadline(enrolment, assessment) == DUE + 60 * DAY
    second = hand_in(enrolment, assessment, at=DUE + 50 * DAY)
    third = hand_in(enrolment, assessment, at=DUE + 51 * DAY)
    handed_in = [(s.attempt, s.version, s.due_at) for s in (first, second, third)]
    assert handed_in == [(1, 1, DUE), (2, 1, DUE + 60 * DAY), (2, 2, DUE + 60 * DAY)]
    assert queries.number_of(enrolment, assessment) == number
    assert (due(enrolment).attempt, due(enrolment).submission) == (2, third)


def test_a_further_attempt_is_extended_from_its_own_deadline(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    extend(enrolment, assessment, DUE + 3 * DAY)
    later = datetime(2027, 2, 3, 12, tzinfo=UTC)
    open_second(enrolment, assessment, later)
    assert due(enrolment).extended is False
    extend(enrolment, assessment, later + 2 * DAY)
    assert queries.deadline(enrolment, assessment) == later + 2 * DAY
    assert (due(enrolment).due_at, due(enrolment).extended) == (later + 2 * DAY, True)


def test_the_general_deadline_says_nothing_about_a_further_attempt(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    open_second(enrolment, assessment, DUE - 5 * DAY)
    move(assessment, DUE + 20 * DAY)
    assert queries.deadline(enrolment, assessment) == DUE - 5 * DAY
    assert due(enrolment).due_at == DUE - 5 * DAY


def test_a_further_attempt_is_not_opened_with_a_deadline_that_is_past(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    with pytest.raises(RuleBroken, match="ahead"):
        open_second(enrolment, assessment, START)


def test_only_the_chair_of_the_meeting_opens_a_further_attempt(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    chair, other = make_actor(Role.CHAIR), make_actor(Role.CHAIR)
    for someone in (other, make_actor(Role.REGISTRAR)):
        with pytest.raises(NotFound), unit_of_work():
            operations.open_attempt(
                enrolment, assessment, DUE, Chaired(chair), authority="DEC-1", actor=someone
            )
    assert db.session.scalar(select(OpenedAttempt)) is None
