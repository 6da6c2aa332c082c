"""Who may mark, and who gets which script: by candidate number, never one's own, never twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.assessment import operations as assessments
from lms.assessment.models import Assessment, CandidateNumber
from lms.assessment.queries import number_of
from lms.cohorts.models import Enrolment
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.marking import operations, staffing
from lms.marking.models import Claim
from lms.marking.rules import Stage
from tests.factories import (
    actor_of,
    allocate,
    hand_in,
    make_account,
    make_actor,
    make_assessment,
    make_cohort,
    make_enrolment,
    take_and_mark,
    trail_of,
)

START = datetime(2026, 10, 5, 9, tzinfo=UTC)
DUE = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MARKING = DUE + DAY
FIRST, SECOND = Stage


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    with clock.stopped(START):
        yield


@pytest.fixture
def assessment(app: Flask) -> Assessment:
    return make_assessment(make_cohort(), due_at=DUE)


@pytest.fixture
def tutor(app: Flask) -> Account:
    return make_account(Role.TUTOR)


def let(assessment: Assessment, marker: Account, stage: Stage) -> str:
    with unit_of_work():
        return operations.allocate(assessment, marker, stage, actor=SYSTEM).ref


def end(ref: str) -> None:
    with unit_of_work():
        operations.end_allocation(staffing.allocation(ref), actor=SYSTEM)


def take(
    assessment: Assessment, marker: Account, stage: Stage = FIRST, at: datetime = MARKING
) -> Claim:
    with clock.stopped(at), unit_of_work():
        return operations.take_next(assessment, stage, actor=actor_of(marker))


def none_for(
    assessment: Assessment, marker: Account, stage: Stage = FIRST, at: datetime = MARKING
) -> None:
    with pytest.raises(RuleBroken, match="No script is waiting for you"):
        take(assessment, marker, stage, at)


def hands_in(assessment: Assessment, *, at: datetime = DUE - HOUR) -> Enrolment:
    enrolment = make_enrolment(assessment.cohort)
    hand_in(enrolment, assessment, at=at)
    return enrolment


def test_a_registrar_lets_a_tutor_mark_at_a_stage(assessment: Assessment, tutor: Account) -> None:
    registrar = make_actor(Role.REGISTRAR)
    with unit_of_work():
        made = operations.allocate(assessment, tutor, SECOND, actor=registrar)
    assert (made.marker_id, made.stage, made.made_by) == (tutor.id, SECOND, registrar.ref)
    assert "markers allocated" in trail_of(assessment.ref)
    assert [each.id for each in staffing.allocations(assessment)] == [made.id]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTRAR}))
def test_nobody_else_allocates_or_ends(assessment: Assessment, tutor: Account, role: Role) -> None:
    standing = let(assessment, tutor, FIRST)
    someone, other = make_actor(role), make_account(Role.TUTOR)
    with pytest.raises(NotFound), unit_of_work():
        operations.allocate(assessment, other, FIRST, actor=someone)
    with pytest.raises(NotFound), unit_of_work():
        operations.end_allocation(staffing.allocation(standing), actor=someone)
    assert len(staffing.allocations(assessment)) == 1


def test_only_a_tutor_is_allocated_and_once_at_a_stage(
    assessment: Assessment, tutor: Account
) -> None:
    for role in set(Role) - {Role.TUTOR}:
        with pytest.raises(RuleBroken, match="Only a tutor"):
            let(assessment, make_account(role), FIRST)
    let(assessment, tutor, FIRST)
    with pytest.raises(Conflict):
        let(assessment, tutor, FIRST)


def test_a_tutor_without_allocation_takes_nothing(assessment: Assessment, tutor: Account) -> None:
    hands_in(assessment)
    with pytest.raises(NotFound):
        take(assessment, tutor)
    let(assessment, tutor, FIRST)
    with pytest.raises(NotFound):
        take(assessment, tutor, SECOND)
    other = make_assessment(assessment.cohort, number=1, due_at=DUE)
    with pytest.raises(NotFound):
        take(other, tutor)


def test_scripts_are_taken_by_candidate_number_whoever_handed_in_first(
    assessment: Assessment, tutor: Account
) -> None:
    for hours in (5, 3, 4, 1, 2):
        hands_in(assessment, at=DUE - hours * HOUR)
    let(assessment, tutor, FIRST)
    taken = [take(assessment, tutor).number for _ in range(5)]
    everybody = db.session.scalars(select(CandidateNumber.number)).all()
    assert taken == sorted(everybody)
    none_for(assessment, tutor)


def test_a_script_goes_to_one_marker_at_a_stage(assessment: Assessment, tutor: Account) -> None:
    other = make_account(Role.TUTOR)
    for _ in range(2):
        hands_in(assessment)
    for each in (tutor, other):
        let(assessment, each, FIRST)
    assert take(assessment, tutor).submission_id != take(assessment, other).submission_id
    none_for(assessment, tutor)


def test_nobody_ever_holds_a_script_at_both_stages(assessment: Assessment, tutor: Account) -> None:
    hands_in(assessment)
    let(assessment, tutor, FIRST)
    let(assessment, tutor, SECOND)
    take(assessment, tutor, FIRST)
    none_for(assessment, tutor, SECOND)


def test_who_was_first_marker_is_not_second_marker_of_the_same_script_afterwards(
    assessment: Assessment, tutor: Account
) -> None:
    """Neither after the first mark is given, nor once the first allocation has ended."""
    hands_in(assessment)
    standing = let(assessment, tutor, FIRST)
    with clock.stopped(MARKING):
        first = take_and_mark(assessment, tutor, FIRST)
    end(standing)
    let(assessment, tutor, SECOND)
    none_for(assessment, tutor, SECOND)
    claims = db.session.scalar(
        select(func.count()).select_from(Claim).where(Claim.submission_id == first.submission_id)
    )
    assert claims == 1


def test_two_who_have_both_stages_each_second_mark_what_the_other_marked_first(
    assessment: Assessment, tutor: Account
) -> None:
    other = make_account(Role.TUTOR)
    for _ in range(4):
        hands_in(assessment)
    for each in (tutor, other):
        for stage in Stage:
            let(assessment, each, stage)
    first = {}
    for each in (tutor, other, tutor, other):
        first[take(assessment, each, FIRST).submission_id] = each.id
    for each in (tutor, other, tutor, other):
        assert first[take(assessment, each, SECOND).submission_id] != each.id


def test_nobody_marks_their_own_work(assessment: Assessment) -> None:
    """A tutor who also trains: two roles in one account never combine."""
    mine, other = hands_in(assessment), hands_in(assessment)
    with unit_of_work():
        accounts.grant_role(mine.advocate, Role.TUTOR, at="", actor=SYSTEM)
    for stage in Stage:
        let(assessment, mine.advocate, stage)
    assert take(assessment, mine.advocate).submission.enrolment_id == other.id
    none_for(assessment, mine.advocate)
    none_for(assessment, mine.advocate, SECOND)


def test_who_is_ended_takes_no_more_and_keeps_what_is_in_hand(
    assessment: Assessment, tutor: Account
) -> None:
    for _ in range(2):
        hands_in(assessment)
    standing = let(assessment, tutor, FIRST)
    take(assessment, tutor)
    end(standing)
    with pytest.raises(NotFound):
        take(assessment, tutor)
    assert staffing.queues_of(tutor.id, MARKING) == []
    with pytest.raises(Conflict):
        end(standing)
    let(assessment, tutor, FIRST)
    assert take(assessment, tutor).stage == FIRST


def test_a_script_is_taken_only_once_nothing_can_replace_it(
    assessment: Assessment, tutor: Account
) -> None:
    hands_in(assessment)
    let(assessment, tutor, FIRST)
    for at in (DUE - HOUR, DUE, DUE + timedelta(seconds=59)):
        none_for(assessment, tutor, at=at)
    assert take(assessment, tutor, at=DUE + MINUTE)


def test_a_deadline_that_was_moved_after_the_work_came_is_waited_for(
    assessment: Assessment, tutor: Account
) -> None:
    enrolment = hands_in(assessment, at=DUE - 2 * HOUR)
    with clock.stopped(DUE - HOUR), unit_of_work():
        assessments.move_deadline(assessment, DUE + 7 * DAY, actor=SYSTEM)
    let(assessment, tutor, FIRST)
    none_for(assessment, tutor, at=DUE + DAY)
    better = hand_in(enrolment, assessment, "Better.", at=DUE + 2 * DAY)
    assert staffing.queues_of(tutor.id, DUE + 6 * DAY)[0].waiting == 0
    assert take(assessment, tutor, at=DUE + 8 * DAY).submission_id == better.id
    none_for(assessment, tutor, at=DUE + 8 * DAY)


def test_an_extension_is_waited_for_and_one_that_the_others_overtook_too(
    assessment: Assessment, tutor: Account
) -> None:
    enrolment = hands_in(assessment, at=DUE - 3 * HOUR)
    other = hands_in(assessment, at=DUE - 3 * HOUR)
    with clock.stopped(DUE - 2 * HOUR), unit_of_work():
        assessments.grant_extension(enrolment, assessment, DUE + 5 * DAY, actor=SYSTEM)
    let(assessment, tutor, FIRST)
    assert take(assessment, tutor, at=DUE + DAY).number == number_of(other, assessment)
    none_for(assessment, tutor, at=DUE + 5 * DAY)
    assert take(assessment, tutor, at=DUE + 6 * DAY).number == number_of(enrolment, assessment)


def test_whoever_has_an_extension_shorter_than_the_moved_deadline_is_waited_for(
    assessment: Assessment, tutor: Account
) -> None:
    enrolment = hands_in(assessment, at=DUE - 3 * HOUR)
    with clock.stopped(DUE - 2 * HOUR), unit_of_work():
        assessments.grant_extension(enrolment, assessment, DUE + 2 * DAY, actor=SYSTEM)
        assessments.move_deadline(assessment, DUE + 9 * DAY, actor=SYSTEM)
    let(assessment, tutor, FIRST)
    none_for(assessment, tutor, at=DUE + 3 * DAY)
    assert take(assessment, tutor, at=DUE + 10 * DAY)


def test_only_the_version_that_counts_is_marked(assessment: Assessment, tutor: Account) -> None:
    enrolment = hands_in(assessment, at=DUE - 2 * HOUR)
    last = hand_in(enrolment, assessment, "Better.", at=DUE - HOUR)
    allocate(assessment, tutor, make_account(Role.TUTOR))
    assert staffing.queues_of(tutor.id, MARKING)[0].waiting == 1
    assert take(assessment, tutor).submission_id == last.id
    none_for(assessment, tutor)


def test_the_trail_notes_who_took_what(assessment: Assessment, tutor: Account) -> None:
    hands_in(assessment)
    let(assessment, tutor, FIRST)
    assert trail_of(take(assessment, tutor).ref) == ["script taken"]
