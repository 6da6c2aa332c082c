from datetime import date

import pytest
from hypothesis import given, strategies as st

from lms.errors import RuleBroken
from lms.organisations.rules import NATION_WORDS, Nation, check_name, check_span, name_key

_words = st.lists(st.text("abcÄÉßxyz&-'", min_size=1), min_size=1, max_size=4)
_gaps = st.text(" \t\u00a0\u2003", min_size=1, max_size=3)


@given(_words, _gaps, _gaps)
def test_spaces_do_not_tell_two_names_apart(words: list[str], gap: str, edge: str) -> None:
    assert name_key(edge + gap.join(words) + edge) == name_key(" ".join(words))


@given(_words)
def test_case_does_not_tell_two_names_apart(words: list[str]) -> None:
    name = " ".join(words)
    assert name_key(name.upper()) == name_key(name) == name_key(name.lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caf\u00e9 Trust", "Cafe\u0301 Trust"),  # composed and decomposed
        ("\uff22ridge Trust", "Bridge Trust"),  # full-width letter
        ("Straße Trust", "STRASSE TRUST"),
        ("Har\N{SOFT HYPHEN}bour Trust", "Harbour\N{ZERO WIDTH SPACE} Trust"),  # nobody sees them
    ],
)
def test_two_ways_of_writing_one_letter_do_not_tell_two_names_apart(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@given(st.text())
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(st.text(st.characters(categories=["Cf", "Zs"])))
def test_a_name_of_which_nothing_can_be_seen_is_none(name: str) -> None:
    with pytest.raises(RuleBroken):
        check_name(name)
    check_name(f"{name}H{name}")


def test_different_names_have_different_keys() -> None:
    names = ["Bridge Trust", "Bridge Trusts", "The Bridge Trust", "Bridge-Trust"]
    assert len({name_key(name) for name in names}) == len(names)


def test_every_nation_has_words_of_its_own() -> None:
    assert set(NATION_WORDS) == set(Nation)
    assert len(set(NATION_WORDS.values())) == len(Nation)


@given(st.dates(), st.dates())
def test_a_last_day_is_refused_only_before_the_first(starts_on: date, ends_on: date) -> None:
    if ends_on >= starts_on:
        check_span(starts_on, ends_on)
    else:
        with pytest.raises(RuleBroken):
            check_span(starts_on, ends_on)
