"""What its reader put down about a page, and the page with their highlights marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms import refs
from lms.catalogue.models import Page
from lms.learning.parts import parts_of
from lms.learning.queries import Opened, Reader
from lms.notebook import queries
from lms.notebook.forms import HighlightForm, NoteForm, PlaceForm
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
    note: NoteForm
    highlight: HighlightForm
    place_form: PlaceForm


def on_page(reader: Reader, opened: Opened, html: str) -> tuple[OwnNotes | None, str]:
    """What the reader put down about this page, and the page with their highlights marked.

    html     of the page as it is about to be shown, before anything to fill in is put in it
    returns  None and the same page for staff, who keep no notebook

    One query.
    """
    if reader.enrolment is None:
        return None, html
    module = opened.module.slug
    found = queries.on_page(Notebook(reader.enrolment.advocate_id), module, opened.page.slug)
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
        NoteForm(formdata=None, token=refs.token()),
        HighlightForm(formdata=None),
        PlaceForm(formdata=None),
    )
    own.note.offer(parts)
    own.place_form.offer(parts)
    return own, passages.marked(quotes) if passages else html


def _only(found: Sequence[Jotting], kind: Kind) -> Jotting | None:
    return next((each for each in found if each.kind == kind), None)
