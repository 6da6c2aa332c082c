"""Which outcome follows from the marks: worked by hand, the arithmetic beside each example.

The example rulebook: pass at 50 (4.1), rounded half up to whole points (4.2), two attempts in all
(7.2).
"""

from decimal import Decimal
from typing import Any

import pytest

from lms.board.rules import Finding, Outcome, WorkState, module_mark, outcome
from lms.marking.rules import Weighted, worked
from tests.board.papers import candidate, module, work
from tests.factories import regulations_with

EXAMPLE = regulations_with()
LINES = (
    ("Criteria by weight", "70 × 50% + 65 × 50% = 67.5", "the rubric"),
    ("Rounded", "67.5 is rounded to 68", "regulation 4.2"),
    ("Handed in 2 days late", "68 − 6 = 62", "regulation 6.2"),
)


def told(found: Finding) -> list[tuple[str, str, str]]:
    return [(step.said, step.sum, step.source) for step in found.steps]


def two(first: Any, second: Any) -> Any:
    """A candidate with two modules of ten credits, one work in each."""
    return candidate(module(first, title="Standing in law"), module(second, title="Identification"))


def test_both_modules_passed_are_all_credits_and_an_award() -> None:
    # 60 >= 50: 10 credits; 50 >= 50: 10 credits; 10 + 10 = 20 of 20.
    found = outcome(two(work(60), work(50)), EXAMPLE)
    assert found.outcome is Outcome.AWARD
    assert found.refer == ()
    assert told(found) == [
        ("Standing in law is passed", "60 is 50 or more: 10 credits", "regulation 4.1"),
        ("Identification is passed", "50 is 50 or more: 10 credits", "regulation 4.1"),
        ("All credits are passed", "20 of 20", "regulation 4.1"),
    ]
    assert all(step.met for step in found.steps)


def test_one_point_below_the_pass_mark_is_a_referral_in_that_work_alone() -> None:
    # 49 < 50: 0 credits; attempt 1 of 2, so one is left; 10 + 0 = 10 of 20.
    found = outcome(two(work(60, assessment_id=7), work(49, assessment_id=8)), EXAMPLE)
    assert found.outcome is Outcome.REFER
    assert found.refer == (8,)
    assert told(found)[1:] == [
        ("Identification is not passed", "49 is below 50", "regulation 4.1"),
        ("Analysis: a further attempt is open", "attempt 1 of 2", "regulation 7.2"),
        ("Not all credits are passed", "10 of 20", "regulation 4.1"),
    ]
    assert [step.met for step in found.steps] == [True, False, True, False]


def test_a_failed_last_attempt_is_a_failure_and_opens_nothing() -> None:
    # Attempt 2 of 2: none is left.
    found = outcome(two(work(60), work(49, attempt=2)), EXAMPLE)
    assert found.outcome is Outcome.FAIL
    assert found.refer == ()
    assert (
        "Analysis: no attempt is left",
        "attempt 2 of 2",
        "regulation 7.2",
    ) in told(found)


def test_work_still_due_is_a_deferral_and_no_mark_is_made_up() -> None:
    found = outcome(two(work(60), work(None)), EXAMPLE)
    assert found.outcome is Outcome.DEFER
    assert told(found)[1:] == [
        ("Identification is not complete", "work is still due", "the deadline"),
        ("Not all credits are passed", "10 of 20", "regulation 4.1"),
    ]


def test_a_failed_module_counts_before_one_that_is_still_due() -> None:
    assert outcome(two(work(None), work(20)), EXAMPLE).outcome is Outcome.REFER
    assert outcome(two(work(None), work(20, attempt=2)), EXAMPLE).outcome is Outcome.FAIL


def test_what_was_not_handed_in_counts_nothing_and_the_working_says_so() -> None:
    # 0 < 50; attempt 1 of 2.
    missing = work(0, state=WorkState.MISSING, assessment_id=5)
    found = outcome(two(work(60), missing), EXAMPLE)
    assert found.outcome is Outcome.REFER
    assert found.refer == (5,)
    assert told(found)[1] == ("Analysis: nothing was handed in", "0", "the deadline")


def test_nobody_with_nothing_assessed_gets_an_award() -> None:
    found = outcome(candidate(), EXAMPLE)
    assert found.outcome is Outcome.DEFER
    assert told(found) == [("Not all credits are passed", "0 of 0", "regulation 4.1")]


def test_every_step_from_the_rubric_to_the_cap_is_in_the_working() -> None:
    found = outcome(two(work(62, lines=LINES), work(50)), EXAMPLE)
    assert told(found)[:4] == [
        ("Analysis: criteria by weight", "70 × 50% + 65 × 50% = 67.5", "the rubric"),
        ("Analysis: rounded", "67.5 is rounded to 68", "regulation 4.2"),
        ("Analysis: handed in 2 days late", "68 − 6 = 62", "regulation 6.2"),
        ("Standing in law is passed", "62 is 50 or more: 10 credits", "regulation 4.1"),
    ]
    # How a mark came about speaks neither for the award nor against it.
    assert [step.met for step in found.steps[:4]] == [None, None, None, True]


# Several works in a module: 40% and 60%.


def weighed(first: int | None, second: int | None, **rules: Any) -> Finding:
    works = (
        work(first, title="Essay", weighting=40, assessment_id=1),
        work(second, title="Case", weighting=60, assessment_id=2),
    )
    return outcome(candidate(module(*works)), regulations_with(**rules))


def test_a_module_of_several_works_shows_how_they_are_weighed_and_rounded() -> None:
    # 61 × 40% = 24.4; 47 × 60% = 28.2; 24.4 + 28.2 = 52.6, half up: 53.
    found = weighed(61, 47)
    assert found.outcome is Outcome.AWARD
    assert told(found) == [
        (
            "Standing in law: works by weight",
            "61 × 40% + 47 × 60% = 52.6",
            "the weightings of the module",
        ),
        ("Standing in law: rounded", "52.6 is rounded to 53", "regulation 4.2"),
        ("Standing in law is passed", "53 is 50 or more: 10 credits", "regulation 4.1"),
        ("All credits are passed", "10 of 10", "regulation 4.1"),
    ]


def test_a_sum_that_is_whole_is_not_rounded() -> None:
    # 50 × 40% + 50 × 60% = 20 + 30 = 50.
    said = [step.said for step in weighed(50, 50).steps]
    assert "Standing in law: rounded" not in said


@pytest.mark.parametrize(
    ("rounding", "outcome_", "mark"),
    [
        # 49 × 40% + 50 × 60% = 19.6 + 30 = 49.6
        ({"kind": "half_up", "places": 0}, Outcome.AWARD, "50"),
        ({"kind": "half_even", "places": 0}, Outcome.AWARD, "50"),
        ({"kind": "down", "places": 0}, Outcome.REFER, "49"),
        ({"kind": "half_up", "places": 1}, Outcome.REFER, "49.6"),
    ],
)
def test_how_the_rulebook_rounds_decides_on_the_module(
    rounding: dict[str, Any], outcome_: Outcome, mark: str
) -> None:
    found = weighed(49, 50, rounding=rounding)
    assert found.outcome is outcome_
    assert any(mark in step.sum for step in found.steps if "passed" in step.said)


@pytest.mark.parametrize(("kind", "mark"), [("half_up", "53"), ("half_even", "52"), ("down", "52")])
def test_a_half_goes_where_the_rulebook_says(kind: str, mark: str) -> None:
    # 60 × 50% + 45 × 50% = 30 + 22.5 = 52.5
    works = work(60, weighting=50), work(45, weighting=50)
    book = regulations_with(rounding={"kind": kind, "places": 0})
    assert module_mark(module(*works), book) == Decimal(mark)


def test_only_the_works_below_the_pass_mark_are_attempted_again() -> None:
    # 30 × 40% + 55 × 60% = 12 + 33 = 45 < 50; the case is above 50.
    found = weighed(30, 55)
    assert found.outcome is Outcome.REFER
    assert found.refer == (1,)


def test_a_weak_work_is_carried_by_a_strong_one_in_the_same_module() -> None:
    # 30 × 40% + 70 × 60% = 12 + 42 = 54.
    assert weighed(30, 70).outcome is Outcome.AWARD


def test_a_module_with_a_work_still_due_has_no_mark() -> None:
    found = weighed(61, None)
    assert found.outcome is Outcome.DEFER
    assert module_mark(module(work(61, weighting=40), work(None, weighting=60)), EXAMPLE) is None


def test_one_work_without_an_attempt_left_ends_the_module() -> None:
    # 30 × 40% + 40 × 60% = 36. The essay was the last attempt; the case has one more.
    works = (
        work(30, title="Essay", weighting=40, attempt=2),
        work(40, title="Case", weighting=60),
    )
    found = outcome(candidate(module(*works)), EXAMPLE)
    assert found.outcome is Outcome.FAIL


def test_a_work_that_was_never_set_is_due_and_nothing_is_referred_to() -> None:
    found = outcome(two(work(60), work(None, assessment_id=None)), EXAMPLE)
    assert found.outcome is Outcome.DEFER
    assert found.refer == ()


# Rulebooks that differ.


@pytest.mark.parametrize(
    ("pass_mark", "expected"),
    [("40", Outcome.AWARD), ("45", Outcome.AWARD), ("45.5", Outcome.REFER), ("50", Outcome.REFER)],
)
def test_the_pass_mark_is_the_rulebooks(pass_mark: str, expected: Outcome) -> None:
    book = regulations_with(pass_mark={"points": pass_mark})
    found = outcome(two(work(60), work(45)), book)
    assert found.outcome is expected
    assert any(f"{pass_mark}" in step.sum for step in found.steps)


@pytest.mark.parametrize(
    ("most", "attempt", "expected"),
    [(1, 1, Outcome.FAIL), (2, 1, Outcome.REFER), (2, 2, Outcome.FAIL), (3, 2, Outcome.REFER)],
)
def test_how_many_attempts_there_are_is_the_rulebooks(
    most: int, attempt: int, expected: Outcome
) -> None:
    book = regulations_with(attempts={"most": most})
    found = outcome(two(work(60), work(10, attempt=attempt)), book)
    assert found.outcome is expected
    assert any(step.sum == f"attempt {attempt} of {most}" for step in found.steps)


def test_another_rulebooks_paragraphs_are_cited() -> None:
    book = regulations_with(pass_mark={"paragraph": "R 12"}, attempts={"paragraph": "R 20"})
    sources = {step.source for step in outcome(two(work(60), work(10)), book).steps}
    assert sources == {"regulation R 12", "regulation R 20"}


# From the markers' points to the outcome, under kinds of rules that differ. Always the same work:
# 70 × 50% + 65 × 50% = 67.5, rounded half up: 68; two days late.
LATE = {"days": "calendar", "most_days": 10}
POINTS = {"kind": "points_per_day", "points": 3, **LATE}
PERCENT = {"kind": "percent_per_day", "percent": 10, **LATE}
CAPPED = {"kind": "capped", "at_most": 50, **LATE}
AGAIN_CAPPED = {"kind": "capped", "at_most": 45}
AGAIN_OPEN = {"kind": "uncapped"}


@pytest.mark.parametrize(
    ("late", "again", "attempt", "mark", "last", "expected"),
    [
        # 68 − 2 × 3 = 62 >= 55
        (POINTS, AGAIN_CAPPED, 1, "62", "68 − 6 = 62", Outcome.AWARD),
        # 68 − 68 × 10% × 2 = 68 − 13.6 = 54.4, rounded: 54 < 55
        (PERCENT, AGAIN_CAPPED, 1, "54", "68 − 13.6 = 54.4", Outcome.REFER),
        # min(68, 50) = 50 < 55
        (CAPPED, AGAIN_CAPPED, 1, "50", "68, at most 50", Outcome.REFER),
        # min(62, 45) = 45 < 55, and attempt 2 of 2 was the last
        (POINTS, AGAIN_CAPPED, 2, "45", "at most 45", Outcome.FAIL),
        # 62 stands: a second attempt is marked like a first
        (POINTS, AGAIN_OPEN, 2, "62", "68 − 6 = 62", Outcome.AWARD),
        # 54 stands; it was the last attempt
        (PERCENT, AGAIN_OPEN, 2, "54", "68 − 13.6 = 54.4", Outcome.FAIL),
    ],
)
def test_the_same_work_leads_where_each_rulebook_says(
    late: dict[str, Any],
    again: dict[str, Any],
    attempt: int,
    mark: str,
    last: str,
    expected: Outcome,
) -> None:
    book = regulations_with(late_work=late, second_attempt=again, pass_mark={"points": 55})
    got = worked([Weighted(70, 50), Weighted(65, 50)], 2, attempt, book)
    assert (str(got.raw), str(got.mark)) == ("68", mark)
    lines = tuple((line.said, line.sum, line.source) for line in got.lines)
    found = outcome(candidate(module(work(mark, attempt=attempt, lines=lines))), book)
    assert found.outcome is expected
    of_the_work = [step.sum for step in found.steps if step.said.startswith("Analysis: ")]
    assert of_the_work[len(lines) - 1] == last
    assert "70 × 50% + 65 × 50% = 67.5" in of_the_work
