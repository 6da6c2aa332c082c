"""One file of Markdown of another origin: its front matter in YAML or TOML, its place, its text."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lms import authored, markup
from lms.authored import Faulty

MOST_LINES = 20_000  # five times what a page of ours may have
FIRST = ("index", "_index", "readme")
_ORDER = ("weight", "nav_order", "sidebar_position", "order")
_YAML = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*(?:\n|\Z)", re.S)
_NUMBERED = re.compile(r"(\d+)")
Note = Callable[[int, str], None]  # a line, and what became of something on it


@dataclass
class Source:
    """One file.

    title, order  from its front matter, where that says them
    body          its text, which begins on a line of its file
    ours          what we call the page
    """

    name: str
    title: str = ""
    order: float = float("inf")
    body: str = ""
    line: int = 1
    ours: str = ""

    @property
    def place(self) -> tuple[object, ...]:
        """Reading order: what the front matter says, first pages first, numbers as numbers."""
        path = PurePosixPath(self.name.lower())
        first = path.stem in FIRST
        opens = first and len(path.parts) == 1
        return not opens, self.order, _parts(str(path.parent)), not first, _parts(path.name)


def read(root: Path, name: str, note: Note) -> Source:
    """A file, with its front matter apart from its text."""
    source, text = Source(name), _text(root / name, note)
    found = _YAML.match(text) or _TOML.match(text)
    source.body = text[found.end() :] if found else text
    if found is None:
        return source
    source.line = found[0].count("\n") + 1
    front = (_yaml if text[0] == "-" else _toml)(found[1], name, note)
    said = front.get("title")
    source.title = " ".join(said.split())[:200] if isinstance(said, str) else ""
    numbers = [front[key] for key in _ORDER if isinstance(front.get(key), int | float)]
    source.order = float(numbers[0]) if numbers else source.order
    for key in front:
        if key != "title" and key not in _ORDER:
            note(_line_of(str(key), found[1]), f"“{key}” of the front matter was left out")
    return source


def _parts(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() and len(part) < 10 else (-1, part)
        for part in _NUMBERED.split(name)
    ]


def _text(path: Path, note: Note) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(authored.MOST_BYTES + 1)
    except OSError:
        note(1, "the file can’t be read: it was left out")
        return ""
    if len(raw) > authored.MOST_BYTES:
        note(1, f"the file was cut: it is larger than {authored.MOST_BYTES >> 20} MB")
        raw = raw[: authored.MOST_BYTES]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        note(raw[: fault.start].count(b"\n") + 1, "this is not UTF-8: what can’t be read became �")
        text = raw.decode("utf-8-sig", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(markup.CONTROLS)
    lines = text.split("\n", MOST_LINES)
    if len(lines) > MOST_LINES:
        note(MOST_LINES, f"the file was cut here: it has more than {MOST_LINES:,} lines")
    return "\n".join(lines[:MOST_LINES])


def _yaml(text: str, name: str, note: Note) -> Mapping[str, Any]:
    try:
        front = authored.parse(text, name, first_line=2).data
    except Faulty as faults:
        for each in faults.findings:
            note(each.line, f"the front matter was left out: {each.message}")
        return {}
    if front is not None and not isinstance(front, dict):
        note(2, "the front matter was left out: it is no list of names and values")
    return front if isinstance(front, dict) else {}


def _toml(text: str, _name: str, note: Note) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        note(2, "the front matter was left out: it is no TOML")
        return {}


def _line_of(key: str, front: str) -> int:
    lines = front.split("\n")
    found = (n for n, line in enumerate(lines, start=2) if line.lstrip("\"' ").startswith(key))
    return next(found, 2)
