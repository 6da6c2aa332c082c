"""Ratifying: one act, all or nothing, by the chair of this very meeting."""

from datetime import timedelta

import pytest

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.queries import actor_for
from lms.accreditation.queries import entry_of, events_of, standing_of
from lms.accreditation.rules import Standing
from lms.accrediting.queries import awarded
from lms.assessment.queries import current_attempt, deadline
from lms.board import operations, queries, rules
from lms.board.rules import Outcome
from lms.cohorts.queries import state_of
from lms.cohorts.rules import State
from lms.db import db, unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.marking.queries import results_of
from lms.outbox import Message
from tests import factories
from tests.board.world import BOARD_DAY, DUE, RESUBMIT_BY, World, attend, convene, make_world
from tests.performance.counting import counting

pytestmark = pytest.mark.usefixtures("board_day")


def nothing_happened(world: World) -> bool:
    """Whether the board left no trace of having decided."""
    works = [
        one.submission_id
        for each in queries.profiles_before(world.meeting, BOARD_DAY)
        for module in each.modules
        for one in module.works
        if one.submission_id
    ]
    return (
        queries.ratification(world.meeting) is None
        and not queries.decisions(world.meeting)
        and not any(result.confirmed for result in results_of(works).values())
        and all(state_of(each) is State.ENROLLED for each in world.enrolments)
        and not awarded(BOARD_DAY.date())
        and "board ratified" not in factories.trail_of(world.meeting.ref)
    )


def refused(world: World, *missing: str, resubmit_by=None) -> None:
    with pytest.raises(RuleBroken, match="Nothing was ratified") as refusal:
        world.ratify(resubmit_by)
    assert list(refusal.value.missing) == list(missing)
    assert nothing_happened(world)


def test_one_act_decides_on_everybody_and_everything_follows() -> None:
    world = make_world((60, 55), (60, 49), (60, None))
    with counting() as counted:
        decided = world.ratify(RESUBMIT_BY)
    assert counted.commits == 1
    assert [d.outcome for d in sorted(decided, key=lambda d: d.enrolment_id)] == [
        Outcome.AWARD,
        Outcome.REFER,
        Outcome.REFER,
    ]
    assert [state_of(each) for each in world.enrolments] == [
        State.COMPLETED,
        State.ENROLLED,
        State.ENROLLED,
    ]
    for enrolment in world.enrolments[1:]:
        assert current_attempt(enrolment, world.assessments[0]) == 1
        assert current_attempt(enrolment, world.assessments[1]) == 2
        assert deadline(enrolment, world.assessments[1]) == RESUBMIT_BY
    trail = factories.trail_of(world.meeting.ref)
    assert trail == ["board convened", "board attendance recorded", "board ratified"]
    for decision in decided:
        assert factories.trail_of(decision.ref) == ["decision made"]


def test_an_award_is_entered_in_the_register_under_the_number_held_since_training() -> None:
    world = make_world((60, 60), (60, 40))
    holder = world.enrolments[0].advocate_id
    number = entry_of(holder).number
    world.ratify(RESUBMIT_BY)
    entry = entry_of(holder)
    assert entry.number == number
    assert standing_of(entry, BOARD_DAY.date()).standing is Standing.AWARD_MADE
    assert events_of(entry.id)[-1].authority == world.decision(0).ref
    assert [each.number for each in awarded(BOARD_DAY.date())] == [number]
    other = standing_of(entry_of(world.enrolments[1].advocate_id), BOARD_DAY.date())
    assert other.standing is Standing.IN_TRAINING


def test_an_award_appears_also_when_the_qualify_by_date_has_passed() -> None:
    world = make_world((60, 60))
    entry = entry_of(world.enrolments[0].advocate_id)
    late = world.enrolments[0].qualify_by + timedelta(days=30)
    assert standing_of(entry, late).standing is Standing.LAPSED
    with clock.stopped(factories.noon(late)):
        world.ratify()
        assert standing_of(entry, late).standing is Standing.AWARD_MADE
        assert [each.number for each in awarded(late)] == [entry.number]


def test_everybody_decided_on_gets_one_neutral_message() -> None:
    world = make_world((60, 60), (60, 40))
    db.session.rollback()
    world.ratify(RESUBMIT_BY)
    refs = {each.ref: each.enrolment.advocate.ref for each in queries.decisions(world.meeting)}
    sent = {m.key: m for m in db.session.query(Message) if m.key.split(":")[-1] in refs}
    assert len(sent) == 2
    assert {message.kind for message in sent.values()} == {"neutral"}


def test_the_working_that_was_before_the_board_is_kept_for_good() -> None:
    world = make_world((60, 49))
    (profile,) = queries.profiles_before(world.meeting, BOARD_DAY)
    found = rules.outcome(profile, world.cohort.regulations)
    world.ratify(RESUBMIT_BY)
    decision = world.decision()
    assert [(s["said"], s["sum"], s["source"], s["met"]) for s in decision.working] == [
        (s.said, s.sum, s.source, s.met) for s in found.steps
    ]
    assert [(m["credits"], m["mark"]) for m in decision.marks] == [(10, "60"), (10, "49")]
    assert decision.number == profile.number


@pytest.mark.parametrize("late", ["points_per_day", "percent_per_day"])
def test_two_rulebooks_decide_each_by_its_own_rules(late: str) -> None:
    amount = {"points": 3} if late == "points_per_day" else {"percent": 5}
    world = make_world(
        (60, 49),
        late_work={"kind": late, "days": "calendar", "most_days": 10, **amount},
        pass_mark={"points": 45},
        attempts={"most": 1},
        quorum={"members": 2, "external_examiner": False},
        rounding={"kind": "down", "places": 1},
    )
    world.ratify()
    assert world.decision().outcome == Outcome.AWARD
    assert [m["mark"] for m in world.decision().marks] == ["60.0", "49.0"]


# What is missing.


def test_nothing_happens_without_a_quorum() -> None:
    world = make_world((60, 60), present=False)
    attend(world.meeting, world.chair, world.member)
    refused(
        world,
        "2 are present; regulation 9.1 asks for 3.",
        "No external examiner is present; regulation 9.1 asks for one.",
    )
    attend(world.meeting, world.external)
    world.ratify()


def test_nothing_happens_while_a_mark_is_not_released() -> None:
    world = make_world((60, 60), (60, 60), released=False)
    waiting = [
        f"Candidate {profile.number}: {one.title} is not marked, reconciled and released yet."
        for profile in queries.profiles_before(world.meeting, BOARD_DAY)
        for module in profile.modules
        for one in module.works
    ]
    assert len(waiting) == 4
    refused(world, *waiting)


def test_nothing_happens_while_a_referral_has_no_deadline() -> None:
    world = make_world((60, 60), (60, 40))
    refused(world, "Some candidates get a further attempt: give its deadline.")


def test_everything_that_is_missing_is_said_at_once() -> None:
    world = make_world((60, 40), present=False)
    refused(
        world,
        "0 are present; regulation 9.1 asks for 3.",
        "No external examiner is present; regulation 9.1 asks for one.",
        "The chair is not recorded as present.",
        "Some candidates get a further attempt: give its deadline.",
    )


def test_a_failure_half_way_undoes_what_was_decided_before_it() -> None:
    # The deadline is past: that shows only when the first referral is carried out.
    world = make_world((60, 60), (60, 40), (60, 60))
    with pytest.raises(RuleBroken, match="has to lie ahead"):
        world.ratify(BOARD_DAY - timedelta(days=1))
    assert nothing_happened(world)


def test_a_board_ratifies_once_and_the_second_time_changes_nothing() -> None:
    world = make_world((60, 60), (60, 40))
    first = [each.ref for each in world.ratify(RESUBMIT_BY)]
    entries = len(list(factories.trail.all_entries()))
    with pytest.raises(RuleBroken, match="ratified its results already"):
        world.ratify(RESUBMIT_BY)
    assert {each.ref for each in queries.decisions(world.meeting)} == set(first)
    assert len(list(factories.trail.all_entries())) == entries


# By whom.


def test_nobody_but_this_meetings_chair_ratifies() -> None:
    world = make_world((60, 60))
    others = [factories.make_actor(role) for role in Role]
    others.append(factories.make_actor(*Role))
    for actor in others:
        with pytest.raises(NotFound), unit_of_work():
            operations.ratify(world.meeting, None, actor=actor)
    assert nothing_happened(world)


def test_also_where_nothing_follows_only_the_chair_ratifies() -> None:
    # Everything is still due: no mark is confirmed and no award made, which would ask again.
    with clock.stopped(DUE):
        world = make_world((None, None))
        for account in (factories.make_account(Role.CHAIR), world.registrar, world.member):
            with pytest.raises(NotFound), unit_of_work():
                operations.ratify(world.meeting, None, actor=actor_for(account))
        assert nothing_happened(world)
        assert [each.outcome for each in world.ratify()] == [Outcome.DEFER]


def test_neither_member_external_examiner_nor_registrar_of_the_meeting_ratifies() -> None:
    world = make_world((60, 60))
    for account in (world.member, world.external, world.registrar, *world.tutors):
        with pytest.raises(NotFound), unit_of_work():
            operations.ratify(world.meeting, None, actor=actor_for(account))
    assert nothing_happened(world)


@pytest.mark.parametrize("which", [0, 1])
def test_a_chair_who_marked_a_candidate_does_not_ratify(which: int) -> None:
    world = make_world((60, 60), (60, 60))
    marker = world.tutors[which]
    with unit_of_work():
        accounts.grant_role(marker, Role.CHAIR, actor=SYSTEM)
    world.chair = marker
    world.meeting = convene(world.cohort, marker, world.member, world.external)
    attend(world.meeting, marker, world.member, world.external)
    refused(world, "The chair marked work that is before this board. Another chair decides.")


def test_a_chair_who_is_before_the_board_does_not_ratify() -> None:
    world = make_world((60, 60))
    candidate = world.enrolments[0].advocate
    with unit_of_work():
        accounts.grant_role(candidate, Role.CHAIR, actor=SYSTEM)
    world.chair = candidate
    world.meeting = convene(world.cohort, candidate, world.member, world.external)
    attend(world.meeting, candidate, world.member, world.external)
    refused(world, "The chair is a candidate before this board.")


def test_a_tutor_who_marked_nothing_before_this_board_may_chair_it() -> None:
    world = make_world((60, 60))
    tutor = factories.make_account(Role.TUTOR, Role.CHAIR)
    world.chair = tutor
    world.meeting = convene(world.cohort, tutor, world.member, world.external)
    attend(world.meeting, tutor, world.member, world.external)
    assert [each.outcome for each in world.ratify()] == [Outcome.AWARD]
