"""Questions about boards, and what is before them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.assessment import queries as assessments
from lms.assessment.models import Assessment, Submission
from lms.board.models import BoardNumber, Decision, Meeting, Member, Presence, Ratification
from lms.board.rules import ModuleProfile, Profile, Work, WorkState
from lms.catalogue.models import Brief, Module
from lms.cohorts.models import Cohort, Enrolment
from lms.db import db
from lms.errors import NotFound
from lms.marking.models import Claim, MarkEvent
from lms.marking.queries import released


@dataclass(frozen=True)
class Seats:
    """A meeting with those who sit in it; for conditions of access."""

    ref: str
    chair_id: int
    member_ids: frozenset[int]


@dataclass(frozen=True)
class _Facts:
    """All that is known of a cohort's work, fetched at once."""

    set: list[tuple[Assessment, Brief, Module]]
    general: dict[int, datetime]
    opened: dict[tuple[int, int], tuple[int, datetime]]
    extended: dict[tuple[int, int, int], datetime]
    handed_in: dict[tuple[int, int, int], Submission]
    released: dict[int, MarkEvent]


def meeting(ref: str) -> Meeting:
    """The meeting of this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Meeting)
        .where(Meeting.ref == ref)
        .options(joinedload(Meeting.cohort), joinedload(Meeting.chair))
    )
    if found is None:
        raise NotFound
    return found


def seats(meeting: Meeting) -> Seats:
    """Who sits in a meeting."""
    members = db.session.scalars(select(Member.account_id).where(Member.meeting_id == meeting.id))
    return Seats(meeting.ref, meeting.chair_id, frozenset(members))


def members(meeting: Meeting) -> Sequence[Member]:
    """Those appointed besides the chair, by name."""
    found = db.session.scalars(
        select(Member).where(Member.meeting_id == meeting.id).options(joinedload(Member.account))
    ).all()
    return sorted(found, key=lambda each: each.account.name)


def present_ids(meeting: Meeting) -> set[int]:
    """Who was present, as recorded."""
    return set(
        db.session.scalars(select(Presence.account_id).where(Presence.meeting_id == meeting.id))
    )


def ratification(meeting: Meeting) -> Ratification | None:
    """The act in which the board decided, once it did."""
    return db.session.get(Ratification, meeting.id)


def meetings(seen_by: int | None = None) -> Sequence[Meeting]:
    """Every meeting, the latest first; or only those somebody sits in."""
    query = select(Meeting).options(
        joinedload(Meeting.cohort).joinedload(Cohort.intake), joinedload(Meeting.chair)
    )
    if seen_by is not None:
        sits = select(Member.meeting_id).where(Member.account_id == seen_by)
        query = query.where(or_(Meeting.chair_id == seen_by, Meeting.id.in_(sits)))
    return db.session.scalars(query.order_by(Meeting.held_on.desc(), Meeting.id.desc())).all()


def ratified_ids(meetings: Sequence[Meeting]) -> set[int]:
    """Which of these meetings have decided."""
    ids = [each.id for each in meetings]
    return set(
        db.session.scalars(select(Ratification.meeting_id).where(Ratification.meeting_id.in_(ids)))
    )


def numbers(meeting: Meeting) -> dict[int, str]:
    """The board's own numbers, by enrolment."""
    rows = db.session.execute(
        select(BoardNumber.enrolment_id, BoardNumber.number)
        .where(BoardNumber.meeting_id == meeting.id)
        .order_by(BoardNumber.number)
    )
    return {row[0]: row[1] for row in rows}


def decisions(meeting: Meeting) -> Sequence[Decision]:
    """What the board decided, by candidate number."""
    return db.session.scalars(
        select(Decision).where(Decision.meeting_id == meeting.id).order_by(Decision.number)
    ).all()


def award_of(holder_id: int) -> Decision | None:
    """The decision that made the award to somebody, the latest if there are several."""
    return db.session.scalar(
        select(Decision)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .where(Enrolment.advocate_id == holder_id, Decision.outcome == "award")
        .order_by(Decision.id.desc())
        .limit(1)
    )


def markers_before(meeting: Meeting) -> set[int]:
    """Everybody who marked anything of the candidates before a meeting."""
    return set(
        db.session.scalars(
            select(Claim.marker_id)
            .join(Submission, Submission.id == Claim.submission_id)
            .join(BoardNumber, BoardNumber.enrolment_id == Submission.enrolment_id)
            .where(BoardNumber.meeting_id == meeting.id)
        )
    )


def candidates_before(meeting: Meeting) -> set[int]:
    """Accounts of those before a meeting."""
    return set(
        db.session.scalars(
            select(Enrolment.advocate_id)
            .join(BoardNumber, BoardNumber.enrolment_id == Enrolment.id)
            .where(BoardNumber.meeting_id == meeting.id)
        )
    )


def profiles_before(meeting: Meeting, now: datetime) -> list[Profile]:
    """Each candidate before a meeting, by number, with facts only. Eight queries for any cohort."""
    facts = _facts(meeting.cohort_id)
    return [
        Profile(number, enrolment_id, _modules(enrolment_id, facts, now))
        for enrolment_id, number in numbers(meeting).items()
    ]


def _facts(cohort_id: int) -> _Facts:
    newer = aliased(Submission)
    handed_in = db.session.scalars(
        select(Submission)
        .join(Assessment, Assessment.id == Submission.assessment_id)
        .outerjoin(
            newer,
            and_(
                newer.enrolment_id == Submission.enrolment_id,
                newer.assessment_id == Submission.assessment_id,
                newer.attempt == Submission.attempt,
                newer.version > Submission.version,
            ),
        )
        .where(Assessment.cohort_id == cohort_id, newer.id.is_(None))
    ).all()
    set_ = assessments.assessments_of(cohort_id)
    opened = assessments.opened_attempts(cohort_id)
    return _Facts(
        set_,
        assessments.deadlines_of(each.id for each, _, _ in set_),
        {key: (each.attempt, each.due_at) for key, each in opened.items()},
        assessments.extensions_of(cohort_id),
        {(each.enrolment_id, each.assessment_id, each.attempt): each for each in handed_in},
        released(each.id for each in handed_in),
    )


def _modules(enrolment_id: int, facts: _Facts, now: datetime) -> tuple[ModuleProfile, ...]:
    works: dict[int, list[Work]] = {}
    found: dict[int, Module] = {}
    for assessment, brief, module in facts.set:
        found[module.id] = module
        works.setdefault(module.id, []).append(_work(enrolment_id, assessment, brief, facts, now))
    return tuple(
        ModuleProfile(module.title, module.credits, tuple(works[module.id]))
        for module in found.values()
    )


def _work(
    enrolment_id: int, assessment: Assessment, brief: Brief, facts: _Facts, now: datetime
) -> Work:
    further = facts.opened.get((enrolment_id, assessment.id))
    attempt, own_due = further or (1, facts.general[assessment.id])
    due_at = facts.extended.get((enrolment_id, assessment.id, attempt), own_due)
    handed_in = facts.handed_in.get((enrolment_id, assessment.id, attempt))
    event = facts.released.get(handed_in.id) if handed_in else None
    base = Work(brief.title, assessment.id, brief.weighting, attempt, WorkState.OPEN)
    if event is not None and handed_in is not None:
        lines = tuple((x["said"], x["sum"], x["source"]) for x in event.facts["lines"])
        raw, mark = Decimal(event.facts["raw"]), Decimal(event.facts["mark"])
        return replace(
            base,
            state=WorkState.MARKED,
            submission_id=handed_in.id,
            raw=raw,
            mark=mark,
            lines=lines,
        )
    if handed_in is not None:
        return replace(base, state=WorkState.IN_MARKING, submission_id=handed_in.id)
    if now < due_at:
        return base
    return replace(base, state=WorkState.MISSING, mark=Decimal(0))
