"""Accreditation numbers: random, read out without harm, and a slip of the pen is found out."""

import re
import string
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings, strategies as st
from stdnum.iso7064 import mod_37_2

from lms.accreditation.rules import MistypedNumber, new_number, tidy_number

PROPERTY = settings(deadline=None)
numbers = st.builds(new_number)


def bare(number: str) -> str:
    return number.removeprefix("AC").replace("-", "")


def test_a_number_is_eight_digits_and_a_letter_that_checks_them() -> None:
    for _ in range(200):
        number = new_number()
        assert re.fullmatch(r"AC-\d{4}-\d{4}-[A-Z]", number)
        assert mod_37_2.is_valid(bare(number))
        assert tidy_number(number) == number


def test_numbers_follow_no_order_and_do_not_repeat() -> None:
    drawn = [bare(new_number())[:8] for _ in range(300)]
    assert len(set(drawn)) == len(drawn)
    assert drawn != sorted(drawn)
    # Drawn from the whole range: each first digit comes up.
    assert {each[0] for each in drawn} == set(string.digits)


@pytest.mark.parametrize(
    "typed",
    [
        "ac-4827-1093-{}",
        "AC48271093{}",
        " AC 4827 1093 {} ",
        "AC–4827–1093–{}",
        "ac 48271093-{}",
        "AC-4827-IO93-{}",
        "AC-4827-lo93-{}",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    check = mod_37_2.calc_check_digit("48271093")
    assert check.isalpha()
    assert tidy_number(typed.format(check.lower())) == f"AC-4827-1093-{check}"


@PROPERTY
@given(numbers, st.integers(0, 7), st.sampled_from(string.digits))
def test_one_wrong_digit_is_always_found_out(number: str, place: int, digit: str) -> None:
    right = bare(number)
    assume(right[place] != digit)
    with pytest.raises(MistypedNumber):
        tidy_number(f"AC{right[:place]}{digit}{right[place + 1 :]}")


@PROPERTY
@given(numbers, st.sampled_from(string.ascii_uppercase))
def test_one_wrong_letter_is_always_found_out(number: str, letter: str) -> None:
    assume(number[-1] != letter)
    with pytest.raises(MistypedNumber):
        tidy_number(number[:-1] + letter)


@PROPERTY
@given(numbers, st.integers(0, 6))
def test_two_neighbours_that_changed_places_are_always_found_out(number: str, place: int) -> None:
    right = bare(number)
    assume(right[place] != right[place + 1])
    turned = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    with pytest.raises(MistypedNumber):
        tidy_number(f"AC{turned}")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "AC",
        "AC-4827-1093",
        "XX-4827-1093-K",
        "AC-4827-10930-K",
        "AC-482-1093-K",
        "AC-4827-1093-*",
        "AC-4827-1093-1",
        "AC-\N{ARABIC-INDIC DIGIT FOUR}827-1093-K",
        "AC-4827-1093-K; DROP TABLE",
        "Ada Example",
    ],
)
def test_what_cannot_be_a_number_is_refused_with_what_one_is_like(typed: str) -> None:
    with pytest.raises(MistypedNumber, match="AC-4827-1093-K"):
        tidy_number(typed)


@PROPERTY
@given(st.text(max_size=40))
def test_anything_typed_is_a_number_or_a_refusal_and_never_an_error(typed: str) -> None:
    with suppress(MistypedNumber):
        assert re.fullmatch(r"AC-\d{4}-\d{4}-[A-Z]", tidy_number(typed))
