"""Every legal statement stands before a lawyer, with its source, its nation and its reading."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms import authored
from lms.checking.cli import legal_review, measures
from lms.checking.legal import EVERYWHERE, Statement, statements
from lms.checking.legal_review import ReadingsFile, ReadingShape, lapsed, review
from lms.content import reading
from tests import factories
from tests.catalogue.folder import a_folder, change

PAGE = "modules/01-first/01-beginning.md"
STATISTIC = """\
  count:
    kind: statistic
    title: A count
    address: https://www.gov.uk/count
    law_as_at: null
    checked_on: 2026-06-01
    read: true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


def below(folder: Path, text: str) -> None:
    change(folder, PAGE, "s.1].\n///\n", f"s.1].\n///\n\n{text}\n")


def of_page(folder: Path) -> list[Statement]:
    content = reading.read(folder)
    return [each for each in statements(content) if each.file == PAGE]


def test_paragraphs_items_and_rows_that_cite_law_are_statements(folder: Path) -> None:
    below(
        folder,
        "Nothing is cited here.\n\n- One thing [@act s.2]\n- Another\n\n"
        "| Who | What |\n|---|---|\n| They | *must* [@act s.3(1)] |",
    )
    found = of_page(folder)
    assert [(each.line, each.text) for each in found] == [
        (11, "The NRM is explained (An Example Act 2015, s.1)."),
        (14, "What it says. It is in (An Example Act 2015, s.1)."),
        (20, "One thing (An Example Act 2015, s.2)"),
        (25, "They; must (An Example Act 2015, s.3(1))"),
    ]
    lines = (folder / PAGE).read_text(encoding="utf-8").split("\n")
    assert "One thing" in lines[found[2].line - 1]


def test_what_rests_on_a_count_alone_or_is_for_tutors_is_none(folder: Path) -> None:
    change(folder, "references.yml", "references:\n", f"references:\n{STATISTIC}")
    before = of_page(folder)
    below(folder, "It was counted [@count].\n\n/// tutor\nAsk about [@act s.9].\n///")
    assert of_page(folder) == before


def test_a_statement_speaks_for_the_nation_of_its_block(folder: Path) -> None:
    blocks = [
        f"/// nation | {each}\nHere [@act s.{n}].\n///"
        for n, each in enumerate(("england-and-wales", "scotland", "northern-ireland"), 2)
    ]
    below(folder, "\n\n".join(blocks))
    assert [each.nation for each in of_page(folder)] == [
        EVERYWHERE,
        EVERYWHERE,
        "England and Wales",
        "Scotland",
        "Northern Ireland",
    ]


def test_its_digest_changes_with_its_words_and_with_its_place_in_the_source(folder: Path) -> None:
    first = of_page(folder)[0].digest
    change(folder, PAGE, "explained [@act s.1]", "explained [@act s.2]")
    second = of_page(folder)[0].digest
    change(folder, PAGE, "is explained", "is told")
    third = of_page(folder)[0].digest
    assert len({first, second, third}) == 3
    change(folder, PAGE, "minutes: 20", "minutes: 21")
    assert of_page(folder)[0].digest == third


def part(told: str, title: str) -> str:
    return told.split(f"### {title}")[1].split("\n##", maxsplit=1)[0]


def test_what_nobody_read_a_second_time_is_looked_at_first(folder: Path) -> None:
    below(folder, "A third thing [@act s.3].")
    content = reading.read(folder)
    found = list(statements(content))
    agreed = ReadingShape(on=date(2026, 6, 2), found="agrees")
    note = "Subsection (2) was not read."
    partly = ReadingShape(on=date(2026, 6, 2), found="partly", note=note)
    told = review(content, {found[0].digest: agreed, found[1].digest: partly})
    first, done = part(told, "Look first"), part(told, "Found in their source")
    assert found[0].digest in done
    assert "A second reading on 2 June 2026 found it in its source." in done
    assert found[1].digest in first
    assert "could check it in part. Subsection (2) was not read." in first
    assert "no second reading yet" in first
    assert "An Example Act 2015, law as at 7 April 2026, read" in first


def test_a_source_that_nobody_could_read_calls_for_a_lawyer_all_the_same(folder: Path) -> None:
    change(folder, "references.yml", "read: true", "read: false")
    content = reading.read(folder)
    found = list(statements(content))
    agreed = ReadingShape(on=date(2026, 6, 2), found="agrees")
    told = review(content, {each.digest: agreed for each in found})
    assert "An Example Act 2015 is cited at second hand" in part(told, "Look first")
    assert part(told, "Found in their source by a second reading").strip() == "None."


def test_what_authors_ask_a_lawyer_stands_on_top(folder: Path) -> None:
    question = 'review_by: 2027-01-31\nfor_review: ["Is section 1 in force?"]\n'
    change(folder, PAGE, "review_by: 2027-01-31\n", question)
    told = review(reading.read(folder), {})
    asked = told.split("## What authors ask a lawyer")[1].split("\n## ")[0]
    assert "Is section 1 in force?" in asked
    assert told.index("What authors ask") < told.index("Look first\n")


def test_the_command_tells_of_readings_whose_statement_is_gone(
    folder: Path, tmp_path: Path
) -> None:
    readings = tmp_path / "second-readings.yml"
    readings.write_text(
        "readings:\n  0123456789ab: {on: 2026-06-02, found: agrees}\n", encoding="utf-8"
    )
    ran = CliRunner().invoke(legal_review, [str(folder), "--readings", str(readings)])
    assert ran.exit_code == 0
    assert "No statement has these digests any more: 0123456789ab." in ran.output
    assert "# For the legal reviewer" in ran.output


def test_the_document_is_as_the_content_and_its_readings_make_it() -> None:
    """Made anew by the command that its first lines name; no reading has lapsed."""
    docs = Path(__file__).parents[2] / "docs"
    readings = authored.read(docs / "second-readings.yml", "second-readings.yml", ReadingsFile)[0]
    content = factories.real_content()
    assert lapsed(statements(content), readings.readings) == []
    made = review(content, readings.readings)
    assert (docs / "legal-review.md").read_text(encoding="utf-8") == made
    assert "no second reading yet" not in made


def test_readings_that_are_wrong_are_told_by_line(folder: Path, tmp_path: Path) -> None:
    readings = tmp_path / "second-readings.yml"
    readings.write_text("readings:\n  ab: {on: 2026-06-02, found: maybe}\n", encoding="utf-8")
    ran = CliRunner().invoke(legal_review, [str(folder), "--readings", str(readings)])
    assert ran.exit_code == 1
    assert "second-readings.yml:2: error: readings.ab.found" in ran.output


def test_measures_say_of_each_page_how_long_it_takes(folder: Path) -> None:
    change(folder, PAGE, "## A part\n", "## A part\n\n" + "Somebody says so. " * 100 + "\n")
    ran = CliRunner().invoke(measures, [str(folder)])
    assert ran.exit_code == 0
    [line] = [each for each in ran.output.splitlines() if each.endswith(PAGE)]
    words, average, grade, minutes, least, _page = line.split()
    assert (int(words), int(minutes), int(least)) == (312, 20, 3)
    assert 2.9 < float(average) < 3.3
    assert 4 < float(grade) < 10
    assert "AL701 in all" in ran.output


@pytest.mark.parametrize("command", [legal_review, measures])
def test_content_with_errors_is_told_and_nothing_else(folder: Path, command) -> None:
    change(folder, PAGE, "minutes: 20", "minutes: many")
    ran = CliRunner().invoke(command, [str(folder)])
    assert ran.exit_code == 1
    assert f"{PAGE}:3: error" in ran.output
