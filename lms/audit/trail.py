"""Recording who did what. Entries are collected, and written last, in one go, under a lock."""

import logging
from enum import StrEnum
from typing import Any

from flask import g, has_request_context
from sqlalchemy import select, text

from lms import clock, refs, vault
from lms.access.actor import Actor
from lms.audit import chain
from lms.audit.models import AuditEntry
from lms.db import db, dialect, unit_of_work, work_under_way
from lms.errors import Unavailable

_log = logging.getLogger("lms.audit")
# Any constant will do; it names the chain's lock on PostgreSQL.
_LOCK = 714_001_583
_WAITING = "audit entries"


class Event(StrEnum):
    """What can be done here, in the words of the trail."""

    INSTALLED = "installed"
    ACCESS_DENIED = "access denied"
    # people
    SIGN_IN_FAILED = "sign-in failed"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    PROVED_AGAIN = "proved identity again"
    SECOND_FACTOR_SET = "second factor set up"
    SECOND_FACTOR_FAILED = "second factor failed"
    CLEARING_ASKED = "clearing of second factor asked for"
    CLEARING_STOPPED = "clearing of second factor stopped"
    SECOND_FACTOR_CLEARED = "second factor cleared"
    RECOVERY_CODE_USED = "recovery code used"
    SESSIONS_ENDED = "sessions ended"
    ACCOUNT_OPENED = "account opened"
    INVITED = "invited"
    INVITATION_CANCELLED = "invitation cancelled"
    INVITATION_ACCEPTED = "invitation accepted"
    RESET_ASKED = "password reset asked for"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - a word of the trail, no password
    ADDRESS_CORRECTED = "address corrected"
    NAME_CHANGED = "name changed"
    ACCOUNT_DISABLED = "account disabled"
    ACCOUNT_ENABLED = "account enabled"
    ROLE_GRANTED = "role granted"
    ROLE_CONFIRMED = "role confirmed"
    ROLE_ENDED = "role ended"
    IDENTITY_RECORDED = "identity recorded"
    IDENTITY_READ = "identity read"
    # organisations
    ORGANISATION_NAMED = "organisation named"
    ORGANISATION_APPROVED = "organisation approved"
    ORGANISATION_APPROVAL_WITHDRAWN = "organisation's approval withdrawn"
    PLACEMENT_RECORDED = "placement recorded"
    PLACEMENT_ENDED = "placement ended"
    # what is taught
    REGULATIONS_PUBLISHED = "regulations published"
    CONTENT_PUBLISHED = "content published"
    CONTENT_PUBLISHED_AGAIN = "older content published again"
    PUBLISHING_ASKED = "publishing of content asked for"
    PUBLISHING_DONE = "content published as asked for"
    PUBLISHING_REFUSED = "publishing of content refused"
    CHECK_ASKED = "check of content asked for"
    DRAFT_OPENED = "draft opened"
    DRAFT_CHANGED = "draft changed"
    DRAFT_MOVED = "draft moved onto newer version"
    DRAFT_CLOSED = "draft put away"
    DRAFT_PUBLISHED = "draft published"
    REVIEW_ASKED = "review of draft asked for"
    REVIEWER_APPOINTED = "reviewer appointed"
    CONTENT_REVIEWED = "content reviewed"
    OBJECTION_ANSWERED = "objection answered"
    PROBLEM_REPORTED = "problem with page reported"
    PROBLEM_ANSWERED = "problem with page answered"
    # intakes
    INTAKE_OPENED = "intake opened"
    COHORT_MOVED = "cohort moved to other content"
    ROSTER_IMPORTED = "roster imported"
    PLACE_OFFERED = "place offered"
    PLACE_ACCEPTED = "place accepted"
    ENROLMENT_CHANGED = "enrolment changed"
    # assessment
    ASSESSMENT_SET = "assessment set"
    DEADLINE_MOVED = "deadline moved"
    EXTENSION_GRANTED = "extension granted"
    ATTEMPT_OPENED = "attempt opened"
    WORK_SUBMITTED = "work submitted"
    WORK_READ = "work read"
    # marking
    MARKERS_ALLOCATED = "markers allocated"
    ALLOCATION_ENDED = "allocation ended"
    SCRIPT_TAKEN = "script taken"
    MARK_GIVEN = "mark given"
    RECONCILIATION_PROPOSED = "reconciliation proposed"
    RECONCILED = "marks reconciled"
    MARK_RELEASED = "mark released"
    MARK_CONFIRMED = "mark confirmed"
    # board
    BOARD_CONVENED = "board convened"
    BOARD_ATTENDANCE = "board attendance recorded"
    BOARD_RATIFIED = "board ratified"
    DECISION_MADE = "decision made"
    # register
    ENTRY_OPENED = "register entry opened"
    STANDING_CHANGED = "standing changed"
    STANDING_PROPOSED = "standing proposed"
    STANDING_CONFIRMED = "standing confirmed"
    STANDING_DECLINED = "standing declined"
    CHECKED = "accreditation checked"


def record(actor: Actor, event: Event, subject: str, **facts: Any) -> None:
    """Note an act. It is written when the unit of work ends, or not at all if that fails.

    subject  public reference of the thing acted upon
    facts    numbers, dates and references; never prose, never personal data
    """
    work = work_under_way()
    if _WAITING not in work.notes:
        work.notes[_WAITING] = []
        work.last.append(_extend_chain)
    work.notes[_WAITING].append(
        AuditEntry(
            at=clock.now(),
            actor=actor.ref,
            roles=",".join(sorted(actor.roles)),
            event=event,
            subject=subject,
            facts=chain.canonical({name: _plain(value) for name, value in facts.items()}),
            request=request_ref(),
        )
    )


def note_refusal(actor: Actor) -> None:
    """Note a denied attempt, in a unit of work of its own.

    The attempt stays denied, and its answer the same, when the trail can't be written just now;
    then the log has it.
    """
    permission, subject = g.get("lms_refused", ("", ""))
    try:
        with unit_of_work():
            record(actor, Event.ACCESS_DENIED, subject or "-", permission=str(permission))
    except Unavailable:
        _log.error("not in the trail: %s denied %s on %s", actor.ref, permission, subject or "-")


def request_ref() -> str:
    """The reference of the request or command at hand, made when first asked for."""
    if "lms_request" not in g:
        g.lms_request = refs.new("REQ" if has_request_context() else "CMD")
    return str(g.lms_request)


def _extend_chain() -> None:
    """Write what was collected, each entry hashed onto the last. Writers wait for each other."""
    if dialect() == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = db.session.execute(
        select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).first()
    seq, before = (last.seq, last.hash) if last else (0, chain.FIRST)
    for entry in work_under_way().notes[_WAITING]:
        seq += 1
        entry.seq, entry.before = seq, before
        entry.hash = before = chain.hash_of(entry, vault.keys().sign)
        db.session.add(entry)


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | bool | None) else str(value)
