"""Data that people write in YAML: read strictly, with file and line for whatever is wrong."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

MOST_BYTES = 1 << 20
M = TypeVar("M", bound=BaseModel)
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """Something an author has to mend.

    file  path as the author knows it, from the content folder
    line  counted from 1
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: error: {self.message}"


class Faulty(Exception):
    """Authored data that can't be used, with every finding."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


@dataclass(frozen=True)
class Authored:
    """What a file holds, and on which line each part of it stands."""

    file: str
    data: Any
    lines: dict[Path_, int]

    def line_of(self, place: Path_) -> int:
        """The line of a part, or of the nearest part around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def finding(self, message: str, *place: str | int) -> Finding:
        """A finding at a part of the file."""
        return Finding(self.file, self.line_of(place), message)


def read_text(path: Path, called: str) -> str:
    """A text file in UTF-8. Raises Faulty for anything else."""
    try:
        raw = path.read_bytes()
    except OSError:
        raise Faulty([Finding(called, 1, "the file is missing or can't be read")]) from None
    if len(raw) > MOST_BYTES:
        raise Faulty([Finding(called, 1, f"the file is larger than {MOST_BYTES >> 20} MB")])
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise Faulty([Finding(called, line, "this is not UTF-8; save it as UTF-8")]) from None


def parse(text: str, called: str, first_line: int = 1) -> Authored:
    """YAML as plain data with the line of each part.

    first_line  where the YAML begins in its file, for front matter

    Raises Faulty, also for a key that stands twice.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = {} if node is None else dict(_lines(node, (), first_line))
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = mark.line + first_line if mark else first_line
        raise Faulty([Finding(called, line, fault.problem or "this is not YAML")]) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Faulty([Finding(called, first_line, "this is not YAML")]) from None
    return Authored(called, data, lines)


def as_model(authored: Authored, model: type[M]) -> M:
    """The data as a checked model. Raises Faulty with one finding for each fault."""
    try:
        return model.model_validate(authored.data)
    except ValidationError as faults:
        raise Faulty([_as_finding(authored, dict(fault)) for fault in faults.errors()]) from None


def read(path: Path, called: str, model: type[M]) -> tuple[M, Authored]:
    """A YAML file as a checked model, and where its parts stand. Raises Faulty."""
    authored = parse(read_text(path, called), called)
    return as_model(authored, model), authored


def _as_finding(authored: Authored, fault: dict[str, Any]) -> Finding:
    place = _in_file(authored, fault["loc"])
    named = ".".join(str(part) for part in place) or "the file"
    return Finding(authored.file, authored.line_of(place), f"{named}: {fault['msg']}")


def _in_file(authored: Authored, place: Path_) -> Path_:
    """The place as the file has it: a tagged choice puts its tag between, which no file has."""
    found: Path_ = ()
    for part in place[:-1]:
        if (*found, part) in authored.lines:
            found = (*found, part)
    return (*found, *place[-1:])


def _lines(node: yaml.Node, place: Path_, first: int) -> Iterator[tuple[Path_, int]]:
    yield place, node.start_mark.line + first
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key “{key.value}” stands twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
            yield from _lines(value, (*place, key.value), first)
            yield (*place, key.value), key.start_mark.line + first
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*place, number), first)
