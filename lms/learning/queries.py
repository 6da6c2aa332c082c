"""Questions about reading. A page takes two of them: itself on its way, and its answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import aliased, defer

from lms.catalogue.models import ContentVersion, Module, Page, PageText, Rendered
from lms.catalogue.queries import newest_id
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import enrolments_of
from lms.cohorts.rules import ACTIVE, State
from lms.db import db
from lms.errors import NotFound
from lms.learning.models import Answer
from lms.learning.reads import (
    STOP,
    Outline,
    Taught,
    beside_reads,
    outline,
    stop_of,
    taught,
)
from lms.learning.rules import (
    How,
    Outcome,
    Stop,
    counts,
    left_to_answer,
    minutes_left,
    outcomes_met,
)

_MOST_OUTLINES = 20  # in memory; intakes are taught few versions at a time


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
        """How many pages are done."""
        return sum(stop.done for stop in self.way)

    @property
    def begun(self) -> bool:
        """Whether any page is read, its questions answered or not."""
        return any(stop.read for stop in self.way)

    @property
    def minutes_left(self) -> int:
        """How long the unread pages take."""
        return minutes_left(self.way)

    @property
    def questions_left(self) -> int:
        """How many questions keep its pages from being done."""
        return left_to_answer(self.way)

    @property
    def outcomes(self) -> list[Outcome]:
        """What one can do after it, and which of that is met."""
        return outcomes_met(self.module.outcomes, self.way)


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


@dataclass(frozen=True)
class StandsFor:
    """The page that another stands in for.

    counts  whether its author lets the reading of that one count for it
    """

    stop: Stop
    counts: bool


def page_for(reader: Reader, module_slug: str, page_slug: str) -> Opened:
    """One page in the reader's own version. Raises NotFound. One query."""
    row = db.session.execute(
        select(Page, Module, Rendered.html, PageText.questions)
        .join(Module, Module.id == Page.module_id)
        .join(PageText, PageText.page_id == Page.id)
        .join(Rendered, Rendered.sha256 == _shown_to(for_staff=reader.enrolment is None))
        .where(Module.version_id == reader.version_id)
        .where(Module.slug == module_slug, Page.slug == page_slug)
        .options(defer(Page.source))
    ).first()
    if row is None:
        raise NotFound
    return Opened(*row)


def page_on_its_way(
    reader: Reader, module_slug: str, page_slug: str
) -> tuple[Opened, list[Stop], StandsFor | None]:
    """A page, the way through its module, and the page that it stands in for. One query.

    Raises NotFound.
    """
    where = {"version": reader.version_id, "module": module_slug, "page": page_slug}
    query = _page_on_its_way(for_staff=reader.enrolment is None)
    opened, way, stands_for = None, [], None
    for row in db.session.execute(query, {"reader": reader.enrolment_id, **where}):
        stop = stop_of(row, row)
        if row.shown is not None:
            opened = Opened(row.shown, row.its_module, row.html, row.questions)
        if not row.stands_in:
            way.append(stop)
        advice = taught(row.advice)
        if advice and advice.get("alternative") == page_slug:
            stands_for = StandsFor(stop, counts(How.ALTERNATIVE, advice))
    if opened is None:
        raise NotFound
    return opened, way, stands_for


@cache
def _page_on_its_way(*, for_staff: bool) -> Any:
    """Put together once: that takes longer than to answer it."""
    shown, its_module = aliased(Page, name="shown"), aliased(Module, name="its_module")
    columns = (Page.stands_in, shown, its_module, Rendered.html, PageText.questions)
    return (
        beside_reads(select(*STOP, *columns))
        .outerjoin(shown, and_(shown.id == Page.id, Page.slug == bindparam("page")))
        .outerjoin(its_module, its_module.id == shown.module_id)
        .outerjoin(PageText, PageText.page_id == shown.id)
        .outerjoin(Rendered, Rendered.sha256 == _shown_to(for_staff=for_staff))
        .where(Module.version_id == bindparam("version"), Module.slug == bindparam("module"))
        .options(defer(shown.source))
        .order_by(Page.position)
    )


def way_through(reader: Reader, module_id: int) -> list[Stop]:
    """Every page of a module, in order, and what of it is done. One query."""
    which = {"reader": reader.enrolment_id, "module": module_id}
    return [stop_of(row, row) for row in db.session.execute(_way_through(), which)]


@cache
def _way_through() -> Any:
    return (
        beside_reads(select(*STOP))
        .where(Module.id == bindparam("module"), Page.stands_in.is_(False))
        .order_by(Page.position)
    )


def programme_way(reader: Reader) -> list[ModuleWay]:
    """The whole programme, module by module, and what of it is done. One query."""
    found: list[tuple[Module, list[Stop]]] = []
    for (begins, page, untouched), said in _map(reader):
        if begins is not None:
            found.append((begins, []))
        new = said.how is None and said.answered is None
        found[-1][1].append(untouched if new else stop_of(page, said))
    return [ModuleWay(module, tuple(stops)) for module, stops in found]


_outlines: dict[int, Outline] = {}  # by version


def _map(reader: Reader) -> Iterator[tuple[tuple[Module | None, Taught, Stop], Any]]:
    """Each page beside what its reader said of it.

    What is taught is taken in once: it would be most of the answer. One query; two when another
    database stands where one stood before.
    """
    which = {"reader": reader.enrolment_id, "version": reader.version_id}
    known = _outlines.get(reader.version_id)
    rows = db.session.execute(_programme_way(known is None), which).all()
    if known is not None and rows and rows[0].ref != known.ref:
        known, rows = None, db.session.execute(_programme_way(True), which).all()
    if known is None and rows:
        if len(_outlines) >= _MOST_OUTLINES:
            _outlines.clear()
        known = _outlines[reader.version_id] = outline(rows)
    return zip(known.pages if known else (), rows, strict=True)


@cache
def _programme_way(whole: bool) -> Any:
    """Each module comes with its first page alone, so that it is taken in once.

    whole  with what is taught
    """
    begins = aliased(Module, name="begins")
    said = select(ContentVersion.ref.label("ref"))
    return (
        beside_reads(said.add_columns(begins, *STOP) if whole else said)
        .outerjoin(begins, and_(begins.id == Module.id, Page.position == 1))
        .join(ContentVersion, ContentVersion.id == Module.version_id)
        .where(Module.version_id == bindparam("version"), Page.stands_in.is_(False))
        .order_by(Module.position, Page.position)
    )


def open_pages(reader: Reader) -> set[tuple[str, str]]:
    """Every page of the reader's version by module and page, those that stand in for others too."""
    rows = db.session.execute(
        select(Module.slug, Page.slug)
        .join(Page, Page.module_id == Module.id)
        .where(Module.version_id == reader.version_id)
    )
    return {(module, page) for module, page in rows}


def answers_on(reader: Reader, module_slug: str, page_slug: str) -> dict[str, Answer]:
    """A reader's latest answer to each question of a page, by what was asked. One query."""
    found = db.session.scalars(
        select(Answer)
        .where(Answer.enrolment_id == reader.enrolment_id)
        .where(Answer.module == module_slug, Answer.page == page_slug)
        .order_by(Answer.attempt)
    )
    return {each.asked: each for each in found}


def _shown_to(*, for_staff: bool) -> Any:
    """The key of what a page shows: with tutor notes for staff alone."""
    return PageText.staff_key if for_staff else PageText.html_key
