"""Where a wish stands, and what two states of the files have not in common."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from lms.errors import RuleBroken
from lms.publishing.rules import QUIET, How, Lost, State, Work, changed, check_known, state_of

NOW = datetime(2026, 11, 26, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FILES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"))


@dataclass(frozen=True)
class Came:
    version_id: int | None = None
    refusal: str = ""


@pytest.mark.parametrize(
    ("outcome", "work", "state"),
    [
        (None, Work(None, failed=False, over=False), State.WAITING),
        (None, Work(NOW - SECOND, failed=False, over=False), State.WORKING),
        (None, Work(NOW - QUIET, failed=False, over=False), State.INTERRUPTED),
        (None, Work(NOW - SECOND, failed=True, over=False), State.INTERRUPTED),
        (None, Work(None, failed=True, over=True), State.GIVEN_UP),
        (None, Work(NOW, failed=False, over=True), State.GIVEN_UP),
        (Came(7), Work(NOW, failed=True, over=False), State.PUBLISHED),
        (Came(), Work(NOW, failed=False, over=True), State.CHECKED),
        (Came(refusal="No."), Work(NOW, failed=False, over=True), State.REFUSED),
    ],
)
def test_where_a_wish_stands(outcome: Came | None, work: Work, state: State) -> None:
    assert state_of(outcome, work, NOW) == state


@given(FILES, FILES)
def test_what_changed_makes_the_one_of_the_other(
    before: dict[str, str], after: dict[str, str]
) -> None:
    found = changed(before, after)
    assert list(found) == sorted(found)
    made = {name: said for name, said in before.items() if found.get(name) != How.REMOVED}
    made |= {name: after[name] for name, how in found.items() if how != How.REMOVED}
    assert made == after
    for name, how in found.items():
        assert (name in before) == (how != How.ADDED)
        assert before.get(name) != after.get(name)


def test_what_is_taken_back_has_to_be_known() -> None:
    lost = Lost("modules/01-first/01-beginning.md", How.CHANGED, "The beginning", "Module 1")
    assert str(lost) == "modules/01-first/01-beginning.md: changed (Module 1, The beginning)"
    assert str(Lost("glossary.yml", How.REMOVED, "", "")) == "glossary.yml: taken out"
    check_known([], confirmed=False)
    check_known([lost], confirmed=True)
    with pytest.raises(RuleBroken, match="take back one change"):
        check_known([lost], confirmed=False)
    with pytest.raises(RuleBroken, match="take back 2 changes"):
        check_known([lost, lost], confirmed=False)
