"""Where to carry on, how long it takes, and the parts of a page."""

from hypothesis import given, strategies as st

from lms.learning.parts import parts_of
from lms.learning.rules import Stop, minutes_left, next_stop
from lms.markup import render_teaching
from lms.markup_blocks import NATIONS
from lms.markup_marks import Surroundings
from lms.markup_nations import differs_by_nation, opened_for

WAYS = st.lists(st.tuples(st.booleans(), st.integers(1, 120)), max_size=12).map(
    lambda stops: [
        Stop("m", f"p{number}", f"Page {number}", minutes, read)
        for number, (read, minutes) in enumerate(stops)
    ]
)
FOLDS = "\n\n".join(f"/// nation | {nation}\nIn {nation}.\n///" for nation in NATIONS)


def way(marks: str) -> list[Stop]:
    """One stop for each letter: r for read, anything else for unread."""
    return [Stop("m", str(n), str(n), 10, mark == "r") for n, mark in enumerate(marks)]


def carry_on(marks: str) -> str | None:
    found = next_stop(way(marks))
    return found.page if found else None


def test_one_begins_at_the_beginning() -> None:
    assert carry_on("....") == "0"


def test_one_carries_on_after_the_last_page_that_was_read() -> None:
    assert carry_on("rr..") == "2"
    assert carry_on("..r.") == "3"
    assert carry_on("r.r.") == "3"


def test_pages_that_were_passed_over_come_at_the_end() -> None:
    assert carry_on("r.rr") == "1"
    assert carry_on("...r") == "0"


def test_when_all_is_read_there_is_nothing_to_carry_on_with() -> None:
    assert carry_on("rrr") is None
    assert carry_on("") is None


@given(WAYS)
def test_the_next_page_is_always_one_that_is_unread(stops: list[Stop]) -> None:
    found = next_stop(stops)
    unread = [stop for stop in stops if not stop.read]
    assert (found in unread) if unread else found is None


@given(WAYS)
def test_reading_on_from_page_to_page_reads_every_page_once(stops: list[Stop]) -> None:
    left = list(stops)
    for _ in range(sum(not stop.read for stop in stops)):
        found = next_stop(left)
        assert found is not None
        left = [Stop(s.module, s.page, s.title, s.minutes, s.read or s == found) for s in left]
    assert next_stop(left) is None
    assert minutes_left(left) == 0


@given(WAYS)
def test_time_left_is_that_of_the_unread_pages(stops: list[Stop]) -> None:
    assert minutes_left(stops) == sum(s.minutes for s in stops) - sum(
        s.minutes for s in stops if s.read
    )


def test_parts_of_a_page_are_its_headings_in_order_as_words() -> None:
    html = str(
        render_teaching("## One & *two*\n\nx\n\n## Three &\n\n### No part", Surroundings()).html
    )
    assert parts_of(html) == [("one-two", "One & two"), ("three", "Three &")]


def test_with_a_nation_chosen_only_its_parts_are_open_and_nothing_is_taken_away() -> None:
    html = str(render_teaching(FOLDS, Surroundings()).html)
    assert html.count(" open>") == 3
    for nation in NATIONS:
        shown = opened_for(nation, html)
        assert shown.count(" open>") == 1
        opened = shown.split(" open>")[1].split("</details>")[0]
        assert f"In {nation}." in opened
        assert shown.replace(" open>", ">") == html.replace(" open>", ">")


def test_other_folding_parts_stay_as_their_author_left_them() -> None:
    html = str(render_teaching(f"/// sensitive | Harm\nx\n///\n\n{FOLDS}", Surroundings()).html)
    shown = opened_for("scotland", html)
    assert '<details class="fold fold-keep">' in shown
    own = "<details open><summary>More</summary>\n\nx\n\n</details>"
    assert opened_for("scotland", own) == own


def test_a_page_without_parts_by_nation_offers_no_choice_of_them() -> None:
    assert differs_by_nation(str(render_teaching(FOLDS, Surroundings()).html))
    assert not differs_by_nation(
        str(render_teaching("/// sensitive | x\nx\n///", Surroundings()).html)
    )
