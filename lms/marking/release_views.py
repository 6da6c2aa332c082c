"""Pages on which registrars allocate markers and release marks, and advocates read theirs."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from lms.access.actor import Role
from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.accounts.queries import account, holders_of
from lms.assessment import queries as assessments
from lms.assessment.models import Assessment
from lms.catalogue.queries import rubric_of
from lms.db import unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.marking import operations, queries, release_operations, staffing
from lms.marking.forms import AllocationForm
from lms.marking.rules import STAGE_WORDS, Stage

bp = Blueprint("release", __name__, template_folder="templates")


@bp.route("/marking/assessments/<ref>", methods=["GET", "POST"])
@needs(P.ALLOCATE_MARKERS)
def assessment(ref: str) -> ResponseReturnValue:
    """Who marks an assessment, and where each script stands, by candidate number."""
    found, form = assessments.assessment(ref), AllocationForm.from_request()
    tutors = holders_of(Role.TUTOR)
    form.marker.choices = [SelectChoice(value=each.ref, label=each.name) for each in tutors]
    if form.accepted() and _allocated(found, form):
        flash("The marker is allocated.")
        return redirect(url_for("release.assessment", ref=ref))
    page = render_template(
        "marking/assessment.html",
        assessment=found,
        title=found.brief.title,
        cohort=found.cohort,
        year=found.cohort.intake.year,
        due_at=assessments.general_deadline(found),
        form=form,
        allocations=staffing.allocations(found),
        scripts=queries.scripts_of(found),
        stages=STAGE_WORDS,
    )
    return page, form.status


@bp.post("/marking/assessments/<ref>/allocations/<allocation_ref>/end")
@needs(P.ALLOCATE_MARKERS)
def end_allocation(ref: str, allocation_ref: str) -> ResponseReturnValue:
    """Let a tutor take no more scripts."""
    allocation = staffing.allocation(allocation_ref)
    if allocation.assessment.ref != ref:
        raise NotFound
    with unit_of_work():
        operations.end_allocation(allocation, actor=actor())
    flash("The allocation has ended.")
    return redirect(url_for("release.assessment", ref=ref))


@bp.post("/marking/assessments/<ref>/release")
@needs(P.RELEASE_MARKS, fresh=True)
def release(ref: str) -> ResponseReturnValue:
    """Release the reconciled marks as provisional."""
    found = assessments.assessment(ref)
    with unit_of_work():
        count = release_operations.release(found, actor=actor())
    flash(f"{count} marks are released as provisional." if count != 1 else "One mark is released.")
    return redirect(url_for("release.assessment", ref=ref))


@bp.get("/submissions/<ref>")
@needs(P.READ_OWN_WORK)
def feedback(ref: str) -> ResponseReturnValue:
    """One's own work with its mark and comments, once they are released."""
    submission = assessments.submission(ref)
    require(actor(), P.READ_OWN_WORK, submission)
    event = queries.released([submission.id]).get(submission.id)
    brief = submission.assessment.brief
    return render_template(
        "marking/feedback.html",
        submission=submission,
        brief=brief,
        module=brief.module,
        event=event,
        result=queries.results_of([submission.id]).get(submission.id),
        given=queries.reconciled_mark(submission) if event else None,
        rubric=rubric_of(brief.id),
        pass_mark=submission.enrolment.cohort.regulations.pass_mark,
    )


def _allocated(found: Assessment, form: AllocationForm) -> bool:
    try:
        with unit_of_work():
            operations.allocate(
                found, account(form.marker.data), Stage(form.stage.data), actor=actor()
            )
    except (RuleBroken, Conflict) as refusal:
        form.refuse("marker", refusal.sentence)
        return False
    return True
