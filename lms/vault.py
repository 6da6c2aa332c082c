"""Secrets at rest: what is sealed here can't be read from a copy of the database.

Keys lie in files of their own, outside the database and its backups.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

_NONCE = 12
KEY_FILES = {"seal": "seal.key", "audit": "audit.key"}


class KeyMissing(Exception):
    """A key file isn't where the settings say; the message names it."""


class Keys:
    """The installation's keys, read once at start.

    seal   32 bytes, AES-256-GCM: dates of birth, TOTP seeds, links waiting in the outbox
    audit  32 bytes, HMAC-SHA256: the audit chain; and, each under a name of its own, what was tried
           at the sign-in and what was sent to look somebody up
    """

    def __init__(self, seal: bytes, audit: bytes) -> None:
        self._cipher = AESGCM(seal)
        self._audit = audit

    @classmethod
    def read(cls, folder: Path) -> "Keys":
        """The keys in a folder; raises KeyMissing."""
        return cls(**{name: _read_key(folder / file) for name, file in KEY_FILES.items()})

    @staticmethod
    def make(folder: Path) -> list[Path]:
        """Write the keys that are missing, for the owner alone to read; returns the new files."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = [folder / file for file in KEY_FILES.values() if not (folder / file).exists()]
        for path in made:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                # What is sealed with a key that a power cut took is lost for good.
                os.fsync(file.fileno())
        return made

    def seal(self, text: str, *, bound_to: str) -> bytes:
        """The text, sealed; it opens only for what it is bound to, so rows can't be swapped."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), bound_to.encode())

    def unseal(self, sealed: bytes, *, bound_to: str) -> str:
        """The text that was sealed. Raises ValueError when it was changed, moved or isn't ours."""
        try:
            opened = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except InvalidTag:
            raise ValueError(f"what is sealed for {bound_to} does not open") from None
        return opened.decode()

    def sign(self, message: bytes) -> str:
        """HMAC-SHA256 under the audit key, hex."""
        return hmac.new(self._audit, message, hashlib.sha256).hexdigest()


def keys() -> Keys:
    """The keys of the running application."""
    found: Keys = current_app.extensions["lms_keys"]
    return found


def digest(secret: str) -> str:
    """SHA-256 of a random token, hex: what is kept of it. Not for passwords: they are guessable."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise KeyMissing(f"no key can be read from {path}") from None
    if len(key) != 32:
        raise KeyMissing(f"the key in {path} is not 32 bytes")
    return key
