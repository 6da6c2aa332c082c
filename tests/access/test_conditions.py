"""When a role may: each condition opens for the right person and for nobody near them."""

from types import SimpleNamespace as Thing

import pytest
from hypothesis import given, strategies as st

from lms.access import conditions as c
from lms.access.actor import Actor, Held, Role

ME, OTHER, THIRD = 1, 2, 3
HERE, THERE = "ORG-HERE", "ORG-THERE"


def actor(person_id: int = ME, *held: Held) -> Actor:
    return Actor(person_id, f"USR-{person_id}", frozenset(held))


COORDINATOR = actor(ME, Held(Role.COORDINATOR, HERE), Held(Role.SUPERVISOR, THERE))

# condition, who, a thing that opens it, things that don't
CASES = [
    (c.is_themselves, actor(), Thing(id=ME), [Thing(id=OTHER), Thing(id=0)]),
    (c.is_somebody_else, actor(), Thing(id=OTHER), [Thing(id=ME)]),
    (c.is_own, actor(), Thing(advocate_id=ME), [Thing(advocate_id=OTHER)]),
    (c.is_its_owner, actor(), Thing(owner_id=ME), [Thing(owner_id=OTHER), Thing(owner_id=0)]),
    (c.is_own_entry, actor(), Thing(holder_id=ME), [Thing(holder_id=OTHER)]),
    (c.did_not_propose, actor(), Thing(proposed_by_id=OTHER), [Thing(proposed_by_id=ME)]),
    (
        c.seconds_it,
        actor(),
        Thing(proposed_by_id=OTHER, account_id=THIRD),
        [
            Thing(proposed_by_id=ME, account_id=THIRD),
            Thing(proposed_by_id=OTHER, account_id=ME),
            Thing(proposed_by_id=ME, account_id=ME),
        ],
    ),
    (c.coordinates_it, COORDINATOR, Thing(ref=HERE), [Thing(ref=THERE), Thing(ref="")]),
    (c.supervises_there, COORDINATOR, Thing(ref=THERE), [Thing(ref=HERE), Thing(ref="")]),
    (
        c.coordinates_its_organisation,
        COORDINATOR,
        Thing(organisation_ref=HERE),
        [Thing(organisation_ref=THERE), Thing(organisation_ref="")],
    ),
    (c.has_it_to_mark, actor(), Thing(marker_id=ME), [Thing(marker_id=OTHER)]),
    (c.marked_it, actor(), Thing(marker_ids=[OTHER, ME]), [Thing(marker_ids=[OTHER, THIRD])]),
    (c.is_allocated, actor(), Thing(allocated_ids=[ME]), [Thing(allocated_ids=[])]),
    (c.is_to_review, actor(), Thing(reviewer_ids={ME}), [Thing(reviewer_ids={OTHER})]),
    (
        c.is_to_review_and_wrote_nothing,
        actor(),
        Thing(reviewer_ids={ME, OTHER}, writer_ids={OTHER}),
        [
            Thing(reviewer_ids={ME}, writer_ids={OTHER, ME}),
            Thing(reviewer_ids={OTHER}, writer_ids={THIRD}),
        ],
    ),
    (c.chairs_this_meeting, actor(), Thing(chair_id=ME), [Thing(chair_id=OTHER)]),
    (
        c.was_not_involved,
        actor(),
        Thing(holder_id=OTHER, involved_ids=[THIRD]),
        [
            Thing(holder_id=ME, involved_ids=[]),
            Thing(holder_id=OTHER, involved_ids=[THIRD, ME]),
        ],
    ),
    (
        c.proposed_nothing_and_was_not_involved,
        actor(),
        Thing(proposed_by_id=OTHER, holder_id=THIRD, involved_ids=[]),
        [
            Thing(proposed_by_id=ME, holder_id=THIRD, involved_ids=[]),
            Thing(proposed_by_id=OTHER, holder_id=ME, involved_ids=[]),
            Thing(proposed_by_id=OTHER, holder_id=THIRD, involved_ids=[ME]),
        ],
    ),
]


@pytest.mark.parametrize(
    ("condition", "who", "opens", "stays_shut"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_a_condition_opens_for_its_own_case_alone(condition, who, opens, stays_shut) -> None:
    assert condition(who, opens)
    for thing in stays_shut:
        assert not condition(who, thing), thing


def test_a_board_is_read_by_its_chair_and_its_members() -> None:
    meeting = Thing(chair_id=ME, member_ids=[OTHER])
    assert c.sits_in_this_meeting(actor(ME), meeting)
    assert c.sits_in_this_meeting(actor(OTHER), meeting)
    assert not c.sits_in_this_meeting(actor(THIRD), meeting)


def test_every_condition_is_in_this_file() -> None:
    known = {case[0] for case in CASES} | {c.always, c.sits_in_this_meeting}
    ours = {
        each
        for each in vars(c).values()
        if callable(each)
        and getattr(each, "__module__", "") == c.__name__
        and not isinstance(each, type)
    }
    assert ours == known
    assert c.always(actor(), None)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_whoever_seconds_a_proposal_is_a_third_person(who, proposer, receiver) -> None:
    proposal = Thing(proposed_by_id=proposer, account_id=receiver)
    seconds = c.seconds_it(actor(who), proposal)
    assert seconds == (who not in {proposer, receiver})


@given(st.sampled_from(Role), st.sampled_from([HERE, THERE]))
def test_an_appointment_counts_at_its_own_organisation_alone(role, at) -> None:
    somebody = actor(ME, Held(role, at))
    for place in (HERE, THERE):
        thing = Thing(ref=place, organisation_ref=place)
        fits = place == at
        assert c.coordinates_it(somebody, thing) == (role is Role.COORDINATOR and fits)
        assert c.coordinates_its_organisation(somebody, thing) == (
            role is Role.COORDINATOR and fits
        )
        assert c.supervises_there(somebody, thing) == (role is Role.SUPERVISOR and fits)
