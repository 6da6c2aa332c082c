"""Data that people write in YAML: read strictly, with file and line for whatever is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

MOST_BYTES = 1 << 20
# What no keyboard makes, and PostgreSQL or YAML can't keep.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.S)
_BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float"))
# What makes the parser slow is counted before it starts: at these limits it takes about half a
# second, and a thousand references of eight lines each stay below them (docs/adr/0007).
_MOST = {"[": 1000, "{": 1000, ",": 15_000, ":": 15_000, "\n": 10_000, "- ": 15_000, "? ": 3000}
_MOST_CHARACTERS = 400_000  # of YAML
# What pydantic says is wrong, and how to mend it where that doesn't say itself.
_MENDING = {
    "missing": ": add it",
    "extra_forbidden": ": mend its name, or take it out",
    "date_from_datetime_parsing": ": write it as 2026-04-07",
    "date_parsing": ": write it as 2026-04-07",
    "date_type": ": write it as 2026-04-07",
}
M = TypeVar("M", bound=BaseModel)
Path_ = tuple[str | int, ...]


def _as_people_write(loader: Any) -> Any:
    """A loader for which `on:` is a word, and 12:30 no number."""
    resolvers = {
        sign: [each for each in known if each[0] not in {_BOOL, _INT, _FLOAT}]
        for sign, known in loader.yaml_implicit_resolvers.items()
    }
    made: Any = type("_Loader", (loader,), {"yaml_implicit_resolvers": resolvers})
    made.add_implicit_resolver(_BOOL, re.compile(r"(?:true|false)$"), list("tf"))
    made.add_implicit_resolver(_INT, re.compile(r"[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
    made.add_implicit_resolver(
        _FLOAT, re.compile(r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$"), list("-+0123456789")
    )
    return made


# The parser written in C takes a tenth of the time, and ends the process on a text nested deeply.
_Loader, _QuickLoader = map(_as_people_write, (yaml.SafeLoader, yaml.CSafeLoader))
_DEEPEST = 50
_BEGINS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """Something an author has to mend.

    file      path as the author knows it, from the content folder
    line      counted from 1
    message   what is wrong, and how to mend it
    severity  an error keeps content from being published; a warning doesn't
    rule      which of the checks found it, in a word
    """

    file: str
    line: int
    message: str
    severity: Severity = Severity.ERROR
    rule: str = "shape"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message}"


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
    """A text file in UTF-8, with or without a mark at its beginning. Raises Faulty."""
    try:
        raw = path.read_bytes()
    except OSError:
        raise Faulty([Finding(called, 1, "the file is missing or can't be read")]) from None
    return decoded(raw, called)


def decoded(raw: bytes, called: str) -> str:
    """The text of a file in UTF-8, with or without a mark at its beginning. Raises Faulty."""
    if len(raw) > MOST_BYTES:
        raise Faulty([Finding(called, 1, f"the file is larger than {MOST_BYTES >> 20} MB")])
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise Faulty([Finding(called, line, "this is not UTF-8; save it as UTF-8")]) from None
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise Faulty([Finding(called, line, "take out the character that can't be shown")])
    return text


def front_matter(text: str) -> tuple[str, str] | None:
    """The YAML at the head of a Markdown text, and what follows; None where there is none."""
    found = _FRONT.match(text)
    return (found[1], text[found.end() :]) if found else None


def parse(text: str, called: str, first_line: int = 1) -> Authored:
    """YAML as plain data with the line of each part.

    first_line  where the YAML begins in its file, for front matter

    Raises Faulty, also for a key that stands twice and a day that isn't in the calendar.
    """
    _check_bounded(text, called, first_line)
    try:
        node = _composed(text)
        if node is None:
            return Authored(called, None, {})
        _check(node, set())
        lines = dict(_lines(node, (), first_line))
        data = _Loader("").construct_document(node)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = mark.line + first_line if mark else first_line
        problem = fault.problem or "this is not YAML"
        mend = ": write spaces in place of the tab" if "\\t" in problem else ""
        raise Faulty([Finding(called, line, problem + mend)]) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Faulty([Finding(called, first_line, "this is not YAML")]) from None
    return Authored(called, data, lines)


def _composed(text: str) -> yaml.Node | None:
    """The text as nodes. Raises YAMLError, or RecursionError where it is nested too deeply."""
    try:
        if _is_shallow(text):
            node: yaml.Node | None = _QuickLoader(text).get_single_node()
            return node
    except yaml.YAMLError:
        pass  # the other says better what is wrong
    found: yaml.Node | None = _Loader(text).get_single_node()
    return found


def _is_shallow(text: str) -> bool:
    """Whether the parser in C can take it: it meets one part after another, and doesn't descend."""
    depth = 0
    for each in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(each, _BEGINS) - isinstance(each, _ENDS)
        if depth > _DEEPEST:
            return False
    return True


def _check_bounded(text: str, called: str, first_line: int) -> None:
    if len(text) > _MOST_CHARACTERS:
        message = f"there are more than {_MOST_CHARACTERS:,} characters here"
        raise Faulty([Finding(called, first_line, message)])
    for sign, most in _MOST.items():
        if text.count(sign) > most:
            what = "lines" if sign == "\n" else f"of the sign “{sign}”"
            raise Faulty([Finding(called, first_line, f"there are more than {most:,} {what} here")])


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
    message = fault["msg"].removeprefix("Value error, ") + _MENDING.get(fault["type"], "")
    return Finding(authored.file, authored.line_of(place), f"{named}: {message}")


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
        for key, value in node.value:
            yield from _lines(value, (*place, key.value), first)
            yield (*place, key.value), key.start_mark.line + first
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*place, number), first)


def _check(node: yaml.Node, met: set[int]) -> None:
    """Refuse what YAML allows and no author means; raises MarkedYAMLError where it stands.

    met  the nodes seen so far: an alias brings one back, and a few of them make a file of billions
    """
    if id(node) in met:
        raise _fault("write it out: aliases (&, *) are not used here", node)
    met.add(id(node))
    if isinstance(node, yaml.MappingNode):
        _check_keys([key for key, _value in node.value])
        for _key, value in node.value:
            _check(value, met)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check(item, met)
    elif node.tag == "tag:yaml.org,2002:timestamp":
        try:
            _Loader("").construct_object(node)
        except ValueError:
            raise _fault(f"there is no such day as {node.value}", node) from None


def _check_keys(keys: list[yaml.Node]) -> None:
    seen: set[str] = set()
    for key in keys:
        if not isinstance(key, yaml.ScalarNode):
            raise _fault("a key must be a word", key)
        if key.value in seen:
            raise _fault(f"the key “{key.value}” stands twice: keep one", key)
        seen.add(key.value)


def _fault(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
