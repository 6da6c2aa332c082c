"""Handing in: versions, the one that counts, the same form twice, lateness, receipts, drafts."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock, outbox, refs, storage
from lms.access.actor import SYSTEM, Role
from lms.assessment import operations, queries
from lms.assessment.models import Assessment, CandidateNumber, Submission
from lms.assessment.operations import Work
from lms.assessment.rules import SubmissionClosed
from lms.audit.models import AuditEntry
from lms.cohorts import operations as cohorts
from lms.cohorts.models import Enrolment
from lms.cohorts.rules import Kind as EnrolmentKind, State
from lms.db import db, unit_of_work
from lms.documents import Kind
from lms.errors import Conflict, NotFound, RuleBroken
from lms.messages.sender import send_due
from lms.outbox import Job, Message
from tests.factories import (
    actor_of,
    hand_in,
    make_actor,
    make_assessment,
    make_cohort,
    make_enrolment,
)

START = datetime(2026, 10, 5, 9, tzinfo=UTC)
DUE = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _stopped() -> object:
    with clock.stopped(START):
        yield


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return make_enrolment()


@pytest.fixture
def assessment(enrolment: Enrolment) -> Assessment:
    return make_assessment(enrolment.cohort, due_at=DUE)


def work(text: str = "My work.", *, token: str = "", at: datetime = START) -> Work:
    stored = storage.put(io.BytesIO(text.encode()))
    return Work(token or refs.token(), Kind.TEXT, stored, "mine.md", at)


def submit(enrolment: Enrolment, assessment: Assessment, handed: Work) -> Submission:
    with unit_of_work():
        return operations.submit_work(
            enrolment, assessment, handed, actor=actor_of(enrolment.advocate)
        )


def bytes_of(submission: Submission) -> bytes:
    with storage.open(submission.file_key) as file:
        return file.read()


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def refused(enrolment: Enrolment, assessment: Assessment, at: datetime) -> RuleBroken:
    before = count(Submission)
    with pytest.raises(RuleBroken) as refusal:
        hand_in(enrolment, assessment, at=at)
    assert count(Submission) == before
    return refusal.value


def test_every_version_is_kept_and_the_last_one_counts(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    texts = ["First.", "Second.", "Third."]
    made = [hand_in(enrolment, assessment, text, at=DUE - HOUR) for text in texts]
    assert [(s.attempt, s.version) for s in made] == [(1, 1), (1, 2), (1, 3)]
    assert [bytes_of(each).decode() for each in made] == texts
    assert list(queries.counting_submissions(assessment)) == [made[2]]
    assert list(queries.versions_of(made[0])) == made[::-1]
    assert list(queries.handed_in(enrolment, assessment)) == made[::-1]


def test_the_same_form_sent_twice_is_one_row_and_the_same_receipt(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    handed = work()
    first, again = (submit(enrolment, assessment, handed) for _ in range(2))
    assert again.ref == first.ref
    found = [count(table) for table in (Submission, Message, Job, CandidateNumber)]
    assert found == [1, 1, 1, 1]
    entries = select(func.count()).where(AuditEntry.event == "work submitted")
    assert db.session.scalar(entries) == 1


def test_the_same_form_sent_again_after_the_deadline_gives_its_receipt(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    first = submit(enrolment, assessment, work(token="one", at=DUE - MINUTE))
    with clock.stopped(DUE + HOUR):
        again = submit(enrolment, assessment, work(token="one", at=DUE + HOUR))
    assert again.ref == first.ref


def test_a_form_sent_for_other_work_does_not_give_the_receipt_of_this(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    other = make_assessment(enrolment.cohort, number=1, due_at=DUE)
    submit(enrolment, assessment, work(token="one"))
    with pytest.raises(Conflict, match="anew"):
        submit(enrolment, other, work(token="one"))
    assert list(queries.handed_in(enrolment, other)) == []


def test_a_form_sent_again_with_other_work_is_refused_instead_of_losing_it(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    submit(enrolment, assessment, work("What I sent.", token="one"))
    with pytest.raises(Conflict, match="anew"):
        submit(enrolment, assessment, work("What I changed after going back.", token="one"))
    assert count(Submission) == 1


def test_a_receipt_tells_what_was_received_when_and_against_which_deadline(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    text = "Naïve — and true."
    with clock.stopped(DUE - HOUR + MINUTE):  # the work took a minute to be stored
        made = submit(enrolment, assessment, work(text, at=DUE - HOUR))
    assert refs.well_formed(made.ref)
    assert made.ref.startswith("SUB-")
    assert (made.received_at, made.due_at) == (DUE - HOUR, DUE)
    assert made.size == len(text.encode()) == 20
    assert made.file_key == hashlib.sha256(text.encode()).hexdigest()
    assert (made.kind, queries.file_name(made)) == (Kind.TEXT, "mine.md")


def test_work_counts_from_when_its_last_byte_arrived(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    hand_in(enrolment, assessment, at=DUE - DAY)
    with clock.stopped(DUE + MINUTE):
        made = submit(enrolment, assessment, work(at=DUE))
    assert made.version == 2


def test_after_the_deadline_what_was_handed_in_stands(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    made = hand_in(enrolment, assessment, at=DUE)
    for late in (timedelta(microseconds=1), 3 * MINUTE, DAY, 90 * DAY):
        assert "stands" in refused(enrolment, assessment, DUE + late).sentence
    assert list(queries.counting_submissions(assessment)) == [made]


LATE = [
    {"kind": "points_per_day", "points": 3, "days": "working", "most_days": 2},
    {"kind": "percent_per_day", "percent": 5, "days": "calendar", "most_days": 2},
    {"kind": "capped", "at_most": 50, "days": "calendar", "most_days": 2},
]


@pytest.mark.parametrize("late_work", LATE)
def test_late_work_is_accepted_within_the_window_and_then_refused_with_the_paragraph(
    app: Flask, late_work: dict[str, Any]
) -> None:
    rule = {**late_work, "paragraph": "6.77", "says": "Two days, and then no more."}
    enrolment = make_enrolment(make_cohort(late_work=rule))
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    refusal = refused(enrolment, assessment, DUE + 2 * DAY + timedelta(seconds=1))
    assert isinstance(refusal, SubmissionClosed)
    assert refusal.source == "regulation 6.77"
    assert "Two days, and then no more." in refusal.sentence
    assert hand_in(enrolment, assessment, at=DUE + 2 * DAY).version == 1
    assert "stands" in refused(enrolment, assessment, DUE + 2 * DAY).sentence


def test_where_late_work_is_not_accepted_grace_is_all_there_is(app: Flask) -> None:
    enrolment = make_enrolment(make_cohort(late_work={"kind": "not_accepted"}))
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    over = DUE + 5 * MINUTE + timedelta(microseconds=1)
    assert refused(enrolment, assessment, over).source == "regulation 6.2"
    assert hand_in(enrolment, assessment, at=DUE + 5 * MINUTE).version == 1


def test_an_extension_moves_the_late_window_too(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    with unit_of_work():
        operations.grant_extension(enrolment, assessment, DUE + 14 * DAY, actor=SYSTEM)
    assert hand_in(enrolment, assessment, at=DUE + 15 * DAY).due_at == DUE + 14 * DAY


def test_nobody_hands_in_for_somebody_else(enrolment: Enrolment, assessment: Assessment) -> None:
    others = [make_enrolment(enrolment.cohort).advocate]
    actors = [actor_of(each) for each in others] + [make_actor(role) for role in Role]
    for someone in actors:
        with pytest.raises(NotFound), unit_of_work():
            operations.submit_work(enrolment, assessment, work(), actor=someone)
    assert count(Submission) == 0


def test_nobody_hands_in_work_of_another_cohort(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    elsewhere = make_assessment(make_cohort(year=2025), due_at=DUE)
    with pytest.raises(NotFound):
        submit(enrolment, elsewhere, work())
    assert count(Submission) == 0


@pytest.mark.parametrize("state", [State.ON_LEAVE, State.WITHDRAWN, State.TRANSFERRED])
def test_nothing_is_handed_in_while_the_place_is_not_active(
    enrolment: Enrolment, assessment: Assessment, state: State
) -> None:
    with unit_of_work():
        cohorts.change_state(enrolment, state, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="not active"):
        submit(enrolment, assessment, work())
    assert count(Submission) == 0


def test_nothing_is_handed_in_before_the_place_is_accepted(app: Flask) -> None:
    enrolment = make_enrolment(accepted=False)
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    with pytest.raises(RuleBroken):
        submit(enrolment, assessment, work())


def test_who_attends_without_assessment_hands_in_nothing(app: Flask) -> None:
    enrolment = make_enrolment(kind=EnrolmentKind.ATTENDS)
    assessment = make_assessment(enrolment.cohort, due_at=DUE)
    with pytest.raises(RuleBroken):
        submit(enrolment, assessment, work())


def test_a_candidate_number_stays_over_versions_and_is_new_for_each_assessment(app: Flask) -> None:
    cohort = make_cohort()
    both = [make_assessment(cohort, number=n, due_at=DUE) for n in (0, 1)]
    people = [make_enrolment(cohort) for _ in range(4)]
    for person in people:
        for each in both:
            hand_in(person, each)
            number = queries.number_of(person, each)
            hand_in(person, each, "Again.")
            assert queries.number_of(person, each) == number
    numbers = [[queries.number_of(person, each) for person in people] for each in both]
    assert count(CandidateNumber) == 8
    assert all(len(set(some)) == 4 for some in numbers)
    assert numbers[0] != numbers[1]


def test_a_candidate_number_says_nothing_about_the_person(app: Flask) -> None:
    cohort = make_cohort()
    assessment = make_assessment(cohort, due_at=DUE)
    people = [make_enrolment(cohort) for _ in range(6)]
    for person in people:
        hand_in(person, assessment)
    numbers = [queries.number_of(person, assessment) for person in people]
    assert all(number[:4].isdigit() and len(number) == 6 for number in numbers)
    assert numbers != sorted(numbers) or numbers != sorted(numbers, reverse=True)


def test_there_is_no_number_before_anything_was_handed_in(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    assert queries.number_of(enrolment, assessment) == ""


def test_the_receipt_is_mailed_once_with_reference_and_hash_alone(
    app: Flask, enrolment: Enrolment, assessment: Assessment
) -> None:
    handed = work("My work.")
    made = submit(enrolment, assessment, handed)
    submit(enrolment, assessment, handed)
    message = db.session.scalars(select(Message)).one()
    assert (message.kind, message.recipient) == ("receipt", enrolment.advocate.ref)
    assert outbox.content_of(message) == f"{made.ref}\n{made.file_key}"
    assert made.ref.encode() not in (message.sealed or b"")
    assert (send_due(), send_due()) == (1, 0)


def test_the_trail_notes_the_hash_of_what_was_handed_in(
    enrolment: Enrolment, assessment: Assessment
) -> None:
    made = submit(enrolment, assessment, work("My work."))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "work submitted")).one()
    assert (entry.subject, entry.actor) == (made.ref, enrolment.advocate.ref)
    assert made.file_key in entry.facts
