"""Markers and a registrar acting at random, through the real operations, against a model.

After every step each script stands where the model says, and at the end nothing that was ever
given has changed or gone, and the trail tells every act that was done, and no other.
"""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms.access.actor import SYSTEM, Actor, Role
from lms.assessment.models import Submission
from lms.assessment.queries import number_of
from lms.audit.models import AuditEntry
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.marking import operations, queries, release_operations, staffing
from lms.marking.events import GIVEN, Progress, What
from lms.marking.models import Claim, CriterionMark, MarkEvent
from lms.marking.operations import Stale
from lms.marking.rules import Stage
from tests.factories import actor_of, hand_in, make_account, make_actor, make_enrolment, some_marks
from tests.marking.conftest import DUE, REASON, Desk
from tests.marking.model import Model

Answer = type[Exception] | None
DONE = {Progress.RECONCILED, Progress.RELEASED, Progress.CONFIRMED}


class World:
    """Three tutors, scripts that come in one after another, and what the model thinks of them."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.chance = desk, random.Random(seed)  # noqa: S311 - the same walk each time
        self.tutors = [actor_of(make_account(Role.TUTOR)) for _ in range(3)]
        self.registrar = make_actor(Role.REGISTRAR)
        self.scripts: dict[int, Submission] = {}
        self.models: dict[int, Model] = {}
        self.numbers: dict[int, str] = {}
        self._add(desk.submission)
        self.held: dict[tuple[int, Stage], int] = {}
        self.allocated: dict[tuple[int, Stage], str] = {}
        self.drafts: Counter[tuple[int, Stage]] = Counter()
        self.done: Counter[str] = Counter()
        for allocation in staffing.allocations(desk.assessment):
            with unit_of_work():
                operations.end_allocation(allocation, actor=SYSTEM)

    def _add(self, script: Submission) -> None:
        self.scripts[script.id], self.models[script.id] = script, Model()
        self.numbers[script.id] = number_of(script.enrolment, self.desk.assessment)

    def arrive(self) -> None:
        """Somebody else's script: handed in at the time, and now before the markers."""
        enrolment = make_enrolment(self.desk.assessment.cohort)
        self._add(hand_in(enrolment, self.desk.assessment, at=DUE - timedelta(hours=1)))

    def step(self) -> None:
        """One act by one person, with what the model expects of it."""
        acts = [self.take] * 4 + [self.draft, self.propose, self.agree] * 3 + [self.give] * 4
        act = self.chance.choice(
            [*acts, self.allocate, self.allocate, self.end, self.release, self.release]
        )
        act(self.chance.choice(self.tutors), self.chance.choice(list(Stage)))
        ids = list(self.scripts)
        stands = {each: marking.progress for each, marking in queries.progress_of(ids).items()}
        assert stands == {each: self.models[each].progress for each in ids}

    def expect(self, expected: Answer, event: str, act: Any) -> Any:
        """Do it; it answers as expected, and counts when it was done."""
        made, answer = None, None
        try:
            with unit_of_work():
                made = act()
        except (Conflict, RuleBroken, NotFound) as refusal:
            answer = type(refusal)
        assert answer is expected, event
        self.done[event] += answer is None
        return made

    def allocate(self, tutor: Actor, stage: Stage) -> None:
        key = (tutor.person_id, stage)
        account = queries.db.session.get_one(
            staffing.Allocation.marker.property.entity.class_, key[0]
        )
        expected = Conflict if key in self.allocated else None
        made = self.expect(
            expected,
            "markers allocated",
            lambda: (
                operations.allocate(self.desk.assessment, account, stage, actor=self.registrar).ref
            ),
        )
        self.allocated |= {key: made} if made else {}

    def end(self, tutor: Actor, stage: Stage) -> None:
        ref = self.allocated.pop((tutor.person_id, stage), None)
        if ref is not None:
            found = staffing.allocation(ref)
            self.expect(
                None,
                "allocation ended",
                lambda: operations.end_allocation(found, actor=self.registrar),
            )

    def take(self, tutor: Actor, stage: Stage) -> None:
        me = tutor.person_id
        free = [
            each
            for each in self.scripts
            if (each, stage) not in self.held and all(self.held.get((each, s)) != me for s in Stage)
        ]
        expected: Answer = None if free else RuleBroken
        if (me, stage) not in self.allocated:
            expected = NotFound
        taken = self.expect(
            expected,
            "script taken",
            lambda: operations.take_next(self.desk.assessment, stage, actor=tutor).submission_id,
        )
        if taken is not None:
            assert taken == min(free, key=self.numbers.__getitem__)
            self.held[taken, stage] = me

    def _claim(self, stage: Stage) -> tuple[Claim, tuple[int, Stage]] | None:
        keys = [key for key in self.held if key[1] == stage]
        if not keys:
            return None
        key = self.chance.choice(keys)
        query = select(Claim).where(Claim.submission_id == key[0], Claim.stage == stage)
        return db.session.scalars(query).one(), key

    def draft(self, tutor: Actor, stage: Stage) -> None:
        if (found := self._claim(stage)) is None:
            return
        claim, key = found
        version = self.drafts[key] - self.chance.choice([0, 0, 1])
        expected: Answer = Stale if version != self.drafts[key] else None
        if GIVEN[stage] in self.models[key[0]].given:
            expected = Conflict
        if self.held[key] != tutor.person_id:
            expected = NotFound
        said = some_marks(claim, self.chance.randint(0, 100))
        self.expect(
            expected,
            "draft",
            lambda: operations.save_draft(claim, said, version, actor=tutor),
        )
        self.drafts[key] += expected is None

    def give(self, tutor: Actor, stage: Stage) -> None:
        if (found := self._claim(stage)) is None:
            return
        claim, key = found
        model, what = self.models[key[0]], GIVEN[stage]
        expected = model.answer(what, tutor.person_id)
        if self.held[key] != tutor.person_id:
            expected = NotFound
        said = some_marks(claim, self.chance.randint(0, 100))
        self.expect(expected, "mark given", lambda: operations.give_mark(claim, said, actor=tutor))
        if expected is None:
            model.take(what, tutor.person_id)

    def _script(self, tutor: Actor) -> tuple[Any, Model, bool]:
        each = self.chance.choice(list(self.scripts))
        mine = any(self.held.get((each, stage)) == tutor.person_id for stage in Stage)
        return self.scripts[each], self.models[each], mine

    def propose(self, tutor: Actor, _stage: Stage) -> None:
        script, model, mine = self._script(tutor)
        expected = model.answer(What.PROPOSED, tutor.person_id) if mine else NotFound
        claim = Claim(submission_id=script.id)
        said = some_marks(claim, self.chance.randint(0, 100), reason=REASON)
        self.expect(
            expected,
            "reconciliation proposed",
            lambda: operations.propose(script, said, actor=tutor),
        )
        if expected is None:
            model.take(What.PROPOSED, tutor.person_id)

    def agree(self, tutor: Actor, _stage: Stage) -> None:
        script, model, mine = self._script(tutor)
        waiting = queries.proposal_of(script)
        ref = waiting.event.ref if waiting else "MRK"
        expected = model.answer(What.RECONCILED, tutor.person_id) if waiting else Conflict
        if not mine:
            expected = NotFound
        self.expect(
            expected, "marks reconciled", lambda: operations.agree(script, ref, actor=tutor)
        )
        if expected is None:
            model.take(What.RECONCILED, tutor.person_id)

    def release(self, _tutor: Actor, _stage: Stage) -> None:
        stands = [model.progress for model in self.models.values()]
        ready = [m for m in self.models.values() if m.progress is Progress.RECONCILED]
        expected = None if ready and set(stands) <= DONE else RuleBroken
        self.expect(
            expected,
            "release",
            lambda: release_operations.release(self.desk.assessment, actor=self.registrar),
        )
        if expected is None:
            self.done["mark released"] += len(ready)
            for model in ready:
                model.take(What.RELEASED, self.registrar.person_id)


def given() -> dict[tuple[int, int], int]:
    """Every mark that was ever given, by event and criterion."""
    return {
        (each.event_id, each.criterion_id): each.points
        for each in db.session.scalars(select(CriterionMark))
    }


def test_random_walks_keep_every_mark_and_every_trace(app: Flask, desk: Desk, long: bool) -> None:
    world = World(desk, seed=6)
    before = Counter(db.session.scalars(select(AuditEntry.event)).all())
    seen: dict[tuple[int, int], int] = {}
    for number in range(10_000 if long else 200):
        if all(model.settled > 1 for model in world.models.values()):
            world.arrive()
        world.step()
        if number % 25 == 0:
            now = given()
            assert {key: now.get(key) for key in seen} == seen
            seen = now
    assert {key: given().get(key) for key in seen} == seen
    events = db.session.scalars(select(MarkEvent).order_by(MarkEvent.id)).all()
    for script in world.scripts:
        assert [e.seq for e in events if e.submission_id == script] == list(
            range(1, 1 + sum(e.submission_id == script for e in events))
        )
    claims = db.session.execute(select(Claim.submission_id, Claim.marker_id)).all()
    assert len(claims) == len(set(claims)) == len(world.held)
    acts = {name: n for name, n in world.done.items() if name not in {"draft", "release"}}
    trail = Counter(db.session.scalars(select(AuditEntry.event)).all()) - before
    assert {name: trail[name] for name in acts} == acts
    assert set(acts) == {
        "markers allocated",
        "allocation ended",
        "script taken",
        "mark given",
        "reconciliation proposed",
        "marks reconciled",
        "mark released",
    }
