"""What a roster may look like: encodings, separators, order and case of columns, dates, lines."""

import csv
import io
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from lms.cohorts import roster
from lms.cohorts.roster import COLUMNS, Refusal, RosterRow
from lms.cohorts.rules import Kind
from lms.organisations.rules import Nation
from tests.cohorts.rosters import EMPLOYER, STARTS_ON, TODAY, file_of, people, person, text_of


def rows_of(content: bytes) -> tuple[RosterRow, ...]:
    found = roster.read(content, STARTS_ON, TODAY)
    assert found.refusals == ()
    return found.rows


def refusal_of(content: bytes) -> Refusal:
    found = roster.read(content, STARTS_ON, TODAY)
    assert found.rows == ()
    (refusal,) = found.refusals
    return refusal


def test_every_column_is_read_into_its_place() -> None:
    (row,) = rows_of(file_of(person(nation="northern-ireland", kind_of_enrolment="attends")))
    assert row == RosterRow(
        line=2,
        address="advocate1@example.org",
        certificate_name="Advocate 1 in Full",
        display_name="Advocate 1",
        born_on=date(1990, 12, 31),
        organisation=EMPLOYER,
        role_title="Independent advocate",
        nation=Nation.NORTHERN_IRELAND,
        kind=Kind.ATTENDS,
        qualify_by=date(2029, 8, 31),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_a_byte_order_mark(encoding: str) -> None:
    (row,) = rows_of(file_of(person(certificate_name="Zoë Ní Bhriain"), encoding=encoding))
    assert (row.address, row.certificate_name) == ("advocate1@example.org", "Zoë Ní Bhriain")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_what_spreadsheets_save_is_read(delimiter: str, line_end: str) -> None:
    rows = people(3, organisation="Bridge, Harbour; and Trust")
    found = rows_of(text_of(rows, delimiter=delimiter, line_end=line_end).encode())
    assert [(row.line, row.address) for row in found] == [
        (2, "advocate1@example.org"),
        (3, "advocate2@example.org"),
        (4, "advocate3@example.org"),
    ]
    assert {row.organisation for row in found} == {"Bridge, Harbour; and Trust"}


@given(st.permutations(COLUMNS), st.sampled_from([str.upper, str.title, str.lower]))
def test_columns_stand_in_any_order_and_case(columns: list[str], case: object) -> None:
    heads = [f"  {case(column)} " for column in columns]  # type: ignore[operator]
    assert rows_of(text_of([person()], columns=heads).encode()) == rows_of(file_of(person()))


def test_lines_are_counted_as_the_file_has_them() -> None:
    """A name in quotes runs over two lines, and a blank line is a line."""
    wrapped = person(2, certificate_name="Advocate 2\r\nin Full")
    text = text_of([person(1), wrapped, person(3)])
    lines = text.split("\r\n")
    lines.insert(2, "")
    found = rows_of("\r\n".join(lines).encode())
    assert [row.line for row in found] == [2, 4, 6]
    assert found[1].certificate_name == "Advocate 2 in Full"


def test_a_bad_row_after_a_name_of_two_lines_is_named_by_the_line_it_begins_on() -> None:
    rows = [person(1, display_name="One\nline more"), person(2, nation="Atlantis")]
    found = roster.read(file_of(*rows), STARTS_ON, TODAY)
    assert [(each.line, each.column) for each in found.refusals] == [(4, "nation")]


@given(st.dates(date(1930, 1, 1), date(2007, 12, 31)))
def test_both_documented_ways_of_writing_a_day_are_read_alike(day: date) -> None:
    ways = (f"{day:%Y-%m-%d}", f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}")
    for way in ways:
        (row,) = rows_of(file_of(person(date_of_birth=way)))
        assert row.born_on == day


@pytest.mark.parametrize(
    ("typed", "nation"),
    [
        ("Scotland", Nation.SCOTLAND),
        ("NORTHERN IRELAND", Nation.NORTHERN_IRELAND),
        ("England & Wales", Nation.ENGLAND_AND_WALES),
        ("england and wales", Nation.ENGLAND_AND_WALES),
        ("Wales", Nation.ENGLAND_AND_WALES),
    ],
)
def test_a_nation_is_known_however_it_is_usually_written(typed: str, nation: Nation) -> None:
    (row,) = rows_of(file_of(person(nation=typed)))
    assert row.nation is nation


def test_spaces_and_the_two_ways_of_writing_an_accent_make_no_difference() -> None:
    typed = "  Zoe\N{COMBINING DIAERESIS}   Vale\N{NO-BREAK SPACE}"
    (row,) = rows_of(file_of(person(certificate_name=typed)))
    assert row.certificate_name == "Zoë Vale"


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                column: st.text(st.characters(exclude_categories=["C"]), max_size=12)
                for column in COLUMNS
            }
        ),
        max_size=4,
    )
)
def test_whatever_stands_in_the_cells_every_line_is_taken_or_named(
    rows: list[dict[str, str]],
) -> None:
    content = file_of(person(), *rows)
    filled = [n for n, row in enumerate(rows, start=2) if any(v.strip() for v in row.values())]
    found = roster.read(content, STARTS_ON, TODAY)
    told = [row.line for row in found.rows] + [each.line for each in found.refusals]
    assert len(set(told)) == 1 + len(filled)


def test_the_template_opens_in_a_spreadsheet_and_is_read_back() -> None:
    """A spreadsheet knows UTF-8 by its mark; what it saves back is taken, organisation apart."""
    text = roster.template(TODAY)
    assert text.encode().startswith(b"\xef\xbb\xbf")
    heads, example = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert tuple(heads) == COLUMNS
    assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in [*heads, *example])
    (row,) = rows_of(text.encode())
    assert row.organisation == "Name of the organisation"
    assert row.qualify_by > STARTS_ON


@pytest.mark.parametrize("today", [date(2026, 8, 31), date(2026, 9, 1), date(2031, 1, 1)])
def test_the_template_fits_the_next_intake_whenever_it_is_downloaded(today: date) -> None:
    next_september = date(today.year + (today.month >= 9), 9, 1)
    found = roster.read(roster.template(today).encode(), next_september, today)
    assert found.refusals == ()


def test_separators_are_told_apart_whatever_the_order_of_columns() -> None:
    for first in list(permutations(COLUMNS, 2))[:20]:
        columns = [*first, *(column for column in COLUMNS if column not in first)]
        for delimiter in ",;\t":
            text = text_of([person()], columns=columns, delimiter=delimiter)
            assert len(rows_of(text.encode())) == 1
