"""What is no roster, and which rows can't be taken: each named by line, column and reason."""

import io
import zipfile

import pytest

from lms.cohorts import roster
from lms.cohorts.roster import COLUMNS, MOST_BYTES, MOST_ROWS, NotARoster, Refusal
from tests.cohorts.rosters import STARTS_ON, TODAY, file_of, people, person, text_of

ACCENTS = person(certificate_name="Zoë Ní Bhriain")


def told(content: bytes) -> str:
    """The sentence for a file that can't be read at all."""
    with pytest.raises(NotARoster) as refusal:
        roster.read(content, STARTS_ON, TODAY)
    return refusal.value.sentence


def refused(**changes: str) -> Refusal:
    """The refusal of one row that is changed so, between two that are well."""
    found = roster.read(file_of(person(1), person(2, **changes), person(3)), STARTS_ON, TODAY)
    assert [row.line for row in found.rows] == [2, 4]
    (refusal,) = found.refusals
    assert refusal.line == 3
    return refusal


def test_utf_16_is_refused_with_and_without_its_mark() -> None:
    assert told(file_of(ACCENTS, encoding="utf-16")) == (
        "This file is in UTF-16. Save it as “CSV UTF-8”, and choose it again."
    )
    for encoding in ("utf-16-le", "utf-16-be"):
        assert "not in UTF-8" in told(file_of(ACCENTS, encoding=encoding))
        assert told(file_of(person(), encoding=encoding)) == "This is not a CSV file."


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman"])
def test_accents_in_other_encodings_are_refused_by_their_line_and_never_guessed(
    encoding: str,
) -> None:
    content = file_of(person(1), person(2), ACCENTS, encoding=encoding)
    assert told(content).startswith("Line 4 is not in UTF-8. Save the file as “CSV UTF-8”")


def spreadsheet() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [spreadsheet(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)]
)
def test_a_spreadsheet_is_called_a_spreadsheet(content: bytes) -> None:
    assert told(content).startswith("This is a spreadsheet. Save it as “CSV UTF-8”")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b" , ,\n"])
def test_an_empty_file_is_called_empty(content: bytes) -> None:
    assert told(content) == "The file is empty."


def test_only_a_header_is_nobody() -> None:
    assert told(text_of([]).encode()) == "The file has columns, but no people in it."
    assert told(text_of([]).encode() + b",,,,,,,,\r\n") == (
        "The file has columns, but no people in it."
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(column: str) -> None:
    columns = [each for each in COLUMNS if each != column]
    assert told(text_of([person()], columns=columns).encode()) == f"Columns are missing: {column}."


def test_a_file_without_a_header_misses_every_column() -> None:
    content = text_of([person()]).split("\r\n", 1)[1].encode()
    assert told(content) == f"Columns are missing: {', '.join(COLUMNS)}."


def test_unknown_and_doubled_columns_are_named() -> None:
    assert told(text_of([person()], columns=[*COLUMNS, "Shoe size"]).encode()) == (
        "There is a column we don’t know: shoe size."
    )
    assert told(text_of([person()], columns=[*COLUMNS, "EMAIL"]).encode()) == (
        "A column stands twice: email."
    )


def test_what_a_refused_column_is_called_can_not_run_away_with_the_page() -> None:
    wild = "\x1b[31m" + "x" * 5000
    sentence = told(text_of([person()], columns=[*COLUMNS, wild]).encode())
    assert len(sentence) < 300
    assert sentence.isprintable()


def test_a_roster_has_an_end() -> None:
    assert len(roster.read(file_of(*people(MOST_ROWS)), STARTS_ON, TODAY).rows) == MOST_ROWS
    assert told(file_of(*people(MOST_ROWS + 1))) == f"The file has more than {MOST_ROWS} rows."
    assert "more than" in told(file_of(*people(4000)))


def test_a_large_file_is_refused_by_its_size_before_it_is_opened() -> None:
    rows = file_of(*people(10_000))
    assert len(rows) > MOST_BYTES
    assert told(rows) == "This file is larger than 1 MB. A roster is smaller."
    assert told(b"\xff" * (MOST_BYTES + 1)).startswith("This file is larger than 1 MB")


def test_nul_bytes_are_refused() -> None:
    assert told(file_of(person()) + b"\0") == "This is not a CSV file."
    assert told(file_of(person(display_name="Ro\0bin"))) == "This is not a CSV file."


@pytest.mark.parametrize("broken", ['"Robin', '"Robin" Vale', '"Robin"x'])
def test_a_quotation_mark_too_many_swallows_nobody(broken: str) -> None:
    """Read leniently it would make one cell of the rest of the file, and lose those people."""
    rows = text_of(people(3)).split("\r\n")
    rows[2] = rows[2].replace("Advocate 2 in Full", broken)
    assert told("\r\n".join(rows).encode()) == (
        "From line 3 on this is not CSV: look for a quotation mark too many."
    )


def test_a_comma_too_many_is_no_shift_of_columns() -> None:
    rows = text_of(people(2)).split("\r\n")
    rows[2] += ",one more"
    found = roster.read("\r\n".join(rows).encode(), STARTS_ON, TODAY)
    assert [(each.line, each.column) for each in found.refusals] == [(3, "row")]
    below_nothing = text_of([person()], columns=[*COLUMNS, ""]).replace("\r\n", "x\r\n", 2)
    below_nothing = below_nothing.replace(",x", ",", 1)
    found = roster.read(below_nothing.encode(), STARTS_ON, TODAY)
    assert [each.column for each in found.refusals] == ["row"]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("nothing", ["", "  ", "\N{ZERO WIDTH SPACE}"])
def test_an_empty_cell_is_named_by_its_column(column: str, nothing: str) -> None:
    refusal = refused(**{column.replace(" ", "_").replace("-", "_"): nothing})
    assert (refusal.column, refusal.reason) == (column, "is empty")


@pytest.mark.parametrize(
    "typed", ["nobody", "a@b", "a b@example.org", "@example.org", "a@example.org, b@example.org"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert refused(email=typed).column == "email"


def test_an_address_with_a_character_that_nobody_sees_is_refused() -> None:
    refusal = refused(email="ad\N{ZERO WIDTH SPACE}vocate1@example.org")
    assert "can’t be seen" in refusal.reason
    assert refusal.who == "advocate1@example.org"


@pytest.mark.parametrize(
    "twice",
    ["advocate1@example.org", "ADVOCATE1@Example.ORG", " advocate1@example.org "],
)
def test_the_same_address_twice_is_refused_in_any_case(twice: str) -> None:
    found = roster.read(file_of(person(1), person(2), person(3, email=twice)), STARTS_ON, TODAY)
    assert [(each.line, each.column, each.reason) for each in found.refusals] == [
        (4, "email", "stands on line 2 too")
    ]


def test_the_same_address_in_two_forms_of_unicode_is_one_address() -> None:
    rows = (
        person(1, email="zoë@example.org"),
        person(2, email="zoe\N{COMBINING DIAERESIS}@example.org"),
    )
    found = roster.read(file_of(*rows), STARTS_ON, TODAY)
    assert [(each.line, each.reason) for each in found.refusals] == [(3, "stands on line 2 too")]


@pytest.mark.parametrize(
    "typed",
    [
        "31/02/1990",
        "29/02/1991",
        "1990-02-30",
        "1990-13-01",
        "12/31/1990",  # an American spreadsheet's
        "1/2/90",  # of which century?
        "90-02-01",
        "31.12.1990",
        "31 December 1990",
        "33238",  # a spreadsheet's own count of days
        "1990-12-31T00:00",
        "0",
    ],
)
def test_a_day_that_can_not_be_is_refused_and_not_repeated(typed: str) -> None:
    refusal = refused(date_of_birth=typed)
    assert refusal.column == "date of birth"
    assert refusal.reason == "is no day; write it like 1990-12-31 or 31/12/1990"


def test_a_qualify_by_date_that_can_not_be_is_refused() -> None:
    refusal = refused(qualify_by_date="29/02/2027")
    assert refusal.column == "qualify-by date"
    assert "“29/02/2027” is no day" in refusal.reason


@pytest.mark.parametrize("typed", ["2026-09-01", "2026-08-31", "1999-01-01"])
def test_nobody_qualifies_before_the_intake_has_begun(typed: str) -> None:
    assert refused(qualify_by_date=typed).column == "qualify-by date"


@pytest.mark.parametrize("typed", ["2030-01-01", "2026-06-16", "1890-01-01", "0001-01-01"])
def test_nobody_is_born_in_the_future_or_too_long_ago(typed: str) -> None:
    assert refused(date_of_birth=typed).column == "date of birth"


@pytest.mark.parametrize("typed", ["Atlantis", "ireland", "UK", "scot"])
def test_an_unknown_nation_is_refused_with_those_that_are_known(typed: str) -> None:
    refusal = refused(nation=typed)
    assert refusal.column == "nation"
    assert "england-and-wales, scotland, northern-ireland" in refusal.reason


@pytest.mark.parametrize("typed", ["full", "assessed?", "attend"])
def test_an_unknown_kind_is_refused_with_those_that_are_known(typed: str) -> None:
    refusal = refused(kind_of_enrolment=typed)
    assert refusal.column == "kind of enrolment"
    assert "assessed, attends" in refusal.reason


def test_a_cell_has_an_end_and_nothing_that_can_not_be_shown() -> None:
    assert "longer than 200" in refused(role_title="x" * 201).reason
    assert "can’t be shown" in refused(role_title="Advo\x07cate").reason
    assert "can’t be shown" in refused(certificate_name="Robin\x9b31m Vale").reason


def test_a_refusal_repeats_no_control_character_of_the_address() -> None:
    found = roster.read(file_of(person(email="a\x1b[2J@example.org")), STARTS_ON, TODAY)
    assert [each.who for each in found.refusals] == ["a[2J@example.org"]


def test_formulas_are_names_like_any_other_here() -> None:
    """They run nowhere: pages escape them, and no file of ours is made of them."""
    formula = '=HYPERLINK("http://example.org","Robin")'
    (row,) = roster.read(file_of(person(certificate_name=formula)), STARTS_ON, TODAY).rows
    assert row.certificate_name == formula
