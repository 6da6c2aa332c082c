"""Advice comes before the text of a page wherever that is shown, also what it said once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.catalogue import operations as catalogue, queries as contents
from lms.catalogue.keeping import keep
from lms.catalogue.models import ContentVersion
from lms.cohorts import operations as cohorts
from lms.cohorts.models import Cohort
from lms.content import reading
from lms.db import unit_of_work
from lms.texts.advice import graver
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.learning.places import a_cohort, words

SEPTEMBER, OCTOBER = (datetime(2026, month, 5, 9, tzinfo=UTC) for month in (9, 10))
PAGE = "modules/01-first/02-end.md"
OPEN = "review_by: 2027-01-31\n"
ADVICE = """\
content_advice:
  topics: [violence, threats]
  severity: {severity}
  note: A note of {severity}.
  counts: []
"""
SENTENCES = {
    "high": "Much of this page may be hard to read. It is about violence and threats.",
    "medium": "This page speaks openly about violence and threats.",
    "low": "This page touches on violence and threats.",
}
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _stopped() -> Any:
    with clock.stopped(OCTOBER):
        yield


def advised(severity: str | None) -> str:
    return OPEN + (ADVICE.format(severity=severity) if severity else "")


def moved(folder: Path, cohort: Cohort) -> ContentVersion:
    kept = keep(reading.read(folder))
    with unit_of_work():
        version = catalogue.publish(kept, actor=SYSTEM)
    with unit_of_work():
        cohorts.move_content(cohort, version, "It was mended.", seen=0, actor=SYSTEM)
    return version


@pytest.mark.parametrize(
    ("was", "now", "first"),
    [
        ("high", "high", "high"),
        ("high", None, "high"),
        (None, "high", "high"),
        ("high", "low", "high"),
        ("low", "medium", "medium"),
        ("low", None, "low"),
        (None, None, None),
    ],
)
def test_what_changed_is_shown_after_the_graver_advice_of_both(
    browser: Any, tmp_path: Path, was: str | None, now: str | None, first: str | None
) -> None:
    folder = a_folder(tmp_path)
    change(folder, PAGE, OPEN, advised(was))
    change(folder, PAGE, "What it says.", "SAID-BEFORE it says.")
    cohort = a_cohort(folder, date(2026, 9, 1))
    reader = browser(factories.make_enrolment(cohort).advocate)
    registrar = browser(factories.make_account(Role.REGISTRAR))
    reader.post("/learn/first/end/read")
    change(folder, PAGE, advised(was), advised(now))
    change(folder, PAGE, "SAID-BEFORE it says.", "SAID-NOW it says.")
    version = moved(folder, cohort)
    # The registrar looks from where the intake stood before.
    aside = a_cohort_on(folder, was)
    pages = [
        (reader, "/learn/first/end/changes"),
        (registrar, f"/programme/cohorts/{aside.ref}/content/{version.ref}/first/end"),
    ]
    for somebody, path in pages:
        plain, shown = (words(somebody.get(path + end).text) for end in ("", "?show=1"))
        for text in ("SAID-BEFORE", "SAID-NOW"):
            assert (text in plain) is (first != "high"), path
            assert text in shown
        assert ("I have read the changes" in shown) is (somebody is reader)
        if first == "high":
            assert "I have read the changes" not in plain
            assert "Reworded" not in plain
        for said in (plain, shown):
            assert ("Before you read on" in said) is (first is not None)
            if first:
                assert f"{SENTENCES[first]} A note of {first}." in said
                assert said.index(SENTENCES[first]) < (said + "SAID-").index("SAID-")


def a_cohort_on(folder: Path, was: str | None) -> Cohort:
    """Another intake, on the text as it was."""
    now = (folder / PAGE).read_text(encoding="utf-8")
    before, _, after = now.partition(OPEN)
    text = after.partition("---")[2].replace("SAID-NOW", "SAID-BEFORE")
    (folder / PAGE).write_text(f"{before}{advised(was)}---{text}", encoding="utf-8")
    return a_cohort(folder, date(2025, 9, 1))


@pytest.mark.parametrize("severity", ["high", "medium", "low"])
def test_an_old_version_says_the_same_before_its_page(
    browser: Any, tmp_path: Path, severity: str
) -> None:
    folder = a_folder(tmp_path)
    change(folder, PAGE, OPEN, advised(severity))
    change(folder, PAGE, "What it says.", "SAID-BEFORE it says.")
    with clock.stopped(SEPTEMBER):
        cohort = a_cohort(folder, date(2026, 9, 1))
        enrolment = factories.make_enrolment(cohort)
    older = contents.versions()[0]
    reader = browser(enrolment.advocate)
    change(folder, PAGE, advised(severity), OPEN)
    moved(folder, cohort)
    path = f"/learn/versions/{older.ref}/first/end"
    plain, shown = (words(reader.get(path + end).text) for end in ("", "?show=1"))
    assert ("SAID-BEFORE" in plain) is (severity != "high")
    assert f"{SENTENCES[severity]} A note of {severity}." in plain
    assert shown.index(SENTENCES[severity]) < shown.index("SAID-BEFORE")


def test_of_two_that_weigh_the_same_the_newer_is_said() -> None:
    low, other, high = ({"severity": each} for each in ("low", "low", "high"))
    assert graver(low, other) is other
    assert graver(high, low) is high
    assert graver(low, high) is high
    assert graver(low, None) is low
    assert graver(None, None) is None
