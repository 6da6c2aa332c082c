"""What docs/authoring.md tells authors to write is what the check wants to see."""

import re
from datetime import date
from pathlib import Path

import pytest

from lms.authored import Severity
from lms.content import reading
from lms.content.prose import HARDEST_GRADE, LONGEST_SENTENCE
from lms.content.shapes import PageFront
from lms.markup_blocks import BLOCKS, NATIONS
from lms.markup_questions import KINDS
from tests.catalogue.folder import a_folder, change
from tests.factories import ROOT

GUIDE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```\n(.*?)^```$", GUIDE, re.M | re.S)
BLOCK_EXAMPLES = [each for each in EXAMPLES if each.startswith("///")]
FIRST = "modules/01-first"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
FILM = b"\0\0\0\x18ftypmp42"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = a_folder(tmp_path / "content")
    (found / FIRST / "files").mkdir()
    (found / FIRST / "files/referral-path.svg").write_bytes(DRAWING)
    (found / FIRST / "files/first-meeting.mp4").write_bytes(FILM)
    return found


def errors(folder: Path) -> list[str]:
    found = reading.examine(folder, today=date(2026, 6, 1))[1]
    return [str(each) for each in found if each.severity is Severity.ERROR]


def test_every_block_of_the_guide_is_in_order(folder: Path) -> None:
    assert len(BLOCK_EXAMPLES) == 4
    text = "\n".join(BLOCK_EXAMPLES)
    change(folder, f"{FIRST}/01-beginning.md", "## A part\n", f"## A part\n\n{text}\n")
    assert errors(folder) == []


def test_the_front_matter_of_the_guide_is_in_order(folder: Path) -> None:
    (advice,) = [each for each in EXAMPLES if each.startswith("content_advice:")]
    page = folder / FIRST / "01-beginning.md"
    text = page.read_text(encoding="utf-8")
    (folder / FIRST / "alternatives").mkdir()
    (folder / FIRST / "alternatives/without-it.md").write_text(text, encoding="utf-8")
    change(
        folder,
        f"{FIRST}/01-beginning.md",
        "review_by: 2027-01-31\n",
        f"review_by: 2027-01-31\n{advice}",
    )
    assert errors(folder) == []


def test_the_guide_names_every_block_field_nation_kind_and_limit() -> None:
    for block in BLOCKS:
        assert f"/// {block.NAME}" in GUIDE
    for name in (*PageFront.model_fields, *NATIONS, *KINDS):
        assert f"`{name}`" in GUIDE, name
    assert f"more than {LONGEST_SENTENCE} words" in GUIDE
    assert f"harder than grade {HARDEST_GRADE:.0f}" in GUIDE
