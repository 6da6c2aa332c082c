"""`lms board ratify`: the same act as the page's, by the same person."""

from datetime import timedelta

import pytest

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.assessment.queries import deadline
from lms.board import queries
from lms.board.cli import board
from lms.board.rules import Outcome
from lms.db import db, unit_of_work
from tests import factories
from tests.board.world import BOARD_DAY, World, make_world


@pytest.fixture
def lms(board_day):
    """Runs `lms board ...`; gives its status and all that it said."""
    runner = board_day.test_cli_runner()

    def run(*words: str) -> tuple[int, str]:
        db.session.rollback()
        done = runner.invoke(board, words)
        return done.exit_code, done.output

    return run


def ratify(lms, world: World, *more: str, who=None) -> tuple[int, str]:
    return lms("ratify", world.meeting.ref, "--as", (who or world.chair).address, *more)


def test_it_decides_as_the_page_does_and_says_what(lms) -> None:
    world = make_world((60, 60), (60, 49))
    status, said = ratify(lms, world, "--resubmit-by", "2027-09-30 17:00")
    assert status == 0, said
    assert sorted(said.split("\n")[:2]) == sorted(
        [f"{world.number(0)}: award", f"{world.number(1)}: refer"]
    )
    assert [world.decision(n).outcome for n in (0, 1)] == [Outcome.AWARD, Outcome.REFER]
    # 17:00 in London is 16:00 UTC in September.
    due_at = deadline(world.enrolments[1], world.assessments[1])
    assert f"{due_at:%Y-%m-%d %H:%M}" == "2027-09-30 16:00"
    last = queries.ratification(world.meeting)
    assert last.ratified_by == world.chair.ref
    assert factories.trail_of(world.meeting.ref)[-1] == "board ratified"


def test_a_dry_run_says_what_would_be_decided_and_decides_nothing(lms) -> None:
    world = make_world((60, 60))
    before = len(list(factories.trail.all_entries()))
    status, said = ratify(lms, world, "--dry-run")
    assert status == 0
    assert f"{world.number()}: award" in said
    assert "Nothing was decided" in said
    assert queries.ratification(world.meeting) is None
    assert not queries.decisions(world.meeting)
    assert len(list(factories.trail.all_entries())) == before
    assert ratify(lms, world)[0] == 0


def test_what_is_missing_is_listed_and_nothing_happens(lms) -> None:
    world = make_world((60, 49), present=False)
    status, said = ratify(lms, world)
    assert status == 1
    assert "0 are present; regulation 9.1 asks for 3." in said
    assert "Some candidates get a further attempt: give its deadline." in said
    assert "Nothing was ratified" in said
    assert queries.ratification(world.meeting) is None


def test_a_second_time_is_refused(lms) -> None:
    world = make_world((60, 60))
    assert ratify(lms, world)[0] == 0
    status, said = ratify(lms, world)
    assert status == 1
    assert "ratified its results already" in said
    assert len(queries.decisions(world.meeting)) == 1


def test_the_wrong_person_is_refused_like_a_board_that_is_not_there_and_it_is_noted(lms) -> None:
    world = make_world((60, 60))
    others = [
        world.registrar,
        world.member,
        world.external,
        factories.make_account(Role.CHAIR),
        factories.make_account(Role.ADMIN),
    ]
    absent = lms("ratify", "BRD-0000-0000-0000-0000", "--as", world.chair.address)
    for other in others:
        assert ratify(lms, world, who=other) == absent
        denied = [
            each.subject
            for each in factories.trail.all_entries()
            if (each.actor, each.event) == (other.ref, "access denied")
        ]
        assert denied == [world.meeting.ref]
    assert absent[0] == 1
    assert queries.ratification(world.meeting) is None


def test_nobody_acts_under_a_disabled_or_unknown_address(lms) -> None:
    world = make_world((60, 60))
    with unit_of_work():
        accounts.disable(world.chair, actor=SYSTEM)
    disabled = ratify(lms, world)
    unknown = lms("ratify", world.meeting.ref, "--as", "nobody@example.org")
    assert disabled == unknown
    assert disabled[0] == 1
    assert lms("ratify", world.meeting.ref, "--as", "no address")[0] == 1
    assert queries.ratification(world.meeting) is None


def test_an_address_is_read_as_at_sign_in(lms) -> None:
    world = make_world((60, 60))
    status, _ = lms("ratify", world.meeting.ref, "--as", f" {world.chair.address.upper()} ")
    assert status == 0


@pytest.mark.parametrize("wall", ["2027-03-28 01:30", "tomorrow"])
def test_a_time_that_there_is_not_is_refused(lms, wall: str) -> None:
    world = make_world((60, 49))
    status, _ = ratify(lms, world, "--resubmit-by", wall)
    assert status != 0
    assert queries.ratification(world.meeting) is None


def test_in_the_hour_that_comes_twice_the_deadline_is_the_later_one(lms) -> None:
    world = make_world((60, 49))
    assert ratify(lms, world, "--resubmit-by", "2027-10-31T01:30")[0] == 0
    due_at = deadline(world.enrolments[0], world.assessments[1])
    assert due_at.astimezone(clock.LONDON).utcoffset() == timedelta(0)
    assert due_at > BOARD_DAY
