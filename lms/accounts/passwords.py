"""Hashing passwords: Argon2id, by the library's recommended cost. Slow on purpose."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.accounts.rules import MOST_CHARACTERS

_hasher = PasswordHasher()
# Verified against when there is no account, so that the answer takes as long: a hash of random
# bytes at the same cost. Making one at every start would cost each command a fifth of a second.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$cHWh3WiMjpit/R1fs8cWiw$"
    "56VZPa9MSkrth0zMGoCkL8UXNwYwbPPrkcq1509d0mA"
)


def hashed(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether the password is the one that was hashed; takes as long when nothing was kept."""
    # Nobody has such a password, whatever the account: hashing it would only cost time.
    if len(password) > MOST_CHARACTERS:
        return False
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
