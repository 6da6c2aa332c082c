"""Dates in the worked cases are worked out here again: an advocate learns the count from them."""

import re
from datetime import date, timedelta

import pytest

from tests.content.test_modules import BRIEFS, PAGES

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"


def source_of(slug: str) -> str:
    (text,) = [page.source for _, page in PAGES if page.slug == slug]
    return text


def last_days(first: date, length: int) -> tuple[date, date]:
    """The last day of a period: with its first day counted, and without."""
    return first + timedelta(days=length - 1), first + timedelta(days=length)


def said(day: date) -> str:
    return f"{day.day} {day:%B}"


TEXTS = {page.slug: page.source for _, page in PAGES} | {
    brief.file.key: brief.source for _, brief in BRIEFS
}


@pytest.mark.parametrize("name", TEXTS)
def test_weekdays_are_those_of_their_dates(name: str) -> None:
    found = re.findall(rf"({DAYS}) (\d{{1,2}}) ({MONTHS})", TEXTS[name])
    for weekday, day, month in found:
        number = [*MONTHS.split("|")].index(month) + 1
        assert f"{date(2026, number, int(day)):%A}" == weekday, (weekday, day, month)


def test_the_three_recovery_periods_end_when_the_page_says() -> None:
    text = source_of("recovery-periods-and-support")
    first = date(2026, 3, 2)
    thirty, _ = last_days(first, 30)
    assert f"so their last day was {said(thirty)}" in text
    earlier, later = last_days(first, 45)
    assert f"{earlier.day} or {said(later)}, depending on whether the first day counts" in text
    earlier, later = last_days(first, 90)
    assert f"{earlier.day} or {said(later)}" in text


def test_the_time_for_reconsideration_ends_when_the_page_says() -> None:
    earlier, later = last_days(date(2026, 4, 21), 30)
    text = source_of("when-the-answer-is-no")
    assert f"they end on {earlier.day} or {said(later)}" in text
    assert f"I plan for {said(earlier)}" in text
    assert (earlier - date(2026, 5, 14)).days == 6
    assert "six days away" in text


def test_days_that_have_passed_are_counted_right() -> None:
    assert (date(2026, 3, 30) - date(2026, 3, 18)).days == 12
    assert "so twelve days have passed" in source_of("the-path-of-a-referral")
