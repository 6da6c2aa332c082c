"""Questions about work that is set and handed in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased, joinedload

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
from lms.catalogue.models import Brief, Module
from lms.cohorts.models import Cohort, Enrolment
from lms.db import db
from lms.errors import NotFound


def assessment(ref: str) -> Assessment:
    """The assessment of this reference, with its brief and its intake. Raises NotFound."""
    found = db.session.scalar(
        select(Assessment)
        .where(Assessment.ref == ref)
        .options(
            joinedload(Assessment.brief),
            joinedload(Assessment.cohort).joinedload(Cohort.intake),
        )
    )
    if found is None:
        raise NotFound
    return found


def assessments_of(cohort_id: int) -> list[tuple[Assessment, Brief, Module]]:
    """What is set for a cohort, in the order of the modules."""
    rows = db.session.execute(
        select(Assessment, Brief, Module)
        .join(Brief, Brief.id == Assessment.brief_id)
        .join(Module, Module.id == Brief.module_id)
        .where(Assessment.cohort_id == cohort_id)
        .order_by(Module.position, Brief.key)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def assessment_for(cohort: Cohort, brief_id: int) -> Assessment | None:
    """The assessment that sets this brief for this cohort."""
    return db.session.scalar(
        select(Assessment).where(Assessment.cohort_id == cohort.id, Assessment.brief_id == brief_id)
    )


def deadlines_of(assessment_ids: Iterable[int]) -> dict[int, datetime]:
    """The deadline that stands for everybody, by assessment."""
    rows = db.session.execute(
        select(Deadline.assessment_id, Deadline.due_at)
        .where(Deadline.assessment_id.in_(list(assessment_ids)))
        .order_by(Deadline.seq)
    )
    return {row[0]: row[1] for row in rows}


def general_deadline(assessment: Assessment) -> datetime:
    """The deadline that stands for everybody."""
    return deadlines_of([assessment.id])[assessment.id]


def last_deadline_seq(assessment: Assessment) -> int:
    """How many deadlines the assessment has had."""
    return (
        db.session.scalar(
            select(func.max(Deadline.seq)).where(Deadline.assessment_id == assessment.id)
        )
        or 0
    )


def current_attempt(enrolment: Enrolment, assessment: Assessment) -> int:
    """The attempt the advocate is at: 1, or the last that a board opened."""
    return (
        db.session.scalar(
            select(func.max(OpenedAttempt.attempt)).where(
                OpenedAttempt.enrolment_id == enrolment.id,
                OpenedAttempt.assessment_id == assessment.id,
            )
        )
        or 1
    )


def opened_attempts(cohort_id: int) -> dict[tuple[int, int], OpenedAttempt]:
    """The last further attempt, by enrolment and assessment, for a whole cohort."""
    rows = db.session.scalars(
        select(OpenedAttempt)
        .join(Assessment, Assessment.id == OpenedAttempt.assessment_id)
        .where(Assessment.cohort_id == cohort_id)
        .order_by(OpenedAttempt.attempt)
    )
    return {(row.enrolment_id, row.assessment_id): row for row in rows}


def extensions_of(cohort_id: int) -> dict[tuple[int, int, int], datetime]:
    """More time given, by enrolment, assessment and attempt, for a whole cohort."""
    rows = db.session.scalars(
        select(Extension)
        .join(Assessment, Assessment.id == Extension.assessment_id)
        .where(Assessment.cohort_id == cohort_id)
        .order_by(Extension.seq)
    )
    return {(row.enrolment_id, row.assessment_id, row.attempt): row.due_at for row in rows}


@dataclass(frozen=True)
class Attempt:
    """The attempt that an advocate is at.

    plain   its deadline without an extension
    due_at  its deadline, extension included
    """

    number: int
    plain: datetime
    due_at: datetime


def deadline(enrolment: Enrolment, assessment: Assessment) -> datetime:
    """The deadline of the advocate's present attempt, extension included."""
    return present_attempt(enrolment, assessment).due_at


def present_attempt(enrolment: Enrolment, assessment: Assessment) -> Attempt:
    """The advocate's present attempt and its deadlines.

    Whoever has an extension never has less time than without it, also when the deadline of the
    others moves past it.
    """
    number = current_attempt(enrolment, assessment)
    extended = db.session.scalar(
        select(Extension.due_at)
        .where(Extension.enrolment_id == enrolment.id)
        .where(Extension.assessment_id == assessment.id, Extension.attempt == number)
        .order_by(Extension.seq.desc())
        .limit(1)
    )
    plain = _unextended(enrolment, assessment, number)
    return Attempt(number, plain, max(extended, plain) if extended is not None else plain)


def _unextended(enrolment: Enrolment, assessment: Assessment, attempt: int) -> datetime:
    if attempt == 1:
        return general_deadline(assessment)
    return db.session.scalars(
        select(OpenedAttempt.due_at).where(
            OpenedAttempt.enrolment_id == enrolment.id,
            OpenedAttempt.assessment_id == assessment.id,
            OpenedAttempt.attempt == attempt,
        )
    ).one()


def extensions_given(enrolment: Enrolment, assessment: Assessment, attempt: int) -> int:
    """How often the advocate got more time for this attempt."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Extension)
            .where(Extension.enrolment_id == enrolment.id)
            .where(Extension.assessment_id == assessment.id, Extension.attempt == attempt)
        )
        or 0
    )


def next_version(enrolment: Enrolment, assessment: Assessment, attempt: int) -> int:
    """The version the next submission of this attempt will carry; the first is 1."""
    made = db.session.scalar(
        select(func.max(Submission.version)).where(
            Submission.enrolment_id == enrolment.id,
            Submission.assessment_id == assessment.id,
            Submission.attempt == attempt,
        )
    )
    return (made or 0) + 1


def submission(ref: str) -> Submission:
    """The submission of this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Submission)
        .where(Submission.ref == ref)
        .options(joinedload(Submission.enrolment), joinedload(Submission.assessment))
    )
    if found is None:
        raise NotFound
    return found


def file_name(submission: Submission) -> str:
    """What the sender called the file; empty once it was erased."""
    return (
        db.session.scalar(
            select(SubmittedName.name).where(SubmittedName.submission_id == submission.id)
        )
        or ""
    )


def submission_with(token: str, enrolment: Enrolment) -> Submission | None:
    """What this very form handed in already, if it did."""
    return db.session.scalar(
        select(Submission).where(Submission.token == token, Submission.enrolment_id == enrolment.id)
    )


def versions_of(submission: Submission) -> Sequence[Submission]:
    """Every version of the same attempt, the last first."""
    return db.session.scalars(
        select(Submission)
        .where(Submission.enrolment_id == submission.enrolment_id)
        .where(Submission.assessment_id == submission.assessment_id)
        .where(Submission.attempt == submission.attempt)
        .order_by(Submission.version.desc())
    ).all()


def handed_in(enrolment: Enrolment, assessment: Assessment) -> Sequence[Submission]:
    """Everything an advocate handed in for an assessment: the last attempt and version first."""
    return db.session.scalars(
        select(Submission)
        .where(Submission.enrolment_id == enrolment.id, Submission.assessment_id == assessment.id)
        .order_by(Submission.attempt.desc(), Submission.version.desc())
    ).all()


def counting_submissions(assessment: Assessment) -> Sequence[Submission]:
    """The version that counts, for every attempt of everybody."""
    newer = aliased(Submission)
    return db.session.scalars(
        select(Submission)
        .outerjoin(
            newer,
            and_(
                newer.enrolment_id == Submission.enrolment_id,
                newer.assessment_id == Submission.assessment_id,
                newer.attempt == Submission.attempt,
                newer.version > Submission.version,
            ),
        )
        .where(Submission.assessment_id == assessment.id, newer.id.is_(None))
        .order_by(Submission.id)
    ).all()


def number_of(enrolment: Enrolment, assessment: Assessment) -> str:
    """The advocate's candidate number in this assessment; empty before the first handing-in."""
    return (
        db.session.scalar(
            select(CandidateNumber.number).where(
                CandidateNumber.enrolment_id == enrolment.id,
                CandidateNumber.assessment_id == assessment.id,
            )
        )
        or ""
    )


def numbers_taken(assessment: Assessment) -> set[str]:
    """Candidate numbers that are given in an assessment."""
    return set(
        db.session.scalars(
            select(CandidateNumber.number).where(CandidateNumber.assessment_id == assessment.id)
        )
    )


def draft(enrolment: Enrolment, assessment: Assessment) -> Draft | None:
    """Text that was saved last and not handed in."""
    return db.session.scalar(
        select(Draft)
        .where(Draft.enrolment_id == enrolment.id, Draft.assessment_id == assessment.id)
        .order_by(Draft.version.desc())
        .limit(1)
    )


def reading_of(submission_id: int) -> ScriptReading | None:
    """The submission's text as HTML, once it is made."""
    return db.session.get(ScriptReading, submission_id)
