"""Pages on which advocates report a problem with a page, and read what they were answered."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import clock, refs
from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.catalogue.models import Page
from lms.cohorts.models import Enrolment
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.learning.queries import page_for, reader_of
from lms.reports import operations, queries
from lms.reports.forms import MOST_CHARACTERS, ReportForm
from lms.reports.rules import KIND_WORDS, Kind

bp = Blueprint("reports", __name__, url_prefix="/learn/problems", template_folder="templates")


@bp.get("/")
@needs(P.READ_OWN_REPORT)
def own() -> ResponseReturnValue:
    """What one reported, and what was answered."""
    found = queries.reports_of(actor().person_id)
    return render_template("reports/own.html", reports=found, kinds=KIND_WORDS)


@bp.route("/<module>/<page>", methods=["GET", "POST"])
@needs(P.REPORT_PROBLEM)
def report(module: str, page: str) -> ResponseReturnValue:
    """Report a problem with a page of one's own version."""
    enrolment, found = _own_page(module, page)
    fresh = {"token": refs.token()} if request.method == "GET" else {}
    form = ReportForm.from_request(**fresh)
    if form.accepted():
        problem = operations.Problem(form.token.data, Kind(form.kind.data), form.words.data)
        try:
            with unit_of_work():
                operations.report_problem(enrolment, found, problem, actor=actor())
            flash("Thank you. The authors have it, and answer here. They don’t see who you are.")
            return redirect(url_for("reports.own"))
        except RuleBroken as refusal:
            form.refused("words", refusal)
    shown = render_template("reports/report.html", page=found, form=form, most=MOST_CHARACTERS)
    return shown, form.status


def _own_page(module: str, page: str) -> tuple[Enrolment, Page]:
    reader = reader_of(actor().person_id)
    if reader is None or reader.enrolment is None:
        raise NotFound
    if reader.opens_on is not None and clock.today() < reader.opens_on:
        raise NotFound
    return reader.enrolment, page_for(reader, module, page).page
