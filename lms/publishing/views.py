"""The content folder, and publishing: the wish, how far it is, and what came of it."""

from pathlib import Path

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import actor, may_ever, needs
from lms.access.permissions import Permission as P
from lms.authoring import queries as drafts, working
from lms.catalogue import queries as contents
from lms.db import unit_of_work
from lms.errors import Conflict, RuleBroken
from lms.publishing import operations, queries
from lms.publishing.folder import Waiting, waiting
from lms.publishing.forms import FolderForm, SeenForm
from lms.publishing.operations import Asked

bp = Blueprint("publishing", __name__, url_prefix="/authoring", template_folder="templates")

_CHANGED = "The content was changed while you were looking at it. Nothing was published."


@bp.get("/")
@needs(P.READ_FINDINGS)
def content() -> ResponseReturnValue:
    """What waits in the content folder, what is wrong with it, and what was published."""
    return _content_page(_waiting(), FolderForm(formdata=None))


@bp.post("/publish")
@needs(P.PUBLISH_CONTENT, fresh=True)
def publish() -> ResponseReturnValue:
    """Let the content folder be published in the background."""
    found, form = _waiting(), FolderForm.from_request()
    if form.accepted():
        if form.seen.data != found.mark:
            raise Conflict(_CHANGED)
        asked = Asked(found.fingerprint, found.newest, over_drafts=form.over_drafts.data)
        try:
            with unit_of_work():
                wish = operations.ask_to_publish(asked, found.lost, actor=actor())
                ref = wish.ref
            return redirect(url_for("publishing.state", ref=ref))
        except RuleBroken as refusal:
            form.refused("over_drafts", refusal)
    return _content_page(found, form), form.status


@bp.post("/check")
@needs(P.READ_FINDINGS)
def check() -> ResponseReturnValue:
    """Let the content folder be checked in the background."""
    found = _waiting()
    if not found.fingerprint:
        return redirect(url_for("publishing.content"))
    with unit_of_work():
        wish = operations.ask_to_check(Asked(found.fingerprint, found.newest), actor=actor())
        ref = wish.ref
    return redirect(url_for("publishing.state", ref=ref))


@bp.post("/drafts/<ref>/publish")
@needs(P.PUBLISH_CONTENT, fresh=True)
def publish_draft(ref: str) -> ResponseReturnValue:
    """Let a draft be published in the background; what can be refused at once is."""
    draft, form = drafts.draft(ref), SeenForm.from_request()
    if draft.version is not None:
        return redirect(url_for("authoring.draft", ref=ref))
    seen = working.snapshot(draft, _folder())
    if not form.accepted() or form.seen.data != seen.fingerprint:
        raise Conflict(working.CHANGED)
    with unit_of_work():
        wish = operations.ask_to_publish_draft(draft, seen, actor=actor())
        wished = wish.ref
    return redirect(url_for("publishing.state", ref=wished))


@bp.get("/publishing/<ref>")
@needs(P.READ_FINDINGS)
def state(ref: str) -> ResponseReturnValue:
    """How far a wish is, or what came of it."""
    return render_template("publishing/state.html", found=queries.standing(queries.wish(ref)))


def _content_page(found: Waiting, form: FolderForm) -> str:
    looked = queries.last_look(found.fingerprint)
    return render_template(
        "publishing/content.html",
        found=found,
        looked=looked,
        findings=list(dict.fromkeys([*found.findings, *queries.findings_of(looked)])),
        published=contents.version_with_content(found.fingerprint),
        newest=contents.newest_id(),
        publications=contents.publications(),
        under_way=queries.under_way(),
        publishes=may_ever(actor(), P.PUBLISH_CONTENT),
        form=form,
    )


def _waiting() -> Waiting:
    return waiting(_folder())


def _folder() -> Path:
    return Path(current_app.config["CONTENT_DIR"])
