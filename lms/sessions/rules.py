"""Rules about signing in: how long a session lasts, and when guessing has to stop."""

from datetime import datetime, timedelta

import pyotp

from lms.access.actor import SECOND_FACTOR, Held
from lms.errors import RuleBroken, TooMany

# Absolute life, and how long one may rest. Staff read about others, so theirs is shorter.
LIFE = timedelta(hours=12)
# Between password and code: long enough to get an app for the first time.
LIFE_OF_HALF = timedelta(minutes=30)
REST_OF_STAFF = timedelta(minutes=30)
REST_OF_ADVOCATES = timedelta(minutes=60)

# Cyber Essentials: at most ten guesses in five minutes.
MOST_FAILURES = 10
MOST_CODE_FAILURES = 5
WINDOW = timedelta(minutes=5)

RECOVERY_CODES = 10
# Between asking that a second factor be cleared and clearing it; and how long the asking counts.
CLEARING_WAITS = timedelta(hours=24)
CLEARING_LASTS = timedelta(days=7)
_STEP = 30  # seconds; RFC 6238
_DRIFT = 1  # steps either way, for a phone's clock that is a little off


class WrongCode(RuleBroken):
    """The code doesn't fit, or has been used."""


def is_over(
    began_at: datetime, ended_at: datetime | None, at: datetime, life: timedelta = LIFE
) -> bool:
    """Whether a session has ended, of itself or by somebody's act."""
    return ended_at is not None or at - began_at >= life


def held_without_code(held: frozenset[Held]) -> frozenset[Held]:
    """The roles that count in a session which no second factor completed.

    Somebody who is given a staff role while signed in has it from the next sign-in on, which
    asks for the second factor first.
    """
    return frozenset(each for each in held if each.role not in SECOND_FACTOR)


def rest(needs_second_factor: bool) -> timedelta:
    """How long may pass between two requests before the person may have walked away."""
    return REST_OF_STAFF if needs_second_factor else REST_OF_ADVOCATES


def check_attempts(failures: int, most: int = MOST_FAILURES) -> None:
    """Stop guessing; raises TooMany.

    failures  failed attempts within WINDOW, for one account or from one address
    """
    if failures >= most:
        raise TooMany(
            "Too many attempts. Wait five minutes, then try again.",
            retry_after=int(WINDOW.total_seconds()),
        )


def check_clearable(proposed_at: datetime, at: datetime) -> None:
    """Refuse to clear a second factor too soon, or on an old word; raises RuleBroken."""
    if at - proposed_at < CLEARING_WAITS:
        raise RuleBroken("Wait a day after it was asked for: the holder may still say no.")
    if at - proposed_at >= CLEARING_LASTS:
        raise RuleBroken("It was asked for more than a week ago. Ask anew.")


def tidy_code(typed: str) -> str:
    """A code as somebody typed or pasted it: without spaces and hyphens, in capitals."""
    return "".join(typed.split()).replace("-", "").upper()


def counter_of(seed: str, code: str, last_counter: int, at: datetime) -> int:
    """The time step that a code belongs to (RFC 6238).

    last_counter  the last step a code was accepted for: none is accepted twice

    Raises WrongCode.
    """
    totp = pyotp.TOTP(seed)
    now = int(at.timestamp()) // _STEP
    digits = tidy_code(code)
    if len(digits) == totp.digits and digits.isascii() and digits.isdigit():
        for counter in range(now - _DRIFT, now + _DRIFT + 1):
            if counter > last_counter and pyotp.utils.strings_equal(
                totp.generate_otp(counter), digits
            ):
                return counter
    raise WrongCode("That code doesn’t fit. Use the newest one your app shows.")
