"""Pages of the board. They know the board's own candidate numbers, and no names of candidates."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from lms import clock
from lms.access.actor import Role
from lms.access.gate import actor, may, may_ever, needs, require
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.accounts.queries import accounts_with_refs, holders_of
from lms.board import operations, queries, rules
from lms.board.forms import ConveneForm, PresenceForm, RatifyForm
from lms.board.models import Meeting
from lms.board.rules import OUTCOME_WORDS, OWN_WORDS, Finding, Outcome, Profile, WorkState
from lms.cohorts import queries as cohorts
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.marking.queries import confirmed_ids

bp = Blueprint("board", __name__, url_prefix="/boards", template_folder="templates")


@bp.get("/")
@needs(P.READ_BOARD)
def boards() -> ResponseReturnValue:
    """The boards one may read."""
    convenes = may_ever(actor(), P.CONVENE_BOARD)
    found = queries.meetings(None if convenes else actor().person_id)
    return render_template(
        "board/boards.html",
        meetings=found,
        ratified=queries.ratified_ids(found),
        convenes=convenes,
    )


@bp.get("/decisions")
@needs(P.READ_OWN_WORK)
def decisions() -> ResponseReturnValue:
    """What boards decided on the person who asks, and the rule behind each step."""
    return render_template(
        "board/decisions.html",
        decisions=queries.decisions_about(actor().person_id),
        words=OWN_WORDS,
    )


@bp.route("/new", methods=["GET", "POST"])
@needs(P.CONVENE_BOARD, fresh=True)
def convene() -> ResponseReturnValue:
    """Convene a board."""
    form = ConveneForm.from_request()
    form.cohort.choices = [
        SelectChoice(value=each.ref, label=f"September {each.intake.year}")
        for each in cohorts.intakes()
    ]
    form.chair.choices = _choices(holders_of(Role.CHAIR))
    form.examiners.choices = _choices(holders_of(Role.TUTOR))
    form.external.choices = _choices(holders_of(Role.EXTERNAL_EXAMINER))
    if form.accepted() and (meeting := _convened(form)):
        flash("The board is convened.")
        return redirect(url_for("board.meeting", ref=meeting.ref))
    return render_template("board/convene.html", form=form), form.status


@bp.get("/<ref>")
@needs(P.READ_BOARD)
def meeting(ref: str) -> ResponseReturnValue:
    """One board: who sits in it, each candidate's outcome, and what it decided."""
    found = _readable(ref)
    return _meeting_page(found, _presence_form(found))


@bp.post("/<ref>/presence")
@needs(P.CONVENE_BOARD)
def presence(ref: str) -> ResponseReturnValue:
    """Record who is present."""
    found = _readable(ref)
    form = _presence_form(found)
    if not form.accepted():
        return _meeting_page(found, form)
    chosen = [each.id for each in accounts_with_refs(form.present.data)]
    with unit_of_work():
        operations.record_presence(found, chosen, actor=actor())
    flash("Attendance is recorded.")
    return redirect(url_for("board.meeting", ref=ref))


@bp.get("/<ref>/candidates/<number>")
@needs(P.READ_BOARD)
def candidate(ref: str, number: str) -> ResponseReturnValue:
    """One candidate before the board: marks, credits, and how the outcome follows."""
    found = _readable(ref)
    findings = {each.number: (each, outcome) for each, outcome in _findings(found)}
    if number not in findings:
        raise NotFound
    order = list(findings)
    here = order.index(number)
    profile, outcome = findings[number]
    works = [work.submission_id for module in profile.modules for work in module.works]
    return render_template(
        "board/candidate.html",
        meeting=found,
        decision=next((d for d in queries.decisions(found) if d.number == number), None),
        confirmed=confirmed_ids(each for each in works if each is not None),
        profile=profile,
        found=outcome,
        marks=[rules.module_mark(m, found.cohort.regulations) for m in profile.modules],
        words=OUTCOME_WORDS,
        place=(here + 1, len(order)),
        before=order[here - 1] if here else None,
        after=order[here + 1] if here + 1 < len(order) else None,
        ratified=queries.ratification(found),
    )


@bp.route("/<ref>/ratify", methods=["GET", "POST"])
@needs(P.RATIFY_RESULTS, fresh=True)
def ratify(ref: str) -> ResponseReturnValue:
    """The chair's act: what will happen, in words, and then it does."""
    found = queries.meeting(ref)
    require(actor(), P.RATIFY_RESULTS, found)
    findings = _findings(found)
    form = RatifyForm.from_request()
    refers = any(outcome.outcome is Outcome.REFER for _, outcome in findings)
    if not refers or not any(form.resubmit_by.typed.values()):
        form.resubmit_by.validators = [Optional()]
    if form.accepted():
        with unit_of_work():
            operations.ratify(found, _further(form), actor=actor())
        flash("The results are ratified. Marks are confirmed from now on.")
        return redirect(url_for("board.meeting", ref=ref))
    page = render_template(
        "board/ratify.html",
        form=form,
        meeting=found,
        findings=findings,
        seats=_seats(found, findings),
        ratified=queries.ratification(found),
        refers=refers,
        words=OUTCOME_WORDS,
    )
    return page, form.status


def _readable(ref: str) -> Meeting:
    found = queries.meeting(ref)
    require(actor(), P.READ_BOARD, queries.seats(found))
    return found


def _findings(found: Meeting) -> list[tuple[Profile, Finding]]:
    profiles = queries.profiles_before(found, clock.now())
    return [(each, rules.outcome(each, found.cohort.regulations)) for each in profiles]


def _seats(found: Meeting, findings: list[tuple[Profile, Finding]]) -> dict[str, object]:
    """Who sits there, and what keeps them from deciding; ratifying asks it again, locked."""
    members, present = queries.members(found), queries.present_ids(found)
    external = {each.account_id for each in members if each.external}
    quorum = found.cohort.regulations.quorum
    facts = {
        "faults": rules.quorum_faults(len(present), bool(present & external), quorum),
        "chair_marked": found.chair_id in queries.markers_before(found),
        "chair_is_candidate": found.chair_id in queries.candidates_before(found),
        "chair_is_away": found.chair_id not in present,
        "nobody": not findings,
        "in_marking": any(
            work.state is WorkState.IN_MARKING
            for profile, _ in findings
            for module in profile.modules
            for work in module.works
        ),
    }
    return {**facts, "ready": not any(facts.values()), "members": members, "present": present}


def _meeting_page(found: Meeting, form: PresenceForm) -> ResponseReturnValue:
    findings, regulations = _findings(found), found.cohort.regulations
    page = render_template(
        "board/meeting.html",
        meeting=found,
        seats=_seats(found, findings),
        gone=queries.gone(found),
        findings=findings,
        marks={
            each.number: [rules.module_mark(module, regulations) for module in each.modules]
            for each, _ in findings
        },
        decisions={each.number: each for each in queries.decisions(found)},
        ratified=queries.ratification(found),
        words=OUTCOME_WORDS,
        form=form,
        chairs=may(actor(), P.RATIFY_RESULTS, found),
        convenes=may_ever(actor(), P.CONVENE_BOARD),
    )
    return page, form.status


def _presence_form(found: Meeting) -> PresenceForm:
    form = PresenceForm.from_request()
    seated = [found.chair, *(each.account for each in queries.members(found))]
    present = queries.present_ids(found)
    form.present.choices = _choices(each for each in seated if each.id not in present)
    return form


def _further(form: RatifyForm) -> datetime | None:
    return form.resubmit_by.moment if form.resubmit_by.data else None


def _choices(accounts: Iterable[Account]) -> list[SelectChoice]:
    return [SelectChoice(value=each.ref, label=each.name) for each in accounts]


def _convened(form: ConveneForm) -> Meeting | None:
    try:
        with unit_of_work():
            return operations.convene(
                cohorts.cohort(form.cohort.data),
                form.held_on.day,
                accounts_with_refs([form.chair.data])[0],
                _chosen(form.examiners.data),
                _chosen(form.external.data),
                actor=actor(),
            )
    except RuleBroken as refusal:
        form.refused("cohort", refusal)
    return None


def _chosen(refs: Sequence[str] | None) -> list[Account]:
    return accounts_with_refs(refs or ())
