"""Pages on which two accreditors decide."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.gate import actor, may, needs, require
from lms.access.permissions import Permission as P
from lms.accounts.queries import account_by_id
from lms.accreditation import queries as register
from lms.accreditation.models import Entry
from lms.accreditation.rules import Kind, Standing, Terms, is_withheld
from lms.accrediting import operations, queries, rules
from lms.accrediting.forms import DeclineForm, ProposalForm
from lms.accrediting.models import Proposal
from lms.accrediting.operations import Proposed
from lms.accrediting.rules import KIND_WORDS, PROPOSAL_WORDS
from lms.db import unit_of_work
from lms.errors import Conflict, RuleBroken

bp = Blueprint("accrediting", __name__, url_prefix="/accreditation", template_folder="templates")


@bp.get("/proposals")
@needs(P.READ_REGISTER)
def waiting() -> ResponseReturnValue:
    """What accreditors have to decide: proposals of one another, and awards of the board."""
    proposals, awarded = queries.waiting(), queries.awarded(clock.today())
    holders = [*(each.entry.holder_id for each in proposals), *(e.holder_id for e in awarded)]
    return render_template(
        "accrediting/waiting.html",
        proposals=proposals,
        awarded=awarded,
        names=register.certificate_names(holders),
        words=PROPOSAL_WORDS,
        me_id=actor().person_id,
    )


@bp.get("/<ref>")
@needs(P.READ_REGISTER, fresh=True)
def entry(ref: str) -> ResponseReturnValue:
    """One entry: what holds, what happened, what was proposed."""
    found = register.entry(ref)
    require(actor(), P.READ_REGISTER, found)
    events = register.events_of(found.id)
    candidacy = queries.candidacy(found)
    return render_template(
        "accrediting/entry.html",
        entry=found,
        name=register.certificate_name(found.holder_id),
        now_holds=register.standing_of(found, clock.today()),
        withheld=is_withheld(events),
        events=events,
        proposals=queries.proposals_of(found),
        award=candidacy.award,
        may_propose=may(actor(), P.PROPOSE_STANDING, candidacy),
        words=PROPOSAL_WORDS,
    )


@bp.route("/<ref>/propose", methods=["GET", "POST"])
@needs(P.PROPOSE_STANDING, fresh=True)
def propose(ref: str) -> ResponseReturnValue:
    """Propose a change, for a second accreditor."""
    found = register.entry(ref)
    candidacy = queries.candidacy(found)
    require(actor(), P.PROPOSE_STANDING, candidacy)
    form = ProposalForm.from_request()
    if form.accepted() and (proposal := _proposed(found, form)):
        flash("Your proposal waits for a second accreditor.")
        return redirect(url_for("accrediting.proposal", ref=proposal.ref))
    page = render_template(
        "accrediting/propose.html",
        form=form,
        entry=found,
        name=register.certificate_name(found.holder_id),
        now_holds=register.standing_of(found, clock.today()),
        award=candidacy.award,
    )
    return page, form.status


@bp.get("/proposals/<ref>")
@needs(P.READ_REGISTER, fresh=True)
def proposal(ref: str) -> ResponseReturnValue:
    """One proposal, and what became of it."""
    return _proposal_page(queries.proposal(ref), DeclineForm(formdata=None))


@bp.post("/proposals/<ref>/confirm")
@needs(P.CONFIRM_STANDING, fresh=True)
def confirm(ref: str) -> ResponseReturnValue:
    """Confirm what another accreditor proposed."""
    found = queries.proposal(ref)
    with unit_of_work():
        operations.confirm(found, actor=actor())
    flash("It is confirmed, and stands in the register.")
    return redirect(url_for("accrediting.entry", ref=found.entry.ref))


@bp.post("/proposals/<ref>/decline")
@needs(P.CONFIRM_STANDING, fresh=True)
def decline(ref: str) -> ResponseReturnValue:
    """Decline what another accreditor proposed."""
    found, form = queries.proposal(ref), DeclineForm.from_request()
    if not form.accepted():
        return _proposal_page(found, form)
    with unit_of_work():
        operations.decline(found, form.reason.data or "", actor=actor())
    flash("It is declined. The register stays as it is.")
    return redirect(url_for("accrediting.entry", ref=found.entry.ref))


def _proposal_page(found: Proposal, form: DeclineForm) -> ResponseReturnValue:
    require(actor(), P.READ_REGISTER, found)
    end = queries.end_of(found)
    page = render_template(
        "accrediting/proposal.html",
        proposal=found,
        terms=queries.terms_of(found),
        name=register.certificate_name(found.entry.holder_id),
        proposer=account_by_id(found.proposed_by_id),
        end=end,
        decider=account_by_id(end.decided_by_id) if end else None,
        reason=queries.reason_of(found),
        may_confirm=may(actor(), P.CONFIRM_STANDING, queries.before(found)),
        words=PROPOSAL_WORDS,
        form=form,
    )
    return page, form.status


def _proposed(found: Entry, form: ProposalForm) -> Proposal | None:
    what = str(form.what.data)
    try:
        with unit_of_work():
            return operations.propose(found, _read(form, what), actor=actor())
    except (RuleBroken, Conflict) as refusal:
        form.refuse("what", refusal.sentence)
    return None


def _read(form: ProposalForm, what: str) -> Proposed:
    reason = form.reason.data or ""
    if what in KIND_WORDS:
        return Proposed(Kind(what), None, reason)
    conditions = rules.conditions_of(form.conditions.data or "")
    terms = Terms(
        Standing(what),
        form.from_on.day,
        form.until_on.data,
        form.scope.data or "",
        conditions,
    )
    return Proposed(Kind.STANDING, terms, reason)
