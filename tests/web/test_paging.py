"""Pages of a long list."""

from dataclasses import dataclass

import pytest
from flask import Flask
from hypothesis import given, strategies as st

from lms.web.paging import page_href, page_items, page_numbers, page_span


@dataclass(frozen=True)
class Part:
    page: int
    pages: int
    per_page: int = 50
    total: int = 271


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (3, 6, [1, 2, 3, 4, 5, 6]),
        (1, 9, [1, 2, None, 9]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_ends_neighbours_and_gaps(page: int, pages: int, shown: list[int | None]) -> None:
    assert page_numbers(page, pages) == shown


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_gap_always_hides_more_than_one_page(one: int, other: int) -> None:
    page, pages = min(one, other), max(one, other)
    shown = page_numbers(page, pages)
    numbers = [number for number in shown if number is not None]
    assert numbers == sorted(set(numbers))
    assert {1, page, pages} <= set(numbers)
    assert len(shown) <= 9
    for place, number in enumerate(shown):
        if number is None:
            assert (shown[place + 1] or 0) - (shown[place - 1] or 0) > 2


def test_an_address_keeps_filters_and_cannot_lead_elsewhere(tiny: Flask) -> None:
    asked = "/help/components?q=%C3%93+S&state=a&state=b&page=9&_external=1&_scheme=javascript"
    with tiny.test_request_context(asked):
        href = page_href(2)
    assert href == "?q=%C3%93+S&state=a&state=b&_external=1&_scheme=javascript&page=2"


def test_the_current_page_is_marked(tiny: Flask) -> None:
    with tiny.test_request_context("/help/components"):
        items = page_items(Part(page=5, pages=9))
    assert [item for item in items if item.get("current")] == [
        {"number": 5, "href": "?page=5", "current": True}
    ]
    assert items[1] == {"ellipsis": True}


def test_the_span_ends_with_the_list() -> None:
    assert page_span(Part(page=6, pages=6)).split("\u00a0") == ["251", "to", "271"]
    assert page_span(Part(page=1, pages=6)).split("\u00a0") == ["1", "to", "50"]
