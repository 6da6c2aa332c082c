"""Pages on which registrars set work, move deadlines and give more time."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.assessment import operations, queries
from lms.assessment.due import brief_in_scheme, due_for, scheme_of
from lms.assessment.forms import DeadlineForm
from lms.catalogue.models import Brief
from lms.cohorts import queries as cohorts
from lms.cohorts.models import Cohort
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken

bp = Blueprint("setting", __name__, url_prefix="/programme", template_folder="templates")


@bp.get("/cohorts/<ref>/assessments")
@needs(P.SET_ASSESSMENTS)
def assessments(ref: str) -> ResponseReturnValue:
    """What a cohort has to hand in: set, and still to be set."""
    cohort = cohorts.cohort(ref)
    scheme = scheme_of(cohort)
    done = {brief.id: each for brief, _, each in scheme if each is not None}
    return render_template(
        "assessment/setting.html",
        cohort=cohort,
        briefs=[brief for brief, _, _ in scheme],
        done=done,
        due=queries.deadlines_of(each.id for each in done.values()),
        now=clock.now(),
    )


@bp.route("/cohorts/<ref>/assessments/<module>/<key>", methods=["GET", "POST"])
@needs(P.SET_ASSESSMENTS)
def deadline(ref: str, module: str, key: str) -> ResponseReturnValue:
    """Set an assessment, or move its deadline."""
    cohort = cohorts.cohort(ref)
    brief = brief_in_scheme(cohort, module, key)
    form = DeadlineForm.from_request()
    if form.accepted() and _set(cohort, brief, form):
        flash("The deadline is set.")
        return redirect(url_for("setting.assessments", ref=ref))
    assessment = queries.assessment_for(cohort, brief.id)
    page = render_template(
        "assessment/deadline.html",
        form=form,
        cohort=cohort,
        brief=brief,
        due_at=queries.general_deadline(assessment) if assessment else None,
    )
    return page, form.status


@bp.get("/enrolments/<ref>/work")
@needs(P.SET_ASSESSMENTS)
def work(ref: str) -> ResponseReturnValue:
    """What one person hands in, and by when; the way to more time for them."""
    enrolment = cohorts.enrolment(ref)
    return render_template(
        "assessment/work.html", enrolment=enrolment, due=due_for(enrolment), now=clock.now()
    )


@bp.route("/assessments/<ref>/extensions/<enrolment_ref>", methods=["GET", "POST"])
@needs(P.SET_ASSESSMENTS)
def extension(ref: str, enrolment_ref: str) -> ResponseReturnValue:
    """Give one advocate more time."""
    assessment, enrolment = queries.assessment(ref), cohorts.enrolment(enrolment_ref)
    if enrolment.cohort_id != assessment.cohort_id:
        raise NotFound
    form = DeadlineForm.from_request()
    if form.accepted():
        try:
            with unit_of_work():
                operations.grant_extension(enrolment, assessment, form.due_at.moment, actor=actor())
        except RuleBroken as refusal:
            form.refused("due_at", refusal)
        else:
            flash("The new deadline is set for this advocate.")
            return redirect(url_for("setting.work", ref=enrolment_ref))
    page = render_template(
        "assessment/extension.html",
        form=form,
        title=assessment.brief.title,
        enrolment=enrolment,
        due_at=queries.deadline(enrolment, assessment),
        rule=enrolment.cohort.regulations.extensions,
    )
    return page, form.status


def _set(cohort: Cohort, brief: Brief, form: DeadlineForm) -> bool:
    try:
        with unit_of_work():
            assessment = queries.assessment_for(cohort, brief.id)
            if assessment is None:
                operations.set_assessment(cohort, brief, form.due_at.moment, actor=actor())
            else:
                operations.move_deadline(assessment, form.due_at.moment, actor=actor())
    except RuleBroken as refusal:
        form.refused("due_at", refusal)
        return False
    return True
