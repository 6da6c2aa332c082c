"""The files of one content tree, read strictly; what is wrong with them is gathered, not raised."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TypeVar

from pydantic import BaseModel

from lms import authored
from lms.authored import Authored, Faulty, Finding, Severity
from lms.content import media, shapes
from lms.content.faults import Fault
from lms.content.media import MediaFile, NotShown
from lms.content.source import Tops
from lms.content.tree import COMPETENCIES, TOP, Tree, below, is_content

_KNOWN = re.compile(
    r"(?:modules/[^/]+/(?:module\.yml|[^/]+\.md|alternatives/[^/]+\.md"
    r"|assessments/[^/]+\.(?:yml|md)|files/[^/]+))"
)
_MISNAMED = re.compile(r"[^/]+\.ya?ml")
_STRANGER = "nothing of this name belongs here: mend the name, move it or take it out"
M = TypeVar("M", bound=BaseModel)


class Files:
    """Reads on after a fault, so that an author sees all of them at once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.names = tuple(n for n in tree.names() if is_content(n))
        self.findings: list[Finding] = []
        self._texts: dict[str, str] = {}
        self._parsed: dict[str, Authored] = {}

    def check_names(self) -> None:
        """Names that differ only in case are one file on half of the world's computers."""
        seen: dict[str, str] = {}
        for name in self.names:
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                self.find(name, f"the name differs from {other} only in its capitals: rename one")
            if name not in TOP and not _KNOWN.fullmatch(name):
                self.find(name, _STRANGER)
        for name in self.tree.names():
            if _MISNAMED.fullmatch(name) and name not in TOP:
                self.find(name, _STRANGER)

    def yaml(self, name: str, model: type[M]) -> M | None:
        """A YAML file of this shape; None once its faults are noted."""
        try:
            parsed = self._parsed[name] = authored.parse(self.text(name), name)
            return authored.as_model(parsed, model)
        except Faulty as faults:
            self.findings += faults.findings
            return None

    def front(self, name: str, model: type[M]) -> tuple[M, str] | None:
        """The front matter and the text below it; None once its faults are noted."""
        try:
            text = self.text(name)
            parts = authored.front_matter(text)
            if parts is None:
                begun = text.startswith("---\n")
                reason = "is never closed (---)" if begun else "must begin the page (---)"
                raise Faulty([Finding(name, 1, f"the front matter {reason}")])
            parsed = authored.parse(parts[0], name, first_line=2)
            self._parsed[name] = parsed
            front = authored.as_model(parsed, model)
        except Faulty as faults:
            self.findings += faults.findings
            return None
        if not parts[1].strip():
            self.find(name, "the page has no text: write it below the front matter")
            return None
        return front, parts[1]

    def media(self, base: str, named_in: bytes | None = None) -> list[MediaFile]:
        """The pictures and films of a module.

        named_in  a text: only those that it names
        """
        found = []
        names = below(self.names, f"{base}/files", "")
        if named_in is not None:
            names = [each for each in names if PurePosixPath(each).name.encode() in named_in]
        for name in names:
            try:
                short = PurePosixPath(name).name
                found.append(media.recognised(short, self.tree.read(name)))
            except NotShown as fault:
                self.find(name, str(fault))
            except Faulty as faults:
                self.findings += faults.findings
        return found

    def text(self, name: str) -> str:
        """A file's whole text. Raises Faulty."""
        if name not in self._texts:
            self._texts[name] = authored.decoded(self.tree.read(name), name)
        return self._texts[name]

    def find(
        self,
        name: str,
        message: str,
        *place: str | int,
        severity: Severity = Severity.ERROR,
        rule: str = "shape",
    ) -> None:
        """Note a finding at a part of a YAML file or front matter, or at a file's beginning."""
        parsed = self._parsed.get(name)
        line = parsed.line_of(place) if parsed and place else 1
        self.findings.append(Finding(name, line, message, severity, rule))

    def find_words(
        self,
        name: str,
        message: str,
        sought: str,
        rule: str = "text",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding where these words stand first."""
        text = self.text(name)
        line = text[: text.find(sought)].count("\n") + 1 if sought in text else 1
        self.findings.append(Finding(name, line, message, severity, rule))

    def find_below(self, name: str, text: str, faults: Iterable[Fault]) -> None:
        """Note what is wrong with the text below a front matter."""
        whole = self.text(name)
        before = whole[: len(whole) - len(text)].count("\n")
        self.findings += [
            Finding(name, before + fault.line, fault.message, fault.severity, fault.rule)
            for fault in faults
        ]


def read_tops(files: Files) -> Tops | None:
    """Read them; None once what is wrong with them is noted. Frameworks needn't be there."""
    glossary = files.yaml("glossary.yml", shapes.GlossaryFile)
    references = files.yaml("references.yml", shapes.ReferencesFile)
    programme = files.yaml("programme.yml", shapes.ProgrammeFile)
    mapped = COMPETENCIES in files.names
    competencies = files.yaml(COMPETENCIES, shapes.CompetenciesFile) if mapped else None
    if glossary is None or references is None or programme is None:
        return None
    if mapped and competencies is None:
        return None
    frameworks = competencies.frameworks if competencies else {}
    tops = Tops(programme, glossary.terms, references.references, frameworks)
    _check_sources(files, tops)
    return tops


def _check_sources(files: Files, tops: Tops) -> None:
    for key, term in tops.glossary.items():
        if term.source and term.source not in tops.references:
            message = f"{term.source} is not in the references: add it there"
            files.find("glossary.yml", message, "terms", key, "source")
    for key, framework in tops.frameworks.items():
        if framework.source not in tops.references:
            message = f"{framework.source} is not in the references: add it there"
            files.find(COMPETENCIES, message, "frameworks", key, "source")
