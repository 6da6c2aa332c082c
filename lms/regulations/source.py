"""Reading rulebooks from the content folder, and from what was kept of them."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lms import authored
from lms.regulations.profile import Regulations

FOLDER = "regulations"


@dataclass(frozen=True)
class Rulebook:
    """A rulebook as it stands in a file.

    text    the file, as it is kept for good when it is published
    sha256  of the text, hex
    """

    file: str
    text: str
    sha256: str
    regulations: Regulations


def rulebook_files(content: Path) -> list[str]:
    """Names of the rulebook files, from the content folder."""
    return sorted(f"{FOLDER}/{path.name}" for path in (content / FOLDER).glob("*.yml"))


def read(content: Path, file: str) -> Rulebook:
    """One rulebook. Raises authored.Faulty with file, line and reason."""
    text = authored.read_text(content / file, file)
    parsed = authored.parse(text, file)
    regulations = authored.as_model(parsed, Regulations)
    return Rulebook(file, text, hashlib.sha256(text.encode()).hexdigest(), regulations)


@lru_cache(maxsize=64)
def parsed(text: str) -> Regulations:
    """A rulebook that was published, from its text. The text never changes, so it is kept."""
    return authored.as_model(authored.parse(text, "published rulebook"), Regulations)
