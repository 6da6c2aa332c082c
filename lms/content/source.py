"""Authored content, as it stands in its files: frozen dataclasses, checked and rendered."""

from dataclasses import dataclass

from lms.authored import Finding
from lms.content import shapes
from lms.content.media import MediaFile
from lms.content.tree import Tree
from lms.markup import TeachingPage


@dataclass(frozen=True)
class Tops:
    """What all modules share: the programme, its words, its sources, and the frameworks that
    outcomes are mapped to.
    """

    programme: shapes.ProgrammeFile
    glossary: dict[str, shapes.TermShape]
    references: dict[str, shapes.ReferenceShape]
    frameworks: dict[str, shapes.FrameworkShape]


@dataclass(frozen=True)
class Page:
    """A page of a module, checked and rendered.

    name       the file it stands in, from the content folder
    stands_in  whether it is an alternative to another page, off the way through its module
    """

    slug: str
    name: str
    front: shapes.PageFront
    source: str
    shown: TeachingPage
    stands_in: bool = False


@dataclass(frozen=True)
class Brief:
    """An assessment of a module: what it counts for, its rubric, and its brief."""

    file: shapes.AssessmentFile
    source: str
    shown: TeachingPage


@dataclass(frozen=True)
class SessionPlan:
    """How a module is taught in a room or on line: for tutors alone."""

    front: shapes.SessionFront
    shown: TeachingPage


@dataclass(frozen=True)
class Module:
    """A module with its pages, in reading order, and its assessments.

    folder  its name below modules/
    pages   those that stand in for others come last
    """

    slug: str
    folder: str
    file: shapes.ModuleFile
    pages: tuple[Page, ...]
    briefs: tuple[Brief, ...]
    media: tuple[MediaFile, ...]
    session: SessionPlan | None = None

    @property
    def way(self) -> tuple[Page, ...]:
        """The pages on the way through the module."""
        return tuple(page for page in self.pages if not page.stands_in)


@dataclass(frozen=True)
class Content:
    """Everything that is taught, as it stands in its files.

    frameworks  that its outcomes are mapped to; none where there is no competencies.yml
    tree        the files themselves
    names       those of them that are content, in order
    sha256      of every file's name and bytes, and of the renderer's version
    warnings    what its authors should look at; nothing that keeps it from being published
    """

    programme: shapes.ProgrammeFile
    modules: tuple[Module, ...]
    glossary: dict[str, shapes.TermShape]
    references: dict[str, shapes.ReferenceShape]
    frameworks: dict[str, shapes.FrameworkShape]
    tree: Tree
    names: tuple[str, ...]
    sha256: str
    warnings: tuple[Finding, ...] = ()
