"""Reading a content tree: files in, content and findings out."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from lms import markup
from lms.authored import Faulty, Finding, Severity
from lms.content import shapes
from lms.content.checks import Checks
from lms.content.files import Files, read_tops
from lms.content.source import Brief, Content, Module, Page, SessionPlan, Tops
from lms.content.tree import (
    FOLDER_NAME,
    PAGE_NAME,
    SESSION,
    Addresses,
    Folder,
    Tree,
    below,
    digest_as_meant,
    pages_below,
)
from lms.errors import RuleBroken
from lms.markup import TeachingPage
from lms.markup_blocks import NATIONS
from lms.markup_marks import Reference, Surroundings, Term
from lms.markup_memory import Memory

_STAND_IN_NAME = re.compile(r"()([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
Progress = Callable[[str], None]


def read(tree: Tree | Path, today: date | None = None, *, memory: Memory | None = None) -> Content:
    """All content of a tree. Raises Faulty with every error there is.

    today, memory  as in `examine`
    """
    content, findings = examine(tree, today=today, memory=memory)
    if content is None:
        raise Faulty([each for each in findings if each.severity is Severity.ERROR])
    return content


def examine(
    tree: Tree | Path,
    progress: Progress = lambda _name: None,
    today: date | None = None,
    *,
    memory: Memory | None = None,
) -> tuple[Content | None, list[Finding]]:
    """The content, if nothing is wrong with it, and all that was found, errors first.

    progress  is told the name of each page and brief as it is read
    today     the day on which it is checked; without it nothing is said of days that have passed
    memory    of a tree much like this one, so that only what changed is rendered
    """
    content, findings = as_it_stands(tree, progress, today, memory=memory)
    if content is None or any(each.severity is Severity.ERROR for each in findings):
        return None, findings
    return replace(content, warnings=tuple(findings)), findings


def as_it_stands(
    tree: Tree | Path,
    progress: Progress = lambda _name: None,
    today: date | None = None,
    *,
    memory: Memory | None = None,
) -> tuple[Content | None, list[Finding]]:
    """The same for an author at work: also content with errors, as far as it can be shown."""
    reader = _Reader(Folder(tree) if isinstance(tree, Path) else tree, progress, today, memory)
    content = reader.content()
    findings = sorted(
        dict.fromkeys(reader.files.findings),
        key=lambda f: (f.severity is not Severity.ERROR, f.file, f.line, f.message),
    )
    return content, findings


@dataclass(frozen=True)
class Look:
    """One file, read by itself: what an author sees beside what they write.

    shown  the page or brief, rendered; None where it can't be, or is no text
    """

    shown: TeachingPage | None
    glossary: dict[str, shapes.TermShape]
    references: dict[str, shapes.ReferenceShape]
    findings: tuple[Finding, ...]


def look(tree: Tree, name: str) -> Look:
    """One file of a tree, without reading the others' texts: fast however much there is.

    What can only be found by reading all (an outcome that nobody assesses) is left to `examine`.
    """
    return _Reader(tree, lambda _name: None, None).look(name)


def look_over(tree: Tree, names: Iterable[str]) -> list[Finding]:
    """What is found in some files of a tree, each read by itself; the rest is read once."""
    reader = _Reader(tree, lambda _name: None, None)
    reader.look_over(names)
    return list(dict.fromkeys(reader.files.findings))


def fingerprint(tree: Tree, names: Iterable[str]) -> str:
    """SHA-256 of files by name and bytes, and of the renderer that would show them."""
    seen = hashlib.sha256(markup.RENDERER.encode())
    for name in names:
        seen.update(f"\0{name}\0{digest_as_meant(tree, name)}".encode())
    return seen.hexdigest()


class _Reader:
    def __init__(
        self, tree: Tree, progress: Progress, today: date | None, memory: Memory | None = None
    ) -> None:
        self.files = Files(tree)
        self._memory = memory or Memory()
        self._checks = Checks(self.files, today)
        self._progress = progress
        self._references: dict[str, shapes.ReferenceShape] = {}
        self._around = Surroundings()
        self._modules: dict[str, shapes.ModuleFile | None] = {}  # by folder, of files looked at
        self._addresses = Addresses((), ())

    def content(self) -> Content | None:
        tops = self._tops()
        if tops is None:
            return None
        found = [self._module(place, name) for place, name in enumerate(tops.programme.modules)]
        modules = tuple(module for module in found if module is not None)
        if len(modules) != len(found):
            return None
        content = Content(
            tops.programme,
            modules,
            tops.glossary,
            tops.references,
            tops.frameworks,
            self.files.tree,
            self.files.names,
            fingerprint(self.files.tree, self.files.names),
        )
        self._checks.content(content)
        return content

    def look(self, name: str) -> Look:
        """One file, with the words, references and addresses that it may name."""
        tops = self._tops()
        shown = self._looked_at(name) if tops else None
        words = tops.glossary if tops else {}
        sources = tops.references if tops else {}
        return Look(shown, words, sources, tuple(dict.fromkeys(self.files.findings)))

    def look_over(self, names: Iterable[str]) -> None:
        """Several files, one after another."""
        if self._tops():
            for name in names:
                self._looked_at(name)

    def _looked_at(self, name: str) -> TeachingPage | None:
        path = PurePosixPath(name)
        base = "/".join(path.parts[:2])
        if base not in self._modules:
            self._modules[base] = self.files.yaml(f"{base}/module.yml", shapes.ModuleFile)
        module = self._modules[base]
        nations = module.nations if module else tuple(NATIONS)
        if path.parent.name == "assessments":
            brief = self._brief(str(path.with_suffix(".yml")), nations)
            return brief.shown if brief and path.suffix == ".md" else None
        elif path.suffix == ".md":
            media = self.files.media(base, self.files.tree.read(name))
            around = replace(
                self._around,
                media={each.name: each.media for each in media},
                links=self._addresses.seen_from(base),
            )
            stands_in = path.parent.name == "alternatives"
            page = self._page(name, around, nations, stands_in=stands_in)
            return page.shown if page else None
        return None

    def _tops(self) -> Tops | None:
        self.files.check_names()
        tops = read_tops(self.files)
        if tops is None:
            return None
        self._references = tops.references
        self._around = Surroundings(
            {k: Term(t.term, t.meaning) for k, t in tops.glossary.items()},
            {k: Reference(r.short or r.title) for k, r in tops.references.items()},
        )
        self._addresses = Addresses(self.files.names, tops.programme.modules)
        return tops

    def _module(self, place: int, name: str) -> Module | None:
        base = f"modules/{name}"
        named = FOLDER_NAME.fullmatch(name)
        if named is None or not any(n.startswith(f"{base}/") for n in self.files.names):
            message = f"there is no module folder “{name}”: make it below modules/, or mend this"
            self.files.find("programme.yml", message, "modules", place)
            return None
        file = self.files.yaml(f"{base}/module.yml", shapes.ModuleFile)
        media = self.files.media(base)
        around = replace(
            self._around,
            media={each.name: each.media for each in media},
            links=self._addresses.seen_from(base),
        )
        session_name = f"{base}/{SESSION}"
        names = pages_below(self.files.names, base)
        stand_ins = below(self.files.names, f"{base}/alternatives", ".md")
        nations = file.nations if file else tuple(NATIONS)
        pages = [self._page(each, around, nations) for each in names]
        pages += [self._page(each, around, nations, stands_in=True) for each in stand_ins]
        keys = below(self.files.names, f"{base}/assessments", ".yml")
        briefs = [self._brief(each, nations) for each in keys]
        planned = session_name in self.files.names
        session = self._session(session_name, around, nations) if planned else None
        if file is None or None in pages or None in briefs or (planned and session is None):
            return None
        return Module(
            named[2],
            name,
            file,
            tuple(filter(None, pages)),
            tuple(filter(None, briefs)),
            tuple(media),
            session,
        )

    def _page(
        self, name: str, around: Surroundings, nations: Collection[str], *, stands_in: bool = False
    ) -> Page | None:
        self._progress(name)
        pattern = _STAND_IN_NAME if stands_in else PAGE_NAME
        named = pattern.fullmatch(PurePosixPath(name).name)
        if named is None:
            example = "without-the-case.md" if stands_in else "01-first-things.md"
            self.files.find(name, f"a page is named like {example}")
            return None
        parts = self.files.front(name, shapes.PageFront)
        if parts is None:
            return None
        shown = self._shown(name, parts[1], around, parts[0].nations or nations)
        if shown is None:
            return None
        return Page(named[2], name, parts[0], parts[1], shown, stands_in)

    def _brief(self, name: str, nations: Collection[str]) -> Brief | None:
        self._progress(name)
        key = PurePosixPath(name).stem
        file = self.files.yaml(name, shapes.AssessmentFile)
        text = name.removesuffix(".yml") + ".md"
        parts = self.files.front(text, shapes.BriefFront)
        shown = self._shown(text, parts[1], self._around, nations) if parts else None
        if file is None or parts is None or shown is None:
            return None
        if file.key != key:
            self.files.find(name, f"the key must be the file's name, {key}", "key")
        return Brief(file, parts[1], shown)

    def _session(
        self, name: str, around: Surroundings, nations: Collection[str]
    ) -> SessionPlan | None:
        self._progress(name)
        parts = self.files.front(name, shapes.SessionFront)
        shown = self._shown(name, parts[1], around, nations) if parts else None
        if parts is None or shown is None:
            return None
        if shown.questions:
            self.files.find(name, "a plan asks no questions: put them onto a page")
        return SessionPlan(parts[0], shown)

    def _shown(
        self, name: str, text: str, around: Surroundings, nations: Collection[str]
    ) -> TeachingPage | None:
        try:
            shown = self._memory.rendered(name, text, around)
        except RuleBroken as refusal:
            self.files.find(name, refusal.sentence, rule="size")
            return None
        self._checks.text(name, text, shown, self._references, nations)
        return shown
