"""`lms catalogue check` and `publish`, as an author or a server's operator runs them."""

import re
from pathlib import Path

import pytest

from tests.catalogue.folder import a_folder, change
from tests.support.installation import Installation, Said, installation

PAGE = "modules/01-first/01-beginning.md"
FORMAT = re.compile(r"[\w./-]+:[1-9]\d*: (error|warning): \S.*")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


@pytest.fixture
def place(tmp_path: Path, folder: Path) -> Installation:
    found = installation(tmp_path)
    found.environment["LMS_CONTENT_DIR"] = str(folder)
    return found


# Nobody signed it off, and one day its review is due.
WAITS = re.compile(r": warning: (not yet reviewed|the review (is|was) due)")


def check(place: Installation, *words: str | Path) -> Said:
    return place.here("catalogue", "check", "--cache", place.home / "cache", *words)


def test_content_in_order_is_counted_and_the_exit_code_is_0(place: Installation) -> None:
    said = check(place)
    assert (said.status, said.error) == (0, "")
    *found, last = said.out.splitlines()
    assert all(FORMAT.fullmatch(line) and WAITS.search(line) for line in found)
    assert last == f"2 modules, 4 pages: nothing to mend, to look at: {len(found)}."
    assert check(place, "--strict").status == 1


def test_every_finding_has_file_line_severity_and_message_and_the_exit_code_is_1(
    place: Installation, folder: Path
) -> None:
    change(folder, PAGE, "minutes: 20", "minutes:\n\t20")
    change(folder, "modules/02-second/module.yml", "credits: 10", "credits: many")
    said = check(place)
    assert said.status == 1
    lines = said.out.splitlines()
    assert len(lines) == 2
    assert said.error == "To mend: 2. To look at: 0.\n"
    assert all(FORMAT.fullmatch(line) for line in lines), lines
    assert lines[0].startswith(f"{PAGE}:4: error: ")


def test_another_folder_can_be_named(place: Installation, tmp_path: Path) -> None:
    other = a_folder(tmp_path / "other")
    change(other, PAGE, "minutes: 20", "minutes: 0")
    assert check(place).status == 0
    assert check(place, other).status == 1


@pytest.mark.parametrize("name", ["nowhere", "content/programme.yml"])
def test_a_folder_that_is_none_is_not_understood(
    place: Installation, tmp_path: Path, name: str
) -> None:
    assert check(place, tmp_path / name).status == 2


def test_checking_needs_no_installation(folder: Path) -> None:
    assert check(Installation(folder.parent, {}), folder).status == 0


def test_the_content_of_this_house_is_in_order() -> None:
    said = Installation(Path("/nowhere"), {}).here("catalogue", "check")
    assert said.status == 0, said.error


def test_publishing_from_the_command_line_step_by_step(place: Installation, folder: Path) -> None:
    place.init()
    tried = place.here("catalogue", "publish", "--dry-run")
    assert tried.status == 0
    assert tried.out.startswith("Would publish ")

    first = place.here("catalogue", "publish")
    assert first.status == 0
    ref = re.fullmatch(r"Published as (CON-[0-9A-Z-]+)\.\n", first.out)
    assert ref
    assert place.here("catalogue", "publish").out == first.out  # nothing changed: no new version

    change(folder, PAGE, "[[NRM]]", "[[XYZ]]")
    for words in (["catalogue", "publish"], ["catalogue", "publish", "--dry-run"]):
        refused = place.here(*words)
        assert refused.status == 1
        assert (
            refused.error
            == f"{PAGE}:11: error: [[XYZ]] is not in the glossary: add it there, or mend the key\n"
        )
        assert "Published" not in refused.out
    change(folder, PAGE, "[[XYZ]]", "[[NRM]]")
    assert place.here("catalogue", "publish").out == first.out  # what is live stayed as it was

    change(folder, PAGE, "What it says.", "What it said.")
    assert place.here("catalogue", "publish").out not in {first.out, ""}


def test_a_process_of_its_own_answers_alike(place: Installation, folder: Path) -> None:
    change(folder, PAGE, "minutes: 20", "minutes: 0")
    said = place.lms("catalogue", "check")
    assert said.status == 1
    assert FORMAT.fullmatch(said.out.strip())
