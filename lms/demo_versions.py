"""The content as it may have stood before: the demonstration's intakes are taught different ones.

Each is what lies in the content folder, without some parts. Nothing is made up for it.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from lms.content.tree import Drafted, Folder, Tree

# By page, the headings and titles of blocks that were not there yet; a heading takes with it
# everything to the next one.
_LATEST = {
    "modules/*/*-start-here.md": ("## The words we choose",),
    "modules/*/*-act-means-purpose.md": (
        "/// law | Identification does not wait for a conviction",
    ),
    "modules/*/*-consent.md": ("/// law | The strawberry pickers",),
}
_BEFORE_THEM = {
    "modules/*/*-non-punishment.md": ("## Law in motion",),
    "modules/*/*-preparing-for-a-decision-and-for-waiting.md": (
        "## The principles, made practical",
    ),
}


def versions(folder: Path) -> list[Tree]:
    """Three states of the content, the oldest first; the last is the folder as it is."""
    now = Folder(folder)
    before = _without(now, _LATEST)
    return [_without(before, _BEFORE_THEM), before, now]


def without(text: str, part: str) -> str:
    """A page without a section or block. Raises ValueError where it has no such part."""
    end = r"(?=^## )|\Z" if part.startswith("#") else r"^///\n"
    found = re.search(rf"^{re.escape(part)}\n.*?(?:{end})", text, re.M | re.S)
    if found is None:
        raise ValueError(f"no part “{part}”")
    return text[: found.start()] + text[found.end() :]


def _without(base: Tree, parts: Mapping[str, Sequence[str]]) -> Tree:
    changes: dict[str, bytes | None] = {}
    for pattern, gone in parts.items():
        [name] = [each for each in base.names() if fnmatch(each, pattern)]
        text = base.read(name).decode()
        for part in gone:
            text = without(text, part)
        changes[name] = text.encode()
    return Drafted(base, changes)
