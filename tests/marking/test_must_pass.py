"""A row that must be passed: told to learners and markers beforehand, and worked out at release."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lms.catalogue.queries import rubric_of
from lms.marking.queries import results_of
from lms.marking.rules import Stage
from tests.marking.conftest import Desk

TOLD = "A row that must be passed is not"
SAFE = "safeguarding"


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def points(desk: Desk, missed: int, others: int = 80) -> list[int]:
    """The same for each row but that on safeguarding."""
    return [missed if key == SAFE else others for key in desk.keys]


def title(desk: Desk) -> str:
    return next(each.title for each in rubric_of(desk.assessment.brief_id) if each.key == SAFE)


def test_the_brief_says_which_rows_must_be_passed(browser: Any, desk: Desk) -> None:
    page = words(browser(desk.enrolment.advocate).get(f"/assessments/{desk.assessment.ref}"))
    must = [each for each in rubric_of(desk.assessment.brief_id) if each.must_pass]
    assert {each.key for each in must} == {SAFE, "role-boundary"}
    assert page.count("This row must be passed.") == len(must)


def test_a_marker_is_told_as_they_mark(browser: Any, desk: Desk) -> None:
    claim = desk.marked(Stage.FIRST, points(desk, 49))
    page = words(browser(desk.first).get(f"/marking/scripts/{claim.ref}"))
    assert f"{TOLD} {title(desk)}. Some rows of a rubric must be passed." in page
    assert "(regulation 4.3)" in page


def test_a_marker_whose_rows_pass_is_told_nothing(browser: Any, desk: Desk) -> None:
    claim = desk.marked(Stage.FIRST, points(desk, 50))
    page = words(browser(desk.first).get(f"/marking/scripts/{claim.ref}"))
    assert TOLD not in page
    assert "must be passed" in page


def test_those_who_reconcile_are_told_what_follows_from_the_proposal(
    browser: Any, desk: Desk
) -> None:
    first, _second = desk.reconciled(points(desk, 45))
    page = words(browser(desk.first).get(f"/marking/scripts/{first.ref}/reconcile"))
    assert TOLD in page


@pytest.mark.parametrize(("missed", "mark"), [(49, "49"), (50, None)])
def test_the_mark_is_worked_out_at_release_with_a_line_of_its_own(
    browser: Any, desk: Desk, missed: int, mark: str | None
) -> None:
    desk.released(points(desk, missed))
    result = results_of([desk.submission.id])[desk.submission.id]
    page = words(browser(desk.enrolment.advocate).get(f"/submissions/{desk.submission.ref}"))
    line = f"A row that must be passed under 50 on {title(desk)}: at most 49 Regulation 4.3"
    if mark:
        assert result.mark == Decimal(mark)
        assert line in page
    else:
        assert result.mark > 70
        assert line not in page
    assert "must be passed" in page
