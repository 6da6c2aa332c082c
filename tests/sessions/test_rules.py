"""Rules about how long a session lasts, when guessing stops, and which code fits."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given, strategies as st

from lms.access.actor import SECOND_FACTOR, Held, Role
from lms.errors import RuleBroken, TooMany
from lms.sessions.rules import (
    LIFE,
    LIFE_OF_HALF,
    MOST_CODE_FAILURES,
    MOST_FAILURES,
    WINDOW,
    WrongCode,
    check_attempts,
    check_clearable,
    counter_of,
    held_without_code,
    is_over,
    rest,
    tidy_code,
)

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 9, 1, 12, 0, 10, tzinfo=UTC)
NOW = int(NOON.timestamp()) // 30
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def code(step: int = 0, seed: str = SEED) -> str:
    """What the app shows so many steps from noon."""
    return pyotp.TOTP(seed).generate_otp(NOW + step)


def step_of(typed: str, last: int = 0, at: datetime = NOON) -> int | None:
    """The step a code is accepted for, counted from noon; None when it is refused."""
    try:
        return counter_of(SEED, typed, last, at) - NOW
    except WrongCode:
        return None


def test_a_session_lasts_twelve_hours_and_a_half_one_thirty_minutes() -> None:
    for life, given_life in ((timedelta(hours=12), LIFE), (timedelta(minutes=30), LIFE_OF_HALF)):
        assert life == given_life
        assert not is_over(NOON, None, NOON + life - MOMENT, given_life)
        assert is_over(NOON, None, NOON + life, given_life)
    assert not is_over(NOON, None, NOON + LIFE - MOMENT)
    assert is_over(NOON, None, NOON + LIFE)


def test_a_session_that_was_ended_is_over_whatever_the_clock_says() -> None:
    for jump in (-HOUR, timedelta(0), HOUR):
        assert is_over(NOON, NOON, NOON + jump)


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_clock_that_jumps_an_hour_ends_no_session(jump) -> None:
    assert not is_over(NOON, None, NOON + jump)


def test_staff_rest_for_thirty_minutes_and_advocates_for_sixty() -> None:
    assert rest(needs_second_factor=True) == timedelta(minutes=30)
    assert rest(needs_second_factor=False) == timedelta(minutes=60)


@given(st.frozensets(st.builds(Held, st.sampled_from(Role), st.sampled_from(["", "ORG-1"]))))
def test_without_a_second_factor_no_role_of_staff_counts(held) -> None:
    left = held_without_code(held)
    assert left <= held
    assert {each.role for each in left} <= {Role.ADVOCATE}
    assert {each.role for each in held - left} <= SECOND_FACTOR


@pytest.mark.parametrize(("most", "given_most"), [(10, MOST_FAILURES), (5, MOST_CODE_FAILURES)])
def test_guessing_stops_after_ten_passwords_or_five_codes(most, given_most) -> None:
    assert most == given_most
    for failures in range(most):
        check_attempts(failures, given_most)
    for failures in (most, most + 1, 10_000):
        with pytest.raises(TooMany) as refusal:
            check_attempts(failures, given_most)
        assert refusal.value.retry_after == WINDOW.total_seconds() == 300
    with pytest.raises(TooMany):
        check_attempts(10)


@pytest.mark.parametrize(
    ("later", "clears"),
    [
        (-HOUR, False),
        (timedelta(0), False),
        (timedelta(hours=24) - MOMENT, False),
        (timedelta(hours=24), True),
        (timedelta(days=7) - MOMENT, True),
        (timedelta(days=7), False),
    ],
)
def test_a_second_factor_is_cleared_a_day_after_the_asking_and_within_a_week(later, clears):
    if clears:
        check_clearable(NOON, NOON + later)
        return
    with pytest.raises(RuleBroken):
        check_clearable(NOON, NOON + later)


def test_the_present_code_fits_and_so_do_its_neighbours() -> None:
    assert [step_of(code(step)) for step in (-2, -1, 0, 1, 2)] == [None, -1, 0, 1, None]


@pytest.mark.parametrize(
    "typed",
    ["{0} {1}", " {0}{1}", "{0}{1}\n", "{0}-{1}", "{0}\u00a0{1}", "  {0}  {1}  ", "\t{0}{1}"],
)
def test_a_code_fits_with_spaces_and_hyphens_as_people_copy_it(typed) -> None:
    shown = code()
    assert step_of(typed.format(shown[:3], shown[3:])) == 0


@pytest.mark.parametrize("pad", ["", " ", "-", "\u2003", "\n"])
def test_padding_makes_no_used_code_new(pad) -> None:
    assert step_of(pad + code() + pad, last=NOW) is None
    assert step_of(pad + code(-1) + pad, last=NOW) is None


def test_a_code_of_an_earlier_step_than_the_last_one_taken_is_refused() -> None:
    assert step_of(code(-1), last=NOW - 1) is None
    assert step_of(code(0), last=NOW - 1) == 0
    assert step_of(code(1), last=NOW) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "12345",
        "1234567",
        "000000000000",
        "abcdef",
        "١٢٣٤٥٦",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "²³¹²³¹",
        "+12345",
        "-12345",
        "12 34",
        "1e5000",
        "0x1234",
        "%31%32%33",
    ],
)
def test_what_is_not_six_plain_digits_is_refused(typed) -> None:
    assert step_of(typed) is None


def test_digits_of_other_scripts_are_not_read_as_the_code() -> None:
    shown = code()
    for zero in (0x0660, 0xFF10, 0x0966):
        assert step_of("".join(chr(zero + int(each)) for each in shown)) is None


def test_another_seeds_code_is_refused() -> None:
    other = pyotp.random_base32()
    fits = {code(step) for step in (-1, 0, 1)}
    theirs = [code(step, other) for step in (-1, 0, 1)]
    assert all(step_of(each) is None for each in theirs if each not in fits)


@given(st.integers(-200, 200), st.integers(0, 10), st.integers(0, 29))
def test_a_code_is_taken_within_thirty_seconds_of_its_step_and_never_twice(step, last, second):
    at = NOON.replace(second=0) + timedelta(seconds=second)
    taken = step_of(code(step), last=NOW - last, at=at)
    if taken is not None:
        assert -1 <= taken <= 1
        assert taken > -last
        assert step_of(code(step), last=NOW + taken, at=at) is None
    elif abs(step) <= 1 and step > -last:
        # The only reason left: the same digits stood for an earlier step too.
        raise AssertionError(f"step {step} was refused after {last}")


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_clock_that_jumps_an_hour_lets_nobody_use_a_code_twice(jump) -> None:
    assert step_of(code(), last=NOW, at=NOON + jump) is None
    assert step_of(code(), last=NOW, at=NOON) is None


@given(st.text(max_size=30))
def test_tidying_a_code_is_done_once_and_for_all(typed) -> None:
    tidied = tidy_code(typed)
    assert not any(each.isspace() or each == "-" for each in tidied)
    assert tidy_code(tidied) == tidied
