"""What a draft's page would look like, and where its links lead within the editor."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from lms.authored import Finding, Severity
from lms.content import reading
from lms.content.foot import with_foot
from lms.content.reading import Look
from lms.content.tree import Tree
from lms.markup_blocks import NATIONS
from lms.markup_nations import differs_by_nation, opened_for
from lms.markup_questions import Question, cut_at_questions

TUTOR, LEARNER = "tutor", "advocate"
_HREF = re.compile(r'(<a [^>]*?href=")([^"#:]+)(#[^"]*)?"')
_SRC = re.compile(r'(<(?:img|video)\b[^>]*?src=")(files/[^"]+)"')
_PAGE = re.compile(r"modules/\d{2}-([a-z0-9-]+)/\d{2}-([a-z0-9-]+)\.md")


@dataclass(frozen=True)
class Part:
    """A piece of a page: HTML, and the question that stands behind it."""

    html: Markup
    question: Question | None


@dataclass(frozen=True)
class Preview:
    """A file of a draft as an author sees it beside what they write.

    findings  of this file, and of the programme's own files that keep it from being shown
    parts     none where it can't be shown
    """

    findings: tuple[Finding, ...]
    parts: tuple[Part, ...]
    differs: bool

    @property
    def errors(self) -> int:
        """How many findings keep it from being published."""
        return sum(each.severity is Severity.ERROR for each in self.findings)


def preview(tree: Tree, name: str, address: str, *, viewer: str, nation: str) -> Preview:
    """A file as it would be shown.

    address  of the editor, below which each file has its name
    viewer   TUTOR sees the notes for tutors as well
    nation   key of one of NATIONS, whose parts are open; empty for all
    """
    look = reading.look(tree, name)
    html = _html(look, viewer)
    differs = differs_by_nation(html)
    if nation in NATIONS:
        html = opened_for(nation, html)
    html = _within_editor(html, tree, name, address)
    return Preview(look.findings, tuple(_parts(html, look)), differs)


def _html(look: Look, viewer: str) -> str:
    if look.shown is None or look.shown.unknown:
        return str(look.shown.html) if look.shown else ""
    chosen = look.shown.staff_html if viewer == TUTOR else None
    return str(with_foot(look.shown, chosen or look.shown.html, look.glossary, look.references))


def _parts(html: str, look: Look) -> list[Part]:
    if look.shown is None:
        return []
    known = {each.key: each for each in look.shown.questions}
    # The addresses put into it are made of checked names.
    return [Part(text, known.get(key)) for text, key in cut_at_questions(html)]


def _within_editor(html: str, tree: Tree, name: str, address: str) -> str:
    """The same with links to pages and pictures that lead to where the editor has them."""
    base = "/".join(PurePosixPath(name).parts[:2])
    own = PurePosixPath(base).name.partition("-")[2]
    files = {}
    for each in tree.names():
        found = _PAGE.fullmatch(each)
        if found:
            files[f"../{found[1]}/{found[2]}"] = each
            if found[1] == own:
                files[found[2]] = each

    def to_page(found: re.Match[str]) -> str:
        file = files.get(found[2])
        return f'{found[1]}{address}/{file}{found[3] or ""}"' if file else found[0]

    linked = _HREF.sub(to_page, html)
    return _SRC.sub(lambda found: f'{found[1]}{address}/{base}/{found[2]}"', linked)
