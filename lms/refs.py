"""Public names of things: for addresses, receipts and the audit trail.

A reference names a thing and opens nothing: who may see it is asked each time.
"""

import re
import secrets

# Crockford's base 32: no I, L, O or U, so that a reference survives being read out.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
_WELL_FORMED = re.compile(rf"[A-Z]{{3}}(-[{ALPHABET}]{{4}}){{4}}")


def new(prefix: str) -> str:
    """A new reference such as ``SUB-7Q4M-2XKD-9TBH-V3WN``: 80 random bits.

    prefix  three capital letters that say what kind of thing it is
    """
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return "-".join([prefix, *(symbols[i : i + 4] for i in range(0, 16, 4))])


def tidy(typed: str) -> str:
    """A reference as somebody typed it, with case, spaces and misread symbols put right.

    What can't be a reference, however it is read, comes back as it was, without its ends.
    """
    symbols = re.sub(r"[\W_]", "", typed.upper())
    prefix, rest = symbols[:3], symbols[3:].translate(_MISREAD)
    found = "-".join([prefix, *(rest[i : i + 4] for i in range(0, len(rest), 4))])
    return found if well_formed(found) else typed.strip()


def well_formed(text: str) -> bool:
    """Whether the text could be a reference at all."""
    return _WELL_FORMED.fullmatch(text) is not None


def token() -> str:
    """A secret of 192 random bits for an address or a cookie; only its hash is ever kept."""
    return secrets.token_urlsafe(24)
