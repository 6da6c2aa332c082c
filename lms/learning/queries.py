"""Questions about reading. A page takes two of them: the page, and the way through its module."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Subquery, select

from lms.catalogue.models import Module, Page, PageText, Rendered
from lms.catalogue.queries import newest_id
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import enrolments_of
from lms.cohorts.rules import ACTIVE, State
from lms.db import db
from lms.errors import NotFound
from lms.learning.reads import marks, reads_of, with_reads
from lms.learning.rules import Stop, minutes_left


@dataclass(frozen=True)
class Reader:
    """The place in which somebody reads.

    enrolment  None for staff, who read the newest version and leave no marks
    """

    version_id: int
    enrolment: Enrolment | None = None
    opens_on: date | None = None

    @property
    def enrolment_id(self) -> int:
        """Row of the enrolment; 0 for staff."""
        return self.enrolment.id if self.enrolment else 0


@dataclass(frozen=True)
class ModuleWay:
    """A module on the programme map, with its pages."""

    module: Module
    way: tuple[Stop, ...]

    @property
    def read(self) -> int:
        """How many pages are read."""
        return sum(stop.read for stop in self.way)

    @property
    def minutes_left(self) -> int:
        """How long the unread pages take."""
        return minutes_left(self.way)


def reader_of(advocate_id: int) -> Reader | None:
    """The place in which an advocate reads now: the newest enrolment that is active."""
    return reader_among(enrolments_of(advocate_id))


def reader_among(places: Sequence[tuple[Enrolment, State]]) -> Reader | None:
    """The same, from places that were asked for already, the newest first."""
    for enrolment, state in places:
        if state in ACTIVE:
            cohort = enrolment.cohort
            return Reader(cohort.content_version_id, enrolment, cohort.intake.starts_on)
    return None


def staff_reader() -> Reader | None:
    """Staff read the version that was published last."""
    newest = newest_id()
    return Reader(newest) if newest is not None else None


@dataclass(frozen=True)
class Opened:
    """A page as it is shown to its reader.

    html       with tutor notes for staff, never for learners
    questions  with their answers: these don't leave the server
    """

    page: Page
    module: Module
    html: str
    questions: list[dict[str, Any]]


def page_for(reader: Reader, module_slug: str, page_slug: str) -> Opened:
    """One page in the reader's own version. Raises NotFound. One query."""
    shown = PageText.html_key if reader.enrolment else PageText.staff_key
    row = db.session.execute(
        select(Page, Module, Rendered.html, PageText.questions)
        .join(Module, Module.id == Page.module_id)
        .join(PageText, PageText.page_id == Page.id)
        .join(Rendered, Rendered.sha256 == shown)
        .where(Module.version_id == reader.version_id)
        .where(Module.slug == module_slug, Page.slug == page_slug)
    ).first()
    if row is None:
        raise NotFound
    return Opened(*row)


def way_through(reader: Reader, module_id: int) -> list[Stop]:
    """Every page of a module, in order, and whether it is read. One query."""
    said = reads_of(reader.enrolment_id)
    columns = (Module.slug, Page.slug, Page.title, Page.minutes, *marks(said))
    rows = db.session.execute(
        _reading(select(*columns), said)
        .where(Module.id == module_id, Page.stands_in.is_(False))
        .order_by(Page.position)
    )
    return [Stop(*row) for row in rows]


def programme_way(reader: Reader) -> list[ModuleWay]:
    """The whole programme, module by module, and what of it is read. One query."""
    said = reads_of(reader.enrolment_id)
    rows = db.session.execute(
        _reading(select(Module, Page.slug, Page.title, Page.minutes, *marks(said)), said)
        .where(Module.version_id == reader.version_id, Page.stands_in.is_(False))
        .order_by(Module.position, Page.position)
    )
    found: dict[int, tuple[Module, list[Stop]]] = {}
    for module, *stop in rows:
        stops = found.setdefault(module.id, (module, []))[1]
        stops.append(Stop(module.slug, *stop))
    return [ModuleWay(module, tuple(stops)) for module, stops in found.values()]


def _reading(query: Any, said: Subquery) -> Any:
    return with_reads(query.select_from(Module).join(Page, Page.module_id == Module.id), said)
