"""Steps to put in order: nothing that a reader is sent says in which order they belong."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.learning.places import a_cohort
from tests.learning.taught import FIRST, PAGE, a_taught_folder

STEPS = ("They agree", "You ask", "You listen", "You write")
ORDERS = list(permutations(STEPS))
# What a field may say of itself. A name stands for the words beside it, and was made of them alone.
FIELD = {"inputmode": "numeric", "maxlength": "2", "value": ""}
Shown = list[tuple[str, str]]  # name of the field and words of its step, as they stand


class Fields(HTMLParser):
    """The steps of each question, and every attribute of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: dict[str, Shown] = {}
        self.attributes: list[dict[str, str | None]] = []
        self._question = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self._question = given.get("id") or ""
        elif tag == "input" and (given.get("name") or "").startswith("place-"):
            self.questions.setdefault(self._question, []).append((given.pop("name") or "", ""))
            self.attributes.append(given)

    def handle_data(self, data: str) -> None:
        steps = self.questions.get(self._question, [])
        if data in STEPS:
            steps[-1] = (steps[-1][0], data)


def asked(number: int, order: tuple[str, ...]) -> str:
    steps = "".join(
        f"{place}. {step}\n    Why of {number}: {step.lower()}.\n"
        for place, step in enumerate(order, start=1)
    )
    return f"\n/// question | q{number}\n    kind: ordering\n\nIn which order?\n\n{steps}///\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page that asks for four steps in each of their 24 orders."""
    folder = a_taught_folder(tmp_path)
    path = folder / FIRST
    text = re.split("\n/// question", path.read_text(encoding="utf-8"), maxsplit=1)[0]
    text += "".join(asked(number, order) for number, order in enumerate(ORDERS))
    path.write_text(text, encoding="utf-8")
    return folder


def guesses(shown: Shown) -> Iterator[tuple[str, Shown]]:
    """Orders that somebody may try who has nothing but the page."""
    ways: dict[str, Callable[[Shown], Shown]] = {
        "as shown": list,
        "by name": sorted,
        "by words": lambda steps: sorted(steps, key=lambda step: step[1]),
    }
    for name, way in ways.items():
        for turn in range(len(shown)):
            found = way(shown)
            turned = found[turn:] + found[:turn]
            yield f"{name}, turned by {turn}", turned
            yield f"{name}, turned by {turn}, backwards", turned[::-1]


def test_the_right_order_follows_from_nothing_on_the_page(
    browser: Any, app: Any, folder: Path
) -> None:
    enrolment = factories.make_enrolment(a_cohort(folder, date(2026, 9, 1)))
    reader, other = browser(enrolment.advocate), factories.make_enrolment(enrolment.cohort)
    raw = reader.get(PAGE).text
    page = Fields()
    page.feed(raw)
    assert len(page.questions) == len(ORDERS)
    for given in page.attributes:
        assert re.fullmatch(r"q\d+-1", given.pop("id", "q0-1") or "")  # the first that is shown
        assert given == FIELD
    hits: dict[str, int] = {}
    moved_by_name = []
    for order, shown in zip(ORDERS, page.questions.values(), strict=True):
        assert sorted(words for _, words in shown) == sorted(STEPS)
        assert [words for _, words in shown] != list(order)
        for way, guess in guesses(shown):
            hits[way] = hits.get(way, 0) + ([words for _, words in guess] == list(order))
        if shown != sorted(shown):
            moved_by_name.append([words for _, words in sorted(shown)] == list(order))
    # One in 24 is chance. That they don't stand by their names must tell nothing, either.
    assert max(hits.values()) <= 4, hits
    assert len(moved_by_name) > 12
    assert sum(moved_by_name) <= 4
    for again in (reader, browser(other.advocate)):  # the same for everybody, and at any time
        once_more = Fields()
        once_more.feed(again.get(PAGE).text)
        assert once_more.questions == page.questions


def test_names_come_from_words_alone(browser: Any, app: Any, folder: Path) -> None:
    """Were the steps of a question in another order, its fields would have the same names."""
    names = []
    for year in (2026, 2025):
        enrolment = factories.make_enrolment(a_cohort(folder, date(year, 9, 1)))
        page = Fields()
        page.feed(browser(enrolment.advocate).get(PAGE).text)
        names.append({key: sorted(shown) for key, shown in page.questions.items()})
        path = folder / FIRST
        text = path.read_text(encoding="utf-8").split("\n/// question", maxsplit=1)[0]
        turned = (asked(number, order[::-1]) for number, order in enumerate(ORDERS))
        path.write_text(text + "".join(turned), encoding="utf-8")
    assert names[0] == names[1]
