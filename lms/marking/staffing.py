"""Questions about who may mark, and which scripts wait. Says nothing about any mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.assessment.models import (
    Assessment,
    CandidateNumber,
    Deadline,
    Extension,
    OpenedAttempt,
    Submission,
)
from lms.catalogue.models import Brief
from lms.cohorts.models import Cohort, Enrolment
from lms.db import db
from lms.errors import NotFound
from lms.marking.models import Allocation, AllocationEnd, Claim
from lms.marking.rules import Stage

# What arrived in time may still be opened and stored a little after the deadline, and then
# replaces what a marker would have taken in between.
_SETTLES_IN = timedelta(minutes=1)


@dataclass(frozen=True)
class Staffed:
    """An assessment with those who may take its scripts at one stage; for conditions of access."""

    ref: str
    allocated_ids: frozenset[int]


@dataclass(frozen=True)
class Queue:
    """One assessment as a marker sees it, at one stage."""

    assessment: Assessment
    title: str
    stage: Stage
    waiting: int  # scripts that this marker could take


def allocations(assessment: Assessment) -> Sequence[Allocation]:
    """Who may mark an assessment now."""
    found: Sequence[Allocation] = db.session.scalars(
        _standing(select(Allocation))
        .where(Allocation.assessment_id == assessment.id)
        .options(joinedload(Allocation.marker))
        .order_by(Allocation.stage, Allocation.id)
    ).all()
    return found


def allocation(ref: str) -> Allocation:
    """The allocation of this reference. Raises NotFound."""
    found = db.session.scalar(select(Allocation).where(Allocation.ref == ref))
    if found is None:
        raise NotFound
    return found


def staffed(assessment: Assessment, stage: Stage) -> Staffed:
    """Who may take scripts of an assessment at a stage."""
    ids = db.session.scalars(
        _standing(select(Allocation.marker_id)).where(
            Allocation.assessment_id == assessment.id, Allocation.stage == stage
        )
    )
    return Staffed(assessment.ref, frozenset(ids))


def queues_of(marker_id: int, now: datetime) -> list[Queue]:
    """Every assessment that a marker is allocated to, and how many scripts wait at the stage.

    Two queries, however many assessments and scripts.
    """
    waiting = _waiting(select(Allocation.id, func.count()), marker_id, now)
    counts: dict[int, int] = {
        row[0]: row[1] for row in db.session.execute(waiting.group_by(Allocation.id))
    }
    rows = db.session.execute(
        _standing(select(Allocation.id, Allocation.stage, Assessment, Brief.title))
        .join(Assessment, Assessment.id == Allocation.assessment_id)
        .join(Brief, Brief.id == Assessment.brief_id)
        .where(Allocation.marker_id == marker_id)
        .options(joinedload(Assessment.cohort).joinedload(Cohort.intake))
        .order_by(Allocation.id)
    )
    return [
        Queue(assessment, title, Stage(stage), counts.get(each, 0))
        for each, stage, assessment, title in rows
    ]


def next_untaken(
    assessment: Assessment, stage: Stage, marker_id: int, now: datetime
) -> tuple[str, Submission] | None:
    """The script with the lowest candidate number that this marker could take at a stage."""
    query = _waiting(select(CandidateNumber.number, Submission), marker_id, now)
    row = db.session.execute(
        query.where(Allocation.assessment_id == assessment.id, Allocation.stage == stage)
        .order_by(CandidateNumber.number, Submission.attempt)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def _waiting(query: Any, marker_id: int, now: datetime) -> Any:
    """Scripts that a marker could take, one row for each allocation and script.

    Only the version that counts, and only once nothing can replace it; never one's own work, and
    never a script that somebody has at the stage or that one has at another.
    """
    taken = exists().where(
        Claim.submission_id == Submission.id,
        or_(Claim.stage == Allocation.stage, Claim.marker_id == marker_id),
    )
    return (
        _standing(query.select_from(Allocation))
        .join(Submission, Submission.assessment_id == Allocation.assessment_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(
            CandidateNumber,
            and_(
                CandidateNumber.enrolment_id == Submission.enrolment_id,
                CandidateNumber.assessment_id == Submission.assessment_id,
            ),
        )
        .where(Allocation.marker_id == marker_id, Enrolment.advocate_id != marker_id)
        .where(~taken, _counts(), _closed(now))
    )


def _counts() -> ColumnElement[bool]:
    newer = aliased(Submission)
    return ~exists().where(
        newer.enrolment_id == Submission.enrolment_id,
        newer.assessment_id == Submission.assessment_id,
        newer.attempt == Submission.attempt,
        newer.version > Submission.version,
    )


def _closed(now: datetime) -> ColumnElement[bool]:
    """Whether the deadline that stands now has passed, for everybody and for this person.

    The deadline a submission carries is the one of its own moment: it may have been moved since.
    """
    settled = now - _SETTLES_IN
    general = _last(Deadline, Deadline.assessment_id == Submission.assessment_id)
    opened = select(OpenedAttempt.due_at).where(_of_the_script(OpenedAttempt)).scalar_subquery()
    extended = _last(Extension, _of_the_script(Extension))
    plain = func.coalesce(opened, general)
    return and_(plain <= settled, func.coalesce(extended, plain) <= settled)


def _of_the_script(table: Any) -> ColumnElement[bool]:
    return and_(
        table.enrolment_id == Submission.enrolment_id,
        table.assessment_id == Submission.assessment_id,
        table.attempt == Submission.attempt,
    )


def _last(table: Any, where: ColumnElement[bool]) -> Any:
    return select(table.due_at).where(where).order_by(table.seq.desc()).limit(1).scalar_subquery()


def _standing(query: Any) -> Any:
    return query.outerjoin(AllocationEnd, AllocationEnd.allocation_id == Allocation.id).where(
        AllocationEnd.allocation_id.is_(None)
    )
