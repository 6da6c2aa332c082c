"""Questions about boards, and what is before them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.assessment import queries as assessments
from lms.assessment.due import scheme_of
from lms.assessment.models import Assessment, Submission
from lms.assessment.rules import closes_at
from lms.board.models import BoardNumber, Decision, Meeting, Member, Presence, Ratification
from lms.board.rules import ModuleProfile, Profile, Work, WorkState
from lms.catalogue.models import Brief, Module
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.queries import with_state
from lms.cohorts.rules import State
from lms.db import db
from lms.errors import NotFound
from lms.marking.models import Claim, MarkEvent
from lms.marking.queries import released
from lms.regulations.profile import Regulations


@dataclass(frozen=True)
class Seats:
    """A meeting with those who sit in it; for conditions of access."""

    ref: str
    chair_id: int
    member_ids: frozenset[int]


@dataclass(frozen=True)
class _Facts:
    """All that is known of a cohort's work, fetched at once.

    taught  every assessment of every module, with the cohort's own where the registrar set it
    """

    regulations: Regulations
    taught: list[tuple[Brief, Module, Assessment | None]]
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
    """The board's own numbers, by enrolment, of those it decides on or has decided on."""
    return {each.id: number for each, number, stays in _numbered(meeting) if stays}


def gone(meeting: Meeting) -> list[str]:
    """Numbers of those on whom nothing is decided: on leave, or enrolled no more."""
    return [number for _, number, stays in _numbered(meeting) if not stays]


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


def decisions_about(advocate_id: int) -> Sequence[Decision]:
    """What boards decided on one person, the latest first."""
    return db.session.scalars(
        select(Decision)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .where(Enrolment.advocate_id == advocate_id)
        .options(joinedload(Decision.meeting).joinedload(Meeting.cohort).joinedload(Cohort.intake))
        .order_by(Decision.id.desc())
    ).all()


def profiles_before(meeting: Meeting, now: datetime) -> list[Profile]:
    """Each candidate before a meeting, by number, with facts only. Seven queries for any cohort."""
    facts = _facts(meeting.cohort)
    return [
        Profile(number, enrolment_id, _modules(enrolment_id, facts, now))
        for enrolment_id, number in numbers(meeting).items()
    ]


def _numbered(meeting: Meeting) -> list[tuple[Enrolment, str, bool]]:
    """Everybody who got a number of a meeting, and whether it decides on them, by number.

    Whoever is enrolled no more when the board decides is not decided on; whoever was decided on
    stays in its papers, whatever became of them.
    """
    rows = db.session.execute(
        with_state(select(Enrolment))
        .add_columns(BoardNumber.number, Decision.id)
        .join(BoardNumber, BoardNumber.enrolment_id == Enrolment.id)
        .outerjoin(
            Decision,
            and_(Decision.enrolment_id == Enrolment.id, Decision.meeting_id == meeting.id),
        )
        .where(BoardNumber.meeting_id == meeting.id)
        .order_by(BoardNumber.number)
    )
    return [
        (enrolment, number, decided is not None or state == State.ENROLLED)
        for enrolment, state, number, decided in rows
    ]


def _facts(cohort: Cohort) -> _Facts:
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
        .where(Assessment.cohort_id == cohort.id, newer.id.is_(None))
    ).all()
    taught = scheme_of(cohort)
    opened = assessments.opened_attempts(cohort.id)
    return _Facts(
        cohort.regulations,
        taught,
        assessments.deadlines_of(each.id for _, _, each in taught if each is not None),
        {key: (each.attempt, each.due_at) for key, each in opened.items()},
        assessments.extensions_of(cohort.id),
        {(each.enrolment_id, each.assessment_id, each.attempt): each for each in handed_in},
        released(each.id for each in handed_in),
    )


def _modules(enrolment_id: int, facts: _Facts, now: datetime) -> tuple[ModuleProfile, ...]:
    works: dict[int, list[Work]] = {}
    found: dict[int, Module] = {}
    for brief, module, assessment in facts.taught:
        found[module.id] = module
        work = (
            Work(brief.title, None, brief.weighting, 1, WorkState.OPEN)
            if assessment is None
            else _work(enrolment_id, assessment, brief, facts, now)
        )
        works.setdefault(module.id, []).append(work)
    return tuple(
        ModuleProfile(module.title, module.credits, tuple(works[module.id]))
        for module in found.values()
    )


def _work(
    enrolment_id: int, assessment: Assessment, brief: Brief, facts: _Facts, now: datetime
) -> Work:
    further = facts.opened.get((enrolment_id, assessment.id))
    attempt, plain = further or (1, facts.general[assessment.id])
    # Whoever has an extension never has less time than without it.
    due_at = max(plain, facts.extended.get((enrolment_id, assessment.id, attempt), plain))
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
    # Until then it may be replaced; while late work is accepted, nobody can say that none came.
    if now <= (due_at if handed_in else closes_at(due_at, facts.regulations)):
        return base
    if handed_in is not None:
        return replace(base, state=WorkState.IN_MARKING, submission_id=handed_in.id)
    return replace(base, state=WorkState.MISSING, mark=Decimal(0))
