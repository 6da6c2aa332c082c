"""Questions about marks.

A marker's questions name the marker's own claim, and nothing in them can reach the other mark:
`own_*` and `desk_*` select by claim. What shows both is asked only by those who marked it, after
both marks are given, and by the registrar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lms.assessment import queries as assessments
from lms.assessment.models import Assessment, CandidateNumber, ScriptReading, Submission
from lms.catalogue.models import Brief, Criterion
from lms.cohorts.models import Enrolment
from lms.db import db
from lms.errors import NotFound
from lms.marking.events import Marking, What, fold
from lms.marking.models import (
    Claim,
    CriterionMark,
    MarkComment,
    MarkDraft,
    MarkEvent,
)
from lms.marking.rules import Stage


@dataclass(frozen=True)
class Given:
    """A mark as it was given: points by criterion key, comments by what they are about."""

    event: MarkEvent
    marks: dict[str, int]
    comments: dict[str, str]


@dataclass(frozen=True)
class Result:
    """A released mark, after lateness and cap, and whether a board has confirmed it."""

    mark: Decimal
    confirmed: bool


@dataclass(frozen=True)
class Script:
    """One script for registrar and reconciling markers: candidate number, claims, state."""

    submission: Submission
    number: str
    marker_ids: frozenset[int]
    marking: Marking

    @property
    def ref(self) -> str:
        """The submission's reference."""
        return self.submission.ref


def claim(ref: str) -> Claim:
    """The claim of this reference. Raises NotFound."""
    found = db.session.scalar(select(Claim).where(Claim.ref == ref))
    if found is None:
        raise NotFound
    return found


def claims_of(marker_id: int) -> list[tuple[Claim, str, bool]]:
    """A marker's own scripts: claim, title of the assessment, and whether the mark is given."""
    rows = db.session.execute(
        select(Claim, Brief.title, MarkEvent.id)
        .join(Submission, Submission.id == Claim.submission_id)
        .join(Assessment, Assessment.id == Submission.assessment_id)
        .join(Brief, Brief.id == Assessment.brief_id)
        .outerjoin(MarkEvent, MarkEvent.claim_id == Claim.id)
        .where(Claim.marker_id == marker_id)
        .order_by(Claim.id.desc())
    )
    return [(claim, title, event_id is not None) for claim, title, event_id in rows]


def progress_of(submission_ids: Iterable[int]) -> dict[int, Marking]:
    """Where scripts stand, by script; what any mark is can't be seen from it. One query."""
    ids = list(submission_ids)
    rows = db.session.execute(
        select(MarkEvent.submission_id, MarkEvent.seq, MarkEvent.what, MarkEvent.by_id)
        .where(MarkEvent.submission_id.in_(ids))
        .order_by(MarkEvent.seq)
    ).all()
    events: dict[int, list[Any]] = {each: [] for each in ids}
    for row in rows:
        events[row.submission_id].append(row)
    return {each: fold(happened) for each, happened in events.items()}


def desk_rubric(claim: Claim) -> Sequence[Criterion]:
    """The rubric that a script is marked by."""
    return db.session.scalars(
        select(Criterion)
        .join(Assessment, Assessment.brief_id == Criterion.brief_id)
        .join(Submission, Submission.assessment_id == Assessment.id)
        .where(Submission.id == claim.submission_id)
        .order_by(Criterion.position)
    ).all()


def desk_reading(claim: Claim) -> ScriptReading | None:
    """The script as HTML, once it is made."""
    return assessments.reading_of(claim.submission_id)


def own_draft(claim: Claim) -> MarkDraft | None:
    """What the marker saved last."""
    return db.session.scalar(
        select(MarkDraft)
        .where(MarkDraft.claim_id == claim.id)
        .order_by(MarkDraft.version.desc())
        .limit(1)
    )


def title_of(claim: Claim) -> str:
    """The title of the assessment that a script belongs to."""
    return db.session.scalars(
        select(Brief.title)
        .join(Assessment, Assessment.brief_id == Brief.id)
        .join(Submission, Submission.assessment_id == Assessment.id)
        .where(Submission.id == claim.submission_id)
    ).one()


def own_mark(claim: Claim) -> Given | None:
    """The mark that this very claim gave; nobody else's can be asked for here."""
    event = db.session.scalar(select(MarkEvent).where(MarkEvent.claim_id == claim.id))
    return _given([event])[0] if event else None


def both_given(claim: Claim) -> bool:
    """Whether both marks of the claim's script are given; says nothing of what they are."""
    given = db.session.scalar(
        select(func.count())
        .select_from(MarkEvent)
        .where(MarkEvent.submission_id == claim.submission_id, MarkEvent.claim_id.is_not(None))
    )
    return given == len(Stage)


def events_of(submission_id: int) -> Sequence[MarkEvent]:
    """Everything that happened to a script, in order."""
    return db.session.scalars(
        select(MarkEvent).where(MarkEvent.submission_id == submission_id).order_by(MarkEvent.seq)
    ).all()


def script_of(submission: Submission) -> Script:
    """One script with who marked it and where it stands."""
    claims = db.session.scalars(select(Claim).where(Claim.submission_id == submission.id)).all()
    # From a claim, never by way of the enrolment: markers ask this, and must not fetch a person.
    number = next((each.number for each in claims), "")
    markers = frozenset(each.marker_id for each in claims)
    return Script(submission, number, markers, fold(events_of(submission.id)))


def scripts_of(assessment: Assessment) -> list[Script]:
    """Every script that counts, by candidate number, with where it stands. Four queries."""
    counting = assessments.counting_submissions(assessment)
    ids = [each.id for each in counting]
    events: dict[int, list[MarkEvent]] = {each: [] for each in ids}
    for event in db.session.scalars(
        select(MarkEvent).where(MarkEvent.submission_id.in_(ids)).order_by(MarkEvent.seq)
    ):
        events[event.submission_id].append(event)
    markers: dict[int, set[int]] = {each: set() for each in ids}
    for found in db.session.scalars(select(Claim).where(Claim.submission_id.in_(ids))):
        markers[found.submission_id].add(found.marker_id)
    numbers = _numbers(assessment)
    scripts = (
        Script(
            each,
            numbers[each.enrolment_id],
            frozenset(markers[each.id]),
            fold(events[each.id]),
        )
        for each in counting
    )
    return sorted(scripts, key=lambda each: (each.number, each.submission.attempt))


def given_marks(submission: Submission) -> list[Given]:
    """Both markers' marks; for those who gave them, when both are given, and for the board."""
    events = [e for e in events_of(submission.id) if e.claim_id is not None]
    return _given(events)


def proposal_of(submission: Submission) -> Given | None:
    """The reconciliation that was proposed last."""
    events = [e for e in events_of(submission.id) if e.what == What.PROPOSED]
    return _given(events[-1:])[0] if events else None


def released(submission_ids: Iterable[int]) -> dict[int, MarkEvent]:
    """The release of each of these scripts, where there is one."""
    found = db.session.scalars(
        select(MarkEvent).where(
            MarkEvent.submission_id.in_(list(submission_ids)), MarkEvent.what == What.RELEASED
        )
    )
    return {each.submission_id: each for each in found}


def reconciled_mark(submission: Submission) -> Given:
    """What the markers agreed on. Raises NotFound before they did."""
    events = [e for e in events_of(submission.id) if e.what == What.RECONCILED]
    if not events:
        raise NotFound
    return _given(events)[0]


def results_of(submission_ids: Iterable[int]) -> dict[int, Result]:
    """Released marks, by script, and whether a board has confirmed them. One query."""
    events = db.session.scalars(
        select(MarkEvent)
        .where(MarkEvent.submission_id.in_(list(submission_ids)))
        .where(MarkEvent.what.in_([What.RELEASED, What.CONFIRMED]))
        .order_by(MarkEvent.seq)
    )
    found: dict[int, Result] = {}
    for event in events:
        if event.what == What.RELEASED:
            found[event.submission_id] = Result(Decimal(event.facts["mark"]), confirmed=False)
        else:
            found[event.submission_id] = replace(found[event.submission_id], confirmed=True)
    return found


def confirmed_ids(submission_ids: Iterable[int]) -> set[int]:
    """Which of these scripts have a confirmed mark."""
    return set(
        db.session.scalars(
            select(MarkEvent.submission_id).where(
                MarkEvent.submission_id.in_(list(submission_ids)),
                MarkEvent.what == What.CONFIRMED,
            )
        )
    )


def markers_of(holder_id: int) -> set[int]:
    """Everybody who ever had work of this person in their hands."""
    return set(
        db.session.scalars(
            select(Claim.marker_id)
            .join(Submission, Submission.id == Claim.submission_id)
            .join(Enrolment, Enrolment.id == Submission.enrolment_id)
            .where(Enrolment.advocate_id == holder_id)
        )
    )


def _numbers(assessment: Assessment) -> dict[int, str]:
    rows = db.session.execute(
        select(CandidateNumber.enrolment_id, CandidateNumber.number).where(
            CandidateNumber.assessment_id == assessment.id
        )
    )
    return {row[0]: row[1] for row in rows}


def _given(events: Sequence[MarkEvent]) -> list[Given]:
    ids = [event.id for event in events]
    marks: dict[int, dict[str, int]] = {each: {} for each in ids}
    rows = db.session.execute(
        select(CriterionMark.event_id, Criterion.key, CriterionMark.points)
        .join(Criterion, Criterion.id == CriterionMark.criterion_id)
        .where(CriterionMark.event_id.in_(ids))
        .order_by(Criterion.position)
    )
    for event_id, key, points in rows:
        marks[event_id][key] = points
    comments: dict[int, dict[str, str]] = {each: {} for each in ids}
    for comment in db.session.scalars(select(MarkComment).where(MarkComment.event_id.in_(ids))):
        comments[comment.event_id][comment.about] = comment.text
    return [Given(event, marks[event.id], comments[event.id]) for event in events]
