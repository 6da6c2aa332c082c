"""Pages of the marking desk. They know candidate numbers, and no names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms import clock
from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.assessment.downloads import stored, unsigned_attachment
from lms.assessment.queries import assessment as assessment_of
from lms.audit.trail import Event, record
from lms.catalogue.models import Criterion
from lms.db import unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.marking import conflict, operations, queries, staffing
from lms.marking.events import Marking, Progress
from lms.marking.forms import HeldBack, MarkingForm, beside, filled, for_rubric, tally
from lms.marking.models import Claim
from lms.marking.queries import Given
from lms.marking.rules import STAGE_WORDS, Stage, missed, weighed
from lms.web.forms import was_sent
from lms.web.listing import Listing, page_asked_for

bp = Blueprint("marking", __name__, url_prefix="/marking", template_folder="templates")

_PAGE = 50
_TO_RECONCILE = {Progress.BOTH_GIVEN, Progress.PROPOSED}


@dataclass(frozen=True)
class Held:
    """One of a marker's own scripts, as their list shows it.

    given  whether their own mark is given
    """

    claim: Claim
    title: str
    given: bool
    marking: Marking


@bp.get("/")
@needs(P.TAKE_SCRIPT)
def queue() -> ResponseReturnValue:
    """What waits for this marker, and what is in their hands."""
    me, page = actor().person_id, page_asked_for()
    held = _held_by(me)
    both = [each for each in held if each.given and each.marking.progress in _TO_RECONCILE]
    done = [each for each in held if each.given and each not in both]
    return render_template(
        "marking/queue.html",
        queues=staffing.queues_of(me, clock.now()),
        to_give=[each for each in held if not each.given],
        to_reconcile=both,
        done=done[(page - 1) * _PAGE : page * _PAGE],
        page=Listing(page, _PAGE, len(done)),
        stages=STAGE_WORDS,
        me_id=me,
    )


@bp.post("/assessments/<ref>/take/<stage>")
@needs(P.TAKE_SCRIPT)
def take(ref: str, stage: str) -> ResponseReturnValue:
    """Take the next script, by candidate number."""
    if stage not in set(Stage):
        raise NotFound
    assessment = assessment_of(ref)
    with unit_of_work():
        claim = operations.take_next(assessment, Stage(stage), actor=actor())
    return redirect(url_for("marking.desk", ref=claim.ref))


@bp.route("/scripts/<ref>", methods=["GET", "POST"])
@needs(P.MARK_WORK)
def desk(ref: str) -> ResponseReturnValue:
    """Script beside rubric: save a draft, or give the mark."""
    claim = _own_claim(ref)
    own, draft = queries.own_mark(claim), queries.own_draft(claim)
    if own is not None:
        start = filled(own.marks, own.comments)
    else:
        start = filled(draft.marks, draft.comments) if draft else {}
    form = for_rubric(queries.desk_rubric(claim)).from_request(
        data={**start, "version": draft.version if draft else 0}
    )
    if form.accepted():
        return _saved(claim, form)
    return _desk_page(claim, form), form.status


@bp.get("/scripts/<ref>/file")
@needs(P.MARK_WORK)
def file(ref: str) -> ResponseReturnValue:
    """A copy that doesn't say who wrote it, named by the candidate number. Looking is noted."""
    claim = _own_claim(ref)
    kept, number = stored(claim.submission), claim.number
    with unit_of_work():
        record(actor(), Event.WORK_READ, claim.ref)
    return unsigned_attachment(kept, number)


@bp.route("/scripts/<ref>/reconcile", methods=["GET", "POST"])
@needs(P.MARK_WORK)
def reconcile(ref: str) -> ResponseReturnValue:
    """Both marks side by side, once both are given: propose one, or agree to the other's."""
    claim = _own_claim(ref)
    if not queries.both_given(claim):
        return render_template("marking/not_yet.html", claim=claim)
    script = queries.script_of(claim.submission)
    require(actor(), P.RECONCILE, script)
    mine = script.marking.proposed_by == actor().person_id
    proposal = queries.proposal_of(claim.submission)
    form = _reconciling(claim, proposal, mine=mine)
    if form.accepted() and form.whole() and _proposed(claim, form):
        flash("Your proposal waits for the other marker.")
        return redirect(url_for("marking.reconcile", ref=ref))
    page = render_template(
        "marking/reconcile.html",
        claim=claim,
        form=form,
        marking=script.marking,
        mine=mine,
        **_side_by_side(claim, proposal),
    )
    return page, form.status


@bp.post("/scripts/<ref>/agree/<proposal_ref>")
@needs(P.MARK_WORK)
def agree(ref: str, proposal_ref: str) -> ResponseReturnValue:
    """Agree to what the other marker proposed."""
    claim = _own_claim(ref)
    with unit_of_work():
        operations.agree(claim.submission, proposal_ref, actor=actor())
    flash(f"The marks for candidate {claim.number} are reconciled.")
    return redirect(url_for("marking.queue"))


def _held_by(marker_id: int) -> list[Held]:
    claims = queries.claims_of(marker_id)
    progress = queries.progress_of(claim.submission_id for claim, _, _ in claims)
    return [Held(*each, progress[each[0].submission_id]) for each in claims]


def _reconciling(claim: Claim, proposal: Given | None, *, mine: bool) -> MarkingForm:
    """The form of a proposal. How one came to a mark is for each to say in their own words."""
    start = proposal or queries.own_mark(claim)
    values = filled(start.marks, start.comments) if start else {}
    kind = for_rubric(queries.desk_rubric(claim), reconciling=True)
    return kind.from_request(data=values if mine else {**values, "reason": ""})


def _side_by_side(claim: Claim, proposal: Given | None) -> dict[str, object]:
    rubric, given = queries.desk_rubric(claim), queries.given_marks(claim.submission)
    marks = {str(each.event.what).partition(" ")[0]: each for each in given}
    sides = {**marks, "proposed": proposal} if proposal else marks
    return {
        **marks,
        "proposal": proposal,
        "rows": beside(rubric, marks["first"], marks["second"], proposal),
        "totals": {name: tally(rubric, each.marks).mark for name, each in sides.items()},
        "held": _held_back(claim, rubric, proposal.marks) if proposal else None,
        "title": queries.title_of(claim),
        "reading": queries.desk_reading(claim),
        "html": _html(claim),
    }


def _own_claim(ref: str) -> Claim:
    claim = queries.claim(ref)
    require(actor(), P.MARK_WORK, claim)
    return claim


def _saved(claim: Claim, form: MarkingForm) -> ResponseReturnValue:
    if was_sent("keep"):
        kept = request.form["keep"]
        if kept == "saved":
            return redirect(url_for("marking.desk", ref=claim.ref))
        if kept == "merge":
            conflict.merge(claim, form)
            return _desk_page(claim, form)
    try:
        with unit_of_work():
            draft = operations.save_draft(claim, form.marks(), form.draft_version, actor=actor())
            form.version.data = str(draft.version)
        return _given(claim, form) if was_sent("give") else _draft_saved(claim)
    except Conflict as refusal:
        return conflict.page(claim, form, refusal), 409


def _draft_saved(claim: Claim) -> ResponseReturnValue:
    flash("Your draft is saved. The mark is not given yet.")
    return redirect(url_for("marking.desk", ref=claim.ref))


def _given(claim: Claim, form: MarkingForm) -> ResponseReturnValue:
    """Give the mark. The draft is saved already, so a refusal loses nothing."""
    if not form.whole():
        return _desk_page(claim, form, saved=True), form.status
    with unit_of_work():
        operations.give_mark(claim, form.marks(), actor=actor())
    flash(f"Your mark for candidate {claim.number} is given.")
    return redirect(url_for("marking.queue"))


def _desk_page(claim: Claim, form: MarkingForm, *, saved: bool = False) -> str:
    rubric, own = queries.desk_rubric(claim), queries.own_mark(claim)
    points = own.marks if own else form.marks().points
    return render_template(
        "marking/desk.html",
        claim=claim,
        form=form,
        saved=saved,
        rubric=rubric,
        own=own,
        draft=queries.own_draft(claim),
        tally=tally(rubric, points),
        held=_held_back(claim, rubric, points),
        title=queries.title_of(claim),
        handed_in=claim.submission,
        reading=queries.desk_reading(claim),
        html=_html(claim),
        stage=STAGE_WORDS[Stage(claim.stage)],
        both=queries.both_given(claim),
    )


def _held_back(
    claim: Claim, rubric: Sequence[Criterion], points: Mapping[str, int]
) -> HeldBack | None:
    """What follows from rows that must be passed and are not, for those who gave the points."""
    regulations = claim.submission.assessment.cohort.regulations
    rows = missed(weighed(rubric, points), regulations)
    return HeldBack(rows, regulations.must_pass) if rows else None


def _html(claim: Claim) -> Markup:
    reading = queries.desk_reading(claim)
    return Markup(reading.html if reading else "")  # noqa: S704 - sanitised when it was made


def _proposed(claim: Claim, form: MarkingForm) -> bool:
    try:
        with unit_of_work():
            operations.propose(claim.submission, form.marks(), actor=actor())
    except RuleBroken as refusal:
        form.refused("reason", refusal)
        return False
    return True
