"""The demonstration holds together on any day of the year."""

import contextlib
from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from lms import clock, vault, worker
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.accounts.queries import account_with_address, actor_for
from lms.accreditation import queries as register
from lms.accreditation.models import Entry
from lms.accreditation.rules import Standing
from lms.accrediting.queries import awarded, waiting
from lms.assessment.models import Assessment, Submission
from lms.assessment.queries import assessments_of, general_deadline
from lms.audit import chain, queries as trail
from lms.board import operations as board, queries as boards
from lms.board.models import Meeting
from lms.catalogue.comparing import summary_between
from lms.catalogue.queries import newest_id, versions
from lms.cohorts.queries import intakes, moves_of, tallies
from lms.cohorts.rules import State
from lms.db import Moment, db, unit_of_work
from lms.marking.queries import results_of
from lms.organisations.models import Organisation
from lms.organisations.queries import to_approve
from tests.demo.conftest import Told

R = Role
ACCOUNTS = {
    "advocate": {R.ADVOCATE},
    "advocate2": {R.ADVOCATE},
    "tutor": {R.TUTOR},
    "tutor2": {R.TUTOR},
    "moderator": {R.TUTOR},
    "external": {R.EXTERNAL_EXAMINER},
    "registrar": {R.REGISTRAR},
    "chair": {R.CHAIR},
    "accreditor": {R.ACCREDITOR},
    "accreditor2": {R.ACCREDITOR},
    "coordinator": {R.COORDINATOR},
    "coordinator2": {R.COORDINATOR},
    "supervisor": {R.SUPERVISOR},
    "author": {R.AUTHOR},
    "admin": {R.ADMIN},
}


def account(local: str) -> Account:
    found = account_with_address(f"{local}@demo.example")
    assert found is not None, local
    return found


def places_of(local: str, role: Role) -> frozenset[str]:
    return actor_for(account(local)).places(role)


def test_every_account_of_the_contract_is_there_with_its_role(told: Told) -> None:
    with told.open():
        held = {local: set(actor_for(account(local)).roles) for local in ACCOUNTS}
        assert held == ACCOUNTS
        a, b = (places_of(local, R.COORDINATOR) for local in ("coordinator", "coordinator2"))
        assert len(a) == len(b) == 1
        assert a != b
        assert places_of("supervisor", R.SUPERVISOR) == a


def test_three_intakes_of_24_people_in_23_organisations(told: Told) -> None:
    with told.open():
        this_year = told.day.year if told.day.month >= 9 else told.day.year - 1
        found = {cohort.intake.year: tallies([cohort.id])[cohort.id].states for cohort in intakes()}
        assert found == {
            this_year - 2: {State.COMPLETED: 24},
            this_year - 1: {State.ENROLLED: 24},
            this_year: {State.ENROLLED: 24},
        }
        assert len(db.session.scalars(select(Organisation)).all()) - len(to_approve()) == 23


def test_the_first_intake_is_accredited_but_for_one_that_waits(told: Told) -> None:
    with told.open():
        entries = db.session.scalars(select(Entry)).all()
        standings = register.standings_of([each.holder_id for each in entries], told.day)
        found = Counter(each.standing for each in standings.values())
        assert found == {
            Standing.ACCREDITED: 21,
            Standing.ACCREDITED_WITH_CONDITIONS: 1,
            Standing.SUSPENDED: 1,
            Standing.AWARD_MADE: 1,
            Standing.IN_TRAINING: 48,
        }
        assert len(waiting()) == len(awarded(told.day)) == 1


def test_the_second_intake_has_its_marks_and_can_be_ratified_at_once(told: Told) -> None:
    with told.open():
        found = db.session.scalars(select(Meeting)).all()
        (meeting,) = [each for each in found if each.id not in boards.ratified_ids(found)]
        assert meeting.held_on > told.day
        works = _work_of(meeting.cohort_id)
        assert len(works) == 24 * 6
        assert set(results_of(each.id for each in works)) == {each.id for each in works}
        assert _tried(meeting) == 24


def _tried(meeting: Meeting) -> int:
    """How many would be decided on; nobody is."""
    decided = 0
    with contextlib.suppress(ZeroDivisionError), unit_of_work():
        seats = boards.seats(meeting)
        present = {seats.chair_id, *seats.member_ids}
        board.record_presence(meeting, present, actor=actor_for(account("registrar")))
        decided = len(board.ratify(meeting, None, actor=actor_for(account("chair"))))
        raise ZeroDivisionError
    return decided


def _work_of(cohort_id: int) -> list[Submission]:
    query = select(Submission).join(Assessment).where(Assessment.cohort_id == cohort_id)
    return [*db.session.scalars(query)]


def test_the_third_intake_has_something_ahead(told: Told) -> None:
    with told.open():
        newest = max(intakes(), key=lambda each: each.intake.year)
        starts_on = newest.intake.starts_on
        assert starts_on <= told.day
        handed_in = _work_of(newest.id)
        assert len(handed_in) == (0 if told.day < starts_on + timedelta(days=21) else 22)
        assert all(each.received_at >= clock.start_of(starts_on) for each in handed_in)
        due = [general_deadline(each) for each, _, _ in assessments_of(newest.id)]
        assert len(due) == 6
        assert max(due) > clock.now()


def test_each_intake_is_taught_another_version_and_the_newest_was_moved(told: Told) -> None:
    with told.open():
        newest, second, first = sorted(intakes(), key=lambda each: -each.intake.year)
        every = [newest_id(), *(each.id for each in versions())]
        assert newest.content_version_id == every[0]
        assert len({each.content_version_id for each in (newest, second, first)}) == 3
        (move,) = moves_of(newest)
        assert move.version_id == newest.content_version_id
        assert not moves_of(first)
        assert not moves_of(second)
        changed = summary_between(second.content_version_id, newest.content_version_id)
        assert len(changed.pages) == 3
        assert sum(each.legal for each in changed.pages) >= 1
        assert len(summary_between(first.content_version_id, newest.content_version_id).pages) == 5


def test_nothing_lies_in_the_future_and_the_trail_runs_in_the_order_of_time(told: Told) -> None:
    with told.open():
        entries = [*trail.all_entries()]
        moments = [each.at for each in entries]
        assert moments == sorted(moments)
        assert moments[-1] <= clock.now()
        assert chain.verify(entries, vault.keys().sign).whole
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Moment) and column.name not in {"due_at", "expires_at"}:
                    last = db.session.scalar(select(db.func.max(column)))
                    assert last is None or last <= clock.now(), f"{table.name}.{column.name}"


def test_nothing_is_left_for_the_worker_to_do(told: Told) -> None:
    with told.open():
        assert worker.due() == 0
    assert len([*(told.home / "mail").glob("*.eml")]) > 100
