"""What `lms catalogue check` tells programs, what it remembers, and the schemas it writes."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lms.authored import Finding, Severity
from lms.checking import memory, schemas
from lms.checking.memory import Checked
from lms.checking.report import report
from lms.content import shapes
from tests.catalogue.folder import a_folder, change
from tests.factories import CONTENT
from tests.support.installation import Installation

PAGE = "modules/01-first/01-beginning.md"
DAY = date(2026, 6, 1)
FOUND = [
    Finding("modules/01-a/01-b c.md", 7, "“This” is wrong", rule="link"),
    Finding("glossary.yml", 1, "look at it", Severity.WARNING, "unused"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


class Counting:
    """A progress that notes what was read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, name: str) -> None:
        self.read.append(name)


def checked(folder: Path, cache: Path, today: date = DAY) -> tuple[Checked, int]:
    progress = Counting()
    found = memory.check(folder, today, cache, progress)
    return found, len(progress.read)


def test_as_text_a_finding_is_a_line() -> None:
    assert report(FOUND, "text", "content") == (
        "modules/01-a/01-b c.md:7: error: “This” is wrong\nglossary.yml:1: warning: look at it"
    )


def test_as_json_findings_are_counted_and_whole() -> None:
    assert json.loads(report(FOUND, "json", "content")) == {
        "errors": 1,
        "warnings": 1,
        "findings": [
            {
                "file": "modules/01-a/01-b c.md",
                "line": 7,
                "message": "“This” is wrong",
                "severity": "error",
                "rule": "link",
            },
            {
                "file": "glossary.yml",
                "line": 1,
                "message": "look at it",
                "severity": "warning",
                "rule": "unused",
            },
        ],
    }


def test_as_sarif_it_has_what_the_standard_asks_for() -> None:
    """SARIF 2.1.0: 3.13 and 3.14 (log and run), 3.19 (driver), 3.27 (result), 3.28 and 3.29."""
    said: dict[str, Any] = json.loads(report(FOUND, "sarif", "content"))
    assert said["version"] == "2.1.0"
    assert said["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = said["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["link", "unused"]
    assert run["tool"]["driver"]["name"]
    first, second = run["results"]
    assert (first["level"], second["level"]) == ("error", "warning")
    assert [rules[each["ruleIndex"]] for each in run["results"]] == ["link", "unused"]
    assert first["message"] == {"text": "“This” is wrong"}
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "content/modules/01-a/01-b%20c.md",
                    "uriBaseId": "%SRCROOT%",
                },
                "region": {"startLine": 7},
            }
        }
    ]
    empty = json.loads(report([], "sarif", ""))
    assert empty["runs"][0]["results"] == []


def test_the_command_speaks_each_format_and_tells_its_progress_apart(
    folder: Path, tmp_path: Path
) -> None:
    place = Installation(tmp_path, {})
    words = ["catalogue", "check", folder, "--cache", tmp_path / "cache", "--format"]
    said = place.here(*words, "json", "--progress")
    assert json.loads(said.out)["errors"] == 0
    assert re.fullmatch(r"1 of 6: modules/\S+\n", said.error)
    again = place.here(*words, "json")
    assert (again.out, again.error) == (said.out, "")
    sarif = json.loads(place.here(*words, "sarif").out)
    (place_of, *_) = sarif["runs"][0]["results"][0]["locations"]
    assert place_of["physicalLocation"]["artifactLocation"]["uri"].startswith("content/modules/")
    assert place.here(*words, "xml").status == 2


def test_what_was_found_is_remembered_until_something_changes(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first, read = checked(folder, cache)
    assert read == 6
    assert (first.modules, first.pages) == (2, 4)
    assert checked(folder, cache) == (first, 0)

    change(folder, PAGE, "What it says.", "What it said.")
    assert checked(folder, cache) == (first, 6)
    later, read = checked(folder, cache, date(2027, 1, 1))
    assert read == 6
    assert len(later.findings) > len(first.findings)
    (folder / "modules/01-first/files").mkdir()
    (folder / "modules/01-first/files/a.png").write_bytes(b"no picture")
    assert checked(folder, cache, date(2027, 1, 1))[0].modules == 0


def test_another_way_of_checking_finds_afresh(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(folder, tmp_path)
    monkeypatch.setattr(memory, "_checks", lambda: "as it will be")
    assert checked(folder, tmp_path)[1] == 6


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"key": "KEY", "findings": [{"file": "a"}], "modules": 1, "pages": 1}',
        b'{"key": "KEY", "findings": 7, "modules": 1, "pages": 1}',
    ],
)
def test_a_memory_that_is_damaged_is_passed_over(
    folder: Path, tmp_path: Path, damage: bytes
) -> None:
    cache = tmp_path / "cache"
    first, _ = checked(folder, cache)
    (kept,) = cache.iterdir()
    key = json.loads(kept.read_text())["key"]
    kept.write_bytes(damage.replace(b"KEY", key.encode()))
    assert checked(folder, cache) == (first, 6)
    assert checked(folder, cache) == (first, 0)


def test_where_nothing_can_be_kept_it_is_checked_all_the_same(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, and no folder")
    assert checked(folder, tmp_path / "cache")[1] == 6


def test_the_schemas_in_the_repository_are_those_of_the_code() -> None:
    """`lms catalogue schema` writes them; run it when a shape has changed."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in CONTENT.glob("schemas/*")}
    assert kept == dict(schemas.schemas())


def test_a_schema_asks_for_what_the_shape_asks_for(tmp_path: Path) -> None:
    made = {name: json.loads(text) for name, text in schemas.schemas()}
    page = made["page.json"]
    assert set(page["required"]) == {"title", "minutes", "outcomes", "law_as_at", "review_by"}
    assert page["additionalProperties"] is False
    assert page["properties"]["review_by"]["format"] == "date"
    assert set(page["properties"]) == set(shapes.PageFront.model_fields)
    level = made["assessment.json"]["$defs"]["LevelShape"]
    assert set(level["required"]) == {"from", "to", "text"}


def test_the_command_writes_what_has_changed_and_nothing_else(tmp_path: Path) -> None:
    place = Installation(tmp_path, {})
    first = place.here("catalogue", "schema", tmp_path)
    assert "page.json" in first.out
    (tmp_path / "schemas/page.json").write_text("{}")
    again = place.here("catalogue", "schema", tmp_path)
    assert again.out.endswith("schemas: page.json.\n")
    assert place.here("catalogue", "schema", tmp_path).out.endswith("schemas: nothing.\n")
