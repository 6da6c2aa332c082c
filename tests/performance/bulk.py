"""Many people at once, in mixed states with every optional part present. Straight into tables.

Operations would take minutes for ten thousand; what is counted here is reading.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from lms import clock, refs, vault
from lms.accounts.models import Account, Identity, Invitation, RoleGrant
from lms.accreditation.models import Entry, StandingEvent
from lms.accreditation.rules import Standing, new_number
from lms.assessment.models import Assessment, CandidateNumber, Extension, Submission
from lms.catalogue.models import Criterion
from lms.cohorts.models import Cohort, Enrolment, EnrolmentEvent
from lms.db import Base, db, unit_of_work
from lms.marking.models import Allocation, Claim, CriterionMark, MarkEvent
from lms.marking.rules import Stage
from lms.organisations.models import Organisation, Placement

STATES = ("offered", "enrolled", "on_leave", "completed", "withdrawn")


@dataclass(frozen=True)
class Crowd:
    """The people of one cohort."""

    accounts: list[int]
    enrolments: list[int]


def fill(cohort: Cohort, organisation: Organisation, count: int) -> Crowd:
    """As many advocates in a cohort, with roles, identities, invitations, placements, register."""
    at, start = clock.now(), date(2026, 9, 1)
    tag = refs.new("X")[2:6]
    accounts = _add(
        Account,
        (
            {
                "ref": refs.new("USR"),
                "address": f"p{n}.{tag}@example.org".casefold(),
                "name": f"Person {n:05d} {tag}",
                "password_hash": None if n % 5 == 0 else "x",
                "opened_at": at,
                "version": 1,
            }
            for n in range(count)
        ),
    )
    _add(RoleGrant, (_role(each, at) for each in accounts))
    _add(Identity, (_identity(each, at) for each in accounts))
    _add(Invitation, (_invitation(each, at) for each in accounts[::5]))
    _add(Placement, (_placement(each, organisation, start, at) for each in accounts))
    enrolments = _add(Enrolment, (_enrolment(each, cohort, organisation, at) for each in accounts))
    _add(EnrolmentEvent, _states(enrolments, start, at))
    entries = _add(Entry, (_entry(each, at) for each in accounts))
    _add(StandingEvent, _standings(entries, start, at))
    return Crowd(accounts, enrolments)


def hand_in(crowd: Crowd, assessment: Assessment, due_at: datetime) -> list[int]:
    """Work of everybody, in two versions, with candidate numbers and some extensions."""
    numbers = (
        {"assessment_id": assessment.id, "enrolment_id": each, "number": f"{n:05d}-K"}
        for n, each in enumerate(crowd.enrolments)
    )
    _add(CandidateNumber, numbers)
    _add(Extension, (_extension(each, assessment, due_at) for each in crowd.enrolments[::7]))
    return _add(
        Submission,
        (
            _submission(each, assessment, version, due_at)
            for version in (1, 2)
            for each in crowd.enrolments
        ),
    )[len(crowd.enrolments) :]


def mark(work: list[int], assessment: Assessment, markers: tuple[int, int], at: datetime) -> None:
    """Both marks for two thirds of the scripts; a first mark for others; none for the rest."""
    for marker, stage in zip(markers, Stage, strict=True):
        _add(Allocation, [_allocation(assessment, marker, stage, at)])
    begun = [each for n, each in enumerate(work) if n % 6]
    both = [each for n, each in enumerate(work) if n % 3]
    criteria = db.session.scalars(
        select(Criterion.id).where(Criterion.brief_id == assessment.brief_id)
    ).all()
    for seq, (marker, stage, scripts) in enumerate(
        ((markers[0], Stage.FIRST, begun), (markers[1], Stage.SECOND, both)), start=1
    ):
        claims = _add(Claim, (_claim(each, marker, stage, at) for each in scripts))
        events = _add(
            MarkEvent,
            (
                _event(work_id, claim, marker, seq, at)
                for work_id, claim in zip(scripts, claims, strict=True)
            ),
        )
        given = (
            {"event_id": event, "criterion_id": criterion, "points": 60}
            for event in events
            for criterion in criteria
        )
        _add(CriterionMark, given)


def _add(model: type[Base], rows: Iterable[dict[str, Any]]) -> list[int]:
    """Insert rows; their ids in order, for tables that have one."""
    listed = list(rows)
    if not listed:
        return []
    with unit_of_work():
        if hasattr(model, "id"):
            found = db.session.scalars(
                insert(model).returning(model.id, sort_by_parameter_order=True), listed
            )
            return list(found)
        db.session.execute(insert(model), listed)
    return []


def _role(account: int, at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("ROL"),
        "account_id": account,
        "role": "advocate",
        "at": "",
        "needs_second": False,
        "granted_at": at,
    }


def _identity(account: int, at: datetime) -> dict[str, Any]:
    ref = refs.new("IDN")
    return {
        "ref": ref,
        "account_id": account,
        "seq": 1,
        "certificate_name": f"Certificate {account}",
        "born_sealed": vault.keys().seal("1990-03-01", bound_to=ref),
        "reason": "",
        "recorded_by": "system",
        "recorded_at": at,
    }


def _invitation(account: int, at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("INV"),
        "account_id": account,
        "purpose": "invitation",
        "token_hash": refs.token(),
        "made_by": "system",
        "made_at": at,
        "expires_at": at + timedelta(hours=72),
    }


def _placement(account: int, organisation: Organisation, day: date, at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("PLA"),
        "account_id": account,
        "organisation_id": organisation.id,
        "role_title": "Independent advocate",
        "starts_on": day,
        "recorded_by": "system",
        "recorded_at": at,
    }


def _enrolment(
    account: int, cohort: Cohort, organisation: Organisation, at: datetime
) -> dict[str, Any]:
    return {
        "ref": refs.new("ENR"),
        "cohort_id": cohort.id,
        "advocate_id": account,
        "organisation_id": organisation.id,
        "nation": "scotland",
        "kind": "attends" if account % 11 == 0 else "assessed",
        "qualify_by": date(2028, 8, 31),
        "offered_at": at,
    }


def _states(enrolments: list[int], day: date, at: datetime) -> Iterable[dict[str, Any]]:
    for n, each in enumerate(enrolments):
        last = STATES[n % len(STATES)]
        way = ["offered"] if last == "offered" else ["offered", "enrolled"]
        way += [] if last in way else [last]
        for seq, state in enumerate(way, start=1):
            yield {
                "enrolment_id": each,
                "seq": seq,
                "state": state,
                "from_on": day,
                "changed_by": "system",
                "changed_at": at,
            }


_given: set[str] = set()


def _number() -> str:
    """One that was not given yet: among thousands drawn by chance, two are alike now and then."""
    number = new_number()
    while number in _given:
        number = new_number()
    _given.add(number)
    return number


def _entry(account: int, at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("ENT"),
        "number": _number(),
        "holder_id": account,
        "opened_at": at,
    }


def _standings(entries: list[int], day: date, at: datetime) -> Iterable[dict[str, Any]]:
    for n, each in enumerate(entries):
        way = [Standing.IN_TRAINING, Standing.AWARD_MADE, Standing.ACCREDITED][: n % 3 + 1]
        for seq, standing in enumerate(way, start=1):
            yield {
                "entry_id": each,
                "seq": seq,
                "kind": "standing",
                "standing": standing,
                "from_on": day,
                "until_on": date(2029, 8, 31),
                "scope": "Advocacy",
                "conditions": [],
                "authority": f"{each}.{seq}",
                "entered_by": "system",
                "entered_at": at,
            }


def _extension(enrolment: int, assessment: Assessment, due_at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("EXT"),
        "enrolment_id": enrolment,
        "assessment_id": assessment.id,
        "attempt": 1,
        "seq": 1,
        "due_at": due_at + timedelta(minutes=30),
        "granted_by": "system",
        "granted_at": due_at - timedelta(days=9),
    }


def _submission(
    enrolment: int, assessment: Assessment, version: int, due_at: datetime
) -> dict[str, Any]:
    return {
        "ref": refs.new("SUB"),
        "token": refs.token(),
        "enrolment_id": enrolment,
        "assessment_id": assessment.id,
        "attempt": 1,
        "version": version,
        "due_at": due_at,
        "received_at": due_at - timedelta(hours=3 - version),
        "kind": "text",
        "file_key": "0" * 64,
        "size": 1,
    }


def _allocation(assessment: Assessment, marker: int, stage: Stage, at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("ALC"),
        "assessment_id": assessment.id,
        "marker_id": marker,
        "stage": stage,
        "made_by": "system",
        "made_at": at,
    }


def _claim(work: int, marker: int, stage: Stage, at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("CLM"),
        "submission_id": work,
        "stage": stage,
        "marker_id": marker,
        "number": f"{work:05d}-K",
        "taken_at": at,
    }


def _event(work: int, claim: int, marker: int, seq: int, at: datetime) -> dict[str, Any]:
    return {
        "ref": refs.new("MRK"),
        "submission_id": work,
        "seq": seq,
        "what": "first given" if seq == 1 else "second given",
        "by_id": marker,
        "claim_id": claim,
        "facts": {},
        "at": at,
    }
