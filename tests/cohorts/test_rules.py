"""Academic years, ages, and the lawful moves of an enrolment."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from lms.cohorts import rules
from lms.cohorts.rules import ACTIVE, KIND_WORDS, MOVES, Kind, State, YearTooFar
from lms.errors import RuleBroken

S = State
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
STATES = st.sampled_from(State)
# Written by hand, from what the states mean; never taken from the code.
MAY_FOLLOW = {
    (None, S.OFFERED),
    (S.OFFERED, S.ENROLLED),
    (S.OFFERED, S.WITHDRAWN),
    (S.ENROLLED, S.ON_LEAVE),
    (S.ENROLLED, S.COMPLETED),
    (S.ENROLLED, S.WITHDRAWN),
    (S.ENROLLED, S.TRANSFERRED),
    (S.ON_LEAVE, S.ENROLLED),
    (S.ON_LEAVE, S.WITHDRAWN),
    (S.ON_LEAVE, S.TRANSFERRED),
}
A_REGISTRAR_MAY = MAY_FOLLOW - {
    (None, S.OFFERED),  # by a roster
    (S.OFFERED, S.ENROLLED),  # the advocate's own act
    (S.ENROLLED, S.COMPLETED),  # a board's
}
FINAL = {S.COMPLETED, S.WITHDRAWN, S.TRANSFERRED}


def is_lawful(check: object, now: State | None, to: State) -> bool:
    try:
        check(now, to)  # type: ignore[operator]
    except RuleBroken:
        return False
    return True


@pytest.mark.parametrize("now", [None, *State])
@pytest.mark.parametrize("to", State)
def test_exactly_these_states_may_follow_each_other(now: State | None, to: State) -> None:
    assert is_lawful(rules.check_move, now, to) == ((now, to) in MAY_FOLLOW)
    assert is_lawful(rules.check_change, now, to) == ((now, to) in A_REGISTRAR_MAY)
    assert (to in rules.changes(now)) == ((now, to) in A_REGISTRAR_MAY)


@given(st.lists(STATES, max_size=30))
def test_no_way_through_the_states_leaves_an_end_or_returns_to_the_offer(
    tried: list[State],
) -> None:
    gone: list[State] = []
    for to in tried:
        if is_lawful(rules.check_move, rules.present(gone), to):
            gone.append(to)
    assert gone[:1] in ([], [S.OFFERED])
    assert S.OFFERED not in gone[1:]
    assert not FINAL & set(gone[:-1])
    if gone and gone[-1] in ACTIVE | {S.ON_LEAVE, S.TRANSFERRED}:
        assert gone[1] is S.ENROLLED  # nobody learns, or is away, without having accepted


@given(st.lists(STATES, max_size=30))
def test_a_registrar_alone_never_gets_anybody_enrolled_or_completed(tried: list[State]) -> None:
    now = S.OFFERED
    for to in tried:
        if is_lawful(rules.check_change, now, to):
            now = to
    assert now in {S.OFFERED, S.WITHDRAWN}


@pytest.mark.parametrize("now", sorted(FINAL))
def test_an_end_is_an_end(now: State) -> None:
    assert MOVES[now] == rules.changes(now) == frozenset()


@pytest.mark.parametrize("now", sorted(set(State) - {S.OFFERED}))
def test_a_place_is_taken_only_while_it_is_offered(now: State) -> None:
    rules.check_on_offer(S.OFFERED)
    with pytest.raises(RuleBroken, match="not on offer"):
        rules.check_on_offer(now)


def test_every_state_and_kind_has_its_place_in_the_rules() -> None:
    assert set(MOVES) == {None, *State}
    assert set(KIND_WORDS) == set(Kind)


@given(DAYS)
def test_an_academic_year_runs_from_the_first_of_september(day: date) -> None:
    year = rules.academic_year(day)
    assert date(year, 9, 1) <= day <= date(year + 1, 8, 31)


@given(DAYS)
def test_an_intake_is_named_by_the_academic_year_it_starts_in(starts_on: date) -> None:
    year, today = rules.academic_year(starts_on), starts_on - timedelta(days=100)
    rules.check_year(year, starts_on, today)
    for other in (year - 1, year + 1):
        with pytest.raises(RuleBroken, match="1 September"):
            rules.check_year(other, starts_on, today)


@pytest.mark.parametrize(
    ("starts_on", "year"),
    [
        (date(2026, 9, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 11), 2026),  # put off to the new year
        (date(2027, 8, 31), 2026),
        (date(2027, 9, 1), 2027),
        (date(2028, 2, 29), 2027),
    ],
)
def test_days_around_the_turn_of_the_year(starts_on: date, year: int) -> None:
    assert rules.academic_year(starts_on) == year


@pytest.mark.parametrize("year", [2020, 2032])
def test_a_year_far_from_now_is_a_slip(year: int) -> None:
    today = date(2026, 6, 1)
    with pytest.raises(YearTooFar):
        rules.check_year(year, date(year, 9, 1), today)
    for near in (2021, 2031):
        rules.check_year(near, date(near, 9, 1), today)


@given(DAYS, DAYS)
def test_nobody_qualifies_on_or_before_the_first_day(qualify_by: date, starts_on: date) -> None:
    if qualify_by > starts_on:
        rules.check_qualify_by(qualify_by, starts_on)
    else:
        with pytest.raises(RuleBroken):
            rules.check_qualify_by(qualify_by, starts_on)
