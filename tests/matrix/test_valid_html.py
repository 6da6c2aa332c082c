"""Every page that the product sends is valid HTML, to the checker that the Web's own people use."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.factories import real_content
from tests.matrix.conftest import on_sqlite
from tests.matrix.table import PUBLIC, lines
from tests.matrix.world import World
from tests.support.conformance import wrong_in_html
from tests.support.pages import Visitor

# What differs between two that see the same page.
_OWN = re.compile(r'value="[^"]*"|[A-Z]{3}(-[0-9A-Z]{4}){4}')


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with on_sqlite(tmp_path_factory.mktemp("valid")) as found:
        yield found


def test_every_page_of_the_table_and_of_the_content_is_valid(world: World, tmp_path: Path) -> None:
    table = [each for each in lines() if each.method == "GET" and "/leave" not in each.address]
    addresses = dict.fromkeys([each.at(world.things) for each in table] + ["/nowhere"])
    pages = dict[str, tuple[str, str]]()
    for name in (PUBLIC, *world.tokens):
        pages |= _pages(world, name, addresses)
    pages |= _pages(world, "oth", _content())
    assert len(pages) > 400
    assert wrong_in_html(dict(pages.values()), tmp_path) == []


def test_a_page_that_breaks_the_rules_would_be_found(tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>'
        '<p id="a">A <ul id="a"><p>B</ul><label for="b">C</label></body></html>'
    )
    said = " ".join(wrong_in_html({"page": page}, tmp_path))
    for wrong in ("Duplicate ID “a”", "“p” not allowed as child of", "“for” attribute"):
        assert wrong in said


def _content() -> list[str]:
    return [
        f"/learn/{module.slug}/{each.slug}?show=1"
        for module in real_content().modules
        for each in module.pages
    ]


def _pages(world: World, name: str, addresses: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What somebody gets to see, none twice: a name for its file, and the whole text."""
    visitor = Visitor(world.app) if name == PUBLIC else world.visitor(name)
    found = {}
    for address in addresses:
        with visitor.get(address) as answer:
            if answer.mimetype == "text/html" and "Location" not in answer.headers:
                place = re.sub(r"[^a-z0-9]+", "_", address.lower())
                found[_OWN.sub("", answer.text)] = f"{name}{place}", answer.text
    return found
