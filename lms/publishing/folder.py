"""The content folder as it waits to be published, as far as a look takes no time."""

from dataclasses import dataclass
from pathlib import Path

from lms.authored import Faulty, Finding
from lms.authoring.queries import latest_version
from lms.catalogue.models import ContentVersion
from lms.content import reading, shapes
from lms.content.files import Files
from lms.content.tree import Folder, below, pages_below
from lms.publishing.losing import lost_by
from lms.publishing.rules import Lost


@dataclass(frozen=True)
class Outlined:
    """A module of the folder, without what its pages say."""

    file: shapes.ModuleFile
    pages: int
    briefs: int


@dataclass(frozen=True)
class Waiting:
    """What waits in the folder, and what publishing it would take back.

    fingerprint  of the whole; empty when a file can't be read
    modules      none while what names them can't be read
    findings     only what can be seen without reading the pages
    """

    fingerprint: str
    newest: ContentVersion | None
    modules: tuple[Outlined, ...]
    findings: tuple[Finding, ...]
    lost: tuple[Lost, ...]

    @property
    def mark(self) -> str:
        """In a form, says what somebody had before them."""
        return f"{self.fingerprint} {self.newest.ref if self.newest else ''}".strip()


def waiting(folder: Path) -> Waiting:
    """What waits now. Every file is read, and none is rendered."""
    tree, newest = Folder(folder), latest_version()
    files = Files(tree)
    try:
        fingerprint = reading.fingerprint(tree, files.names)
    except Faulty as gone:
        return Waiting("", newest, (), tuple(gone.findings), ())
    modules = _outlined(files)
    lost = tuple(lost_by(tree, newest))
    return Waiting(fingerprint, newest, modules, tuple(files.findings), lost)


def _outlined(files: Files) -> tuple[Outlined, ...]:
    programme = files.yaml("programme.yml", shapes.ProgrammeFile)
    found = []
    for name in programme.modules if programme else ():
        base = f"modules/{name}"
        file = files.yaml(f"{base}/module.yml", shapes.ModuleFile)
        if file is not None:
            pages = pages_below(files.names, base)
            pages += below(files.names, f"{base}/alternatives", ".md")
            briefs = below(files.names, f"{base}/assessments", ".yml")
            found.append(Outlined(file, len(pages), len(briefs)))
    return tuple(found)
