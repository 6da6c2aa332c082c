"""What is done about marks, and by whom."""

from lms import clock, refs
from lms.access import gate
from lms.access.actor import Actor, Role
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.accounts.queries import held_by
from lms.assessment.models import Assessment, Submission
from lms.audit.trail import Event, record
from lms.db import db, lock
from lms.errors import Conflict, RuleBroken
from lms.marking import events, queries, rules, staffing
from lms.marking.events import What
from lms.marking.models import (
    Allocation,
    AllocationEnd,
    Claim,
    MarkDraft,
    MarkEvent,
)
from lms.marking.rules import Stage
from lms.marking.stream import Marks, append


class Stale(Conflict):
    """The draft was saved elsewhere in the meantime; both versions are still there."""


def allocate(assessment: Assessment, marker: Account, stage: Stage, *, actor: Actor) -> Allocation:
    """Let a tutor mark an assessment at one stage. Raises Conflict for a second time."""
    gate.require(actor, P.ALLOCATE_MARKERS)
    if Role.TUTOR not in {held.role for held in held_by([marker.id]).get(marker.id, ())}:
        raise RuleBroken("Only a tutor can be allocated to mark.")
    lock(assessment)
    if marker.id in staffing.staffed(assessment, stage).allocated_ids:
        raise Conflict("They are allocated at this stage already.")
    allocation = Allocation(
        ref=refs.new("ALC"),
        assessment_id=assessment.id,
        marker_id=marker.id,
        stage=stage,
        made_by=actor.ref,
        made_at=clock.now(),
    )
    db.session.add(allocation)
    record(actor, Event.MARKERS_ALLOCATED, assessment.ref, marker=marker.ref, stage=stage)
    return allocation


def end_allocation(allocation: Allocation, *, actor: Actor) -> None:
    """Let a tutor take no more scripts; those in hand stay."""
    gate.require(actor, P.ALLOCATE_MARKERS)
    db.session.add(
        AllocationEnd(allocation_id=allocation.id, ended_by=actor.ref, ended_at=clock.now())
    )
    record(actor, Event.ALLOCATION_ENDED, allocation.assessment.ref, stage=allocation.stage)


def take_next(assessment: Assessment, stage: Stage, *, actor: Actor) -> Claim:
    """Take the next script that nobody has at this stage. Raises RuleBroken when there is none."""
    gate.require(actor, P.TAKE_SCRIPT, staffing.staffed(assessment, stage))
    lock(assessment)
    waiting = staffing.next_untaken(assessment, stage, actor.person_id, clock.now())
    if waiting is None:
        raise RuleBroken("No script is waiting for you at this stage.")
    number, submission = waiting
    claim = Claim(
        ref=refs.new("CLM"),
        submission_id=submission.id,
        stage=stage,
        marker_id=actor.person_id,
        number=number,
        taken_at=clock.now(),
    )
    db.session.add(claim)
    record(actor, Event.SCRIPT_TAKEN, claim.ref, stage=stage, submission=submission.ref)
    return claim


def save_draft(claim: Claim, marks: Marks, version: int, *, actor: Actor) -> MarkDraft:
    """Keep what the marker has so far. It is no mark yet, so nothing of it enters the trail.

    version  of the draft that the marker had before them; 0 when there was none

    Raises Stale when another tab saved in the meantime, Conflict when the mark is given.
    """
    gate.require(actor, P.MARK_WORK, claim)
    lock(claim)
    if queries.own_mark(claim) is not None:
        raise Conflict("This mark has been given, so its draft is closed.")
    latest = queries.own_draft(claim)
    if (latest.version if latest else 0) != version:
        raise Stale("Somebody saved this while you were writing.")
    draft = MarkDraft(
        claim_id=claim.id,
        version=version + 1,
        marks=dict(marks.points),
        comments=dict(marks.comments),
        saved_at=clock.now(),
    )
    db.session.add(draft)
    return draft


def give_mark(claim: Claim, marks: Marks, *, actor: Actor) -> MarkEvent:
    """Give the first or the second mark. It stands from now on.

    Raises RuleBroken while a criterion has no mark or no comment, Conflict when it was given
    already.
    """
    gate.require(actor, P.MARK_WORK, claim)
    lock(claim.submission)
    what = events.GIVEN[Stage(claim.stage)]
    event = append(claim.submission, what, actor, marks, claim=claim)
    record(actor, Event.MARK_GIVEN, claim.ref, stage=claim.stage, mark=event.ref)
    return event


def propose(submission: Submission, marks: Marks, *, actor: Actor) -> MarkEvent:
    """Propose a reconciled mark, with the reason; the other marker agrees, or proposes another.

    Raises RuleBroken without a reason, while a criterion has no mark or no comment, or before
    both marks are given.
    """
    gate.require(actor, P.RECONCILE, queries.script_of(submission))
    lock(submission)
    rules.check_reason(marks.comments.get("reason", ""))
    event = append(submission, What.PROPOSED, actor, marks)
    record(actor, Event.RECONCILIATION_PROPOSED, submission.ref, mark=event.ref)
    return event


def agree(submission: Submission, proposal_ref: str, *, actor: Actor) -> MarkEvent:
    """Agree to what the other marker proposed: the mark is reconciled.

    proposal_ref  of the proposal the marker had before them

    Raises Conflict when another proposal has taken its place, RuleBroken for one's own.
    """
    gate.require(actor, P.RECONCILE, queries.script_of(submission))
    lock(submission)
    proposal = queries.proposal_of(submission)
    if proposal is None or proposal.event.ref != proposal_ref:
        raise Conflict("Another proposal has been made. Look at it first.")
    marks = Marks(proposal.marks, proposal.comments)
    event = append(submission, What.RECONCILED, actor, marks)
    record(actor, Event.RECONCILED, submission.ref, mark=event.ref, proposal=proposal_ref)
    return event
