"""Pages on which a roster is chosen, looked at and imported."""

import base64
import binascii

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.cohorts import queries, roster, roster_operations as operations
from lms.cohorts.fates import importable, preview
from lms.cohorts.forms import ImportForm, RosterForm
from lms.cohorts.models import Cohort
from lms.cohorts.roster import NotARoster
from lms.db import unit_of_work
from lms.errors import Conflict, RuleBroken
from lms.web.site import base_url

bp = Blueprint("roster", __name__, url_prefix="/programme", template_folder="templates")


@bp.get("/roster-template.csv")
@needs(P.KEEP_INTAKES)
def roster_template() -> ResponseReturnValue:
    """The columns of a roster, to fill in."""
    answer = Response(roster.template(clock.today()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="roster.csv"'
    return answer


@bp.route("/cohorts/<ref>/roster", methods=["GET", "POST"])
@needs(P.KEEP_INTAKES, fresh=True)
def choose_roster(ref: str) -> ResponseReturnValue:
    """Choose a roster, and see what would become of each row. Nothing is imported yet."""
    found, form = queries.cohort(ref), RosterForm.from_request()
    if form.accepted():
        content = form.roster.data.stream.read(roster.MOST_BYTES + 1)
        try:
            return _preview_page(found, content)
        except NotARoster as refusal:
            form.refused("roster", refusal)
    page = render_template(
        "cohorts/roster.html",
        form=form,
        cohort=found,
        columns=roster.COLUMNS,
        most_rows=roster.MOST_ROWS,
        megabytes=roster.MOST_BYTES >> 20,
    )
    return page, form.status


@bp.post("/cohorts/<ref>/import")
@needs(P.KEEP_INTAKES, fresh=True)
def import_roster(ref: str) -> ResponseReturnValue:
    """Import the roster that was looked at; with one row refused, nothing."""
    found, content = queries.cohort(ref), _content_of(ImportForm.from_request())
    try:
        with unit_of_work():
            rows, fates = importable(found, content, actor=actor())
            offered = operations.import_roster(found, rows.rows, fates.organisations, actor=actor())
    except (RuleBroken, Conflict) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return _preview_page(found, content, refusal.sentence), status
    flash(_said(offered))
    return redirect(url_for("cohorts.cohort", ref=ref))


@bp.post("/cohorts/<ref>/invite")
@needs(P.KEEP_INTAKES, fresh=True)
def invite_all(ref: str) -> ResponseReturnValue:
    """Send invitations to all who need one."""
    found = queries.cohort(ref)
    with unit_of_work():
        sent = operations.invite_all(found, base_url(), actor=actor())
    words = "1 invitation is on its" if sent == 1 else f"{sent} invitations are on their"
    flash(f"{words} way." if sent else "Nobody needs an invitation.")
    return redirect(url_for("cohorts.cohort", ref=ref))


def _preview_page(found: Cohort, content: bytes, sentence: str = "") -> str:
    """The fate of each row as things stand; `sentence` says why it is shown once more."""
    rows = roster.read(content, found.intake.starts_on, clock.today())
    return render_template(
        "cohorts/preview.html",
        cohort=found,
        preview=preview(found, rows, actor=actor()),
        sentence=sentence,
        form=ImportForm(formdata=None, content=base64.b64encode(content).decode()),
    )


def _said(offered: int) -> str:
    if not offered:
        return "Nothing changed: everybody in the file had their place already."
    return "1 place offered." if offered == 1 else f"{offered} places offered."


def _content_of(form: ImportForm) -> bytes:
    try:
        return base64.b64decode(form.content.data or "", validate=True)
    except (binascii.Error, ValueError):
        raise NotARoster("Choose the roster again.") from None
