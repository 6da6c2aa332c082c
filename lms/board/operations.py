"""What the board does, and by whom."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from lms import clock, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.audit.trail import Event, record
from lms.board import consequences, queries, rules
from lms.board.models import BoardNumber, Decision, Meeting, Member, Presence, Ratification
from lms.board.rules import Finding, Outcome, Profile
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.queries import assessed_and_enrolled
from lms.db import db, lock
from lms.errors import RuleBroken

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"


def convene(
    cohort: Cohort,
    held_on: date,
    chair: Account,
    examiners: Sequence[Account],
    external: Sequence[Account],
    *,
    actor: Actor,
) -> Meeting:
    """Convene a board for a cohort: everybody enrolled with assessment comes before it.

    examiners  members besides the chair
    external   external examiners, who read and report

    Raises RuleBroken for somebody who sits twice, or when nobody would be before it.
    """
    gate.require(actor, P.CONVENE_BOARD)
    seated = [chair.id, *(each.id for each in examiners), *(each.id for each in external)]
    if len(seated) != len(set(seated)):
        raise RuleBroken("Somebody is named twice. Each person has one seat.")
    candidates = assessed_and_enrolled(cohort)
    if not candidates:
        raise RuleBroken("Nobody in this cohort waits for a board.")
    meeting = Meeting(
        ref=refs.new("BRD"),
        cohort=cohort,
        held_on=held_on,
        chair=chair,
        convened_by=actor.ref,
        convened_at=clock.now(),
    )
    db.session.add(meeting)
    db.session.flush()
    _seat(meeting, examiners, external)
    _number(meeting, candidates)
    record(actor, Event.BOARD_CONVENED, meeting.ref, cohort=cohort.ref, count=len(candidates))
    return meeting


def record_presence(meeting: Meeting, present: Iterable[int], *, actor: Actor) -> None:
    """Record who is present: accounts of chair and members. Nobody is taken off again.

    Raises RuleBroken once the board has decided.
    """
    gate.require(actor, P.CONVENE_BOARD)
    lock(meeting)
    rules.check_attendance_open(queries.ratification(meeting) is not None)
    seats = queries.seats(meeting)
    new = set(present) & {seats.chair_id, *seats.member_ids} - queries.present_ids(meeting)
    db.session.add_all(
        Presence(
            meeting_id=meeting.id,
            account_id=each,
            recorded_by=actor.ref,
            recorded_at=clock.now(),
        )
        for each in sorted(new)
    )
    record(actor, Event.BOARD_ATTENDANCE, meeting.ref, count=len(new))


def ratify(meeting: Meeting, resubmit_by: datetime | None, *, actor: Actor) -> list[Decision]:
    """Decide on every candidate before the meeting, in one act: all or nobody.

    resubmit_by  deadline of further attempts; needed when somebody is referred

    Raises RuleBroken naming everything that is missing, or when it was ratified already.
    """
    gate.require(actor, P.RATIFY_RESULTS, meeting)
    lock(meeting)
    profiles = queries.profiles_before(meeting, clock.now())
    regulations = meeting.cohort.regulations
    findings = [(profile, rules.outcome(profile, regulations)) for profile in profiles]
    already = queries.ratification(meeting) is not None
    rules.check_ratifiable(profiles, _missing(meeting, findings, resubmit_by), already)
    db.session.add(
        Ratification(meeting_id=meeting.id, ratified_by=actor.ref, ratified_at=clock.now())
    )
    decided = [_decide(meeting, profile, found, actor) for profile, found in findings]
    for decision, (profile, found) in zip(decided, findings, strict=True):
        consequences.carry_out(decision, profile, found, resubmit_by, actor=actor)
    record(actor, Event.BOARD_RATIFIED, meeting.ref, count=len(decided))
    return decided


def _seat(meeting: Meeting, examiners: Sequence[Account], external: Sequence[Account]) -> None:
    for accounts, is_external in ((examiners, False), (external, True)):
        db.session.add_all(
            Member(meeting_id=meeting.id, account_id=each.id, external=is_external)
            for each in accounts
        )


def _number(meeting: Meeting, candidates: Sequence[Enrolment]) -> None:
    drawn: set[str] = set()
    while len(drawn) < len(candidates):
        drawn.add(f"{secrets.randbelow(10_000):04d}-{secrets.choice(_LETTERS)}")
    # The order of drawing must not be the order of enrolment.
    for enrolment, number in zip(candidates, drawn, strict=True):
        db.session.add(BoardNumber(meeting_id=meeting.id, enrolment_id=enrolment.id, number=number))


def _missing(
    meeting: Meeting, findings: list[tuple[Profile, Finding]], resubmit_by: datetime | None
) -> list[str]:
    present = queries.present_ids(meeting)
    external = {each.account_id for each in queries.members(meeting) if each.external}
    quorum = meeting.cohort.regulations.quorum
    missing = rules.quorum_faults(len(present), bool(present & external), quorum)
    if meeting.chair_id not in present:
        missing.append("The chair is not recorded as present.")
    if meeting.chair_id in queries.markers_before(meeting):
        missing.append("The chair marked work that is before this board. Another chair decides.")
    if meeting.chair_id in queries.candidates_before(meeting):
        missing.append("The chair is a candidate before this board.")
    referred = any(found.refer for _, found in findings if found.outcome is Outcome.REFER)
    if referred and resubmit_by is None:
        missing.append("Some candidates get a further attempt: give its deadline.")
    return missing


def _decide(meeting: Meeting, profile: Profile, found: Finding, actor: Actor) -> Decision:
    decision = Decision(
        ref=refs.new("DEC"),
        meeting=meeting,
        enrolment_id=profile.enrolment_id,
        number=profile.number,
        outcome=found.outcome,
        marks=_marks(profile, meeting),
        working=[
            {"said": step.said, "sum": step.sum, "source": step.source, "met": step.met}
            for step in found.steps
        ],
        decided_at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()
    record(actor, Event.DECISION_MADE, decision.ref, outcome=found.outcome, board=meeting.ref)
    return decision


def _marks(profile: Profile, meeting: Meeting) -> list[dict[str, Any]]:
    regulations = meeting.cohort.regulations
    marks = [(module, rules.module_mark(module, regulations)) for module in profile.modules]
    return [
        {
            "module": module.title,
            "credits": module.credits,
            "mark": None if mark is None else str(mark),
        }
        for module, mark in marks
    ]
