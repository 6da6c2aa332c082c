"""The difference of two versions: nothing of itself, and every block that isn't what it was."""

import time
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings, strategies as st

from lms.texts.changes import MOST_BLOCKS, Change, How, Item, Outline, between, summary
from lms.texts.wording import Block, Wording

DAY, LATER = date(2026, 4, 7), date(2026, 9, 1)


def block(text: str, kind: str = "text", nation: str = "", under: str = "") -> Block:
    return Block(kind, under, nation, text, law=text if kind == "law" else "")


def page(*blocks: Block | str, title: str = "A page", law_as_at: date = DAY) -> Wording:
    made = (block(each) if isinstance(each, str) else each for each in blocks)
    return Wording(title, law_as_at, tuple(made))


def told(*changes: Change) -> list[tuple[str, str | None, str | None]]:
    return [
        (each.how, each.was.text if each.was else None, each.now.text if each.now else None)
        for each in changes
    ]


BLOCKS = st.lists(
    st.builds(
        block,
        st.sampled_from(["one", "two words", "three words here", "three words there", "x"]),
        st.sampled_from(["text", "law", "heading"]),
        st.sampled_from(["", "Scotland"]),
    ),
    max_size=14,
)


@given(BLOCKS)
def test_a_page_does_not_differ_from_itself(blocks: list[Block]) -> None:
    assert not between(page(*blocks), page(*blocks))


@given(BLOCKS, BLOCKS)
@settings(max_examples=200)
def test_every_block_that_came_or_went_is_told_once(old: list[Block], new: list[Block]) -> None:
    """Taking the old ones out and putting the new ones in makes the new page of the old one."""
    changes = between(page(*old), page(*new)).blocks
    gone = Counter(each.was.key for each in changes if each.was)
    come = Counter(each.now.key for each in changes if each.now)
    before, after = Counter(each.key for each in old), Counter(each.key for each in new)
    assert before - gone + come == after
    assert gone <= before


@given(BLOCKS, BLOCKS)
def test_the_law_comes_first_and_the_answer_is_always_the_same(
    old: list[Block], new: list[Block]
) -> None:
    found = between(page(*old), page(*new))
    assert found == between(page(*old), page(*new))
    legal = [each.legal for each in found.blocks]
    assert legal == sorted(legal, reverse=True)
    assert found.legal == any(legal)
    law = [Counter(each.text for each in side if each.law) for side in (old, new)]
    if law[0] != law[1]:
        assert found.legal


def test_a_block_that_says_much_the_same_was_reworded() -> None:
    found = between(
        page("Stays.", "You may refer within a day.", "Goes away entirely."),
        page("Stays.", "You must refer within a day.", "Something else comes."),
    )
    assert told(*found.blocks) == [
        ("removed", "Goes away entirely.", None),
        ("changed", "You may refer within a day.", "You must refer within a day."),
        ("added", None, "Something else comes."),
    ]


def test_a_rule_that_changed_stands_before_all_else() -> None:
    found = between(
        page("Early text of the page.", block("A rule of old.", "law")),
        page(
            "Early text of this page.", block("A rule of now.", "law"), law_as_at=date(2026, 9, 1)
        ),
    )
    assert [(each.legal, each.block.text) for each in found.blocks] == [
        (True, "A rule of now."),
        (False, "Early text of this page."),
    ]
    assert found.law_as_at == (DAY, LATER)


def test_what_holds_in_another_nation_is_not_the_same_block() -> None:
    found = between(page(block("A rule.", "law", "Scotland")), page(block("A rule.", "law")))
    assert sorted(each.how for each in found.blocks) == [How.ADDED, How.REMOVED]
    assert found.legal


def test_a_check_whose_answers_changed_is_told_without_them() -> None:
    before, after = (Block("question", "", "", "Which? / a / b", hidden) for hidden in "12")
    (change,) = between(page(before), page(after)).blocks
    assert change.behind
    assert change.how is How.CHANGED


def test_one_edit_in_a_page_of_thousands_is_told_as_one() -> None:
    blocks = [f"paragraph {number}" for number in range(4000)]
    changed = [*blocks[:1999], "paragraph 1999, now longer", *blocks[2000:3000], *blocks[3001:]]
    assert told(*between(page(*blocks), page(*changed)).blocks) == [
        ("changed", "paragraph 1999", "paragraph 1999, now longer"),
        ("removed", "paragraph 3000", None),
    ]


@pytest.mark.parametrize("shape", ["all differ", "few words", "one word"])
def test_the_worst_of_pages_is_compared_in_a_moment(shape: str) -> None:
    size = 4000
    old = [f"a{n}" if shape == "all differ" else "ab"[n * n % 7 % 2] for n in range(size)]
    new = [f"b{n}" if shape == "all differ" else "ab"[n * n % 5 % 2] for n in range(size)]
    if shape == "one word":
        # Alike but for one in two, in stretches as long as are compared at all.
        marks = [f"mark {n}" for n in range(0, size, MOST_BLOCKS)]
        old = [each for mark in marks for each in (mark, *["a"] * (MOST_BLOCKS - 1))]
        new = [
            each
            for mark in marks
            for each in (mark, *(f"{mark} {n}" if n % 2 else "a" for n in range(MOST_BLOCKS - 1)))
        ]
    begun = time.perf_counter()
    between(page(*old), page(*new))
    assert time.perf_counter() - begun < 4


def outline(**changes: dict[tuple[str, str], Item]) -> Outline:
    kinds = {
        "modules": {("first", ""): Item("First", ("First", 10))},
        "pages": {
            ("first", "one"): Item("One", "1", "law 1"),
            ("first", "two"): Item("Two", "2", "law 2"),
            ("first", "three"): Item("Three", "3", "law 3"),
        },
        "outcomes": {("first", "LO1"): Item("Tell.", "Tell.")},
        "briefs": {("first", "essay"): Item("Essay", (100, 2500))},
    }
    return Outline(**{**kinds, **changes})


def test_a_version_does_not_differ_from_itself() -> None:
    assert not summary(outline(), outline())


def test_the_summary_names_pages_outcomes_and_assessments_the_law_first() -> None:
    after = outline(
        pages={
            ("first", "one"): Item("One", "1 reworded", "law 1"),
            ("first", "two"): Item("Two", "2 reworded", "law 2 reworded"),
            ("first", "four"): Item("Four", "4", "law 4"),
        },
        outcomes={("first", "LO1"): Item("Tell well.", "Tell well.")},
        briefs={},
    )
    found = summary(outline(), after)
    assert [(each.how, each.key, each.legal) for each in found.pages] == [
        ("changed", "two", True),
        ("removed", "three", False),
        ("changed", "one", False),
        ("added", "four", False),
    ]
    assert [(each.how, each.key) for each in found.outcomes] == [("changed", "LO1")]
    assert [(each.how, each.key) for each in found.briefs] == [("removed", "essay")]
    assert not found.modules
