"""Two tabs on one script: the later one sees both versions, and no text is lost."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound
from lms.marking import operations, queries
from lms.marking.models import Claim, MarkDraft, MarkEvent
from lms.marking.operations import Stale
from lms.marking.rules import Stage
from lms.marking.stream import Marks
from tests.factories import actor_of, some_marks
from tests.marking.conftest import Desk
from tests.support.pages import Visitor


class Tab:
    """One window on a script, with the form as it was when it was opened."""

    def __init__(self, visitor: Visitor, claim: Claim, page: TestResponse | None = None) -> None:
        self.visitor, self.path = visitor, f"/marking/scripts/{claim.ref}"
        self.hidden = hidden(page or visitor.get(self.path))

    def send(self, **fields: str) -> TestResponse:
        typed = {re.sub("__", "-", name, count=1): value for name, value in fields.items()}
        answer: TestResponse = self.visitor.client.post(
            self.path, data={**self.hidden, **typed}, follow_redirects=True
        )
        return answer


def hidden(page: TestResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


def typed(desk: Desk, points: int, comment: str) -> dict[str, str]:
    numbers = {f"points__{key}": str(points) for key in desk.keys}
    return numbers | {f"comment__{key}": comment for key in desk.keys}


def drafts() -> list[MarkDraft]:
    return list(db.session.scalars(select(MarkDraft).order_by(MarkDraft.version)))


@pytest.fixture
def tabs(browser: Any, desk: Desk) -> tuple[Tab, Tab, Claim]:
    claim = desk.taken()
    visitor = browser(desk.first)
    return Tab(visitor, claim), Tab(visitor, claim), claim


@pytest.mark.parametrize("button", [{}, {"give": "first"}])
def test_the_later_tab_sees_both_versions_side_by_side_in_words(
    desk: Desk, tabs: tuple[Tab, Tab, Claim], button: dict[str, str]
) -> None:
    one, other, claim = tabs
    one.send(**typed(desk, 62, "Knows where advice begins."))
    page = other.send(**typed(desk, 65, "Knows where advice ends."), **button)
    assert page.status_code == 409
    assert "Somebody saved this while you were writing" in page.text
    assert re.search(r"<del>.{0,60}begins\.</del>", page.text)
    assert re.search(r"<ins>.{0,60}ends\.</ins>", page.text)
    assert "only in the saved one" in page.text
    assert "only in yours" in page.text
    assert re.search(r">62 ?<span class=\"hide\"> \(different\)", page.text)
    assert re.search(r">65 ?<span class=\"hide\"> \(different\)", page.text)
    assert [each.version for each in drafts()] == [1]
    assert queries.own_mark(claim) is None


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("mine", "Knows where advice ends."),
        ("saved", "Knows where advice begins."),
        ("merge", "Knows where advice begins.\n\nKnows where advice ends."),
    ],
)
def test_either_version_or_both_can_be_kept_and_given(
    desk: Desk, tabs: tuple[Tab, Tab, Claim], keep: str, kept: str
) -> None:
    one, other, claim = tabs
    one.send(**typed(desk, 62, "Knows where advice begins."))
    conflict = other.send(**typed(desk, 65, "Knows where advice ends."))
    chosen = Tab(other.visitor, claim, conflict).send(keep=keep)
    assert chosen.status_code == 200
    assert kept in unescape(chosen.text).replace("\r\n", "\n")
    last = Tab(other.visitor, claim, chosen)
    page = last.send(**typed(desk, 64, kept), give="first")
    assert "is given" in page.text
    own = queries.own_mark(claim)
    assert own is not None
    assert set(own.comments.values()) == {kept}
    first = [each for each in drafts() if each.version == 1]
    assert set(first[0].comments.values()) == {"Knows where advice begins.", ""}


def test_a_tab_left_open_after_the_mark_was_given_loses_no_text_and_changes_nothing(
    desk: Desk, tabs: tuple[Tab, Tab, Claim]
) -> None:
    one, other, claim = tabs
    one.send(**typed(desk, 62, "Given in the other tab."), give="first")
    page = other.send(**typed(desk, 99, "An hour of second thoughts."), give="first")
    assert page.status_code == 409
    assert "This was settled while you were writing" in page.text
    assert page.text.count("An hour of second thoughts.") >= 2
    assert 'name="keep"' not in page.text
    own = queries.own_mark(claim)
    assert own is not None
    assert set(own.marks.values()) == {62}
    assert len(db.session.scalars(select(MarkEvent)).all()) == 1


def test_the_page_of_a_conflict_escapes_what_was_typed(
    desk: Desk, tabs: tuple[Tab, Tab, Claim]
) -> None:
    one, other, _ = tabs
    attack = '"><script>alert(1)</script>'
    one.send(**typed(desk, 62, attack + "one"))
    page = other.send(**typed(desk, 62, attack + "other"))
    assert page.status_code == 409
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30, "٣"])
def test_a_version_that_no_page_had_is_a_conflict_or_none_and_never_a_fault(
    desk: Desk, tabs: tuple[Tab, Tab, Claim], version: str
) -> None:
    one, other, _ = tabs
    one.send(**typed(desk, 62, "Mine."))
    answer = other.send(**typed(desk, 63, "Mine too."), version=version)
    assert answer.status_code == 409
    assert [each.version for each in drafts()] == [1]


def test_a_draft_is_saved_on_the_one_before_it(desk: Desk) -> None:
    claim, actor = desk.taken(), actor_of(desk.first)

    def save(text: str, version: int) -> int:
        with unit_of_work():
            return operations.save_draft(
                claim, Marks({}, {"note": text}), version, actor=actor
            ).version

    assert [save("One.", 0), save("Two.", 1)] == [1, 2]
    for old in (0, 1, 3):
        with pytest.raises(Stale):
            save("Late.", old)
    assert [each.comments["note"] for each in drafts()] == ["One.", "Two."]


def test_a_draft_is_the_markers_own_and_closes_with_the_mark(desk: Desk) -> None:
    claim = desk.taken()
    with pytest.raises(NotFound), unit_of_work():
        operations.save_draft(claim, Marks({}, {}), 0, actor=actor_of(desk.second))
    with unit_of_work():
        operations.give_mark(claim, some_marks(claim), actor=actor_of(desk.first))
    with pytest.raises(Conflict, match="has been given"), unit_of_work():
        operations.save_draft(claim, Marks({}, {}), 0, actor=actor_of(desk.first))
    with pytest.raises(Conflict), unit_of_work():
        operations.give_mark(claim, some_marks(claim, 99), actor=actor_of(desk.first))
    own = queries.own_mark(claim)
    assert own is not None
    assert set(own.marks.values()) == {60}


def test_two_tabs_of_different_markers_never_meet(browser: Any, desk: Desk) -> None:
    first, second = desk.taken(Stage.FIRST), desk.taken(Stage.SECOND)
    Tab(browser(desk.first), first).send(**typed(desk, 62, "Of the first marker."))
    page = Tab(browser(desk.second), second).send(**typed(desk, 65, "Of the second marker."))
    assert page.status_code == 200
    assert "Of the first marker." not in page.text
