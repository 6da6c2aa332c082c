"""What only a whole curriculum can lack: a nation, a fresh source, a sentence said once, a map."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lms.authored import Severity
from lms.content import reading
from tests.catalogue.folder import a_folder, change

PAGE = "modules/01-first/01-beginning.md"
END = "modules/01-first/02-end.md"
MODULE = "modules/01-first/module.yml"
TODAY = date(2026, 6, 1)
FRAMEWORKS = """\
frameworks:
  areas:
    title: Areas of training
    source: act
    note: Made up for a test, with two areas.
    competencies:
      area-1: {title: The first area}
      area-2: {title: The second area}
"""
LONG = "Nobody is asked to tell their whole story to three services in one week."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


def found(folder: Path, rule: str, severity: Severity) -> list[str]:
    findings = reading.examine(folder, today=TODAY)[1]
    return [str(f) for f in findings if f.rule == rule and f.severity is severity]


def errors(folder: Path, rule: str) -> list[str]:
    return found(folder, rule, Severity.ERROR)


def warnings(folder: Path, rule: str) -> list[str]:
    return found(folder, rule, Severity.WARNING)


def mapped(folder: Path, **competencies: str) -> None:
    """A map, and what each module's outcome says that it builds."""
    (folder / "competencies.yml").write_text(FRAMEWORKS, encoding="utf-8")
    for name, keys in competencies.items():
        module = {"first": "01-first", "second": "02-second"}[name]
        path = f"modules/{module}/module.yml"
        change(folder, path, "  - key: LO1\n", f"  - key: LO1\n    competencies: [{keys}]\n")


def test_a_source_newer_than_the_review_is_an_error_at_its_citation(folder: Path) -> None:
    change(folder, "references.yml", "law_as_at: 2026-04-07", "law_as_at: 2027-02-01")
    told = errors(folder, "date")
    assert told[0].startswith(
        f"{PAGE}:11: error: act states the law as at 1 February 2027, after the page’s review "
    )
    assert len(told) == 4  # every page of both modules


def test_a_source_of_the_day_of_the_review_is_in_time(folder: Path) -> None:
    change(folder, "references.yml", "law_as_at: 2026-04-07", "law_as_at: 2027-01-31")
    assert errors(folder, "date") == []


def test_a_source_newer_than_the_legal_sign_off_is_to_be_looked_at(folder: Path) -> None:
    signed = "review_by: 2027-01-31\nreviewers: {legal: {by: A. Person, on: 2026-04-06}}\n"
    change(folder, PAGE, "review_by: 2027-01-31\n", signed)
    assert warnings(folder, "date") == [
        f"{PAGE}:12: warning: act states the law as at 7 April 2026, after the legal reviewer "
        "signed off: ask for another look"
    ]
    change(folder, PAGE, "2026-04-06", "2026-04-07")
    assert warnings(folder, "date") == []


def test_an_outcome_assessed_twice_and_taught_never_is_an_error(folder: Path) -> None:
    change(folder, MODULE, "reviewers:", "  - key: LO2\n    text: Do another thing.\nreviewers:")
    essay = "modules/01-first/assessments/essay.yml"
    text = (folder / essay).read_text(encoding="utf-8")
    (folder / essay).write_text(text.replace("[LO1]", "[LO1, LO2]"), encoding="utf-8")
    assert errors(folder, "outcome") == [
        f"{MODULE}:9: error: the outcome LO2 is taught on no page: name it in a page’s outcomes"
    ]


def test_an_outcome_that_is_taught_for_some_nations_only_is_an_error(folder: Path) -> None:
    for page in (PAGE, END):
        change(
            folder, page, "review_by: 2027-01-31\n", "review_by: 2027-01-31\nnations: [scotland]\n"
        )
    assert errors(folder, "nation") == [
        f"{MODULE}:6: error: the outcome LO1 is taught on no page about england-and-wales, "
        "northern-ireland: write one, or take the nation out"
    ]
    change(folder, END, "nations: [scotland]", "nations: [england-and-wales, northern-ireland]")
    assert errors(folder, "nation") == []


def test_a_page_that_leaves_a_nation_out_is_to_be_looked_at(folder: Path) -> None:
    blocks = "/// nation | scotland\nHere.\n///\n\n/// nation | northern-ireland\nHere.\n///\n"
    change(folder, PAGE, "s.1].\n///\n", f"s.1].\n///\n\n{blocks}")
    assert warnings(folder, "nation") == [
        f"{PAGE}:18: warning: the page says what holds in northern-ireland, scotland and not in "
        "england-and-wales: add a block, or name the page’s nations"
    ]


def said(where: str, sentence: str) -> Callable[[Path], None]:
    return lambda folder: change(folder, where, "## A part\n", f"## A part\n\n{sentence}\n")


def test_a_sentence_that_stands_on_two_pages_is_an_error_on_the_second(folder: Path) -> None:
    said(PAGE, f"First. {LONG}")(folder)
    said(END, f"Something else.\n\n{LONG.upper()}")(folder)
    assert errors(folder, "repeated") == [
        f"{END}:13: error: the sentence “NOBODY IS ASKED TO TELL …” stands in {PAGE} already: "
        "say it once, and link to it"
    ]


def test_a_sentence_said_twice_on_one_page_is_an_error_too(folder: Path) -> None:
    said(PAGE, f"{LONG} {LONG}")(folder)
    assert len(errors(folder, "repeated")) == 1


@pytest.mark.parametrize("around", ["- {}", "> {}", "/// tutor\n{}\n///", "| A |\n|---|\n| {} |"])
def test_lists_quotations_tables_and_notes_for_tutors_may_repeat(folder: Path, around: str) -> None:
    said(PAGE, LONG)(folder)
    said(END, around.format(LONG))(folder)
    assert errors(folder, "repeated") == []


def test_short_sentences_may_repeat(folder: Path) -> None:
    for page in (PAGE, END):
        said(page, "Nobody will ask you which it is.")(folder)
    assert errors(folder, "repeated") == []


def test_a_map_without_gaps_is_let_be(folder: Path) -> None:
    mapped(folder, first="area-1", second="area-2, area-1")
    assert errors(folder, "competency") == warnings(folder, "competency") == []


def test_a_competency_that_no_outcome_builds_is_a_gap(folder: Path) -> None:
    mapped(folder, first="area-1", second="area-1")
    assert warnings(folder, "competency") == [
        "competencies.yml:8: warning: no outcome builds area-2: name it in one, or say why in "
        "the note"
    ]


def test_an_outcome_that_builds_nothing_or_the_unknown_is_an_error(folder: Path) -> None:
    mapped(folder, first="area-1, area-3, area-2")
    assert errors(folder, "competency") == [
        f"{MODULE}:10: error: there is no competency “area-3” in competencies.yml: add or mend it",
        "modules/02-second/module.yml:10: error: the outcome LO1 names no competency: write which "
        "it builds",
    ]


def test_a_competency_without_any_map_is_unknown(folder: Path) -> None:
    mapped(folder, first="area-1", second="area-2")
    (folder / "competencies.yml").unlink()
    assert len(errors(folder, "competency")) == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("source: act", "source: nowhere"), "competencies.yml:4: error: nowhere is not in the re"),
        (("area-2:", "area-1:"), "competencies.yml:8: error: "),
        (("note: Made", "notes: Made"), "competencies.yml:2: error: frameworks.areas.note"),
        (("frameworks:", "framework:"), "competencies.yml:1: error: "),
    ],
)
def test_a_map_that_is_wrong_says_where(folder: Path, wrong: tuple[str, str], told: str) -> None:
    mapped(folder, first="area-1", second="area-2")
    change(folder, "competencies.yml", *wrong)
    lines = [str(each) for each in reading.examine(folder, today=TODAY)[1]]
    assert any(line.startswith(told) for line in lines), lines


def test_minutes_that_nobody_has_or_that_reading_alone_exceeds(folder: Path) -> None:
    change(folder, PAGE, "minutes: 20", "minutes: 46")
    assert warnings(folder, "minutes") == [
        f"{PAGE}:3: warning: 46 minutes are long after work, 45 are many: make it two pages"
    ]
    change(folder, PAGE, "minutes: 46", "minutes: 1")
    said(PAGE, "Somebody says so. " * 50)(folder)
    assert warnings(folder, "minutes") == [
        f"{PAGE}:3: warning: reading it alone takes about 2 minutes: say so"
    ]


def test_sentences_that_are_long_on_average(folder: Path) -> None:
    for n in range(12):
        said(PAGE, f"Word{'a' * n} " + "and so it goes on " * 5 + "to the end of it.")(folder)
    [told] = warnings(folder, "sentence")
    assert told.startswith(f"{PAGE}:8: warning: its sentences have ")
    assert "words on average: 22 are many" in told


PLAN = """\
---
title: An evening on the first module
minutes: 180
---

## Before

Read [the first page](01-beginning.md).
"""


def planned(folder: Path, text: str = PLAN) -> None:
    (folder / "modules/01-first/session-plan.md").write_text(text, encoding="utf-8")


def test_a_plan_is_read_beside_the_pages_and_is_none_of_them(folder: Path) -> None:
    planned(folder)
    content = reading.read(folder, TODAY)
    module = content.modules[0]
    assert [page.slug for page in module.pages] == ["beginning", "end"]
    assert module.session is not None
    assert module.session.front.minutes == 180
    assert 'href="beginning"' in module.session.shown.html


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("minutes: 180", "minutes: 5"), "modules/01-first/session-plan.md:3: error: minutes"),
        (("01-beginning", "09-nowhere"), "modules/01-first/session-plan.md:8: error: there is no "),
        (("## Before", "#### Before"), "modules/01-first/session-plan.md:6: error: the heading "),
    ],
)
def test_a_plan_that_is_wrong_says_where(folder: Path, wrong: tuple[str, str], told: str) -> None:
    planned(folder, PLAN.replace(*wrong))
    lines = [str(each) for each in reading.examine(folder, today=TODAY)[1]]
    assert any(line.startswith(told) for line in lines), lines


def test_a_plan_asks_no_questions(folder: Path) -> None:
    options = "- [x] One\n    Yes.\n- [ ] Two\n    No."
    question = f"/// question | which\n    kind: single\n\nWhich?\n\n{options}\n///\n"
    planned(folder, f"{PLAN}\n{question}")
    lines = [str(each) for each in reading.examine(folder, today=TODAY)[1]]
    assert (
        "modules/01-first/session-plan.md:1: error: a plan asks no questions: put them onto a page"
        in lines
    )
