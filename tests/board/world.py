"""A cohort whose work was due long ago, marked, and before a board. Made by operations, quickly.

Everything happens around BOARD_DAY: nobody can hand in any more, however late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lms import clock
from lms.access.actor import SYSTEM, Actor, Role
from lms.accounts.models import Account
from lms.accounts.queries import actor_for
from lms.assessment.models import Assessment
from lms.board import operations, queries
from lms.board.models import Decision, Meeting
from lms.cohorts.models import Cohort, Enrolment
from lms.db import db, unit_of_work
from lms.marking import operations as marking, queries as marks, release_operations
from lms.marking.rules import Stage
from tests import factories

DUE = datetime(2027, 3, 1, 12, tzinfo=UTC)
BOARD_DAY = datetime(2027, 6, 18, 9, tzinfo=UTC)
RESUBMIT_BY = datetime(2027, 9, 30, 16, tzinfo=UTC)

# What one candidate got in each module: points, or None for nothing handed in.
Got = Sequence[int | None]


@dataclass
class World:
    """A board with all that is before it."""

    cohort: Cohort
    assessments: list[Assessment]
    enrolments: list[Enrolment]
    tutors: tuple[Account, Account]
    registrar: Account
    chair: Account
    member: Account
    external: Account
    meeting: Meeting

    def number(self, which: int = 0) -> str:
        """The board's number of a candidate."""
        return queries.numbers(self.meeting)[self.enrolments[which].id]

    def ratify(self, resubmit_by: datetime | None = None) -> list[Decision]:
        """The chair's act."""
        with unit_of_work():
            return operations.ratify(self.meeting, resubmit_by, actor=actor_for(self.chair))

    def decision(self, which: int = 0) -> Decision:
        """What was decided on a candidate."""
        (found,) = (
            d
            for d in queries.decisions(self.meeting)
            if d.enrolment_id == self.enrolments[which].id
        )
        return found


def make_cohort_of(
    got: Sequence[Got], **rules: object
) -> tuple[Cohort, list[Assessment], list[Enrolment]]:
    """A cohort of 2026 with both modules set, and what each candidate handed in on time."""
    with clock.stopped(DUE - timedelta(days=60)):
        cohort = factories.make_cohort(year=2026, **rules)
        enrolments = [factories.make_enrolment(cohort) for _ in got]
    assessments = [factories.make_assessment(cohort, number=n, due_at=DUE) for n in (0, 1)]
    for enrolment, points in zip(enrolments, got, strict=True):
        for assessment, given in zip(assessments, points, strict=True):
            if given is not None:
                factories.hand_in(enrolment, assessment, at=DUE - timedelta(hours=1))
    return cohort, assessments, enrolments


def mark(
    assessment: Assessment,
    wanted: dict[int, int],
    tutors: tuple[Account, Account],
    registrar: Account,
    *,
    released: bool = True,
) -> None:
    """Both marks of every script that waits, reconciled, and released.

    wanted  points by enrolment
    """
    first, second = (actor_for(each) for each in tutors)
    with unit_of_work():
        for script in marks.scripts_of(assessment):
            if script.marker_ids:
                continue
            for actor, stage in ((first, Stage.FIRST), (second, Stage.SECOND)):
                claim = marking.take_next(assessment, stage, actor=actor)
                db.session.flush()
                points = wanted[claim.submission.enrolment_id]
                marking.give_mark(claim, factories.some_marks(claim, points), actor=actor)
            said = factories.some_marks(claim, points, reason="We read the descriptors together.")
            proposal = marking.propose(claim.submission, said, actor=first)
            marking.agree(claim.submission, proposal.ref, actor=second)
        if released:
            release_operations.release(assessment, actor=actor_for(registrar))


def convene(cohort: Cohort, chair: Account, member: Account, external: Account) -> Meeting:
    """A board for a cohort, by the registrar's office."""
    with unit_of_work():
        return operations.convene(
            cohort, BOARD_DAY.date(), chair, [member], [external], actor=SYSTEM
        )


def attend(meeting: Meeting, *who: Account) -> None:
    """Note who is present."""
    with unit_of_work():
        operations.record_presence(meeting, [each.id for each in who], actor=SYSTEM)


def make_world(*got: Got, present: bool = True, released: bool = True, **rules: object) -> World:
    """A board that lacks nothing, about candidates who got so much; the clock is the caller's."""
    cohort, assessments, enrolments = make_cohort_of(got, **rules)
    tutors = factories.make_account(Role.TUTOR), factories.make_account(Role.TUTOR)
    registrar = factories.make_account(Role.REGISTRAR)
    for number, assessment in enumerate(assessments):
        factories.allocate(assessment, *tutors)
        wanted = {
            enrolment.id: given
            for enrolment, points in zip(enrolments, got, strict=True)
            if (given := points[number]) is not None
        }
        if wanted:
            mark(assessment, wanted, tutors, registrar, released=released)
    chair = factories.make_account(Role.CHAIR)
    member = factories.make_account(Role.TUTOR)
    external = factories.make_account(Role.EXTERNAL_EXAMINER)
    meeting = convene(cohort, chair, member, external)
    if present:
        attend(meeting, chair, member, external)
    return World(
        cohort,
        assessments,
        enrolments,
        tutors,
        registrar,
        chair,
        member,
        external,
        meeting,
    )


def as_actor(account: Account) -> Actor:
    """Somebody as operations take them."""
    return actor_for(account)
