"""What a board lacks before it may decide; it is told all of it at once."""

import pytest

from lms.board.rules import (
    OUTCOME_WORDS,
    OWN_WORDS,
    Outcome,
    WorkState,
    check_attendance_open,
    check_ratifiable,
    quorum_faults,
)
from lms.errors import RuleBroken
from lms.regulations.profile import Quorum
from tests.board.papers import candidate, module, work
from tests.factories import regulations_with

READY = candidate(module(work(60)))
WAITS = candidate(module(work(None, state=WorkState.IN_MARKING)), number="9876-B")


def quorum(members: int, external: bool = True) -> Quorum:
    return regulations_with(quorum={"members": members, "external_examiner": external}).quorum


def test_a_board_that_lacks_nothing_may_decide() -> None:
    check_ratifiable([READY], [], already=False)


def test_a_board_decides_once() -> None:
    with pytest.raises(RuleBroken, match="ratified its results already"):
        check_ratifiable([READY], [], already=True)


def test_a_board_without_candidates_decides_nothing() -> None:
    with pytest.raises(RuleBroken) as refused:
        check_ratifiable([], [], already=False)
    assert refused.value.missing == ("There is no candidate before this board.",)


def test_every_mark_that_is_not_released_is_named_by_candidate_and_work() -> None:
    with pytest.raises(RuleBroken, match="Nothing was ratified") as refused:
        check_ratifiable([READY, WAITS], ["2 are present."], already=False)
    assert refused.value.missing == (
        "2 are present.",
        "Candidate 9876-B: Analysis is not marked, reconciled and released yet.",
    )


def test_work_that_is_still_due_or_missing_does_not_keep_a_board_from_deciding() -> None:
    due = candidate(module(work(None)), module(work(0, state=WorkState.MISSING)))
    check_ratifiable([due], [], already=False)


@pytest.mark.parametrize(
    ("present", "external", "members", "needs_external", "faults"),
    [
        (3, True, 3, True, []),
        (4, True, 3, True, []),
        (2, True, 3, True, ["2 are present; regulation 9.1 asks for 3."]),
        (3, False, 3, True, ["No external examiner is present; regulation 9.1 asks for one."]),
        (3, False, 3, False, []),
        (
            0,
            False,
            1,
            True,
            [
                "0 are present; regulation 9.1 asks for 1.",
                "No external examiner is present; regulation 9.1 asks for one.",
            ],
        ),
    ],
)
def test_the_quorum_is_the_rulebooks(
    present: int, external: bool, members: int, needs_external: bool, faults: list[str]
) -> None:
    assert quorum_faults(present, external, quorum(members, needs_external)) == faults


def test_nobody_becomes_present_after_the_board_decided() -> None:
    check_attendance_open(ratified=False)
    with pytest.raises(RuleBroken, match="attendance is closed"):
        check_attendance_open(ratified=True)


def test_every_outcome_has_words_for_the_board_and_kinder_ones_for_the_person() -> None:
    assert set(OUTCOME_WORDS) == set(OWN_WORDS) == set(Outcome)
    assert not any("fail" in words.casefold() for words in OWN_WORDS.values())
