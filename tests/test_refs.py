"""Public names: random, legible, and found again however they were typed."""

import math
import re

import pytest
from hypothesis import given, strategies as st

from lms import refs

refs_made = st.text(refs.ALPHABET, min_size=16, max_size=16).map(
    lambda symbols: "SUB-" + "-".join(symbols[i : i + 4] for i in range(0, 16, 4))
)


def test_a_reference_is_a_prefix_and_sixteen_symbols_in_fours() -> None:
    for _ in range(200):
        assert re.fullmatch(r"SUB(-[0-9A-HJKMNP-TV-Z]{4}){4}", refs.new("SUB"))


def test_no_symbol_is_mistaken_for_another() -> None:
    assert len(set(refs.ALPHABET)) == len(refs.ALPHABET) == 32
    assert not set(refs.ALPHABET) & set("ILOU")


def test_a_reference_has_eighty_random_bits_and_a_token_more_than_a_hundred_and_thirty() -> None:
    assert 16 * math.log2(len(refs.ALPHABET)) == 80
    assert len(refs.token()) * math.log2(64) >= 130


def test_ten_thousand_of_them_do_not_repeat() -> None:
    assert len({refs.new("SUB") for _ in range(10_000)}) == 10_000
    assert len({refs.token() for _ in range(10_000)}) == 10_000


def test_every_place_takes_every_symbol() -> None:
    made = [refs.new("SUB")[4:].replace("-", "") for _ in range(1_000)]
    for place in range(16):
        assert {each[place] for each in made} == set(refs.ALPHABET)


def test_they_do_not_follow_one_another() -> None:
    made = [refs.new("SUB") for _ in range(100)]
    assert made != sorted(made)


@pytest.mark.parametrize("prefix", ["USR", "REQ"])
def test_what_is_made_is_well_formed(prefix: str) -> None:
    assert refs.well_formed(refs.new(prefix))
    assert refs.new(prefix).startswith(f"{prefix}-")


@given(refs_made)
def test_a_reference_is_its_own_tidy_form(ref: str) -> None:
    assert refs.well_formed(ref)
    assert refs.tidy(ref) == ref


@given(refs_made, st.data())
def test_case_gaps_and_misread_symbols_do_not_matter(ref: str, data: st.DataObject) -> None:
    misread = {"1": "1IlLi", "0": "0Oo"}
    gaps = st.sampled_from(["", "-", " ", " - ", "\u00a0", "–", "\n"])
    typed = "".join(
        data.draw(gaps)
        if symbol == "-"
        else data.draw(st.sampled_from(misread.get(symbol, symbol + symbol.lower())))
        if place > 3
        else data.draw(st.sampled_from(symbol + symbol.lower()))
        for place, symbol in enumerate(ref)
    )
    assert refs.tidy(f"{data.draw(gaps)}{typed}{data.draw(gaps)}") == ref


@given(st.text())
def test_whatever_is_typed_tidying_twice_is_tidying_once(typed: str) -> None:
    once = refs.tidy(typed)
    assert refs.tidy(once) == once
    assert refs.well_formed(once) or once == typed.strip()


@pytest.mark.parametrize("word", ["system", "public", "-", "", "AC-4827-1093-K"])
def test_what_is_no_reference_is_left_alone(word: str) -> None:
    assert refs.tidy(f" {word} ") == word
    assert not refs.well_formed(word)


GOOD = "SUB-7Q4M-2XKD-9TBH-V3WN"


@pytest.mark.parametrize(
    "bad",
    [
        *(GOOD.lower(), GOOD + "\n", " " + GOOD, GOOD[:-1], GOOD + "X", GOOD[1:], "X" + GOOD),
        *(GOOD.replace("7", "U"), GOOD.replace("7", "I"), GOOD.replace("-", ""), GOOD + "\0"),
        *("٣UB" + GOOD[3:], GOOD.replace("7", "\uff17")),
    ],
)
def test_nothing_else_is_well_formed(bad: str) -> None:
    assert refs.well_formed(GOOD)
    assert not refs.well_formed(bad)
