"""What tutors see: a state for each person, and no number from which few could be known."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, strategies as st

from lms.tutoring.rules import (
    FEWEST,
    Leaf,
    Standing,
    State,
    Traces,
    is_due,
    passed_over,
    shown_of_any,
    shown_of_one,
    standing,
    state_of,
)

WAY = [
    Leaf("m", "one", "One", {"q": "asked-1"}, None),
    Leaf("m", "two", "Two", {}, {"counts": ["pause"]}),
    Leaf("m", "three", "Three", {}, None),
]


def test_no_hidden_number_can_be_worked_out_from_what_is_shown_and_the_total() -> None:
    """Every way in which up to 17 people may choose among up to four answers."""
    for answers in (2, 3, 4):
        behind: dict[tuple[int, tuple[int | None, ...]], set[tuple[int, ...]]] = defaultdict(set)
        for numbers in product(range(18), repeat=answers):
            people = sum(numbers)
            if FEWEST <= people <= 17:
                behind[people, tuple(shown_of_one(numbers))].add(numbers)
        for (_people, shown), possible in behind.items():
            for place, number in enumerate(shown):
                if number is None:
                    assert len({each[place] for each in possible}) > 1, (shown, possible)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_what_is_shown_is_so_and_has_five_people_behind_it(numbers: list[int]) -> None:
    shown = shown_of_one(numbers)
    for number, is_shown in zip(numbers, shown, strict=True):
        assert is_shown in (None, number)
        assert is_shown is None or is_shown >= FEWEST
    hidden = [n for n, each in zip(numbers, shown, strict=True) if each is None]
    assert len(hidden) != 1
    if min(numbers) >= FEWEST:
        assert not hidden


def test_where_several_may_be_chosen_neither_few_who_did_nor_few_who_did_not_are_told() -> None:
    assert shown_of_any([5, 4, 20, 21, 25, 15], 25) == [5, None, 20, None, None, 15]


def test_a_module_is_done_by_the_rule_of_its_reader() -> None:
    read = {"one": "read", "two": "paused", "three": "read"}
    assert state_of(WAY, None) is State.NOT_BEGUN
    assert state_of(WAY, Traces({}, {"one": ["asked-1"]})) is State.UNDER_WAY
    assert state_of(WAY, Traces(read, {})) is State.UNDER_WAY
    assert state_of(WAY, Traces(read, {"one": ["asked-1"]})) is State.DONE
    assert state_of(WAY, Traces({**read, "three": "paused"}, {"one": ["asked-1"]})) is (
        State.UNDER_WAY
    )


def test_reading_is_overdue_when_pages_are_unread_once_the_work_was_due() -> None:
    assert standing(WAY, None, due=True) == Standing(State.NOT_BEGUN, overdue=True)
    assert standing(WAY, None, due=False) == Standing(State.NOT_BEGUN, overdue=False)
    some = Traces({"one": "read", "three": "read"}, {})
    assert standing(WAY, some, due=True) == Standing(State.UNDER_WAY, overdue=True)
    # Met with in a way that counts; in another that does not; a question is no page to read.
    counts = Traces({"one": "read", "two": "paused", "three": "read"}, {})
    assert standing(WAY, counts, due=True) == Standing(State.UNDER_WAY, overdue=False)
    not_so = Traces({"one": "read", "two": "paused", "three": "paused"}, {})
    assert standing(WAY, not_so, due=True).overdue
    assert not standing([], None, due=True).overdue


def test_at_the_very_moment_work_is_still_on_time_and_without_a_date_always() -> None:
    noon = datetime(2026, 10, 26, 12, tzinfo=UTC)
    assert not is_due(noon, noon)
    assert is_due(noon, noon + timedelta(microseconds=1))
    assert not is_due(None, noon)


def test_a_page_is_left_behind_by_those_who_are_done_with_a_later_one() -> None:
    on = [Traces({"three": "read"}, {}) for _ in range(5)]
    early = [Traces({"two": "read"}, {}) for _ in range(4)]
    found = passed_over(WAY, [*on, *early, Traces({}, {})])
    assert [(each.leaf.page, each.people) for each in found] == [("one", 9), ("two", 5)]
    assert [each.leaf.page for each in passed_over(WAY, [*on[1:], *early])] == ["one"]
