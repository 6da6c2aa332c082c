"""Checking a content folder, and remembering what was found while nothing in it changes."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

from lms import markup
from lms.authored import Faulty, Finding, Severity
from lms.content import reading
from lms.content.reading import Progress
from lms.content.tree import Folder

_CODE = Path(__file__).resolve().parent.parent
# Whatever of ours decides what is found: its text is part of the key, so nobody has to remember
# to raise a number. And the libraries whose behaviour decides it with them.
_OURS = (
    "content/*.py",
    "markup*.py",
    "authored.py",
    "identifiers.py",
    "clock.py",
    "checking/memory.py",
)
_LIBRARIES = ("markdown", "pymdown-extensions", "bleach", "pydantic", "pyyaml", "imagesize")


@dataclass(frozen=True)
class Checked:
    """What a folder holds and what was found in it.

    modules, pages  how many there are; 0 while an error keeps them from being read
    """

    findings: tuple[Finding, ...]
    modules: int
    pages: int


def check(folder: Path, today: date, kept_in: Path, progress: Progress) -> Checked:
    """What is wrong with a content folder, afresh or as it was found last time.

    kept_in  a folder for what was found; anything that is wrong with it is passed over
    """
    tree = Folder(folder)
    try:
        key = f"{today} {_checks()} {reading.fingerprint(tree, tree.names())}"
    except Faulty:  # a file can't be read: that is a finding, and not one to remember
        return _checked(tree, today, progress)
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    kept = kept_in / f"check-{name}.json"
    known = _known(kept, key)
    if known is not None:
        return known
    found = _checked(tree, today, progress)
    _keep(kept, key, found)
    return found


def _checked(tree: Folder, today: date, progress: Progress) -> Checked:
    content, findings = reading.examine(tree, progress, today)
    modules = content.modules if content else ()
    return Checked(tuple(findings), len(modules), sum(len(each.pages) for each in modules))


@cache
def _checks() -> str:
    """Stands for how content is checked: another value whenever that may have changed."""
    seen = hashlib.sha256(markup.RENDERER.encode())
    for pattern in _OURS:
        for path in sorted(_CODE.glob(pattern)):
            seen.update(path.read_bytes())
    for library in _LIBRARIES:
        seen.update(f"{library} {version(library)}\n".encode())
    return seen.hexdigest()


def _known(kept: Path, key: str) -> Checked | None:
    """What was found last time; None unless all of it is as it was."""
    try:
        said = json.loads(kept.read_text(encoding="utf-8"))
        if said["key"] != key:
            return None
        findings = tuple(
            Finding(
                str(each["file"]),
                int(each["line"]),
                str(each["message"]),
                Severity(each["severity"]),
                str(each["rule"]),
            )
            for each in said["findings"]
        )
        return Checked(findings, int(said["modules"]), int(said["pages"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _keep(kept: Path, key: str, found: Checked) -> None:
    said = {"key": key, **asdict(found)}
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(said), encoding="utf-8")
    except OSError:
        return  # it will be found again
