"""Earlier states of the content, made of what is there."""

import pytest

from lms.demo_versions import versions, without
from tests.factories import CONTENT

PAGE = """\
Before.

## One

Said.

/// law | A rule
It is so.
///

## Two

The end.
"""


def test_a_section_goes_to_the_next_heading_or_to_the_end() -> None:
    assert without(PAGE, "## One") == "Before.\n\n## Two\n\nThe end.\n"
    assert without(PAGE, "## Two").endswith("///\n\n")


def test_a_block_goes_and_nothing_around_it() -> None:
    assert without(PAGE, "/// law | A rule") == PAGE.replace(
        "/// law | A rule\nIt is so.\n///\n", ""
    )


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no part “## Three”"):
        without(PAGE, "## Three")


def test_each_state_differs_from_the_next_in_a_few_pages() -> None:
    oldest, middle, newest = versions(CONTENT)
    names = [*newest.names()]
    assert [*oldest.names()] == [*middle.names()] == names
    assert sum(oldest.read(name) != middle.read(name) for name in names) == 2
    assert sum(middle.read(name) != newest.read(name) for name in names) == 3
