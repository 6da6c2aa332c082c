"""Convening a board, and noting who is present."""

import pytest

from lms.access.actor import SYSTEM, Role
from lms.accounts.queries import actor_for
from lms.board import operations, queries
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from tests import factories
from tests.board.world import BOARD_DAY, attend, make_world

pytestmark = pytest.mark.usefixtures("board_day")


def staff():
    return (
        factories.make_account(Role.CHAIR),
        factories.make_account(Role.TUTOR),
        factories.make_account(Role.EXTERNAL_EXAMINER),
    )


def convene(cohort, chair, examiners, external, *, actor=SYSTEM):
    with unit_of_work():
        return operations.convene(cohort, BOARD_DAY.date(), chair, examiners, external, actor=actor)


def test_only_a_registrar_convenes_a_board() -> None:
    cohort = factories.make_cohort(year=2026)
    factories.make_enrolment(cohort)
    chair, member, external = staff()
    for role in set(Role) - {Role.REGISTRAR}:
        actor = factories.make_actor(role)
        with pytest.raises(NotFound):
            convene(cohort, chair, [member], [external], actor=actor)
    registrar = factories.make_actor(Role.REGISTRAR)
    meeting = convene(cohort, chair, [member], [external], actor=registrar)
    assert meeting.convened_by == registrar.ref
    assert factories.trail_of(meeting.ref) == ["board convened"]
    assert queries.seats(meeting).member_ids == {member.id, external.id}


def test_each_person_has_one_seat() -> None:
    cohort = factories.make_cohort(year=2026)
    factories.make_enrolment(cohort)
    chair, member, external = staff()
    for examiners, outside in (
        ([chair], [external]),
        ([member], [chair]),
        ([member], [member]),
        ([member, member], [external]),
    ):
        with pytest.raises(RuleBroken, match="one seat"):
            convene(cohort, chair, examiners, outside)
    assert not queries.meetings()


def test_a_board_is_not_convened_for_nobody() -> None:
    cohort = factories.make_cohort(year=2026)
    factories.make_enrolment(cohort, accepted=False)
    chair, member, external = staff()
    with pytest.raises(RuleBroken, match="Nobody in this cohort"):
        convene(cohort, chair, [member], [external])


def test_whoever_was_awarded_comes_before_no_further_board() -> None:
    world = make_world((60, 60), (60, 40))
    world.ratify(BOARD_DAY.replace(month=9))
    again = convene(world.cohort, world.chair, [world.member], [world.external])
    assert set(queries.numbers(again)) == {world.enrolments[1].id}


def test_only_who_has_a_seat_is_noted_as_present_and_each_once() -> None:
    world = make_world((60, 60), present=False)
    attend(world.meeting, world.chair, world.registrar, *world.tutors)
    assert queries.present_ids(world.meeting) == {world.chair.id}
    attend(world.meeting, world.chair, world.member)
    assert queries.present_ids(world.meeting) == {world.chair.id, world.member.id}
    noted = factories.trail_of(world.meeting.ref)
    assert noted == ["board convened", *["board attendance recorded"] * 2]


def test_only_a_registrar_notes_who_is_present() -> None:
    world = make_world((60, 60), present=False)
    for account in (world.chair, world.member, world.external):
        with pytest.raises(NotFound), unit_of_work():
            operations.record_presence(world.meeting, [world.chair.id], actor=actor_for(account))
    assert not queries.present_ids(world.meeting)


def test_nobody_is_added_to_those_present_once_the_board_has_decided() -> None:
    world = make_world((60, 60), present=False, quorum={"members": 1, "external_examiner": False})
    attend(world.meeting, world.chair)
    world.ratify()
    with pytest.raises(RuleBroken, match="attendance is closed"):
        attend(world.meeting, world.external)
    assert queries.present_ids(world.meeting) == {world.chair.id}
