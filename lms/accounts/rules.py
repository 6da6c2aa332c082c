"""Rules about accounts: addresses, passwords, invitations, and who may hold what."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from zxcvbn import zxcvbn

from config import DEMO_PASSWORD
from lms.access.actor import APPOINTMENTS, SECOND_FACTOR, Role
from lms.errors import RuleBroken

INVITATION_LIFE = timedelta(hours=72)
RESET_LIFE = timedelta(hours=1)
MOST_RESETS_A_DAY = 5

# Length is what counts: no rule about kinds of characters, no expiry (NCSC's advice).
LEAST_FOR_STAFF = 15
LEAST_FOR_ADVOCATES = 12
MOST_CHARACTERS = 128
# The strength estimate reads no further: its time grows with the square of the length.
_ESTIMATED = 72
_GUESSABLE_BELOW = 3  # of 4
# What anybody would try here first; the demonstration's password is in print.
_OUR_WORDS = (
    *("alongside", "imsa", "slavery", "modern", "advocate", "survivor", "trafficking"),
    DEMO_PASSWORD,
)
_SHORTEST_WORD = 3  # a name of two letters is part of too many honest words
_LOOKALIKES = {"a": "4@", "e": "3", "i": "1!", "l": "1!", "o": "0", "s": "5$", "t": "7"}

# What has a meaning in a mail's header is in no address of ours, however it could be quoted.
_PART = r"[^@\s.<>\"(),:;\[\]\\]+"
_ADDRESS = re.compile(rf"{_PART}(\.{_PART})*@{_PART}(\.{_PART})+")


class Purpose(StrEnum):
    """What a single-use link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class WeakPassword(RuleBroken):
    """The password would not keep somebody out."""


class LinkUnusable(RuleBroken):
    """The link was used, cancelled, or is too old."""


class SingleUse(Protocol):
    """A link that works once."""

    expires_at: datetime
    used_at: datetime | None
    cancelled_at: datetime | None


def normal_address(typed: str) -> str:
    """An email address in the one form in which we keep and compare it.

    Raises RuleBroken for what can't be an address.
    """
    # Small letters, not case folding: that makes "ss" of "ß", and so another person's mailbox.
    address = unicodedata.normalize("NFC", typed.strip().lower())
    # Nobody sees a control or a zero-width character: with one, two addresses look like one.
    unseen = any(unicodedata.category(character).startswith("C") for character in address)
    if len(address) > 254 or unseen or not _ADDRESS.fullmatch(address):
        raise RuleBroken("Enter an email address in full, like name@example.org")
    return address


def least_characters(roles: frozenset[Role]) -> int:
    """How long a password has to be for somebody with these roles.

    Whoever has no role yet may get any, and nobody is asked for a longer password then.
    """
    return LEAST_FOR_ADVOCATES if roles == {Role.ADVOCATE} else LEAST_FOR_STAFF


def check_password(password: str, least: int, about: Sequence[str]) -> None:
    """Refuse a password that is short or guessable; raises WeakPassword.

    least  fewest characters
    about  the person's own name and address, which others know
    """
    if len(password) < least:
        raise WeakPassword(f"Use at least {least} characters. Three or four odd words do well.")
    if len(password) > MOST_CHARACTERS:
        raise WeakPassword(f"Use at most {MOST_CHARACTERS} characters.")
    # Words that anybody would try first count for nothing, however many are joined.
    rest = _known_words(about).sub(" ", password)
    if zxcvbn(rest[:_ESTIMATED])["score"] < _GUESSABLE_BELOW:
        raise WeakPassword("This can be guessed. Use three or four odd words that only you join.")


def check_usable(link: SingleUse, at: datetime) -> None:
    """Refuse a link that was used, cancelled or has expired; raises LinkUnusable.

    One sentence for all three: the link is dead, and what to do is the same.
    """
    if link.used_at or link.cancelled_at or at >= link.expires_at:
        raise LinkUnusable("This link has been used or is too old. Ask for a new one.")


def check_enabled(disabled_at: datetime | None) -> None:
    """Refuse to give a shut account a role; raises RuleBroken."""
    if disabled_at is not None:
        raise RuleBroken("This account is disabled. Enable it before it is given a role.")


def check_grantable(role: Role, at: str) -> None:
    """Coordinators and supervisors hold their role at an organisation; nobody else does."""
    if (role in APPOINTMENTS) != bool(at):
        raise RuleBroken("Coordinators and supervisors are appointed at one organisation.")


def needs_second_registrar(role: Role) -> bool:
    """A registrar can make anybody anything, so a second one has to agree to each."""
    return role is Role.REGISTRAR


def needs_second_factor(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles signs in with a second factor."""
    return bool(roles & SECOND_FACTOR)


def check_born(born_on: date, today: date) -> None:
    """Refuse a date of birth that no adult worker can have; raises RuleBroken."""
    if not today.year - 110 <= born_on.year <= today.year - 16:
        raise RuleBroken("Check the date of birth: the year can’t be right.")


def _known_words(about: Sequence[str]) -> re.Pattern[str]:
    theirs = [word for text in about for word in re.split(r"[\W_]+", text.lower())]
    plain = [_without_accents(word) for word in theirs]
    known = {word for word in (*_OUR_WORDS, *theirs, *plain) if len(word) >= _SHORTEST_WORD}
    longest_first = sorted(known, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(_however_written, longest_first)), re.IGNORECASE)


def _however_written(word: str) -> str:
    return "".join(f"[{re.escape(letter + _LOOKALIKES.get(letter, ''))}]" for letter in word)


def _without_accents(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    return "".join(each for each in parts if not unicodedata.combining(each))
