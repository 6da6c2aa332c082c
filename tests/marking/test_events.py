"""The stream of a script's mark against a small model, over random walks. No database."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings, strategies as st

from lms.errors import Conflict, RuleBroken
from lms.marking.events import GIVEN, Marking, Progress, What, check_follows, fold
from lms.marking.rules import Stage
from tests.marking.model import Model

ANNA, BEN = 1, 2


@dataclass(frozen=True)
class Happened:
    seq: int
    what: str
    by_id: int


def asked(marking: Marking, what: What, by_id: int) -> type[Exception] | None:
    try:
        check_follows(marking, what, by_id)
    except (Conflict, RuleBroken) as refusal:
        return type(refusal)
    return None


def walk(steps: Iterator[tuple[What, int]]) -> list[Happened]:
    """Try each step on both, and compare what they answer and where they stand."""
    model, events = Model(), list[Happened]()
    for what, by_id in steps:
        marking = fold(events)
        expected = model.answer(what, by_id)
        assert asked(marking, what, by_id) is expected, (events, what, by_id)
        if expected is None:
            model.take(what, by_id)
            events.append(Happened(len(events) + 1, what, by_id))
        now = fold(events)
        assert now.progress is model.progress
        waits = now.progress is Progress.PROPOSED
        assert now.proposed_by == (model.proposed_by if waits else None)
    return events


def test_random_walks_agree_with_the_model(long: bool) -> None:
    chance, steps, reached = random.Random(20_260_901), 0, set()  # noqa: S311 - the same walks each time
    while steps < (20_000 if long else 600):
        length = chance.randint(5, 60)
        steps += length
        events = walk(
            (chance.choice(list(What)), chance.choice((ANNA, BEN))) for _ in range(length)
        )
        reached |= {fold(events[:n]).progress for n in range(len(events) + 1)}
    assert reached == set(Progress)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(What), st.sampled_from((ANNA, BEN))), max_size=40))
def test_any_walk_agrees_with_the_model(steps: list[tuple[What, int]]) -> None:
    walk(iter(steps))


def stream(*pairs: tuple[What, int]) -> list[Happened]:
    return [Happened(seq, what, by_id) for seq, (what, by_id) in enumerate(pairs, start=1)]


BOTH = ((What.FIRST_GIVEN, ANNA), (What.SECOND_GIVEN, BEN))


def test_nobody_agrees_to_their_own_proposal() -> None:
    marking = fold(stream(*BOTH, (What.PROPOSED, ANNA)))
    with pytest.raises(RuleBroken, match="The other marker agrees to it"):
        check_follows(marking, What.RECONCILED, ANNA)
    check_follows(marking, What.RECONCILED, BEN)


def test_the_last_proposal_is_the_one_that_waits() -> None:
    marking = fold(stream(*BOTH, (What.PROPOSED, ANNA), (What.PROPOSED, BEN)))
    check_follows(marking, What.RECONCILED, ANNA)
    with pytest.raises(RuleBroken):
        check_follows(marking, What.RECONCILED, BEN)


@pytest.mark.parametrize("after", [What.RECONCILED, What.RELEASED, What.CONFIRMED])
def test_what_is_reconciled_released_or_confirmed_is_never_marked_again(after: What) -> None:
    way = [What.RECONCILED, What.RELEASED, What.CONFIRMED]
    rest = [(what, BEN) for what in way[: way.index(after) + 1]]
    marking = fold(stream(*BOTH, (What.PROPOSED, ANNA), *rest))
    for what in (*GIVEN.values(), What.PROPOSED, *way[: way.index(after) + 1]):
        for somebody in (ANNA, BEN):
            with pytest.raises(Conflict, match="done already"):
                check_follows(marking, what, somebody)


def test_either_mark_may_come_first_and_says_so() -> None:
    assert fold(stream(BOTH[1])).progress is Progress.SECOND_GIVEN
    check_follows(fold(stream(BOTH[1])), What.FIRST_GIVEN, ANNA)
    assert fold(stream(*BOTH[::-1])).progress is Progress.BOTH_GIVEN
    assert set(GIVEN) == set(Stage)
