"""What a version's outcomes, pages and rubric rows do for the frameworks it is mapped to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from lms.authored import Faulty
from lms.catalogue.models import Brief, ContentVersion, Criterion, Module, Page
from lms.catalogue.queries import modules_of
from lms.catalogue.version_tree import Published, tree_of
from lms.content.files import Files
from lms.content.shapes import CompetenciesFile, FrameworkShape, ReferencesFile, ReferenceShape
from lms.content.tree import COMPETENCIES
from lms.db import db

_REFERENCES = "references.yml"


@dataclass(frozen=True)
class Outcome:
    """An outcome, and where it is taught and assessed.

    pages  titles, in reading order
    rows   titles of rubric rows, each with its assessment's
    """

    key: str
    text: str
    competencies: tuple[str, ...]
    pages: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mapped:
    """A module with its outcomes."""

    module: Module
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Served:
    """A competency, and what builds it.

    by     keys of outcomes, by module code
    pages  how many pages teach one of them
    rows   how many rubric rows assess one of them
    """

    key: str
    title: str
    by: Mapping[str, tuple[str, ...]]
    pages: int
    rows: int

    @property
    def gap(self) -> str:
        """What is missing, in words; empty where nothing is."""
        if not self.by:
            return "No outcome builds it"
        if not self.pages:
            return "Taught on no page"
        return "" if self.rows else "Assessed in no rubric row"


@dataclass(frozen=True)
class Framework:
    """A framework, competency by competency."""

    shape: FrameworkShape
    source: ReferenceShape | None
    served: tuple[Served, ...]

    @property
    def gaps(self) -> int:
        """How many of its competencies lack an outcome, a page or a rubric row."""
        return sum(1 for each in self.served if each.gap)


@dataclass(frozen=True)
class CompetencyMap:
    """All frameworks of a version beside its modules."""

    modules: tuple[Mapped, ...]
    frameworks: tuple[Framework, ...]


def map_of(version: ContentVersion) -> CompetencyMap:
    """The map of a version; without frameworks where it was published without. Four queries."""
    tree = tree_of(version.id)
    modules = _mapped(version.id)
    if COMPETENCIES not in tree.keys:
        return CompetencyMap(modules, ())
    frameworks, sources = _read(tree.keys[COMPETENCIES], tree.keys[_REFERENCES])
    return CompetencyMap(
        modules,
        tuple(
            Framework(each, sources.get(each.source), served(each, modules))
            for each in frameworks.values()
        ),
    )


@lru_cache(maxsize=4)  # two hundred references take most of a second to read, and never change
def _read(
    frameworks_key: str, references_key: str
) -> tuple[dict[str, FrameworkShape], dict[str, ReferenceShape]]:
    tree = Published({COMPETENCIES: frameworks_key, _REFERENCES: references_key})
    files = Files(tree)
    frameworks = files.yaml(COMPETENCIES, CompetenciesFile)
    references = files.yaml(_REFERENCES, ReferencesFile)
    if frameworks is None or references is None:
        raise Faulty(files.findings)
    return frameworks.frameworks, references.references


def served(framework: FrameworkShape, modules: Sequence[Mapped]) -> tuple[Served, ...]:
    """Each competency of a framework with what builds it, in the framework's order."""
    return tuple(_served(key, each.title, modules) for key, each in framework.competencies.items())


def _served(key: str, title: str, modules: Iterable[Mapped]) -> Served:
    by: dict[str, tuple[str, ...]] = {}
    pages: set[tuple[str, str]] = set()
    rows: set[tuple[str, str, str]] = set()
    for each in modules:
        building = [outcome for outcome in each.outcomes if key in outcome.competencies]
        if building:
            by[each.module.code] = tuple(outcome.key for outcome in building)
        pages |= {(each.module.code, page) for outcome in building for page in outcome.pages}
        rows |= {(each.module.code, *row) for outcome in building for row in outcome.rows}
    return Served(key, title, by, len(pages), len(rows))


def _mapped(version_id: int) -> tuple[Mapped, ...]:
    taught: dict[tuple[int, str], list[str]] = defaultdict(list)
    for page in db.session.execute(
        select(Page.module_id, Page.title, Page.outcomes)
        .join(Module, Module.id == Page.module_id)
        .where(Module.version_id == version_id, Page.stands_in.is_(False))
        .order_by(Page.module_id, Page.position)
    ):
        for key in page.outcomes:
            taught[page.module_id, key].append(page.title)
    assessed: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.execute(
        select(Brief.module_id, Brief.title.label("brief"), Criterion.title, Criterion.outcomes)
        .join(Criterion, Criterion.brief_id == Brief.id)
        .join(Module, Module.id == Brief.module_id)
        .where(Module.version_id == version_id)
        .order_by(Brief.module_id, Brief.key, Criterion.position)
    ):
        for key in row.outcomes:
            assessed[row.module_id, key].append((row.brief, row.title))
    return tuple(
        Mapped(
            module,
            tuple(
                Outcome(
                    each["key"],
                    each["text"],
                    tuple(each.get("competencies", ())),
                    tuple(taught[module.id, each["key"]]),
                    tuple(assessed[module.id, each["key"]]),
                )
                for each in module.outcomes
            ),
        )
        for module in modules_of(version_id)
    )
