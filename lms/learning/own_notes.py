"""What a reader put down about a page, and where they were, by what they did themselves.

Opening a page leaves nothing behind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.catalogue.models import Page
from lms.learning.parts import parts_of
from lms.learning.queries import ModuleWay, Opened, Reader
from lms.learning.reads import last_read
from lms.learning.rules import Stop
from lms.notebook import queries as notebooks
from lms.notebook.models import Jotting
from lms.notebook.passages import Passages, gone
from lms.notebook.rules import Kind, Notebook

MOST_SHOWN = 20  # below the page; the notebook has them all


@dataclass(frozen=True)
class OwnNotes:
    """The part of a page that its reader alone sees.

    shown      the newest notes and highlights, the oldest first
    older      how many more there are
    gone       highlights whose words are no longer on the page
    titles     of the page's parts, by anchor
    """

    page: Page
    shown: list[Jotting]
    older: int
    gone: frozenset[str]
    titles: dict[str, str]
    bookmark: Jotting | None
    place: Jotting | None


def on_page(reader: Reader, opened: Opened, html: str) -> tuple[OwnNotes | None, str]:
    """What the reader put down about this page, and the page with their highlights marked.

    html     of the page as it is about to be shown, before anything to fill in is put in it
    returns  None and the same page for staff, who keep no notebook

    One query.
    """
    if reader.enrolment is None:
        return None, html
    module = opened.module.slug
    found = notebooks.on_page(Notebook(reader.enrolment.advocate_id), module, opened.page.slug)
    written = [each for each in found if each.kind in (Kind.NOTE, Kind.HIGHLIGHT)]
    quotes = [each.text for each in written if each.kind == Kind.HIGHLIGHT]
    passages = Passages(html) if quotes else None
    parts = parts_of(html)
    own = OwnNotes(
        opened.page,
        written[-MOST_SHOWN:],
        len(written[:-MOST_SHOWN]),
        gone(passages, quotes) if passages else frozenset(),
        dict(parts),
        _only(found, Kind.BOOKMARK),
        _only(found, Kind.PLACE),
    )
    return own, passages.marked(quotes) if passages else html


def _only(found: Sequence[Jotting], kind: Kind) -> Jotting | None:
    return next((each for each in found if each.kind == kind), None)


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
    read = last_read(reader.enrolment_id)
    traces = [Trace(READ, read.module, read.page, "", read.read_at)] if read else []
    if made is not None:
        traces.append(Trace(made.kind, made.module_slug, made.page_slug, made.anchor, made.made_at))
    here = [each for each in traces if (each.module, each.page) in stops]
    if not here:
        return None
    last = max(here, key=lambda each: each.at)
    return last, stops[last.module, last.page]
