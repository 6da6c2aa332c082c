"""What is before a board: facts only, under numbers of its own."""

import re
from datetime import timedelta

import pytest

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts.queries import actor_for
from lms.assessment import operations as assessments, queries as work
from lms.board import queries, rules
from lms.board.rules import Outcome, Profile, WorkState
from lms.cohorts import operations as cohorts
from lms.cohorts.rules import Kind, State
from lms.db import unit_of_work
from tests import factories
from tests.board.world import BOARD_DAY, DUE, RESUBMIT_BY, World, convene, make_world
from tests.performance.counting import counting

pytestmark = pytest.mark.usefixtures("board_day")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def profile(world: World, which: int = 0, at=BOARD_DAY) -> Profile:
    (found,) = (
        each
        for each in queries.profiles_before(world.meeting, at)
        if each.enrolment_id == world.enrolments[which].id
    )
    return found


def states(world: World, which: int = 0, at=BOARD_DAY) -> list[WorkState]:
    return [one.state for each in profile(world, which, at).modules for one in each.works]


def outcome(world: World, which: int = 0, at=BOARD_DAY) -> Outcome:
    return rules.outcome(profile(world, which, at), world.cohort.regulations).outcome


def test_each_candidate_has_a_number_of_this_board_and_no_other() -> None:
    world = make_world((60, 60), (60, 60), (60, 60))
    numbers = queries.numbers(world.meeting)
    assert len(set(numbers.values())) == 3
    assert all(re.fullmatch(r"[0-9]{4}-[A-HJKMNP-TV-Z]", each) for each in numbers.values())
    for enrolment in world.enrolments:
        theirs = {work.number_of(enrolment, each) for each in world.assessments}
        assert numbers[enrolment.id] not in theirs
    again = convene(world.cohort, world.chair, world.member, world.external)
    assert set(queries.numbers(again).values()) != set(numbers.values())


def test_the_order_of_the_papers_is_that_of_the_numbers_not_of_the_enrolments() -> None:
    world = make_world(*[(60, 60)] * 4)
    shown = [each.number for each in queries.profiles_before(world.meeting, BOARD_DAY)]
    assert shown == sorted(shown)
    in_turn = set()
    for _ in range(6):
        meeting = convene(world.cohort, world.chair, world.member, world.external)
        numbers = queries.numbers(meeting)
        in_turn.add(tuple(sorted(numbers, key=lambda each, n=numbers: n[each])))
    assert len(in_turn) > 1


def test_whoever_only_attends_comes_before_no_board() -> None:
    world = make_world((60, 60))
    with clock.stopped(DUE - 60 * DAY):
        attends = factories.make_enrolment(world.cohort, kind=Kind.ATTENDS)
        offered = factories.make_enrolment(world.cohort, accepted=False)
    meeting = convene(world.cohort, world.chair, world.member, world.external)
    assert {attends.id, offered.id}.isdisjoint(queries.numbers(meeting))


def test_a_module_that_was_never_set_is_needed_for_the_award_all_the_same() -> None:
    cohort = factories.make_cohort(year=2026)
    enrolment = factories.make_enrolment(cohort)
    assessment = factories.make_assessment(cohort, due_at=DUE)
    factories.hand_in(enrolment, assessment, at=DUE - HOUR)
    factories.mark_all(assessment)
    chair, member = factories.make_account(Role.CHAIR), factories.make_account(Role.TUTOR)
    external = factories.make_account(Role.EXTERNAL_EXAMINER)
    meeting = convene(cohort, chair, member, external)
    (found,) = queries.profiles_before(meeting, BOARD_DAY)
    assert [each.credits for each in found.modules] == [10, 10]
    assert found.modules[1].works[0].assessment_id is None
    decided = rules.outcome(found, cohort.regulations)
    assert decided.outcome is Outcome.DEFER
    assert decided.steps[-1].sum == "10 of 20"


def test_where_nothing_was_set_nobody_is_awarded_anything() -> None:
    cohort = factories.make_cohort(year=2026)
    factories.make_enrolment(cohort)
    chair, member = factories.make_account(Role.CHAIR), factories.make_account(Role.TUTOR)
    external = factories.make_account(Role.EXTERNAL_EXAMINER)
    meeting = convene(cohort, chair, member, external)
    (found,) = queries.profiles_before(meeting, BOARD_DAY)
    assert rules.outcome(found, cohort.regulations).outcome is Outcome.DEFER


def test_nothing_counts_as_missing_while_late_work_is_still_accepted() -> None:
    # Ten working days after Monday 1 March are up on Monday 15 March, at the same time.
    world = make_world((60, None))
    closes = DUE + 14 * DAY
    assert states(world, at=closes)[1] is WorkState.OPEN
    assert outcome(world, at=closes) is Outcome.DEFER
    assert states(world, at=closes + HOUR)[1] is WorkState.MISSING
    assert outcome(world, at=closes + HOUR) is Outcome.REFER


def test_whoever_has_more_time_is_not_missing_before_it_is_over() -> None:
    world = make_world((60, None), (60, None), late_work={"kind": "not_accepted"})
    with clock.stopped(DUE - DAY), unit_of_work():
        assessments.grant_extension(
            world.enrolments[0], world.assessments[1], DUE + 3 * DAY, actor=SYSTEM
        )
    at = DUE + 2 * DAY
    assert states(world, 0, at)[1] is WorkState.OPEN
    assert states(world, 1, at)[1] is WorkState.MISSING
    assert states(world, 0, DUE + 4 * DAY)[1] is WorkState.MISSING


def test_an_extension_never_leaves_somebody_less_time_than_the_others() -> None:
    world = make_world((60, None), late_work={"kind": "not_accepted"})
    with clock.stopped(DUE - DAY), unit_of_work():
        assessments.grant_extension(
            world.enrolments[0], world.assessments[1], DUE + 2 * DAY, actor=SYSTEM
        )
        assessments.move_deadline(world.assessments[1], DUE + 9 * DAY, actor=SYSTEM)
    assert states(world, at=DUE + 5 * DAY)[1] is WorkState.OPEN


def test_work_handed_in_early_waits_for_its_deadline_and_then_for_its_marks() -> None:
    world = make_world((60, None))
    with clock.stopped(BOARD_DAY), unit_of_work():
        # A second attempt stands for any work whose deadline is not this board's.
        assessments.open_attempt(
            world.enrolments[0],
            world.assessments[1],
            RESUBMIT_BY,
            world.meeting,
            authority="DEC-TEST",
            actor=actor_for(world.chair),
        )
    factories.hand_in(world.enrolments[0], world.assessments[1], at=BOARD_DAY + DAY)
    before, after = RESUBMIT_BY - HOUR, RESUBMIT_BY + HOUR
    assert states(world, at=before) == [WorkState.MARKED, WorkState.OPEN]
    assert states(world, at=after) == [WorkState.MARKED, WorkState.IN_MARKING]


def test_a_further_attempt_takes_the_place_of_the_first() -> None:
    world = make_world((60, 40))
    world.ratify(RESUBMIT_BY)
    second = profile(world).modules[1].works[0]
    assert (second.attempt, second.state, second.mark) == (2, WorkState.OPEN, None)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.ON_LEAVE])
def test_nothing_is_decided_on_whoever_left_or_is_on_leave(state: State) -> None:
    world = make_world((60, 60), (60, 60))
    left = world.number(1)
    with unit_of_work():
        cohorts.change_state(world.enrolments[1], state, actor=SYSTEM)
    assert queries.gone(world.meeting) == [left]
    (decided,) = world.ratify()
    assert decided.enrolment_id == world.enrolments[0].id
    # Whoever was decided on stays in the papers, though no longer enrolled.
    assert list(queries.numbers(world.meeting).values()) == [decided.number]


def test_profiles_ask_seven_questions_however_many_are_before_the_board() -> None:
    world = make_world((60, 60), (60, None), (40, 30))
    meeting = queries.meeting(world.meeting.ref)
    assert meeting.cohort.regulations  # loaded beforehand, as its page has it
    with counting() as counted:
        assert len(queries.profiles_before(meeting, BOARD_DAY)) == 3
    assert len(counted.queries) == 7
    assert not counted.writes
