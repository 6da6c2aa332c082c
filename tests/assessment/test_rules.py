"""Rules about handing in that are not about counting days: see test_lateness.py for those."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from lms.assessment.rules import (
    check_deadline,
    check_extendable,
    check_extension,
    check_movable,
    check_replaceable,
    late_penalty,
)
from lms.errors import RuleBroken
from lms.regulations.profile import (
    LateCapped,
    LateNotAccepted,
    LatePercentPerDay,
    LatePointsPerDay,
    LateWork,
)
from tests.factories import regulations_with

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULE = {"paragraph": "6.2", "says": "What becomes of late work.", "source": "made up here"}
COUNTED = {**RULE, "days": "working", "most_days": 10}


def per_day(points: str) -> LatePointsPerDay:
    return LatePointsPerDay(kind="points_per_day", points=Decimal(points), **COUNTED)


def percent(share: str) -> LatePercentPerDay:
    return LatePercentPerDay(kind="percent_per_day", percent=Decimal(share), **COUNTED)


def capped(at_most: str) -> LateCapped:
    return LateCapped(kind="capped", at_most=Decimal(at_most), **COUNTED)


def after(mark: str, days: int, rule: LateWork) -> Decimal:
    step = late_penalty(Decimal(mark), days, rule)
    assert step is not None
    assert step.line.source == "regulation 6.2"
    return step.mark


def test_points_per_day_come_off_for_each_day() -> None:
    assert after("64", 1, per_day("3")) == 61
    assert after("64", 4, per_day("3")) == 52
    assert after("64.5", 3, per_day("2.5")) == 57


def test_percent_per_day_is_a_share_of_the_mark() -> None:
    assert after("60", 1, percent("5")) == 57
    assert after("60", 3, percent("5")) == 51
    assert after("57", 2, percent("5")) == Decimal("51.3")


def test_a_cap_leaves_lower_marks_alone() -> None:
    assert after("72", 1, capped("50")) == 50
    assert after("72", 9, capped("50")) == 50
    assert after("43", 1, capped("50")) == 43


def test_no_penalty_takes_more_than_the_mark() -> None:
    assert after("8", 3, per_day("3")) == 0
    assert after("8", 10, percent("100")) == 0


@pytest.mark.parametrize("rule", [per_day("3"), percent("5"), capped("50")])
@pytest.mark.parametrize("days", [0, -1])
def test_work_on_time_loses_nothing(rule: LateWork, days: int) -> None:
    assert late_penalty(Decimal(64), days, rule) is None


def test_where_late_work_is_not_accepted_there_is_no_penalty_to_work_out() -> None:
    assert late_penalty(Decimal(64), 2, LateNotAccepted(kind="not_accepted", **RULE)) is None


def test_the_line_tells_how_late_and_how_the_mark_came_down() -> None:
    one = late_penalty(Decimal(64), 1, per_day("3"))
    two = late_penalty(Decimal(60), 2, percent("5"))
    three = late_penalty(Decimal(72), 3, capped("50"))
    assert [(step.line.said, step.line.sum) for step in (one, two, three) if step] == [
        ("Handed in 1 day late", "64 − 3 = 61"),
        ("Handed in 2 days late", "60 − 6 = 54"),
        ("Handed in 3 days late", "72, at most 50"),
    ]


_points = st.decimals(0, 100, places=1)
_rules = st.one_of(
    _points.map(str).map(per_day), _points.map(str).map(percent), _points.map(str).map(capped)
)


@settings(max_examples=300)
@given(mark=_points, days=st.integers(1, 60), rule=_rules)
def test_a_penalised_mark_is_never_below_0_and_never_above_the_mark(
    mark: Decimal, days: int, rule: LateWork
) -> None:
    assert 0 <= after(str(mark), days, rule) <= mark


@settings(max_examples=300)
@given(mark=_points, days=st.integers(1, 60), more=st.integers(0, 20), rule=_rules)
def test_coming_later_never_helps(mark: Decimal, days: int, more: int, rule: LateWork) -> None:
    assert after(str(mark), days + more, rule) <= after(str(mark), days, rule)


@settings(max_examples=300)
@given(mark=_points, other=_points, days=st.integers(1, 60), rule=_rules)
def test_the_better_of_two_equally_late_pieces_never_ends_lower(
    mark: Decimal, other: Decimal, days: int, rule: LateWork
) -> None:
    low, high = sorted([mark, other])
    assert after(str(low), days, rule) <= after(str(high), days, rule)


def test_a_deadline_lies_ahead() -> None:
    check_deadline(NOON + HOUR, NOON)
    for past in (NOON, NOON - HOUR):
        with pytest.raises(RuleBroken, match="ahead"):
            check_deadline(past, NOON)


def test_a_deadline_that_has_passed_stays() -> None:
    check_movable(NOON + HOUR, NOON)
    for past in (NOON, NOON - HOUR):
        with pytest.raises(RuleBroken, match="has passed"):
            check_movable(past, NOON)


def test_an_extension_moves_the_deadline_later() -> None:
    regulations = regulations_with()
    for none in (NOON, NOON - HOUR):
        with pytest.raises(RuleBroken, match="later"):
            check_extension(NOON, NOON, none, regulations)


@pytest.mark.parametrize(("days", "latest"), [(1, 1), (3, 5), (5, 7), (10, 14)])
def test_an_extension_has_at_most_so_many_working_days(days: int, latest: int) -> None:
    regulations = regulations_with(
        extensions={"most_working_days": days, "paragraph": "6.9", "says": "So many days more."}
    )
    check_extension(NOON, NOON, NOON + latest * DAY, regulations)
    with pytest.raises(RuleBroken, match="So many days more") as refusal:
        check_extension(NOON, NOON, NOON + latest * DAY + HOUR, regulations)
    assert refusal.value.source == "regulation 6.9"


def test_extensions_together_have_at_most_so_many_working_days() -> None:
    regulations = regulations_with(extensions={"most_working_days": 5})
    extended = NOON + 5 * DAY
    check_extension(NOON, extended, NOON + 7 * DAY, regulations)
    with pytest.raises(RuleBroken):
        check_extension(NOON, extended, NOON + 8 * DAY, regulations)


def test_where_there_are_no_extensions_none_can_be_given() -> None:
    regulations = regulations_with(extensions={"most_working_days": 0})
    with pytest.raises(RuleBroken):
        check_extension(NOON, NOON, NOON + HOUR, regulations)


def test_an_extension_over_a_change_of_the_clocks_ends_at_the_same_clock_time() -> None:
    regulations = regulations_with(extensions={"most_working_days": 1})
    due = datetime(2027, 3, 25, 17, tzinfo=UTC)
    latest = datetime(2027, 3, 30, 16, tzinfo=UTC)  # after Easter, 17:00 in summer time
    check_extension(due, due, latest, regulations)
    with pytest.raises(RuleBroken):
        check_extension(due, due, latest + timedelta(seconds=1), regulations)


@pytest.mark.parametrize(
    ("old", "handed_in", "stands"),
    [
        (NOON - HOUR, True, True),
        (NOON, True, True),
        (NOON + HOUR, True, False),
        (NOON - HOUR, False, False),
        (NOON + HOUR, False, False),
    ],
)
def test_work_stands_against_an_extension_once_its_deadline_has_passed(
    old: datetime, handed_in: bool, stands: bool
) -> None:
    if not stands:
        check_extendable(old, NOON, handed_in)
        return
    with pytest.raises(RuleBroken, match="stands"):
        check_extendable(old, NOON, handed_in)


def test_after_the_deadline_what_was_handed_in_stands() -> None:
    check_replaceable(NOON, NOON, has_earlier=True)
    check_replaceable(NOON, NOON + HOUR, has_earlier=False)
    with pytest.raises(RuleBroken, match="stands"):
        check_replaceable(NOON, NOON + timedelta(microseconds=1), has_earlier=True)
