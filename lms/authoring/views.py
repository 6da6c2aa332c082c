"""The editor: drafts of what is taught, for authors who don't use git."""

from functools import partial
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import actor, may, needs, require
from lms.access.permissions import Permission as P
from lms.authoring import editing, operations, queries, rules, working
from lms.authoring.forms import AddForm, FileForm, NameForm, OpenForm, UploadForm
from lms.authoring.models import Draft
from lms.authoring.preview import LEARNER, TUTOR
from lms.db import end_reading, unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.markup_blocks import NATIONS
from lms.web.made import as_file

bp = Blueprint("authoring", __name__, url_prefix="/authoring/drafts", template_folder="templates")


@bp.route("/", methods=["GET", "POST"])
@needs(P.READ_DRAFTS)
def drafts() -> ResponseReturnValue:
    """The drafts that one may read, and a new one."""
    form = OpenForm.from_request()
    writes = may(actor(), P.WRITE_CONTENT)
    if writes and form.accepted():
        with unit_of_work():
            draft = operations.open_draft(form.title.data, actor=actor())
            opened = draft.ref
        return redirect(url_for("authoring.draft", ref=opened))
    found = queries.drafts_for(actor())
    page = render_template("authoring/drafts.html", drafts=found, form=form, writes=writes)
    return page, form.status if writes else 200


@bp.get("/<ref>")
@needs(P.READ_DRAFTS)
def draft(ref: str) -> ResponseReturnValue:
    """One draft: every file, and which of them it changes."""
    return editing.draft_page(_readable(ref), _folder())


@bp.post("/<ref>/add")
@needs(P.WRITE_CONTENT)
def add(ref: str) -> ResponseReturnValue:
    """Begin a new file."""
    found = _readable(ref)
    form = AddForm.from_request()
    seen = working.snapshot(found, _folder())
    if not form.accepted():
        return editing.draft_page(found, _folder(), add=form), form.status
    files = rules.STARTS[form.kind.data].made(form.module.data or "", form.name.data)
    taken = set(seen.whole.names()) & set(files)
    if taken or not all(map(rules.is_text, files)):
        form.refuse("name", "There is one already" if taken else "Use a-z, 0-9 and hyphens only")
        return editing.draft_page(found, _folder(), add=form), form.status
    with unit_of_work():
        for name, text in files.items():
            latest = queries.newest_revision(found.id, name)
            number = latest.number if latest else 0
            operations.write_file(found, name, text, number, actor=actor())
    return redirect(url_for("authoring.file", ref=ref, name=next(iter(files))))


@bp.post("/<ref>/upload")
@needs(P.WRITE_CONTENT)
def upload(ref: str) -> ResponseReturnValue:
    """Put a picture or film into the draft."""
    found = _readable(ref)
    form = UploadForm.from_request()
    if form.accepted() and form.file.data and form.file.data.filename:
        try:
            known, stored = editing.received(found, form.file.data)
            name = f"modules/{form.folder.data}/files/{known.name}"
            with unit_of_work():
                operations.upload_file(found, name, stored, actor=actor())
            flash(f"{known.name} is in the draft. Show it with: /// figure | {known.name}")
            return redirect(url_for("authoring.draft", ref=ref))
        except RuleBroken as refusal:
            form.refused("file", refusal)
    else:
        form.refuse("file", "Choose a picture or film")
    return editing.draft_page(_readable(ref), _folder(), upload=form), form.status


@bp.post("/<ref>/delete")
@needs(P.WRITE_CONTENT)
def delete(ref: str) -> ResponseReturnValue:
    """Take a file out of the draft."""
    found, name = _readable(ref), _named()
    if name not in working.snapshot(found, _folder()).whole.names():
        raise NotFound
    with unit_of_work():
        operations.delete_file(found, name, actor=actor())
    flash(f"{name} is taken out. You can restore it.")
    return redirect(url_for("authoring.draft", ref=ref))


@bp.post("/<ref>/restore")
@needs(P.WRITE_CONTENT)
def restore(ref: str) -> ResponseReturnValue:
    """Make a file as it was published."""
    found, name = _readable(ref), _named()
    with unit_of_work():
        operations.restore_file(found, name, actor=actor())
    flash(f"{name} is as it was published. What was written stays in its history.")
    return redirect(url_for("authoring.draft", ref=ref))


@bp.post("/<ref>/close")
@needs(P.WRITE_CONTENT)
def close(ref: str) -> ResponseReturnValue:
    """Put a draft away."""
    found = _readable(ref)
    with unit_of_work():
        operations.close_draft(found, actor=actor())
    flash("The draft is put away. It was not published, and can still be read.")
    return redirect(url_for("authoring.drafts"))


@bp.get("/<ref>/content.zip")
@needs(P.READ_DRAFTS)
def download(ref: str) -> ResponseReturnValue:
    """All files in one archive: as the draft has them, or as they were published from it."""
    found = _readable(ref)
    whole = working.published(found) or working.snapshot(found, _folder()).whole
    end_reading()
    pack = partial(working.write_archive, whole)
    return as_file(pack, kind="application/zip", name=f"{ref}.zip")


@bp.get("/<ref>/files/<path:name>")
@needs(P.READ_DRAFTS)
def file(ref: str, name: str) -> ResponseReturnValue:
    """One file beside its findings and what it looks like; a picture as it is."""
    found = _readable(ref)
    if rules.is_media(name):
        return editing.picture(working.snapshot(found, _folder()), name)
    if not rules.is_text(name):
        raise NotFound
    seen = working.snapshot(found, _folder())
    latest = queries.newest_revision(found.id, name)
    if latest is None and working.read_or_none(seen.base, name) is None:
        raise NotFound
    form = FileForm(
        formdata=None,
        number=str(latest.number if latest else 0),
        text=editing.saved_text(found, name, seen.base),
        viewer=TUTOR if request.args.get("as") == TUTOR else LEARNER,
        nation=request.args.get("nation", "") if request.args.get("nation") in NATIONS else "",
    )
    return editing.file_page(found, name, seen, form)


@bp.post("/<ref>/files/<path:name>")
@needs(P.WRITE_CONTENT)
def save(ref: str, name: str) -> ResponseReturnValue:
    """Keep the text, whatever is still wrong in it, and show it again."""
    found = _readable(ref)
    form = FileForm.from_request()
    seen = working.snapshot(found, _folder())
    if not form.accepted():
        return editing.file_page(found, name, seen, form), form.status
    keep = request.form.get("keep")
    if keep == "merge":
        saved = editing.saved_text(found, name, seen.base).strip()
        form.text.data = f"{saved}\n\n{form.text.data or ''}".strip()
        return editing.file_page(found, name, seen, form)
    if keep != "saved":
        try:
            with unit_of_work():
                operations.write_file(found, name, form.content, form.revision, actor=actor())
        except operations.Stale as refusal:
            return editing.conflict_page(found, name, seen.base, form, refusal), 409
        except RuleBroken as refusal:
            form.refused("text", refusal)
            return editing.file_page(found, name, seen, form), form.status
    chosen = {"as": form.viewer.data, "nation": form.nation.data or None}
    return redirect(url_for("authoring.file", ref=ref, name=name, **chosen))


def _readable(ref: str) -> Draft:
    found = queries.draft(ref)
    require(actor(), P.READ_DRAFTS, queries.hands(found))
    return found


def _folder() -> Path:
    return Path(current_app.config["CONTENT_DIR"])


def _named() -> str:
    form = NameForm.from_request()
    if not form.accepted():
        raise NotFound
    return str(form.name.data)
