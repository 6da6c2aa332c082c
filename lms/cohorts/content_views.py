"""Pages on which a registrar moves a running cohort to other content."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.catalogue import queries as catalogue
from lms.catalogue.comparing import changes_of_page, summary_between
from lms.catalogue.models import ContentVersion
from lms.cohorts import operations, queries
from lms.cohorts.forms import MoveForm
from lms.cohorts.models import Cohort
from lms.db import unit_of_work
from lms.errors import RuleBroken
from lms.texts.advice import about

bp = Blueprint("cohort_content", __name__, url_prefix="/programme", template_folder="templates")


@bp.get("/cohorts/<ref>/content")
@needs(P.MOVE_CONTENT)
def content(ref: str) -> ResponseReturnValue:
    """What a cohort is taught, how it came to that, and what else it could be taught."""
    cohort, versions = queries.cohort(ref), catalogue.versions()
    return render_template(
        "cohorts/content.html",
        cohort=cohort,
        moves=queries.moves_of(cohort),
        versions=versions,
        known={each.id: each for each in versions},
    )


@bp.route("/cohorts/<ref>/content/<version>", methods=["GET", "POST"])
@needs(P.MOVE_CONTENT, fresh=True)
def move(ref: str, version: str) -> ResponseReturnValue:
    """What would change for a cohort; and the move, with its reason."""
    cohort, to = queries.cohort(ref), catalogue.version(version)
    form = MoveForm.from_request()
    if form.accepted() and _moved(cohort, to, form):
        return redirect(url_for("cohort_content.content", ref=ref))
    if not form.is_submitted():
        form.seen.data = str(len(queries.moves_of(cohort)))
    page = render_template(
        "cohorts/move.html",
        form=form,
        cohort=cohort,
        now=queries.content_of(cohort),
        to=to,
        summary=summary_between(cohort.content_version_id, to.id),
    )
    return page, form.status


@bp.get("/cohorts/<ref>/content/<version>/<module>/<page>")
@needs(P.MOVE_CONTENT)
def page(ref: str, version: str, module: str, page: str) -> ResponseReturnValue:
    """What would change on one page, block by block."""
    cohort, to = queries.cohort(ref), catalogue.version(version)
    changes = changes_of_page(cohort.content_version_id, to.id, module, page)
    return render_template(
        "cohorts/page_changes.html",
        cohort=cohort,
        to=to,
        title=catalogue.page_of(catalogue.module_of(to.id, module), page).title,
        changes=changes,
        topics=about(changes.advice),
        held_back=changes.is_grave and request.args.get("show") != "1",
    )


def _moved(cohort: Cohort, to: ContentVersion, form: MoveForm) -> bool:
    try:
        with unit_of_work():
            reason, seen = form.reason.data or "", int(form.seen.data or 0)
            moved = operations.move_content(cohort, to, reason, seen=seen, actor=actor())
    except RuleBroken as refusal:
        form.refused("reason", refusal)
        return False
    flash("The intake is moved." if moved else "The intake has this content already.")
    return True
