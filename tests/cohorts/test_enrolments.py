"""Offering, accepting, leaving: the states in the database, by whom, and what the register gets."""

import random
from dataclasses import dataclass

import pytest
from flask import Flask

from lms import clock
from lms.access.actor import SYSTEM, Actor, Role
from lms.accounts.models import Account
from lms.accounts.queries import actor_for
from lms.accreditation import queries as register
from lms.accreditation.rules import Standing, tidy_number
from lms.cohorts import operations, queries
from lms.cohorts.models import Enrolment
from lms.cohorts.operations import Place
from lms.cohorts.rules import ACTIVE, Kind, State
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from tests import factories
from tests.accreditation.register import enter, make_standing
from tests.support.together import at_once

S = State
pytestmark = pytest.mark.usefixtures("app")


@dataclass(frozen=True)
class Meeting:
    """A meeting of the board with this chair."""

    chair_id: int


@pytest.fixture
def offered() -> Enrolment:
    return factories.make_enrolment(accepted=False)


def changed(enrolment: Enrolment, *states: State, actor: Actor = SYSTEM) -> None:
    for state in states:
        with unit_of_work():
            operations.change_state(enrolment, state, actor=actor)


def accepted(enrolment: Enrolment, *, actor: Actor | None = None) -> None:
    with unit_of_work():
        operations.accept_place(enrolment, actor=actor or actor_for(enrolment.advocate))


def states(enrolment: Enrolment) -> list[str]:
    return [event.state for event in queries.events_of(enrolment)]


def standings(enrolment: Enrolment) -> list[str | None]:
    entry = register.entry_of(enrolment.advocate_id)
    return [each.standing for each in register.events_of(entry.id)] if entry else []


def test_an_offer_makes_an_advocate_but_nobody_in_the_register(offered: Enrolment) -> None:
    assert actor_for(offered.advocate).roles == {Role.ADVOCATE}
    assert states(offered) == ["offered"]
    assert register.entry_of(offered.advocate_id) is None
    assert queries.active_enrolment_of(offered.advocate_id) is None


def test_accepting_opens_the_register_in_training_under_a_number(offered: Enrolment) -> None:
    accepted(offered)
    entry = register.entry_of(offered.advocate_id)
    assert entry is not None
    assert tidy_number(entry.number) == entry.number
    holds = register.standing_of(entry, clock.today())
    assert holds is not None
    assert (holds.standing, holds.until_on) == (Standing.IN_TRAINING, offered.qualify_by)
    assert [event.authority for event in register.events_of(entry.id)] == [offered.ref]
    assert queries.active_enrolment_of(offered.advocate_id) == offered
    assert factories.trail_of(offered.ref) == ["place offered", "place accepted"]
    assert factories.trail_of(entry.ref) == ["register entry opened", "standing changed"]


def test_accepting_a_second_time_does_nothing(offered: Enrolment) -> None:
    accepted(offered)
    accepted(offered)
    assert states(offered) == ["offered", "enrolled"]
    assert standings(offered) == ["in_training"]
    assert factories.trail_of(offered.ref) == ["place offered", "place accepted"]


def test_of_four_clicks_at_once_one_accepts_and_none_fails(app: Flask, offered: Enrolment) -> None:
    ref, actor = offered.ref, actor_for(offered.advocate)

    def accept() -> None:
        found = queries.enrolment(ref)
        with unit_of_work():
            operations.accept_place(found, actor=actor)

    assert at_once(app, [accept] * 4) == [None] * 4
    db.session.rollback()
    assert states(offered) == ["offered", "enrolled"]
    assert standings(offered) == ["in_training"]


def test_nobody_accepts_for_somebody_else(offered: Enrolment) -> None:
    other = factories.make_account(Role.ADVOCATE, Role.REGISTRAR)
    with pytest.raises(NotFound):
        accepted(offered, actor=actor_for(other))
    assert states(offered) == ["offered"]


@pytest.mark.parametrize(
    "gone", [[S.WITHDRAWN], [S.ENROLLED, S.ON_LEAVE], [S.ENROLLED, S.TRANSFERRED]]
)
def test_a_place_that_is_not_on_offer_is_not_taken(offered: Enrolment, gone: list[State]) -> None:
    """Somebody on leave does not end it by sending the old form again."""
    if S.ENROLLED in gone:
        accepted(offered)
    changed(offered, gone[-1])
    with pytest.raises(RuleBroken, match="not on offer"):
        accepted(offered)
    assert states(offered)[-1] == gone[-1]


def test_a_registrar_enrols_nobody_who_has_not_accepted(offered: Enrolment) -> None:
    """It would open no register entry, and nobody would have agreed to anything."""
    registrar = factories.make_actor(Role.REGISTRAR)
    with pytest.raises(RuleBroken):
        changed(offered, S.ENROLLED, actor=registrar)
    assert states(offered) == ["offered"]


def test_only_a_board_completes_an_enrolment(offered: Enrolment) -> None:
    accepted(offered)
    with pytest.raises(RuleBroken):
        changed(offered, S.COMPLETED, actor=factories.make_actor(Role.REGISTRAR))
    chair, other = factories.make_actor(Role.CHAIR), factories.make_actor(Role.CHAIR)
    with pytest.raises(NotFound), unit_of_work():
        operations.complete(offered, Meeting(chair.person_id), actor=other)
    with unit_of_work():
        operations.complete(offered, Meeting(chair.person_id), actor=chair)
    assert states(offered) == ["offered", "enrolled", "completed"]
    assert queries.active_enrolment_of(offered.advocate_id) == offered  # they still read
    assert queries.assessed_and_enrolled(offered.cohort) == []


def test_leave_and_return_are_days_in_the_history(offered: Enrolment) -> None:
    registrar = factories.make_actor(Role.REGISTRAR)
    accepted(offered)
    changed(offered, S.ON_LEAVE, actor=registrar)
    assert queries.active_enrolment_of(offered.advocate_id) is None
    changed(offered, S.ENROLLED, actor=registrar)
    assert queries.active_enrolment_of(offered.advocate_id) == offered
    last = queries.events_of(offered)[-1]
    assert (last.seq, last.from_on, last.changed_by) == (4, clock.today(), registrar.ref)
    assert standings(offered) == ["in_training"]  # back from leave opens nothing anew


def standing_now(enrolment: Enrolment) -> Standing:
    entry = register.entry_of(enrolment.advocate_id)
    assert entry is not None
    found = register.standing_of(entry, clock.today())
    assert found is not None
    return found.standing


@pytest.mark.parametrize("before", [(), (S.ON_LEAVE,)])
def test_who_withdraws_is_no_longer_in_training_for_an_employer(
    offered: Enrolment, before: tuple[State, ...]
) -> None:
    accepted(offered)
    changed(offered, *before, S.WITHDRAWN)
    assert standings(offered) == ["in_training", "lapsed"]
    assert standing_now(offered) is Standing.LAPSED


def test_who_never_took_the_place_has_nothing_to_end(offered: Enrolment) -> None:
    changed(offered, S.WITHDRAWN)
    assert standings(offered) == []


@pytest.mark.parametrize("last", [(), (S.ON_LEAVE,)])
def test_who_learns_in_another_intake_stays_in_training(
    offered: Enrolment, last: tuple[State, ...]
) -> None:
    """And comes to the end of it with the last place, whichever that is."""
    accepted(offered)
    later = factories.make_cohort(year=offered.cohort.intake.year + 1)
    other = factories.make_enrolment(later, again=offered.advocate)
    changed(other, *last)
    changed(offered, S.WITHDRAWN)
    assert standing_now(offered) is Standing.IN_TRAINING
    changed(other, S.WITHDRAWN)
    assert standing_now(offered) is Standing.LAPSED


def test_who_withdrew_and_takes_a_new_place_is_in_training_again(offered: Enrolment) -> None:
    accepted(offered)
    changed(offered, S.WITHDRAWN)
    later = factories.make_cohort(year=offered.cohort.intake.year + 1)
    again = factories.make_enrolment(later, again=offered.advocate)
    assert standing_now(again) is Standing.IN_TRAINING


def test_an_offer_that_is_withdrawn_ends_no_training(offered: Enrolment) -> None:
    """Somebody who was moved waits for a new place: a mistaken offer changes nothing for them."""
    accepted(offered)
    changed(offered, S.TRANSFERRED)
    later = factories.make_cohort(year=offered.cohort.intake.year + 1)
    mistaken = factories.make_enrolment(later, accepted=False, again=offered.advocate)
    changed(mistaken, S.WITHDRAWN)
    assert standing_now(offered) is Standing.IN_TRAINING


def test_who_leaves_the_programme_may_then_leave_the_register(offered: Enrolment) -> None:
    accepted(offered)
    changed(offered, S.WITHDRAWN)
    entry = register.entry_of(offered.advocate_id)
    assert entry is not None
    enter(entry, Standing.WITHDRAWN)
    assert standing_now(offered) is Standing.WITHDRAWN


@pytest.mark.parametrize("taken", [True, False])
def test_two_places_that_change_at_once_leave_the_register_right(
    app: Flask, offered: Enrolment, taken: bool
) -> None:
    """Both are left; or one is left while the other is taken."""
    accepted(offered)
    later = factories.make_cohort(year=offered.cohort.intake.year + 1)
    other = factories.make_enrolment(later, accepted=taken, again=offered.advocate)
    refs, who = (offered.ref, other.ref), actor_for(offered.advocate)

    def leave(ref: str) -> None:
        with unit_of_work():
            operations.change_state(queries.enrolment(ref), S.WITHDRAWN, actor=SYSTEM)

    def take(ref: str) -> None:
        with unit_of_work():
            operations.accept_place(queries.enrolment(ref), actor=who)

    second = (lambda: leave(refs[1])) if taken else (lambda: take(refs[1]))
    assert at_once(app, [lambda: leave(refs[0]), second]) == [None, None]
    db.session.rollback()
    expected = Standing.LAPSED if taken else Standing.IN_TRAINING
    assert standing_now(offered) is expected


def test_withdrawing_from_a_place_ends_nothing_that_accreditors_decided() -> None:
    entry = make_standing(Standing.ACCREDITED)
    enrolment = factories.make_enrolment(again=entry.holder)
    assert standing_now(enrolment) is Standing.ACCREDITED
    changed(enrolment, S.WITHDRAWN)
    assert standing_now(enrolment) is Standing.ACCREDITED


def test_two_registrars_who_change_one_enrolment_at_once_make_one_way(
    app: Flask, offered: Enrolment
) -> None:
    accepted(offered)
    ref = offered.ref

    def change(to: State) -> None:
        found = queries.enrolment(ref)
        with unit_of_work():
            operations.change_state(found, to, actor=SYSTEM)

    outcomes = at_once(
        app,
        [lambda: change(S.WITHDRAWN), lambda: change(S.TRANSFERRED), lambda: change(S.WITHDRAWN)],
    )
    assert sum(each is None for each in outcomes) == 1
    assert sum(isinstance(each, RuleBroken) for each in outcomes) == 2
    db.session.rollback()
    assert len(states(offered)) == 3


def test_who_moves_to_a_later_intake_keeps_number_and_account(offered: Enrolment) -> None:
    accepted(offered)
    number = register.entry_of(offered.advocate_id).number
    changed(offered, S.TRANSFERRED)
    later = factories.make_cohort(year=offered.cohort.intake.year + 1)
    place = Place(
        offered.organisation, offered.nation, Kind.ASSESSED, offered.qualify_by.replace(2031)
    )
    with unit_of_work():
        again = operations.offer_place(later, offered.advocate, place, actor=SYSTEM)
    accepted(again)
    entry = register.entry_of(offered.advocate_id)
    assert entry.number == number
    assert standings(offered) == ["in_training", "in_training"]
    assert register.standing_of(entry, clock.today()).until_on == again.qualify_by
    found = queries.enrolments_of(offered.advocate_id)
    assert found == [(again, S.ENROLLED), (offered, S.TRANSFERRED)]
    assert queries.active_enrolment_of(offered.advocate_id) == again


def test_a_cohort_gives_somebody_one_place(offered: Enrolment) -> None:
    place = Place(offered.organisation, offered.nation, Kind.ATTENDS, offered.qualify_by)
    with pytest.raises(Conflict), unit_of_work():
        operations.offer_place(offered.cohort, offered.advocate, place, actor=SYSTEM)
    assert queries.sizes() == {offered.cohort_id: 1}


@pytest.mark.parametrize("before", [[], [Role.ADVOCATE]])
def test_a_registrar_offers_no_place_to_themselves(offered: Enrolment, before: list[Role]) -> None:
    """Not even one who is an advocate already, and so needs no role for it."""
    account = factories.make_account(Role.REGISTRAR, *before)
    place = Place(offered.organisation, offered.nation, Kind.ASSESSED, offered.qualify_by)
    with pytest.raises(NotFound), unit_of_work():
        operations.offer_place(offered.cohort, account, place, actor=actor_for(account))
    assert actor_for(account).roles == {Role.REGISTRAR, *before}
    assert queries.sizes() == {offered.cohort_id: 1}


def test_nobody_but_a_registrar_offers_or_changes(offered: Enrolment) -> None:
    somebody: Account = factories.make_account()
    place = Place(offered.organisation, offered.nation, Kind.ASSESSED, offered.qualify_by)
    for role in set(Role) - {Role.REGISTRAR}:
        actor = factories.make_actor(role)
        with pytest.raises(NotFound), unit_of_work():
            operations.offer_place(offered.cohort, somebody, place, actor=actor)
        with pytest.raises(NotFound):
            changed(offered, S.WITHDRAWN, actor=actor)
    assert states(offered) == ["offered"]


def test_a_walk_through_every_act_keeps_the_lawful_way(app: Flask, long: bool) -> None:
    """Random acts by advocate, registrar and board, against a model of what each may do."""
    dice = random.Random(2027)  # noqa: S311 - a seed, so that a failure comes back
    cohort = factories.make_cohort()
    chair = factories.make_actor(Role.CHAIR)
    for _ in range(40 if long else 3):
        enrolment = factories.make_enrolment(cohort, accepted=False)
        model = [S.OFFERED]
        for _ in range(60 if long else 12):
            _one_act(enrolment, model, dice, chair)
            assert states(enrolment) == model
            assert queries.state_of(enrolment) is model[-1]
            found = queries.active_enrolment_of(enrolment.advocate_id)
            assert (found is not None) == (model[-1] in ACTIVE)
            assert standings(enrolment) == (["in_training"] if S.ENROLLED in model else [])


def _one_act(enrolment: Enrolment, model: list[State], dice: random.Random, chair: Actor) -> None:
    now, act = model[-1], dice.choice(["accept", "complete", "change", "change", "change"])
    to = dice.choice([S.ON_LEAVE, S.ENROLLED, S.WITHDRAWN, S.TRANSFERRED, S.COMPLETED, S.OFFERED])
    try:
        if act == "accept":
            to, lawful = S.ENROLLED, now is S.OFFERED
            accepted(enrolment)
            if now is S.ENROLLED:
                return
        elif act == "complete":
            to, lawful = S.COMPLETED, now is S.ENROLLED
            with unit_of_work():
                operations.complete(enrolment, Meeting(chair.person_id), actor=chair)
        else:
            from_here = {
                S.OFFERED: {S.WITHDRAWN},
                S.ENROLLED: {S.ON_LEAVE, S.WITHDRAWN, S.TRANSFERRED},
                S.ON_LEAVE: {S.ENROLLED, S.WITHDRAWN, S.TRANSFERRED},
            }
            lawful = to in from_here.get(now, set())
            changed(enrolment, to)
    except RuleBroken:
        assert not lawful
    else:
        assert lawful
        model.append(to)
