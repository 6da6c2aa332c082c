"""Words as search takes them: what counts as the same, and what was probably meant."""

import pytest

from lms.wording import fold, nearest, slips, stem, words

KNOWN = {"recovery": 40, "recover": 3, "consent": 20, "content": 9, "period": 12, "lukasz": 1}


@pytest.mark.parametrize(
    "alike",
    [
        "refer refers referred referring referral referrals",
        "identify identifies identified identifying identification identifications",
        "exploit exploits exploited exploiting exploitation exploitative",
        "decide decides decided deciding",
        "traffic trafficked trafficking trafficker traffickers",
        "organise organised organising organisation organization organisations",
        "vulnerable vulnerability",
        "recovery recover recovers recovered",
        "agree agreed agrees agreement agreements",
        "survivor survivors survivor's",
        "homeless homelessness",
        "process processes processed",
    ],
)
def test_forms_of_a_word_have_one_stem(alike: str) -> None:
    assert len({stem(word) for word in words(alike)}) == 1


@pytest.mark.parametrize("apart", ["organ organisation", "act action", "leg legal"])
def test_words_that_mean_something_else_are_kept_apart(apart: str) -> None:
    assert len({stem(word) for word in words(apart)}) == 2


def test_accents_and_capitals_make_no_difference_however_they_are_written() -> None:
    assert fold("Łukasz NAÏVE") == fold("łukasz nai\N{COMBINING DIAERESIS}ve") == "lukasz naive"
    assert words("Strasse, Straße; don’t don't") == ["strasse", "strasse", "dont", "dont"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("recvoery", "recovery"),  # two changed places
        ("recvery", "recovery"),
        ("ecovery", "recovery"),  # also the first letter
        ("rekovary", "recovery"),
        ("lukazs", "lukasz"),
        ("consant", "consent"),
        ("conent", "consent"),  # as near to content, which is used less
        ("perod", "period"),
        ("pirod", ""),  # two slips are too many for five letters
        ("banana", ""),
    ],
)
def test_a_misspelt_word_is_taken_for_the_nearest_then_for_the_more_used(
    typed: str, meant: str
) -> None:
    assert nearest(typed, KNOWN) == meant


def test_slips_are_counted_as_people_make_them() -> None:
    assert [slips("abc", each) for each in ("abc", "acb", "ab", "abcd", "xbc", "cab")] == [
        *(0, 1, 1, 1, 1),
        2,
    ]
