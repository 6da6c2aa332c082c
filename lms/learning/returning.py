"""Where somebody was, by what they did themselves: opening a page leaves nothing behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.catalogue.models import Module, Page
from lms.db import db
from lms.learning.models import PageRead
from lms.learning.queries import ModuleWay, Reader
from lms.learning.rules import Stop
from lms.notebook import queries as notebooks
from lms.notebook.rules import Notebook

READ = "read"


@dataclass(frozen=True)
class Trace:
    """What somebody did last on a page.

    kind    `read`, or a notebook's kind
    anchor  of the part it was about; empty for the whole page
    """

    kind: str
    module: str  # slug
    page: str  # slug
    anchor: str
    at: datetime


def where_was_i(reader: Reader, ways: Iterable[ModuleWay]) -> tuple[Trace, Stop] | None:
    """The page on which the reader did something last, if their version still has it.

    ways  of the whole programme

    Two queries.
    """
    if reader.enrolment is None:
        return None
    stops = {(stop.module, stop.page): stop for each in ways for stop in each.way}
    made = notebooks.latest(Notebook(reader.enrolment.advocate_id))
    traces = [_last_read(reader.enrolment_id)]
    if made is not None:
        traces.append(Trace(made.kind, made.module_slug, made.page_slug, made.anchor, made.made_at))
    here = [each for each in traces if each and (each.module, each.page) in stops]
    if not here:
        return None
    last = max(here, key=lambda each: each.at)
    return last, stops[last.module, last.page]


def _last_read(enrolment_id: int) -> Trace | None:
    row = db.session.execute(
        select(Module.slug, Page.slug, PageRead.read_at)
        .select_from(PageRead)
        .join(Page, Page.id == PageRead.page_id)
        .join(Module, Module.id == Page.module_id)
        .where(PageRead.enrolment_id == enrolment_id)
        .order_by(PageRead.read_at.desc(), Page.position.desc())
        .limit(1)
    ).first()
    return None if row is None else Trace(READ, row[0], row[1], "", row[2])
