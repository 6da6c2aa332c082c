"""Reading authored content from its folder: files in, frozen dataclasses and findings out."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from lms import authored, markup
from lms.authored import Authored, Faulty, Finding
from lms.catalogue import faults, rules, shapes
from lms.errors import RuleBroken
from lms.markup import TeachingPage
from lms.markup_blocks import Reference, Term

_FRONT = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.S)
_PAGE_NAME = re.compile(r"(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
_FOLDER_NAME = re.compile(r"(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Page:
    """A page of a module, checked and rendered."""

    slug: str
    front: shapes.PageFront
    source: str
    shown: TeachingPage


@dataclass(frozen=True)
class Brief:
    """An assessment of a module: what it counts for, its rubric, and its brief."""

    file: shapes.AssessmentFile
    source: str
    shown: TeachingPage


@dataclass(frozen=True)
class Module:
    """A module with its pages and assessments."""

    slug: str
    file: shapes.ModuleFile
    pages: tuple[Page, ...]
    briefs: tuple[Brief, ...]


@dataclass(frozen=True)
class Content:
    """Everything that is taught, as it stands in the folder.

    sha256  of every file's name and text, and of the renderer's version
    """

    programme: shapes.ProgrammeFile
    modules: tuple[Module, ...]
    glossary: dict[str, shapes.TermShape]
    references: dict[str, shapes.ReferenceShape]
    sha256: str


def read(folder: Path) -> Content:
    """All content of a folder. Raises Faulty with every finding there is."""
    return _Reader(folder).content()


class _Reader:
    """Reads on after a fault, so that an author sees all of them at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._findings: list[Finding] = []
        self._seen = hashlib.sha256(markup.RENDERER.encode())
        self._terms: dict[str, Term] = {}
        self._sources: dict[str, Reference] = {}
        self._parsed: dict[str, Authored] = {}

    def content(self) -> Content:
        glossary = self._yaml("glossary.yml", shapes.GlossaryFile)
        references = self._yaml("references.yml", shapes.ReferencesFile)
        programme = self._yaml("programme.yml", shapes.ProgrammeFile)
        if glossary is None or references is None or programme is None:
            raise Faulty(self._findings)
        self._terms = {k: Term(t.term, t.meaning) for k, t in glossary.terms.items()}
        self._sources = {k: Reference(r.short or r.title) for k, r in references.references.items()}
        for key, term in glossary.terms.items():
            if term.source and term.source not in references.references:
                message = f"{term.source} is not in the references"
                self._find("glossary.yml", message, "terms", key, "source")
        found = [self._module(place, name) for place, name in enumerate(programme.modules)]
        modules = tuple(module for module in found if module is not None)
        if len(modules) == len(found):
            self._check_programme(programme, modules)
        if self._findings:
            raise Faulty(self._findings)
        return Content(
            programme,
            modules,
            glossary.terms,
            references.references,
            self._seen.hexdigest(),
        )

    def _module(self, place: int, name: str) -> Module | None:
        base = f"modules/{name}"
        named = _FOLDER_NAME.fullmatch(name)
        if named is None or not (self._folder / base).is_dir():
            self._find("programme.yml", f"there is no module folder “{name}”", "modules", place)
            return None
        file = self._yaml(f"{base}/module.yml", shapes.ModuleFile)
        pages = [self._page(f"{base}/{name}") for name in self._names(base, "*.md")]
        keys = [Path(name).stem for name in self._names(f"{base}/assessments", "*.yml")]
        briefs = [self._brief(f"{base}/assessments", key) for key in keys]
        if file is None or None in pages or None in briefs:
            return None
        module = Module(named[2], file, tuple(filter(None, pages)), tuple(filter(None, briefs)))
        self._check_module(f"{base}/module.yml", module)
        return module

    def _page(self, name: str) -> Page | None:
        named = _PAGE_NAME.fullmatch(Path(name).name)
        if named is None:
            self._find(name, "a page is named like 01-first-things.md")
            return None
        parts = self._front(name, shapes.PageFront)
        shown = self._shown(name, parts[1]) if parts else None
        return Page(named[2], parts[0], parts[1], shown) if parts and shown else None

    def _brief(self, base: str, key: str) -> Brief | None:
        file = self._yaml(f"{base}/{key}.yml", shapes.AssessmentFile)
        parts = self._front(f"{base}/{key}.md", shapes.BriefFront)
        shown = self._shown(f"{base}/{key}.md", parts[1]) if parts else None
        if file is None or parts is None or shown is None:
            return None
        if file.key != key:
            self._find(f"{base}/{key}.yml", f"the key must be the file's name, {key}", "key")
        return Brief(file, parts[1], shown)

    def _check_programme(
        self, programme: shapes.ProgrammeFile, modules: tuple[Module, ...]
    ) -> None:
        for fault in rules.credit_faults(programme.credits, (m.file.credits for m in modules)):
            self._find("programme.yml", fault, "credits")
        self._once("programme.yml", "module code", (m.file.code for m in modules))
        self._once("programme.yml", "module name", (m.slug for m in modules))

    def _check_module(self, name: str, module: Module) -> None:
        if not module.pages:
            self._find(name, "the module has no pages")
        assessed = [rules.Assessed(b.file.weighting, b.file.outcomes) for b in module.briefs]
        faults = [
            *rules.weighting_faults(assessed),
            *rules.outcome_faults(
                (outcome.key for outcome in module.file.outcomes),
                (key for page in module.pages for key in page.front.outcomes),
                (key for each in assessed for key in each.outcomes),
            ),
        ]
        for fault in faults:
            self._find(name, fault, "outcomes")
        self._once(name, "page name", (page.slug for page in module.pages))

    def _once(self, name: str, what: str, values: Iterable[str]) -> None:
        for value, count in Counter(values).items():
            if count > 1:
                self._find(name, f"the {what} “{value}” stands twice")

    def _yaml(self, name: str, model: type[M]) -> M | None:
        try:
            parsed = self._parsed[name] = authored.parse(self._text(name), name)
            return authored.as_model(parsed, model)
        except Faulty as faults:
            self._findings += faults.findings
            return None

    def _front(self, name: str, model: type[M]) -> tuple[M, str] | None:
        """The front matter and the text below it."""
        try:
            text = self._text(name)
            parts = _FRONT.match(text)
            if parts is None:
                begun = text.startswith("---\n")
                reason = "is never closed (---)" if begun else "must begin the page (---)"
                raise Faulty([Finding(name, 1, f"the front matter {reason}")])
            front = authored.as_model(authored.parse(parts[1], name, first_line=2), model)
        except Faulty as faults:
            self._findings += faults.findings
            return None
        return front, parts[2]

    def _shown(self, name: str, text: str) -> TeachingPage | None:
        if not text.strip():
            self._find(name, "the page has no text")
            return None
        try:
            shown = markup.render_teaching(text, self._terms, self._sources)
        except RuleBroken as refusal:
            self._find(name, refusal.sentence)
            return None
        for unknown in shown.unknown:
            what = "the glossary" if unknown.startswith("[[") else "the references"
            self._find_words(name, f"{unknown} is not in {what}", unknown)
        for sought, fault in faults.link_faults(shown):
            self._find_words(name, fault, sought)
        whole = authored.read_text(self._folder / name, name)
        self._findings += [Finding(name, *fault) for fault in faults.block_faults(whole)]
        return shown

    def _text(self, name: str) -> str:
        text = authored.read_text(self._folder / name, name)
        self._seen.update(f"\0{name}\0{text}".encode())
        return text

    def _names(self, base: str, pattern: str) -> list[str]:
        return sorted(path.name for path in (self._folder / base).glob(pattern))

    def _find(self, name: str, message: str, *place: str | int) -> None:
        """A finding at a part of a YAML file, or at the beginning of any other."""
        parsed = self._parsed.get(name)
        self._findings.append(
            parsed.finding(message, *place) if parsed else Finding(name, 1, message)
        )

    def _find_words(self, name: str, message: str, sought: str) -> None:
        """A finding where these words stand first."""
        text = authored.read_text(self._folder / name, name)
        line = text[: text.find(sought)].count("\n") + 1 if sought in text else 1
        self._findings.append(Finding(name, line, message))
