"""Marks: weights, rounding, lateness, caps, in this order; what a mark needs before it is given."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from lms.authored import Faulty
from lms.errors import RuleBroken
from lms.marking.rules import (
    SHORTEST_REASON,
    Weighted,
    Worked,
    check_complete,
    check_reason,
    missed,
    rounded,
    weighted_mark,
    without_comment,
    without_mark,
    worked,
)
from lms.regulations.profile import Regulations
from tests.factories import regulations_with


def criteria(*pairs: tuple[int, int]) -> list[Weighted]:
    return [Weighted(points, weight) for points, weight in pairs]


def under(**changes: object) -> Regulations:
    return regulations_with(**changes)


WHOLE = under(rounding={"kind": "half_up", "places": 0})
TENTHS = under(rounding={"kind": "half_up", "places": 1})
EVEN = under(rounding={"kind": "half_even", "places": 0})
DOWN = under(rounding={"kind": "down", "places": 0})
DOWN_TENTHS = under(rounding={"kind": "down", "places": 1})


def test_a_mark_is_the_sum_of_the_criteria_by_their_weights() -> None:
    # 62 × 0.30 + 58 × 0.25 + 71 × 0.25 + 40 × 0.20 = 18.6 + 14.5 + 17.75 + 8 = 58.85
    assert weighted_mark(criteria((62, 30), (58, 25), (71, 25), (40, 20))) == Decimal("58.85")
    assert weighted_mark(criteria((33, 33), (33, 33), (34, 34))) == Decimal("33.34")
    assert weighted_mark([]) == 0


@pytest.mark.parametrize(
    ("exact", "whole", "tenths", "even", "down", "down_tenths"),
    [
        ("58.85", "59", "58.9", "59", "58", "58.8"),
        ("49.5", "50", "49.5", "50", "49", "49.5"),
        ("50.5", "51", "50.5", "50", "50", "50.5"),
        ("49.49", "49", "49.5", "49", "49", "49.4"),
        ("49.99", "50", "50.0", "50", "49", "49.9"),
        ("0.05", "0", "0.1", "0", "0", "0.0"),
        ("100", "100", "100.0", "100", "100", "100.0"),
    ],
)
def test_a_mark_is_rounded_as_the_rulebook_says(
    exact: str, whole: str, tenths: str, even: str, down: str, down_tenths: str
) -> None:
    rules = (WHOLE, TENTHS, EVEN, DOWN, DOWN_TENTHS)
    found = [str(rounded(Decimal(exact), each.rounding)) for each in rules]
    assert found == [whole, tenths, even, down, down_tenths]


def lines(found: object) -> list[tuple[str, str, str]]:
    return [(each.said, each.sum, each.source) for each in found.lines]  # type: ignore[attr-defined]


def test_under_the_example_rulebook_two_days_late_at_the_second_attempt_worked_by_hand() -> None:
    """58.85 rounds to 59; two days at 3 points leave 53; a second attempt gets at most 50."""
    found = worked(criteria((62, 30), (58, 25), (71, 25), (40, 20)), 2, 2, under())
    assert (found.raw, found.mark) == (59, 50)
    assert lines(found) == [
        ("Criteria by weight", "62 × 30% + 58 × 25% + 71 × 25% + 40 × 20% = 58.85", "the rubric"),
        ("Rounded", "58.85 is rounded to 59", "regulation 4.2"),
        ("Handed in 2 days late", "59 − 6 = 53", "regulation 6.2"),
        ("Second attempt", "at most 50", "regulation 7.1"),
    ]


def test_under_a_second_rulebook_the_same_work_comes_out_otherwise() -> None:
    """5 per cent a day, tenths cut off, no cap: 58.8; less 10 per cent 52.92, cut to 52.9."""
    other = under(
        rounding={"kind": "down", "places": 1},
        late_work={"kind": "percent_per_day", "percent": 5, "days": "calendar", "most_days": 5},
        second_attempt={"kind": "uncapped"},
    )
    found = worked(criteria((62, 30), (58, 25), (71, 25), (40, 20)), 2, 2, other)
    assert (str(found.raw), str(found.mark)) == ("58.8", "52.9")
    assert lines(found)[1:] == [
        ("Rounded", "58.85 is rounded to 58.8", "regulation 4.2"),
        ("Handed in 2 days late", "58.8 − 5.88 = 52.92", "regulation 6.2"),
    ]


def test_under_a_rulebook_that_caps_late_work_and_rounds_halves_to_even() -> None:
    other = under(
        rounding={"kind": "half_even", "places": 0},
        late_work={"kind": "capped", "at_most": 50, "days": "working", "most_days": 1},
    )
    found = worked(criteria((60, 50), (65, 50)), 1, 1, other)  # 62.5
    assert (found.raw, found.mark) == (62, 50)
    assert lines(found)[-1] == ("Handed in 1 day late", "62, at most 50", "regulation 6.2")


def test_lateness_comes_off_before_the_cap() -> None:
    """Cap first, and 50 − 6 would be 44."""
    assert worked(criteria((60, 100)), 2, 2, under()).mark == 50


def test_a_cap_lifts_nobody_and_a_first_attempt_has_none() -> None:
    assert worked(criteria((43, 100)), 0, 2, under()).mark == 43
    assert worked(criteria((50, 100)), 0, 2, under()).mark == 50
    assert worked(criteria((78, 100)), 0, 1, under()).mark == 78
    assert [said for said, _, _ in lines(worked(criteria((50, 100)), 0, 2, under()))] == [
        "Criteria by weight"
    ]


def test_a_whole_mark_on_time_needs_one_line_only() -> None:
    found = worked(criteria((60, 50), (70, 50)), 0, 1, under())
    assert lines(found) == [("Criteria by weight", "60 × 50% + 70 × 50% = 65", "the rubric")]


@st.composite
def rubrics(draw: st.DrawFn) -> list[Weighted]:
    """Criteria whose weights make 100."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=7)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    must = st.sampled_from(["", "Safeguarding"])
    return [Weighted(draw(st.integers(0, 100)), weight, draw(must)) for weight in weights]


_ROUNDINGS = [WHOLE, TENTHS, EVEN, DOWN, DOWN_TENTHS]
_RULEBOOKS = [
    under(),
    under(
        rounding={"kind": "down", "places": 1},
        late_work={"kind": "percent_per_day", "percent": 5, "days": "calendar", "most_days": 5},
        second_attempt={"kind": "uncapped"},
    ),
    under(
        rounding={"kind": "half_even", "places": 0},
        late_work={"kind": "capped", "at_most": 45, "days": "working", "most_days": 9},
        second_attempt={"kind": "capped", "at_most": "49.5"},
    ),
    under(late_work={"kind": "not_accepted"}),
]


@settings(max_examples=200)
@given(rubrics())
def test_a_weighted_mark_is_exact_and_lies_between_its_lowest_and_highest(
    rubric: Sequence[Weighted],
) -> None:
    mark = weighted_mark(rubric)
    assert Fraction(mark) == sum(Fraction(each.points * each.weight, 100) for each in rubric)
    points = [each.points for each in rubric]
    assert min(points) <= mark <= max(points)


@settings(max_examples=200)
@given(mark=st.decimals(0, 100, places=2), regulations=st.sampled_from(_ROUNDINGS))
def test_rounding_moves_a_mark_by_less_than_a_step_and_never_out_of_range(
    mark: Decimal, regulations: Regulations
) -> None:
    rule = regulations.rounding
    found = rounded(mark, rule)
    step = Decimal(1).scaleb(-rule.places)
    assert abs(found - mark) < step
    assert 0 <= found <= 100
    assert found % step == 0
    assert rounded(found, rule) == found
    if rule is DOWN.rounding or rule is DOWN_TENTHS.rounding:
        assert found <= mark
    else:
        assert abs(found - mark) <= step / 2


@settings(max_examples=200)
@given(
    one=st.decimals(0, 100, places=2),
    other=st.decimals(0, 100, places=2),
    regulations=st.sampled_from(_ROUNDINGS),
)
def test_rounding_never_turns_two_marks_round(
    one: Decimal, other: Decimal, regulations: Regulations
) -> None:
    low, high = sorted([one, other])
    assert rounded(low, regulations.rounding) <= rounded(high, regulations.rounding)


@settings(max_examples=300)
@given(
    rubric=rubrics(),
    days=st.integers(0, 12),
    attempt=st.integers(1, 4),
    regulations=st.sampled_from(_RULEBOOKS),
)
def test_a_worked_mark_lies_between_0_and_the_raw_mark_and_every_step_is_told(
    rubric: Sequence[Weighted], days: int, attempt: int, regulations: Regulations
) -> None:
    found = worked(rubric, days, attempt, regulations)
    assert 0 <= found.mark <= found.raw <= 100
    assert found.raw == rounded(weighted_mark(rubric), regulations.rounding)
    assert found.mark == rounded(found.mark, regulations.rounding)
    cited = {rule.cited for rule in regulations.rules} | {"the rubric"}
    assert {each.source for each in found.lines} <= cited
    told = {each.source for each in found.lines[1:]} - {regulations.rounding.cited}
    if found.mark != found.raw:
        assert told
    if days == 0 and attempt == 1 and not missed(rubric, regulations):
        assert found.mark == found.raw
        assert not told


def with_row(points: int, other: int, below: object = 1, **changes: object) -> Worked:
    """A rubric of two rows, the first of which must be passed."""
    regulations = under(must_pass={"points_below": below}, **changes)
    return worked([Weighted(points, 20, "Safeguarding"), Weighted(other, 80)], 0, 1, regulations)


def test_who_misses_a_row_that_must_be_passed_gets_what_the_rulebook_leaves() -> None:
    found = with_row(49, 80)
    assert (found.raw, found.mark) == (74, 49)
    assert lines(found)[-1] == (
        "A row that must be passed",
        "under 50 on Safeguarding: at most 49",
        "regulation 4.3",
    )


def test_who_passes_it_just_so_or_misses_another_row_loses_nothing() -> None:
    assert with_row(50, 80).mark == 74
    assert with_row(80, 49).mark == 55
    assert len(lines(with_row(50, 80))) == 1


def test_a_mark_that_is_lower_anyway_stays() -> None:
    found = with_row(40, 40)
    assert (found.mark, len(lines(found))) == (40, 1)


def test_what_is_left_is_never_rounded_up_to_a_pass() -> None:
    tenths = {"kind": "half_up", "places": 1}
    assert with_row(0, 100, "0.1").mark == 49
    assert with_row(0, 100, "0.1", rounding=tenths).mark == Decimal("49.9")


def test_lateness_comes_off_what_is_left() -> None:
    rows = [Weighted(0, 20, "Safeguarding"), Weighted(100, 80)]
    assert worked(rows, 1, 1, under()).mark < 49


def test_a_rulebook_that_says_nothing_of_such_rows_lets_them_advise() -> None:
    silent = under().model_copy(update={"must_pass": None})
    assert worked([Weighted(0, 20, "Safeguarding"), Weighted(100, 80)], 0, 1, silent).mark == 80


def test_it_stays_below_whatever_the_pass_mark_is() -> None:
    assert with_row(44, 100, pass_mark={"points": 45}).mark == 44
    assert with_row(0, 100, 60).mark == 0


@pytest.mark.parametrize("below", [0, -1, 101])
def test_a_rulebook_must_not_leave_a_pass(below: int) -> None:
    with pytest.raises(Faulty, match="must_pass"):
        under(must_pass={"points_below": below})


@settings(max_examples=200)
@given(
    rubric=rubrics(),
    place=st.integers(0, 7),
    days=st.integers(0, 5),
    attempt=st.integers(1, 3),
    regulations=st.sampled_from(_RULEBOOKS),
)
def test_more_points_for_a_criterion_never_lower_the_mark(
    rubric: list[Weighted], place: int, days: int, attempt: int, regulations: Regulations
) -> None:
    at = place % len(rubric)
    better = [*rubric]
    better[at] = replace(rubric[at], points=min(rubric[at].points + 7, 100))
    before = worked(rubric, days, attempt, regulations)
    assert worked(better, days, attempt, regulations).mark >= before.mark


KEYS = ("law", "care", "self")
POINTS = dict.fromkeys(KEYS, 60)
SAID = dict.fromkeys(KEYS, "Clear, and well argued.")


def test_a_mark_is_given_with_points_and_a_comment_for_each_criterion() -> None:
    check_complete(POINTS, SAID, KEYS)
    check_complete({**POINTS, "care": 0}, {**SAID, "overall": ""}, KEYS)


@pytest.mark.parametrize(
    ("points", "comments", "sentence"),
    [
        ({"law": 1, "self": 2}, SAID, "one criterion has no mark."),
        ({}, SAID, "3 criteria have no mark."),
        (POINTS, {**SAID, "care": "  \n "}, "one criterion has no comment."),
        (POINTS, {"overall": "Good."}, "3 criteria have no comment."),
        ({"law": 1}, {}, "2 criteria have no mark and 3 criteria have no comment."),
    ],
)
def test_it_says_how_much_is_missing(
    points: dict[str, int], comments: dict[str, str], sentence: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_complete(points, comments, KEYS)
    assert refusal.value.sentence == f"This can’t be given yet: {sentence}"


def test_what_is_missing_is_named_in_the_order_of_the_rubric() -> None:
    assert without_mark({"care": 3}, KEYS) == ["law", "self"]
    assert without_comment({"care": "Good.", "self": " "}, KEYS) == ["law", "self"]


@pytest.mark.parametrize("reason", ["", " " * 40, "too short", "x" * (SHORTEST_REASON - 1)])
def test_reconciling_needs_a_reason_that_somebody_can_follow(reason: str) -> None:
    with pytest.raises(RuleBroken, match="Say in a sentence"):
        check_reason(reason)
    check_reason("x" * SHORTEST_REASON)
