"""Two accreditors decide: one proposes, another confirms; neither marked or supervised them."""

from dataclasses import dataclass

from lms import clock, outbox, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.accreditation import operations as register, queries as entries
from lms.accreditation.models import Entry
from lms.accreditation.rules import (
    Kind,
    Standing,
    Terms,
    check_flag,
    check_move,
    check_terms,
    is_withheld,
)
from lms.accrediting import queries, rules
from lms.accrediting.models import Proposal, ProposalEnd, ProposalReason
from lms.accrediting.rules import Verdict
from lms.audit.trail import Event, record
from lms.db import db, lock
from lms.errors import Conflict


@dataclass(frozen=True)
class Proposed:
    """What an accreditor proposes.

    terms   for a standing; None for withholding or showing the record
    reason  in words, for the second accreditor
    """

    kind: Kind
    terms: Terms | None
    reason: str


def propose(entry: Entry, proposed: Proposed, *, actor: Actor) -> Proposal:
    """Propose a change of somebody's place in the register.

    Raises RuleBroken without a reason, for terms that don't hold together or can't follow, Conflict
    while another proposal waits.
    """
    candidacy = queries.candidacy(entry)
    gate.require(actor, P.PROPOSE_STANDING, candidacy)
    lock(entry)
    rules.check_reason(proposed.reason)
    if any(end is None for _, end, _ in queries.proposals_of(entry)):
        raise Conflict("A proposal about this person waits already.")
    terms = proposed.terms or Terms(Standing.IN_TRAINING, clock.today())
    standing = terms.standing if proposed.kind is Kind.STANDING else None
    rules.check_proposable(proposed.kind, standing, candidacy.award is not None)
    check_flag(is_withheld(entries.events_of(entry.id)), proposed.kind)
    if standing is not None:
        check_terms(terms)
        now = entries.standing_of(entry, clock.today())
        check_move(now.standing if now else None, standing)
    proposal = _added(entry, proposed.kind, standing, terms, candidacy, actor)
    db.session.add(ProposalReason(proposal_id=proposal.id, proposed=proposed.reason, declined=""))
    record(actor, Event.STANDING_PROPOSED, proposal.ref, entry=entry.ref, standing=standing)
    return proposal


def confirm(proposal: Proposal, *, actor: Actor) -> None:
    """Confirm what another accreditor proposed: the register has it from this moment.

    Raises Conflict when it was decided already, RuleBroken when it can't be entered any more.
    """
    before = queries.before(proposal)
    gate.require(actor, P.CONFIRM_STANDING, before)
    rules.check_proposer(before.proposed_by_id, before.involved_ids)
    _end(proposal, Verdict.CONFIRMED, actor)
    entry, kind = proposal.entry, Kind(proposal.kind)
    if kind is Kind.STANDING:
        register.change_standing(entry, queries.terms_of(proposal), before, actor=actor)
    else:
        register.withhold(entry, kind, before, actor=actor)
    outbox.send(outbox.MessageKind.NEUTRAL, entry.holder.ref, key=proposal.ref)
    record(actor, Event.STANDING_CONFIRMED, proposal.ref, entry=entry.ref)


def decline(proposal: Proposal, reason: str, *, actor: Actor) -> None:
    """Decline what another accreditor proposed, with the reason. The register stays as it is."""
    gate.require(actor, P.CONFIRM_STANDING, queries.before(proposal))
    rules.check_reason(reason)
    _end(proposal, Verdict.DECLINED, actor)
    said = queries.reason_of(proposal)
    if said is not None:
        said.declined = reason
    record(actor, Event.STANDING_DECLINED, proposal.ref, entry=proposal.entry.ref)


def _added(
    entry: Entry,
    kind: Kind,
    standing: Standing | None,
    terms: Terms,
    candidacy: queries.Candidacy,
    actor: Actor,
) -> Proposal:
    proposal = Proposal(
        ref=refs.new("PRP"),
        entry=entry,
        kind=kind,
        standing=standing,
        from_on=terms.from_on,
        until_on=terms.until_on,
        scope=terms.scope,
        conditions=list(terms.conditions),
        award=candidacy.award.ref if candidacy.award else "",
        proposed_by_id=actor.person_id,
        proposed_at=clock.now(),
    )
    db.session.add(proposal)
    db.session.flush()
    return proposal


def _end(proposal: Proposal, verdict: Verdict, actor: Actor) -> None:
    lock(proposal)
    if queries.end_of(proposal) is not None:
        raise Conflict("This proposal has been decided already.")
    db.session.add(
        ProposalEnd(
            proposal_id=proposal.id,
            verdict=verdict,
            decided_by_id=actor.person_id,
            decided_at=clock.now(),
        )
    )
