"""What follows from a board's decision, each by the operation of the room it belongs to."""

from datetime import datetime

from lms import outbox
from lms.access.actor import Actor
from lms.accreditation import operations as register
from lms.assessment import operations as assessments
from lms.assessment.models import Assessment, Submission
from lms.board.models import Decision, Meeting
from lms.board.rules import Finding, Outcome, Profile, WorkState
from lms.cohorts import operations as cohorts
from lms.db import db
from lms.marking.queries import confirmed_ids
from lms.marking.release_operations import confirm_mark


def carry_out(
    decision: Decision,
    profile: Profile,
    found: Finding,
    resubmit_by: datetime | None,
    *,
    actor: Actor,
) -> None:
    """Confirm the marks, record an award or open further attempts, and tell the advocate.

    resubmit_by  deadline of further attempts; None where nobody gets one
    """
    meeting = decision.meeting
    enrolment = decision.enrolment
    _confirm_marks(meeting, decision, profile, actor)
    if found.outcome is Outcome.AWARD:
        cohorts.complete(enrolment, meeting, actor=actor)
        register.record_award(enrolment.advocate_id, meeting, authority=decision.ref, actor=actor)
    if found.outcome is Outcome.REFER and resubmit_by is not None:
        for assessment_id in found.refer:
            assessments.open_attempt(
                enrolment,
                db.session.get_one(Assessment, assessment_id),
                resubmit_by,
                meeting,
                authority=decision.ref,
                actor=actor,
            )
    outbox.send(outbox.MessageKind.NEUTRAL, enrolment.advocate.ref, key=decision.ref)


def _confirm_marks(meeting: Meeting, decision: Decision, profile: Profile, actor: Actor) -> None:
    works = [work for module in profile.modules for work in module.works]
    marked = [work.submission_id for work in works if work.state is WorkState.MARKED]
    done = confirmed_ids(each for each in marked if each is not None)
    for submission_id in marked:
        if submission_id not in done:
            submission = db.session.get_one(Submission, submission_id)
            confirm_mark(submission, meeting, authority=decision.ref, actor=actor)
