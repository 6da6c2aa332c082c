"""Pages on which advocates hand in work."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms import clock, refs
from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.assessment import conflict, operations, queries, rules, uploads
from lms.assessment.downloads import attachment, stored
from lms.assessment.due import Due, due_for
from lms.assessment.forms import DraftForm, SubmissionForm
from lms.assessment.models import Assessment, Submission
from lms.catalogue.queries import rubric_of
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import active_enrolment_of, enrolled_in
from lms.cohorts.rules import Kind as EnrolmentKind
from lms.db import end_reading, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.regulations.profile import Regulations
from lms.web.forms import was_sent

bp = Blueprint("assessment", __name__, template_folder="templates")


@bp.get("/assessments/")
@needs(P.SUBMIT_WORK)
def assessments() -> ResponseReturnValue:
    """What one has to hand in, and by when."""
    enrolment = active_enrolment_of(actor().person_id)
    assessed = enrolment if enrolment and enrolment.kind == EnrolmentKind.ASSESSED else None
    due = due_for(assessed) if assessed else []
    return render_template(
        "assessment/assessments.html",
        enrolment=enrolment,
        due=due,
        late=_late(due, assessed.cohort.regulations) if assessed else set(),
        now=clock.now(),
    )


@bp.get("/assessments/<ref>")
@needs(P.SUBMIT_WORK)
def brief(ref: str) -> ResponseReturnValue:
    """The brief with its rubric, and when it is due."""
    assessment, enrolment = _own(ref)
    return render_template(
        "assessment/brief.html",
        assessment=assessment,
        html=Markup(assessment.brief.html),  # noqa: S704 - sanitised when it was published
        rubric=rubric_of(assessment.brief_id),
        **_facts(assessment, enrolment),
    )


@bp.route("/assessments/<ref>/submit", methods=["GET", "POST"])
@needs(P.SUBMIT_WORK)
def submit(ref: str) -> ResponseReturnValue:
    """The page where an advocate hands in work."""
    assessment, enrolment = _own(ref)
    form = SubmissionForm.from_request(**_fresh(assessment, enrolment))
    if was_sent("draft"):
        return _drafted(assessment, enrolment, form)
    if form.accepted() and (submission := _handed_in(assessment, enrolment, form)):
        flash("We have your work. Keep this receipt.")
        return redirect(url_for("assessment.receipt", ref=submission.ref), 303)
    kept = bool(form.errors) and _kept(assessment, enrolment, form)
    return _submit_page(assessment, enrolment, form, kept=kept), form.status


@bp.get("/submissions/<ref>/receipt")
@needs(P.READ_OWN_WORK)
def receipt(ref: str) -> ResponseReturnValue:
    """The receipt of one submission, and every version of its attempt."""
    submission = _own_submission(ref)
    regulations = submission.enrolment.cohort.regulations
    versions = queries.versions_of(submission)
    return render_template(
        "assessment/receipt.html",
        submission=submission,
        file_name=queries.file_name(submission),
        brief=submission.assessment.brief,
        module=submission.assessment.brief.module,
        versions=versions,
        counts=versions[0].id == submission.id,
        late_rule=regulations.late_work,
        days_late=rules.days_late(submission.due_at, submission.received_at, regulations),
        number=queries.number_of(submission.enrolment, submission.assessment),
        replaceable=clock.now() <= submission.due_at,
    )


@bp.get("/submissions/<ref>/file")
@needs(P.READ_OWN_WORK)
def file(ref: str) -> ResponseReturnValue:
    """What was handed in, byte for byte, as an attachment."""
    submission = _own_submission(ref)
    return attachment(stored(submission), submission.ref)


def _own(ref: str) -> tuple[Assessment, Enrolment]:
    """The assessment, and the actor's own place in its cohort. Raises NotFound."""
    assessment = queries.assessment(ref)
    me = actor().person_id
    enrolment = enrolled_in(assessment.cohort, [me]).get(me)
    if enrolment is None or enrolment.kind != EnrolmentKind.ASSESSED:
        raise NotFound
    require(actor(), P.SUBMIT_WORK, enrolment)
    return assessment, enrolment


def _own_submission(ref: str) -> Submission:
    submission = queries.submission(ref)
    require(actor(), P.READ_OWN_WORK, submission)
    return submission


def _handed_in(
    assessment: Assessment, enrolment: Enrolment, form: SubmissionForm
) -> Submission | None:
    token = form.token.data or refs.token()
    end_reading()  # opening a file takes its time
    try:
        if form.work.data and form.work.data.filename:
            work = uploads.file_work(token, form.work.data, form.drafted)
        else:
            work = uploads.text_work(token, form.text.data or "", form.drafted)
        with unit_of_work():
            return operations.submit_work(enrolment, assessment, work, actor=actor())
    except RuleBroken as refusal:
        form.refused("work" if form.work.data else "text", refusal)
    return None


def _submit_page(
    assessment: Assessment, enrolment: Enrolment, form: SubmissionForm, *, kept: bool = False
) -> str:
    return render_template(
        "assessment/submit.html",
        assessment=assessment,
        form=form,
        kept=kept,
        draft=queries.draft(enrolment, assessment),
        **_facts(assessment, enrolment),
    )


def _drafted(
    assessment: Assessment, enrolment: Enrolment, form: SubmissionForm
) -> ResponseReturnValue:
    """Keep the text. What another window saved meanwhile is shown beside it; neither is lost."""
    refused = DraftForm.from_request()
    if not refused.accepted():
        for sentence in refused.text.errors:
            form.refuse("text", sentence)
        return _submit_page(assessment, enrolment, form), form.status
    if request.form.get("keep") == "merge":
        conflict.merge(enrolment, assessment, form)
        return _submit_page(assessment, enrolment, form)
    if request.form.get("keep") != "saved":
        try:
            _save(assessment, enrolment, form)
        except operations.Stale as refusal:
            return conflict.page(enrolment, assessment, form, refusal), 409
        flash("Your draft is saved. It is not handed in.")
    return redirect(url_for("assessment.submit", ref=assessment.ref), 303)


def _kept(assessment: Assessment, enrolment: Enrolment, form: SubmissionForm) -> bool:
    """Keep the text of a form that has to be sent again; whether that could be done."""
    if not form.text.data or not DraftForm.from_request().accepted():
        return False
    try:
        _save(assessment, enrolment, form)
    except Conflict:
        return False
    return True


def _save(assessment: Assessment, enrolment: Enrolment, form: SubmissionForm) -> None:
    with unit_of_work():
        draft = operations.save_draft(
            enrolment, assessment, form.text.data or "", form.drafted, actor=actor()
        )
    form.version.data = str(draft.version)


def _fresh(assessment: Assessment, enrolment: Enrolment) -> dict[str, object]:
    """What the form holds before anybody typed: a token of its own, and the saved draft."""
    if request.method == "POST":
        return {}
    draft = queries.draft(enrolment, assessment)
    saved = {"text": draft.text, "version": draft.version} if draft else {}
    return {"token": refs.token(), **saved}


def _facts(assessment: Assessment, enrolment: Enrolment) -> dict[str, object]:
    present = queries.present_attempt(enrolment, assessment)
    regulations = enrolment.cohort.regulations
    return {
        "brief": assessment.brief,
        "module": assessment.brief.module,
        "handed_in": queries.handed_in(enrolment, assessment),
        "rulebook": enrolment.cohort.intake.regulations_version.ref,
        "due_at": present.due_at,
        "closes_at": rules.closes_at(present.due_at, regulations),
        "late_rule": regulations.late_work,
        "attempt": present.number,
        "number": queries.number_of(enrolment, assessment),
        "now": clock.now(),
    }


def _late(due: list[Due], regulations: Regulations) -> set[int]:
    """Rows of the submissions that the rulebook counts as late."""
    handed_in = (each.submission for each in due if each.submission)
    return {
        each.id for each in handed_in if rules.days_late(each.due_at, each.received_at, regulations)
    }
