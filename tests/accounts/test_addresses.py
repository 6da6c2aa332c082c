"""Addresses: kept in one form, sent to as typed, and never a way into a mail's header."""

import unicodedata
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import given, strategies as st

from lms.accounts.rules import normal_address
from lms.errors import RuleBroken

TYPED = st.text(min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("amara@example.org", "amara@example.org"),
        ("  Amara@Example.ORG \n", "amara@example.org"),
        ("a.b+work@mail.example.org", "a.b+work@mail.example.org"),
        ("o'brien_7=x@example.co.uk", "o'brien_7=x@example.co.uk"),
        ("ZOE\u0308@example.org", "zoë@example.org"),
        ("Zoë@example.org", "zoë@example.org"),
        ("info@bücher.example", "info@bücher.example"),
    ],
)
def test_an_address_is_kept_in_one_form_whatever_its_capitals_and_accents(typed, kept) -> None:
    assert normal_address(typed) == kept


def test_two_people_whose_addresses_differ_by_a_sharp_s_stay_two_people() -> None:
    """Folding ß to ss would send one person's link to the other's mailbox."""
    assert normal_address("strauß@example.org") == "strauß@example.org"
    assert normal_address("strauß@example.org") != normal_address("strauss@example.org")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "amara",
        "@example.org",
        "amara@",
        "amara@example",
        "amara@example.",
        "amara@.org",
        "amara@exa..mple.org",
        ".amara@example.org",
        "amara.@example.org",
        "a..b@example.org",
        "amara@@example.org",
        "amara@b@example.org",
        "am ara@example.org",
        "amara@exam ple.org",
        "Amara <amara@example.org>",
        '"amara"@example.org',
        "amara(comment)@example.org",
        "amara@[127.0.0.1]",
        "mailto:amara@example.org",
    ],
)
def test_what_is_no_address_is_refused_with_an_example_of_one(typed) -> None:
    with pytest.raises(RuleBroken, match=r"name@example\.org"):
        normal_address(typed)


@pytest.mark.parametrize("where", ["{}amara@exam.org", "am{}ara@exam.org", "amara@ex{}am.org"])
@pytest.mark.parametrize(
    "unseen",
    ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800"],
    ids=lambda c: f"U+{ord(c):04X}",
)
def test_no_character_hides_in_an_address(where, unseen) -> None:
    typed = where.format(unseen)
    if unseen == "\x85" and typed.startswith(unseen):
        assert normal_address(typed) == "amara@exam.org"  # a line's end, and so taken off
        return
    with pytest.raises(RuleBroken):
        normal_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "amara@example.org\r\nBcc: other@example.org",
        "amara@example.org\nSubject: hello",
        "amara\r\n@example.org",
        "amara@example.org,other",
        "amara@exa,mple.org",
        "amara@example.org;other",
        "amara@example.org>,<other",
        "amara@example.org%0d%0aBcc:other@example.org",
        "amara@example.org\u2028Bcc:x",
    ],
)
def test_nothing_gets_into_the_header_of_a_mail_beside_the_address(typed) -> None:
    with pytest.raises(RuleBroken):
        normal_address(typed)


def test_an_address_has_at_most_254_characters() -> None:
    longest = "a" * (254 - len("@example.org")) + "@example.org"
    assert normal_address(longest) == longest
    with pytest.raises(RuleBroken):
        normal_address("a" + longest)


@given(TYPED, TYPED, TYPED)
def test_whatever_is_taken_stays_as_it_is_and_is_one_recipient(local, host, top) -> None:
    try:
        kept = normal_address(f"{local}@{host}.{top}")
    except RuleBroken:
        return
    assert normal_address(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(each)[0] in "CZ" for each in kept)
    if kept.isascii():
        mail = EmailMessage()
        mail["To"] = kept
        (recipient,) = mail["To"].addresses
        assert recipient.addr_spec == kept
        assert not mail["To"].defects


@given(st.text(max_size=300))
def test_anything_at_all_is_taken_or_refused_and_nothing_else_happens(typed) -> None:
    with suppress(RuleBroken):
        assert 0 < len(normal_address(typed)) <= 254
