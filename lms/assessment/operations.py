"""What is done about work that is set and handed in."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from lms import clock, outbox, refs, storage
from lms.access import gate
from lms.access.actor import Actor
from lms.access.conditions import Chaired
from lms.access.permissions import Permission as P
from lms.assessment import queries, rules
from lms.assessment.due import scheme_of
from lms.assessment.models import (
    Assessment,
    CandidateNumber,
    Deadline,
    Draft,
    Extension,
    OpenedAttempt,
    ScriptReading,
    Submission,
    SubmittedName,
)
from lms.assessment.rules import Cause
from lms.audit.trail import Event, record
from lms.catalogue.models import Brief
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.queries import state_of
from lms.cohorts.rules import Kind as EnrolmentKind
from lms.db import db, lock
from lms.documents import Kind, Reading
from lms.errors import Conflict, NotFound

READ_SCRIPT = "read script"  # the job that turns a submission into HTML for markers
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Work:
    """Work that has arrived and is safely stored.

    token        of the form: the same form sent twice hands in once
    received_at  when the last byte had arrived
    drafted      version of the draft that the advocate had before them; 0 for none
    """

    token: str
    kind: Kind
    file: storage.StoredFile
    file_name: str
    received_at: datetime
    drafted: int = 0


class Stale(Conflict):
    """The draft was saved elsewhere in the meantime; both versions are still there."""


def set_assessment(cohort: Cohort, brief: Brief, due_at: datetime, *, actor: Actor) -> Assessment:
    """Set a brief for a cohort, with its deadline. Raises RuleBroken for one that is past.

    Raises Conflict when the cohort has moved to other content, and this brief is not in it.
    """
    gate.require(actor, P.SET_ASSESSMENTS)
    rules.check_deadline(due_at, clock.now())
    lock(cohort)
    if brief.id not in {each.id for each, _, _ in scheme_of(cohort)}:
        raise Conflict("This intake has moved to other content in the meantime. Look again.")
    assessment = Assessment(
        ref=refs.new("ASM"), cohort=cohort, brief=brief, set_by=actor.ref, set_at=clock.now()
    )
    db.session.add(assessment)
    db.session.flush()
    _add_deadline(assessment, due_at, 1, actor)
    record(actor, Event.ASSESSMENT_SET, assessment.ref, cohort=cohort.ref, due_at=due_at)
    return assessment


def move_deadline(assessment: Assessment, due_at: datetime, *, actor: Actor) -> None:
    """Move the deadline for everybody.

    Raises RuleBroken for one that is past, or when the old one has passed: work that stands for
    marking must not be replaced under the markers' hands.
    """
    gate.require(actor, P.SET_ASSESSMENTS)
    rules.check_deadline(due_at, clock.now())
    lock(assessment)
    rules.check_movable(queries.general_deadline(assessment), clock.now())
    _add_deadline(assessment, due_at, queries.last_deadline_seq(assessment) + 1, actor)
    record(actor, Event.DEADLINE_MOVED, assessment.ref, due_at=due_at)


def grant_extension(
    enrolment: Enrolment, assessment: Assessment, due_at: datetime, *, actor: Actor
) -> None:
    """Give one advocate more time for the present attempt.

    Raises RuleBroken, with its source, for more than the rulebook allows; NotFound for work of
    another cohort.
    """
    gate.require(actor, P.SET_ASSESSMENTS)
    _check_same_cohort(enrolment, assessment)
    lock(enrolment)
    present = queries.present_attempt(enrolment, assessment)
    rules.check_extension(present.plain, present.due_at, due_at, enrolment.cohort.regulations)
    attempt = present.number
    handed_in = queries.next_version(enrolment, assessment, attempt) > 1
    rules.check_extendable(present.due_at, clock.now(), handed_in)
    extension = Extension(
        ref=refs.new("EXT"),
        enrolment_id=enrolment.id,
        assessment_id=assessment.id,
        attempt=attempt,
        seq=queries.extensions_given(enrolment, assessment, attempt) + 1,
        due_at=due_at,
        granted_by=actor.ref,
        granted_at=clock.now(),
    )
    db.session.add(extension)
    record(actor, Event.EXTENSION_GRANTED, extension.ref, enrolment=enrolment.ref, due_at=due_at)


def open_attempt(
    enrolment: Enrolment,
    assessment: Assessment,
    due_at: datetime,
    warrant: Chaired,
    *,
    authority: str,
    actor: Actor,
) -> None:
    """Open a further attempt, as a board decided.

    warrant    the meeting of the board
    authority  reference of its decision on this person

    Raises RuleBroken for a deadline that is past.
    """
    gate.require(actor, P.RATIFY_RESULTS, warrant)
    rules.check_deadline(due_at, clock.now())
    attempt = queries.current_attempt(enrolment, assessment) + 1
    db.session.add(
        OpenedAttempt(
            enrolment_id=enrolment.id,
            assessment_id=assessment.id,
            attempt=attempt,
            cause=Cause.REFERRAL,
            due_at=due_at,
            authority=authority,
            opened_at=clock.now(),
        )
    )
    record(actor, Event.ATTEMPT_OPENED, assessment.ref, attempt=attempt, by=authority)


def submit_work(
    enrolment: Enrolment, assessment: Assessment, work: Work, *, actor: Actor
) -> Submission:
    """Hand in one piece of work, as the next version. The same form again gives the same receipt.

    work     already checked for size and type, and stored
    returns  the submission, pending in the caller's unit of work

    The drafts that the advocate had before them go; what another tab saved since stays.

    Raises NotFound for somebody else's enrolment or another cohort's work, SubmissionClosed after
    the late window, Conflict for a form that handed in something else before, RuleBroken when the
    place isn't active, or the deadline has passed and something was handed in on time.
    """
    gate.require(actor, P.SUBMIT_WORK, enrolment)
    _check_same_cohort(enrolment, assessment)
    lock(enrolment)
    again = queries.submission_with(work.token, enrolment)
    if again is not None:
        _check_same_work(again, assessment, work)
        return again
    rules.check_may_hand_in(state_of(enrolment), EnrolmentKind(enrolment.kind))
    submission = _next_version(enrolment, assessment, work)
    db.session.add_all([submission, SubmittedName(submission=submission, name=work.file_name)])
    _give_number(enrolment, assessment)
    _forget_drafts(enrolment, assessment, work.drafted)
    outbox.do(READ_SCRIPT, key=submission.ref, submission=submission.ref)
    _mail_receipt(submission, enrolment.advocate.ref)
    record(actor, Event.WORK_SUBMITTED, submission.ref, sha256=submission.file_key)
    return submission


def save_draft(
    enrolment: Enrolment, assessment: Assessment, text: str, version: int, *, actor: Actor
) -> Draft:
    """Keep text that is not handed in yet. It is theirs alone: nothing of it enters the trail.

    version  of the draft that the advocate had before them; 0 when there was none

    Raises Stale when another tab saved other text in the meantime, NotFound for somebody else's
    enrolment or another cohort's work.
    """
    gate.require(actor, P.SUBMIT_WORK, enrolment)
    _check_same_cohort(enrolment, assessment)
    lock(enrolment)
    latest = queries.draft(enrolment, assessment)
    if latest is not None and latest.text == text:
        return latest
    if latest is not None and latest.version != version:
        raise Stale("You saved this in another window while you were writing here.")
    draft = Draft(
        enrolment_id=enrolment.id,
        assessment_id=assessment.id,
        version=version + 1,
        text=text,
        saved_at=clock.now(),
    )
    db.session.add(draft)
    return draft


def keep_reading(submission: Submission, reading: Reading | None, problem: str) -> None:
    """Keep a submission's text as HTML, or why there is none. The background worker's own work."""
    row = queries.reading_of(submission.id)
    if row is None:
        row = ScriptReading(submission_id=submission.id)
        db.session.add(row)
    row.html = str(reading.html) if reading else ""
    row.words = reading.words if reading else 0
    row.problem, row.made_at = problem, clock.now()


def _check_same_cohort(enrolment: Enrolment, assessment: Assessment) -> None:
    if enrolment.cohort_id != assessment.cohort_id:
        raise NotFound


def _check_same_work(again: Submission, assessment: Assessment, work: Work) -> None:
    """Answering other work with an old receipt would lose it without a word."""
    if (again.assessment_id, again.file_key) != (assessment.id, work.file.key):
        raise Conflict("This form handed in other work before. Open it again, and send it anew.")


def _next_version(enrolment: Enrolment, assessment: Assessment, work: Work) -> Submission:
    present = queries.present_attempt(enrolment, assessment)
    version = queries.next_version(enrolment, assessment, present.number)
    rules.check_replaceable(present.due_at, work.received_at, version > 1)
    rules.check_open(present.due_at, work.received_at, enrolment.cohort.regulations)
    return Submission(
        ref=refs.new("SUB"),
        token=work.token,
        enrolment=enrolment,
        assessment=assessment,
        attempt=present.number,
        version=version,
        due_at=present.due_at,
        received_at=work.received_at,
        kind=work.kind,
        file_key=work.file.key,
        size=work.file.size,
    )


def _add_deadline(assessment: Assessment, due_at: datetime, seq: int, actor: Actor) -> None:
    db.session.add(
        Deadline(
            assessment_id=assessment.id,
            seq=seq,
            due_at=due_at,
            set_by=actor.ref,
            set_at=clock.now(),
        )
    )


def _give_number(enrolment: Enrolment, assessment: Assessment) -> None:
    if queries.number_of(enrolment, assessment):
        return
    taken = queries.numbers_taken(assessment)
    number = ""
    while not number or number in taken:
        number = f"{secrets.randbelow(10_000):04d}-{secrets.choice(_LETTERS)}"
    db.session.add(
        CandidateNumber(assessment_id=assessment.id, enrolment_id=enrolment.id, number=number)
    )


def _forget_drafts(enrolment: Enrolment, assessment: Assessment, version: int) -> None:
    db.session.execute(
        delete(Draft).where(
            Draft.enrolment_id == enrolment.id,
            Draft.assessment_id == assessment.id,
            Draft.version <= version,
        )
    )


def _mail_receipt(submission: Submission, recipient: str) -> None:
    content = f"{submission.ref}\n{submission.file_key}"
    outbox.send(outbox.MessageKind.RECEIPT, recipient, key=submission.ref, content=content)
