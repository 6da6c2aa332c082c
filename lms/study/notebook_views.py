"""Pages of one's own notebook: what one put down while reading, and nobody else sees."""

from collections.abc import Iterable
from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import clock, refs
from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.learning import queries as learning, reads
from lms.learning.models import Answer
from lms.learning.own_notes import where_was_i
from lms.learning.parts import parts_of
from lms.notebook import operations, queries
from lms.notebook.export import as_markdown
from lms.notebook.forms import HighlightForm, NoteForm
from lms.notebook.models import Jotting
from lms.notebook.passages import Passages
from lms.notebook.rules import MOST_IN_A_HIGHLIGHT, Kind, Notebook, Stale
from lms.web.listing import Listing, page_asked_for
from lms.web.safe import local_path

_A_PAGE = 50
_ERASED = {
    Kind.NOTE: "The note is erased.",
    Kind.HIGHLIGHT: "The highlight is taken away.",
    Kind.BOOKMARK: "The bookmark is taken away.",
    Kind.PLACE: "Your place is no longer kept.",
}

bp = Blueprint("notebook", __name__, url_prefix="/learn/notebook", template_folder="templates")


@bp.get("/")
@needs(P.KEEP_NOTEBOOK)
def notebook() -> ResponseReturnValue:
    """Everything one put down, by module and page."""
    mine = _mine()
    sought = queries.Sought(request.args.get("module", ""), request.args.get("kind", ""))
    number = page_asked_for()
    found = queries.entries(mine, sought, first=(number - 1) * _A_PAGE, most=_A_PAGE)
    reader = _reader()
    ways = learning.programme_way(reader) if reader else []
    return render_template(
        "notebook/notebook.html",
        groups=[(page, list(each)) for page, each in groupby(found, key=_page_of)],
        listing=Listing(number, _A_PAGE, queries.count(mine, sought)),
        sought=sought,
        modules=queries.modules(mine),
        open_pages=learning.open_pages(reader) if reader else set(),
        reflections=reads.reflections_of(actor().person_id),
        titles={(stop.module, stop.page): stop.title for each in ways for stop in each.way},
        was=where_was_i(reader, ways) if reader else None,
    )


@bp.get("/notes.md")
@needs(P.KEEP_NOTEBOOK)
def copy() -> ResponseReturnValue:
    """Everything, as a file for oneself."""
    text = as_markdown(queries.entries(_mine(), queries.Sought()), clock.today())
    text += _reflected(reads.reflections_of(actor().person_id))
    answer = Response(text, content_type="text/markdown; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=notes.md"
    return answer


@bp.route("/<module>/<page>/note", methods=["GET", "POST"])
@needs(P.KEEP_NOTEBOOK)
def write_note(module: str, page: str) -> ResponseReturnValue:
    """Write a note about a page."""
    opened, form = _shown(module, page), NoteForm.from_request()
    form.offer(parts_of(opened.html))
    if form.accepted():
        try:
            with unit_of_work():
                spot = operations.Spot(opened.page, form.anchor)
                operations.write_note(
                    _mine(), spot, form.note.data, form.token.data or "", actor=actor()
                )
            return _back_to_page(module, page, "Your note is saved.")
        except RuleBroken as refusal:
            form.refused("note", refusal)
    form.token.data = form.token.data or refs.token()
    return render_template("notebook/note.html", opened=opened, form=form), form.status


@bp.route("/<module>/<page>/highlight", methods=["GET", "POST"])
@needs(P.KEEP_NOTEBOOK)
def highlight(module: str, page: str) -> ResponseReturnValue:
    """Highlight a passage of a page."""
    opened, form = _shown(module, page), HighlightForm.from_request()
    if form.accepted():
        text = Passages(opened.html)
        try:
            with unit_of_work():
                operations.highlight(_mine(), opened.page, form.words.data, text, actor=actor())
            return _back_to_page(module, page, "The passage is highlighted.")
        except RuleBroken as refusal:
            form.refused("words", refusal)
    if request.method == "GET":  # what was selected on the page comes along, if scripts run
        form.words.data = request.args.get("words", "")[:MOST_IN_A_HIGHLIGHT]
    return render_template("notebook/highlight.html", opened=opened, form=form), form.status


@bp.post("/<module>/<page>/bookmark")
@needs(P.KEEP_NOTEBOOK)
def bookmark(module: str, page: str) -> ResponseReturnValue:
    """Keep a page at hand."""
    opened = _shown(module, page)
    with unit_of_work():
        operations.bookmark(_mine(), opened.page, actor=actor())
    return _back_to_page(module, page, "The page is in your bookmarks.")


@bp.post("/<module>/<page>/place")
@needs(P.KEEP_NOTEBOOK)
def keep_place(module: str, page: str) -> ResponseReturnValue:
    """Keep one's place on a page."""
    opened = _shown(module, page)
    with unit_of_work():
        operations.keep_place(_mine(), operations.Spot(opened.page), actor=actor())
    return _back_to_page(module, page, "Your place is kept here.")


@bp.route("/<ref>", methods=["GET", "POST"])
@needs(P.KEEP_NOTEBOOK)
def change_note(ref: str) -> ResponseReturnValue:
    """Change a note."""
    note = _own(ref)
    if note.kind != Kind.NOTE:
        raise NotFound
    form = _form_of(note)
    if not form.accepted():
        return render_template("notebook/change.html", note=note, form=form), form.status
    try:
        with unit_of_work():
            current = queries.jotting(ref)
            operations.change_note(
                current, form.note.data, form.anchor, form.seen.data or "", actor=actor()
            )
    except Stale as refusal:
        return _stale(ref, form, refusal), 409
    flash("Your note is saved.")
    return redirect(url_for("notebook.notebook", _anchor=ref))


@bp.route("/<ref>/erase", methods=["GET", "POST"])
@needs(P.KEEP_NOTEBOOK)
def erase(ref: str) -> ResponseReturnValue:
    """Ask before a note is erased; then erase it, or what can be made again."""
    jotting = _own(ref)
    if request.method != "POST":
        return render_template("notebook/erase.html", jotting=jotting)
    kind = Kind(jotting.kind)
    with unit_of_work():
        operations.erase(queries.jotting(ref), actor=actor())
    flash(_ERASED[kind])
    return redirect(local_path(request.form.get("back")) or url_for("notebook.notebook"))


def _reflected(answers: Iterable[Answer]) -> str:
    """What somebody wrote for themselves, below their notes."""
    said = [f"## {each.module}/{each.page}\n\n{each.text}\n" for each in answers]
    return "\n# Your reflections\n\n" + "\n".join(said) if said else ""


def _page_of(jotting: Jotting) -> tuple[str, str]:
    return jotting.module_slug, jotting.page_slug


def _mine() -> Notebook:
    return Notebook(actor().person_id)


def _own(ref: str) -> Jotting:
    found = queries.jotting(ref)
    require(actor(), P.KEEP_NOTEBOOK, found)
    return found


def _reader() -> learning.Reader | None:
    """Where they read now; None while no module is open to them."""
    reader = learning.reader_of(actor().person_id)
    later = reader is not None and reader.opens_on and clock.today() < reader.opens_on
    return None if later else reader


def _shown(module: str, page: str) -> learning.Opened:
    """A page of their own version, as they see it. Raises NotFound."""
    reader = _reader()
    if reader is None:
        raise NotFound
    return learning.page_for(reader, module, page)


def _form_of(note: Jotting) -> NoteForm:
    """The note to change, or what was sent of it; with the parts of its page.

    Where the page isn't open to them, the part that the note has already can be kept.
    """
    sent = request.method == "POST"
    before = {"note": note.text, "about": note.anchor, "seen": note.version}
    form = NoteForm.from_request(**({} if sent else before))
    try:
        form.offer(parts_of(_shown(note.module_slug, note.page_slug).html))
    except NotFound:
        form.offer([(note.anchor, "The part it is about now")] if note.anchor else [])
    return form


def _stale(ref: str, form: NoteForm, refusal: Stale) -> str:
    """What another window saved, beside what was typed here; sent again, this one stands."""
    saved = queries.jotting(ref)
    form.seen.data = saved.version
    return render_template("notebook/change.html", note=saved, form=form, refusal=refusal)


def _back_to_page(module: str, page: str, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("learning.page", module=module, page=page, _anchor="jottings"))
