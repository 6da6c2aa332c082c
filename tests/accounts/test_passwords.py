"""Passwords: long enough, not to be guessed, and never hashed beyond what we accept."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given, settings, strategies as st

from config import DEMO_PASSWORD
from lms.access.actor import APPOINTMENTS, SECOND_FACTOR, Role
from lms.accounts import passwords
from lms.accounts.rules import (
    LEAST_FOR_ADVOCATES,
    LEAST_FOR_STAFF,
    MOST_CHARACTERS,
    WeakPassword,
    check_password,
    least_characters,
    needs_second_factor,
)
from tests.conftest import OWN_HASHER, OWN_NOBODY

GOOD = "heron gravel, Tuesday kettle"
ABOUT = ["Zoë Kowalczyk-Ng", "zoe.kowalczyk@harbour.example"]


def refused(password: str, least: int = 12, about: list[str] = ABOUT) -> bool:
    try:
        check_password(password, least, about)
    except WeakPassword:
        return True
    return False


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that reach Argon2 from now on."""
    seen: list[str] = []
    verify, hash_ = PasswordHasher.verify, PasswordHasher.hash

    def counting_verify(self, kept, password):
        seen.append(password)
        return verify(self, kept, password)

    def counting_hash(self, password, **kwargs):
        seen.append(password)
        return hash_(self, password, **kwargs)

    monkeypatch.setattr(PasswordHasher, "verify", counting_verify)
    monkeypatch.setattr(PasswordHasher, "hash", counting_hash)
    return seen


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_staff_need_fifteen_characters_and_a_second_factor(role) -> None:
    assert least_characters(frozenset({role})) == LEAST_FOR_STAFF == 15
    assert least_characters(frozenset({role, Role.ADVOCATE})) == 15
    assert needs_second_factor(frozenset({role, Role.ADVOCATE}))


def test_advocates_need_twelve_characters_and_no_second_factor() -> None:
    assert least_characters(frozenset({Role.ADVOCATE})) == LEAST_FOR_ADVOCATES == 12
    assert not needs_second_factor(frozenset({Role.ADVOCATE}))
    assert set(Role) == SECOND_FACTOR | {Role.ADVOCATE}
    assert APPOINTMENTS <= SECOND_FACTOR


def test_whoever_has_no_role_yet_chooses_as_staff_do() -> None:
    """The role that comes later, or waits for a second registrar, asks for no new password."""
    assert least_characters(frozenset()) == LEAST_FOR_STAFF


@pytest.mark.parametrize("least", [LEAST_FOR_ADVOCATES, LEAST_FOR_STAFF])
def test_one_character_too_few_is_refused_and_the_least_is_taken(least) -> None:
    odd = "kX7 gw!pZ2vmQ4rT"
    assert not refused(odd[:least], least)
    with pytest.raises(WeakPassword, match=f"at least {least}"):
        check_password(odd[: least - 1], least, ABOUT)


def test_128_characters_are_taken_and_129_refused() -> None:
    long = (GOOD + " ") * 5
    check_password(long[:MOST_CHARACTERS], 15, ABOUT)
    assert MOST_CHARACTERS == 128
    with pytest.raises(WeakPassword, match="at most 128"):
        check_password(long[: MOST_CHARACTERS + 1], 15, ABOUT)


@pytest.mark.parametrize("password", [DEMO_PASSWORD, DEMO_PASSWORD.upper(), f"{DEMO_PASSWORD}!"])
def test_the_password_of_the_demonstration_is_nobodys(password) -> None:
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "the advocate eats blue gravel",
        "Żółta łódź pływa we wtorek",
        "雨が降れば傘をさして歩く猫の町",
        "kX7gw!pZ2vmQ4r",
        "🐢🌧️🫖🎻 at half past nine",
    ],
)
def test_odd_words_are_taken_in_any_script_and_need_no_kinds_of_characters(password) -> None:
    assert not refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "123456789012345",
        "qwertyuiopasdfghjkl",
        "password1234567",
        "Password123!Password123!",
        "letmeinletmein12",
        "                    ",
        "19900301199003011990",
        "iloveyouiloveyou",
    ],
)
def test_what_everybody_tries_first_is_refused(password) -> None:
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "alongside-alongside",
        "ALONGSIDE advocate",
        "modern slavery advocate",
        "IMSA imsa imsa imsa 1",
        "survivor advocate 2026!",
        "a10ng51de_adv0cat3",
        "anti-trafficking survivor",
    ],
)
def test_words_of_the_product_count_for_nothing_however_they_are_joined(password) -> None:
    assert refused(password, about=[])


@pytest.mark.parametrize(
    "password",
    [
        "Zoë Kowalczyk-Ng",
        "zoe kowalczyk ng",
        "KOWALCZYK.kowalczyk",
        "zoe.kowalczyk@harbour.example",
        "k0walczyk.harb0ur",
        "Kowalczyk1990!",
        "kowalczykslavery",
        "example.harbour.zoe1",
    ],
)
def test_a_persons_own_name_and_address_count_for_nothing(password) -> None:
    assert refused(password)
    assert refused(password.upper())


def test_a_name_of_two_letters_forbids_no_honest_word() -> None:
    assert not refused("ngorongoro gravel, Tuesday", about=["Ed Ng", "ed@ng.example"])


def test_only_the_start_of_a_long_password_is_estimated() -> None:
    """A guessable start is refused: what follows may be no better, and estimating it is slow."""
    assert refused("a" * 72 + "kX7gw!pZ2vmQ4rT")


@settings(max_examples=40)
@given(st.text(max_size=140), st.lists(st.text(max_size=20), max_size=3))
def test_whatever_is_typed_is_taken_or_refused(password, about) -> None:
    if not refused(password, 12, about):
        assert 12 <= len(password) <= MOST_CHARACTERS


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["advocate", "Zoë", "slavery", "KOWALCZYK", " "]), min_size=3))
def test_no_row_of_known_words_is_ever_taken(words) -> None:
    assert refused(" ".join(words))


def test_a_password_is_kept_as_an_argon2id_hash_with_its_own_salt(monkeypatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", OWN_HASHER)
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert first != second
    assert first.startswith("$argon2id$")
    memory, rounds = (int(part[2:]) for part in first.split("$")[3].split(",")[:2])
    assert memory >= 64 * 1024  # KiB: 64 MiB
    assert rounds >= 3
    assert passwords.matches(GOOD, first)
    assert not passwords.matches(GOOD + " ", first)
    assert not passwords.matches(GOOD.upper(), first)


def test_trying_an_address_that_nobody_has_costs_as_much_as_one_that_somebody_has() -> None:
    assert extract_parameters(OWN_NOBODY) == extract_parameters(OWN_HASHER.hash(GOOD))


def test_a_password_that_is_too_long_never_reaches_argon2(monkeypatch) -> None:
    kept = passwords.hashed(GOOD)
    seen = counted(monkeypatch)
    assert not passwords.matches("a" * (MOST_CHARACTERS + 1), kept)
    assert not passwords.matches("a" * 1_000_000, None)
    assert seen == []
    assert not passwords.matches("a" * MOST_CHARACTERS, kept)
    assert len(seen) == 1


def test_where_nothing_is_kept_argon2_works_as_hard_and_nothing_fits(monkeypatch) -> None:
    seen = counted(monkeypatch)
    for typed in (GOOD, "", "there is nobody of this name"):
        assert not passwords.matches(typed, None)
    assert len(seen) == 3


@pytest.mark.parametrize("kept", ["", "x", "plain text", "$argon2id$v=19$broken"])
def test_a_damaged_hash_lets_nobody_in(kept) -> None:
    assert not passwords.matches(GOOD, kept)
    assert not passwords.matches(kept, kept)
