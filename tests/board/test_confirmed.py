"""Once a board has ratified, marks are confirmed, and nothing changes them any more."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError

from lms import clock
from lms.access.actor import SYSTEM
from lms.accounts.queries import actor_for
from lms.assessment import operations as assessments
from lms.assessment.queries import handed_in
from lms.board import operations, queries
from lms.board.rules import Outcome, WorkState
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import state_of
from lms.cohorts.rules import State
from lms.db import db, unit_of_work
from lms.errors import Conflict, LmsError, RuleBroken
from lms.marking import operations as marking, queries as marks, release_operations
from lms.marking.rules import Stage
from tests import factories
from tests.board.world import (
    BOARD_DAY,
    DUE,
    RESUBMIT_BY,
    World,
    attend,
    convene,
    make_world,
    mark,
)

pytestmark = pytest.mark.usefixtures("board_day")
DAY = timedelta(days=1)


def ratified() -> World:
    world = make_world((60, 49))
    world.ratify(RESUBMIT_BY)
    return world


def confirmed_marks(enrolment: Enrolment, world: World) -> list[tuple[str, bool]]:
    works = [one for each in world.assessments for one in handed_in(enrolment, each)]
    results = marks.results_of(each.id for each in works)
    return [(str(results[each.id].mark), results[each.id].confirmed) for each in works]


def test_a_mark_is_provisional_before_the_board_and_confirmed_after() -> None:
    world = make_world((60, 49))
    (enrolment,) = world.enrolments
    assert confirmed_marks(enrolment, world) == [("60", False), ("49", False)]
    world.ratify(RESUBMIT_BY)
    assert confirmed_marks(enrolment, world) == [("60", True), ("49", True)]
    for submission in handed_in(enrolment, world.assessments[0]):
        assert factories.trail_of(submission.ref)[-1] == "mark confirmed"


def ways_to_change(world: World) -> dict[str, Callable[[], object]]:
    """Everything that could touch a mark of the first module, tried by whoever may."""
    (enrolment,), assessment = world.enrolments, world.assessments[0]
    first, second = (actor_for(each) for each in world.tutors)
    (work,) = handed_in(enrolment, assessment)
    claim = next(
        each for each, *_ in marks.claims_of(first.person_id) if each.submission_id == work.id
    )
    better = factories.some_marks(claim, 99, reason="We looked at it once more, together.")
    chair, registrar = actor_for(world.chair), actor_for(world.registrar)
    agreed = marks.proposal_of(work).event.ref
    return {
        "mark again": lambda: marking.give_mark(claim, better, actor=first),
        "keep a draft": lambda: marking.save_draft(claim, better, 0, actor=first),
        "take the script": lambda: marking.take_next(assessment, Stage.FIRST, actor=first),
        "reconcile again": lambda: marking.propose(work, better, actor=first),
        "agree again": lambda: marking.agree(work, agreed, actor=second),
        "release again": lambda: release_operations.release(assessment, actor=registrar),
        "confirm again": lambda: release_operations.confirm_mark(
            work, world.meeting, authority="DEC-OTHER", actor=chair
        ),
        "give more time": lambda: assessments.grant_extension(
            enrolment, assessment, BOARD_DAY + DAY, actor=registrar
        ),
        "move the deadline": lambda: assessments.move_deadline(
            assessment, BOARD_DAY + DAY, actor=registrar
        ),
        "ratify again": lambda: operations.ratify(world.meeting, RESUBMIT_BY, actor=chair),
    }


def test_no_way_leads_to_another_mark_after_the_board() -> None:
    world = ratified()
    before = confirmed_marks(world.enrolments[0], world)
    streams = db.session.execute(text("SELECT count(*) FROM mark_event")).scalar()
    for way, act in ways_to_change(world).items():
        try:
            with unit_of_work():
                act()
        except (RuleBroken, Conflict):
            continue
        pytest.fail(f"after the board somebody could still {way}")
    assert confirmed_marks(world.enrolments[0], world) == before
    assert db.session.execute(text("SELECT count(*) FROM mark_event")).scalar() == streams


@pytest.mark.parametrize("at", [DUE + DAY, BOARD_DAY + DAY])
def test_work_handed_in_late_never_replaces_what_was_marked(at) -> None:
    world = ratified()
    with pytest.raises(LmsError):
        factories.hand_in(world.enrolments[0], world.assessments[0], "# Better", at=at)
    assert len(handed_in(world.enrolments[0], world.assessments[0])) == 1


def test_the_database_itself_refuses_to_change_what_was_decided() -> None:
    ratified()
    for statement in (
        "UPDATE mark_event SET facts = '{}' WHERE what = 'released'",
        "DELETE FROM mark_event WHERE what = 'confirmed'",
        "UPDATE criterion_mark SET points = 99",
        "DELETE FROM criterion_mark",
        "UPDATE decision SET outcome = 'award'",
        "DELETE FROM decision",
        "UPDATE ratification SET ratified_by = 'USR-OTHER'",
        "DELETE FROM ratification",
        "UPDATE meeting SET chair_id = chair_id + 1",
        "UPDATE meeting_presence SET recorded_by = 'USR-OTHER'",
        "UPDATE board_number SET number = '0000-A'",
        "UPDATE standing_event SET standing = 'accredited'",
        "DELETE FROM standing_event",
    ):
        with (
            pytest.raises((IntegrityError, InternalError), match="never changed or removed"),
            db.engine.begin() as connection,
        ):
            connection.execute(text(statement))


def second_board(world: World, points: int | None) -> World:
    """A later board, for whoever was referred and got so much at the second attempt."""
    again = world.assessments[1]
    if points is not None:
        (enrolment,) = world.enrolments
        factories.hand_in(enrolment, again, "# Again", at=RESUBMIT_BY - DAY)
    with clock.stopped(RESUBMIT_BY + 30 * DAY):
        if points is not None:
            mark(again, {enrolment.id: points}, world.tutors, world.registrar)
        meeting = convene(world.cohort, world.chair, world.member, world.external)
        attend(meeting, world.chair, world.member, world.external)
        later = World(**{**vars(world), "meeting": meeting})
        later.ratify()
    return later


def test_a_second_attempt_is_capped_and_leads_to_the_award_at_a_later_board() -> None:
    # 71 at the second attempt gets at most 50 (7.2 of the example); 60 and 50 pass.
    world = ratified()
    later = second_board(world, 71)
    decision = later.decision()
    assert decision.outcome == Outcome.AWARD
    assert [m["mark"] for m in decision.marks] == ["60", "50"]
    assert any("at most 50" in step["sum"] for step in decision.working)
    assert state_of(world.enrolments[0]) is State.COMPLETED
    # What the first board decided stays as it was.
    assert world.decision().outcome == Outcome.REFER
    assert [m["mark"] for m in world.decision().marks] == ["60", "49"]


@pytest.mark.parametrize("points", [30, None])
def test_a_second_attempt_that_fails_or_never_comes_ends_the_way(points: int | None) -> None:
    later = second_board(ratified(), points)
    assert later.decision().outcome == Outcome.FAIL
    assert state_of(later.enrolments[0]) is State.ENROLLED


def test_a_deferral_confirms_the_marks_that_are_there_and_waits_for_the_rest() -> None:
    world = make_world((60, None))
    with clock.stopped(DUE + DAY):
        world.ratify()
    assert world.decision().outcome == Outcome.DEFER
    assert [m["mark"] for m in world.decision().marks] == ["60", None]
    assert confirmed_marks(world.enrolments[0], world) == [("60", True)]
    (profile,) = queries.profiles_before(world.meeting, DUE + DAY)
    assert profile.modules[1].works[0].state is WorkState.OPEN


def test_the_system_itself_confirms_nothing_twice() -> None:
    world = ratified()
    (work,) = handed_in(world.enrolments[0], world.assessments[0])
    with pytest.raises(Conflict), unit_of_work():
        release_operations.confirm_mark(work, world.meeting, authority="DEC-X", actor=SYSTEM)
