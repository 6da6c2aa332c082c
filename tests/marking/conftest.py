"""A script on the marking desk: handed in, its deadline passed, two tutors allocated to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from lms import clock, worker
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.assessment.models import Assessment, Submission
from lms.assessment.queries import number_of
from lms.catalogue.queries import rubric_of
from lms.cohorts.models import Enrolment
from lms.db import unit_of_work
from lms.marking import operations, release_operations
from lms.marking.models import Claim
from lms.marking.rules import Stage
from tests.factories import (
    actor_of,
    allocate,
    hand_in,
    make_account,
    make_actor,
    make_assessment,
    make_cohort,
    make_enrolment,
    some_marks,
    take_and_mark,
)

DUE = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
MARKING = DUE + timedelta(days=1)
REASON = "We read the descriptors together, and both of us moved."


@dataclass
class Desk:
    """One script and its two markers, with what becomes of it step by step."""

    assessment: Assessment
    enrolment: Enrolment
    submission: Submission
    first: Account
    second: Account

    @property
    def keys(self) -> list[str]:
        """The rubric's criteria, in order."""
        return [each.key for each in rubric_of(self.assessment.brief_id)]

    @property
    def number(self) -> str:
        """The candidate's."""
        return number_of(self.enrolment, self.assessment)

    def taken(self, stage: Stage = Stage.FIRST) -> Claim:
        """The script in the hands of the marker of a stage."""
        with unit_of_work():
            return operations.take_next(self.assessment, stage, actor=actor_of(self.marker(stage)))

    def marked(self, stage: Stage, points: Any = 60) -> Claim:
        """The mark of a stage, given."""
        return take_and_mark(self.assessment, self.marker(stage), stage, points)

    def marker(self, stage: Stage) -> Account:
        """Who marks at a stage."""
        return self.first if stage is Stage.FIRST else self.second

    def both_marked(self, first: Any = 60, second: Any = 64) -> tuple[Claim, Claim]:
        """Both marks, given."""
        return self.marked(Stage.FIRST, first), self.marked(Stage.SECOND, second)

    def reconciled(self, points: Any = 62, **comments: str) -> tuple[Claim, Claim]:
        """Both marks, and what both agreed on."""
        claims = self.both_marked()
        said = some_marks(claims[0], points, **{"reason": REASON, **comments})
        with unit_of_work():
            proposal = operations.propose(self.submission, said, actor=actor_of(self.first))
        with unit_of_work():
            operations.agree(self.submission, proposal.ref, actor=actor_of(self.second))
        return claims

    def released(self, points: Any = 62, **comments: str) -> tuple[Claim, Claim]:
        """All of it, released as provisional."""
        claims = self.reconciled(points, **comments)
        registrar = make_actor(Role.REGISTRAR)
        with unit_of_work():
            release_operations.release(self.assessment, actor=registrar)
        return claims


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    with clock.stopped(MARKING):
        yield


@pytest.fixture
def make_desk(app: Flask) -> Callable[..., Desk]:
    """A desk under the example rulebook with these changes."""

    def made(text: str = "# My work\n\nWhat I would do.", **rules: Any) -> Desk:
        with clock.stopped(DUE - timedelta(days=20)):
            assessment = make_assessment(make_cohort(**rules), due_at=DUE)
            enrolment = make_enrolment(assessment.cohort)
            first, second = make_account(Role.TUTOR), make_account(Role.TUTOR)
            allocate(assessment, first, second)
        submission = hand_in(enrolment, assessment, text, at=DUE - timedelta(hours=1))
        worker.work_once()
        return Desk(assessment, enrolment, submission, first, second)

    return made


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
