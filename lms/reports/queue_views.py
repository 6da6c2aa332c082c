"""The authors' queue of problems that readers reported; it never says who they are."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.db import unit_of_work
from lms.reports import operations, queries
from lms.reports.forms import AnswerForm
from lms.reports.rules import KIND_WORDS

bp = Blueprint("problems", __name__, url_prefix="/authoring/reports", template_folder="templates")


@bp.get("/")
@needs(P.ANSWER_REPORTS)
def queue() -> ResponseReturnValue:
    """What waits for an answer, or what was answered."""
    answered = request.args.get("show") == "answered"
    found = queries.queue(answered=answered)
    return render_template("reports/queue.html", reports=found, answered=answered, kinds=KIND_WORDS)


@bp.route("/<ref>", methods=["GET", "POST"])
@needs(P.ANSWER_REPORTS)
def answer(ref: str) -> ResponseReturnValue:
    """One report, and its answer."""
    found = queries.queued(ref)
    require(actor(), P.ANSWER_REPORTS)
    form = AnswerForm.from_request()
    if form.accepted():
        with unit_of_work():
            operations.answer_problem(queries.report(ref), form.words.data, actor=actor())
        flash("Your answer is sent. They get a message that says only to sign in.")
        return redirect(url_for("problems.queue"))
    shown = render_template("reports/answer.html", report=found, form=form, kinds=KIND_WORDS)
    return shown, form.status
