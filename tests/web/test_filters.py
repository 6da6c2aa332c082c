"""Dates, marks and sizes in words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st
from markupsafe import Markup

from lms.web import filters

NOON = datetime(2026, 10, 2, 11, 0, tzinfo=UTC)  # 12:00 in London


def spaced(text: str) -> str:
    """The same with no-break spaces shown as underlines."""
    return text.replace("\u00a0", "_")


def test_a_day_is_written_in_full_and_does_not_break() -> None:
    assert spaced(filters.day(date(2026, 10, 9))) == "9_October_2026"


def test_a_moment_counts_as_the_day_it_is_in_london() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert spaced(filters.day(late)) == "1_July_2026"
    assert filters.machine(late) == "2026-06-30T23:30:00Z"


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        (datetime(2026, 10, 9, 16, 0, tzinfo=UTC), "9_October_2026, 17:00_(UK_time)"),
        (datetime(2026, 12, 9, 17, 0, tzinfo=UTC), "9_December_2026, 17:00_(UK_time)"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "25_October_2026, 01:59_(UK_time)"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25_October_2026, 01:00_(UK_time)"),
    ],
)
def test_a_moment_is_written_in_uk_time(utc: datetime, words: str) -> None:
    assert spaced(filters.moment(utc)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1_minute"),
        (25, "25_minutes"),
        (90, "90_minutes"),
        (91, "1_hour and 31_minutes"),
        (120, "2_hours"),
        (385, "6_hours and 25_minutes"),
        (3000, "50_hours"),
    ],
)
def test_how_long_it_takes_is_said_as_people_say_it(minutes: int, words: str) -> None:
    assert spaced(filters.lasting(minutes)) == words


@pytest.mark.parametrize("name", ["day", "weekday", "moment", "clock_time", "machine"])
def test_a_moment_without_a_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        filters.FILTERS[name](datetime.fromisoformat("2026-10-09T17:00"))


def test_small_words_of_a_date() -> None:
    assert spaced(filters.weekday(date(2026, 10, 2))) == "Friday_2_October_2026"
    assert filters.month_short(date(2026, 9, 1)) == "Sep"
    assert filters.machine(date(2026, 9, 1)) == "2026-09-01"


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (Decimal("61.5"), "61.5"),
        (Decimal("60.0"), "60.0"),
        (Decimal(-3), "−3"),
        (Decimal("6E+1"), "60"),
        (Decimal("-0"), "0"),
        (64, "64"),
    ],
)
def test_a_mark_is_shown_as_it_was_rounded(mark: Decimal | int, words: str) -> None:
    assert filters.points(mark) == words


def test_a_mark_is_never_a_float() -> None:
    with pytest.raises(TypeError, match="float"):
        filters.points(61.5)  # type: ignore[arg-type]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_a_mark_loses_nothing_on_its_way_to_the_page(mark: Decimal) -> None:
    assert Decimal(filters.points(mark).replace("−", "-")) == mark


@given(st.text("0123456789abcdef", max_size=64))
def test_a_grouped_hash_is_the_same_hash(digest: str) -> None:
    groups = filters.grouped(digest).split(" ")
    assert "".join(groups) == digest
    assert all(len(group) == 4 for group in groups[:-1])


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "0_bytes"),
        (1, "1_byte"),
        (1023, "1,023_bytes"),
        (86016, "84_KB"),
        (1024 * 1024 - 1, "1.0_MB"),
        (1_500_000, "1.4_MB"),
        (20 * 1024 * 1024, "20_MB"),
    ],
)
def test_a_size_is_told_as_devices_tell_it(octets: int, words: str) -> None:
    assert spaced(filters.size(octets)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NOON, "now"),
        (NOON + timedelta(minutes=19), "in 19_minutes"),
        (NOON + timedelta(hours=3, minutes=5), "in 3_hours"),
        (NOON - timedelta(hours=1), "1_hour ago"),
        (date(2026, 10, 2), "today"),
        (date(2026, 10, 3), "tomorrow"),
        (NOON - timedelta(days=1), "yesterday"),
        (datetime(2026, 10, 9, 16, 0, tzinfo=UTC), "in 7_days"),
        (date(2026, 9, 25), "7_days ago"),
        (date(2027, 1, 2), "in 3_months"),
        (date(2029, 10, 2), "in 3_years"),
    ],
)
def test_relative_words_count_london_days(value: date, words: str) -> None:
    assert spaced(filters.relative(value, NOON)) == words


def test_tomorrow_begins_at_midnight_in_london_not_in_utc() -> None:
    just_before = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)
    just_after = datetime(2026, 6, 30, 23, 1, tzinfo=UTC)
    assert filters.relative(just_after, just_before) == "tomorrow"
    assert filters.relative(just_after, just_after) == "now"


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(minutes=-19), "19_minutes before the deadline"),
        (timedelta(0), "at the deadline"),
        (timedelta(microseconds=1), "less than a minute after the deadline"),
        (timedelta(days=2, hours=3, minutes=4), "2_days and 3_hours after the deadline"),
        (timedelta(days=1, minutes=4), "1_day after the deadline"),
        (timedelta(hours=-5), "5_hours before the deadline"),
        (timedelta(hours=1, minutes=1), "1_hour and 1_minute after the deadline"),
    ],
)
def test_a_deadline_met_or_missed_is_told_in_whole_minutes(apart: timedelta, words: str) -> None:
    assert spaced(filters.against_deadline(NOON + apart, NOON)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1_second"), (30, "30_seconds"), (61, "2_minutes"), (300, "5_minutes"), (3601, "2_hours")],
)
def test_a_wait_is_rounded_up(seconds: int, words: str) -> None:
    assert spaced(filters.wait(seconds)) == words


def test_plain_text_becomes_paragraphs_and_nothing_else() -> None:
    html = filters.paragraphs("One <b>&\r\ntwo\r\n\r\n \n\nthree\n")
    assert html == "<p>One &lt;b&gt;&amp;<br>\ntwo</p>\n<p>three</p>"
    assert isinstance(html, Markup)


@given(st.text())
def test_no_text_gets_markup_of_its_own_into_paragraphs(text: str) -> None:
    bare = filters.paragraphs(text).replace("<p>", "").replace("</p>", "").replace("<br>", "")
    assert "<" not in bare
    assert ">" not in bare


def test_what_html_cannot_carry_is_left_out_when_text_is_shown_again() -> None:
    assert filters.printable("a\x00b\x1f\x85c\ufffe\n\td") == "abc\n\td"
    assert filters.printable(None) == ""
    assert filters.printable(66) == "66"
