"""Whatever an author gets wrong is told with file, line and reason, and all of it at once."""

from pathlib import Path

import pytest

from lms.authored import Faulty
from lms.content import reading
from tests.catalogue.folder import a_folder, change

PAGE = "modules/01-first/01-beginning.md"
MODULE = "modules/01-first/module.yml"
ESSAY = "modules/01-first/assessments/essay.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


def findings(folder: Path) -> list[str]:
    with pytest.raises(Faulty) as faults:
        reading.read(folder)
    return [str(each) for each in faults.value.findings]


def test_a_folder_in_order_has_no_findings(folder: Path) -> None:
    content = reading.read(folder)
    assert [module.slug for module in content.modules] == ["first", "second"]
    assert [page.slug for page in content.modules[0].pages] == ["beginning", "end"]
    assert [brief.file.key for brief in content.modules[0].briefs] == ["essay"]


# What is put wrong: file, what stood there, what stands there now, and the finding.
WRONG = {
    "front matter with a tab": (
        PAGE,
        "minutes: 20",
        "minutes:\n\t20",
        f"{PAGE}:4: error: found character '\\t' that cannot start any token: write spaces",
    ),
    "a key twice": (PAGE, "minutes: 20", "title: Again", f"{PAGE}:3: error: the key “title” stand"),
    "a field left out": (
        PAGE,
        "minutes: 20\n",
        "",
        f"{PAGE}:2: error: minutes: Field required: add it",
    ),
    "a field nobody knows": (
        PAGE,
        "minutes: 20",
        "minutes: 20\nlenght: 3",
        f"{PAGE}:4: error: lenght: Extra inputs are not permitted: mend its name, or take it out",
    ),
    "a word for a number": (
        PAGE,
        "minutes: 20",
        "minutes: twenty",
        f"{PAGE}:3: error: minutes: Input should be a valid integer",
    ),
    "a number out of bounds": (PAGE, "minutes: 20", "minutes: 0", f"{PAGE}:3: error: minutes: "),
    "a day that is in no calendar": (
        PAGE,
        "2026-04-07",
        "2026-02-30",
        f"{PAGE}:5: error: there is no such day as 2026-02-30",
    ),
    "a review before the law": (
        PAGE,
        "review_by: 2027-01-31",
        "review_by: 2026-01-31",
        f"{PAGE}:2: error: the file: review_by must come after law_as_at",
    ),
    "front matter that is never closed": (
        PAGE,
        "2027-01-31\n---",
        "2027-01-31\n",
        f"{PAGE}:1: error: the front matter is never closed (---)",
    ),
    "no front matter": (
        PAGE,
        "---\ntitle",
        "title",
        f"{PAGE}:1: error: the front matter must begin the page (---)",
    ),
    "a word nobody explains": (
        PAGE,
        "[[NRM]]",
        "[[XYZ]]",
        f"{PAGE}:11: error: [[XYZ]] is not in the glossary: add it there",
    ),
    "a source nobody lists": (
        PAGE,
        "[@act s.1]",
        "[@nothing s.1]",
        f"{PAGE}:11: error: [@nothing s.1] is not in the references: add it there",
    ),
    "a link to no part of the page": (
        PAGE,
        "What it says.",
        "See [below](#nowhere).",
        f"{PAGE}:14: error: the link to #nowhere leads nowhere on this page",
    ),
    "a link off the page": (
        PAGE,
        "What it says.",
        "See [there](https://example.org).",
        f"{PAGE}:14: error: a link leads off the page: cite a reference as [@key]",
    ),
    "a picture": (
        PAGE,
        "What it says.",
        "![A map](https://example.org/m.png)",
        f"{PAGE}:14: error: a picture stands in a block",
    ),
    "a block that is never closed": (
        PAGE,
        "///\n",
        "",
        f"{PAGE}:13: error: this block is never closed (///)",
    ),
    "a block nobody knows": (
        PAGE,
        "/// law",
        "/// warning",
        f"{PAGE}:13: error: there is no block “warning”: write one of case, caution,",
    ),
    "a nation nobody knows": (
        PAGE,
        "/// law | Section 1",
        "/// nation | wales",
        f"{PAGE}:13: error: there is no nation “wales”: write one of england-and-wales,",
    ),
    "a sensitive part that doesn't say what it is about": (
        PAGE,
        "/// law | Section 1",
        "/// sensitive",
        f"{PAGE}:13: error: the block “sensitive” needs a title: /// sensitive | Title",
    ),
    "an end of nothing": (PAGE, "What it says.", "////", f"{PAGE}:14: error: this closes no block"),
    "too many brackets": (PAGE, "What it says.", "[" * 2000, f"{PAGE}:1: error: This text has mor"),
    "a control character": (PAGE, "What it", "What\x00it", f"{PAGE}:14: error: take out the char"),
    "an outcome nobody declares": (
        PAGE,
        "[LO1]",
        "[LO1, LO2]",
        f"{MODULE}:9: error: the outcome LO2 is named but not declared in module.yml",
    ),
    "a wrong module code": (MODULE, "AL701", "A1", f"{MODULE}:1: error: code: String should mat"),
    "credits that don't add up": (
        MODULE,
        "credits: 10",
        "credits: 15",
        "programme.yml:5: error: the modules have 25 credits, the programme says 20",
    ),
    "two modules of one code": (
        MODULE,
        "AL701",
        "AL702",
        "programme.yml:1: error: the module code “AL702” stands twice",
    ),
    "a module that isn't there": (
        "programme.yml",
        "02-second",
        "03-third",
        "programme.yml:9: error: there is no module folder “03-third”",
    ),
    "a module outside the folder": (
        "programme.yml",
        "02-second",
        "../../etc",
        "programme.yml:9: error: there is no module folder “../../etc”",
    ),
    "a weighting that makes no whole": (
        ESSAY,
        "weighting: 100",
        "weighting: 90",
        f"{MODULE}:9: error: the weightings of the module's assessments make 90, not 100",
    ),
    "weights of a rubric that make no whole": (
        ESSAY,
        "weight: 60",
        "weight: 50",
        f"{ESSAY}:1: error: the file: the weights of the criteria must make 100",
    ),
    "two criteria with one key": (
        ESSAY,
        "key: role",
        "key: law",
        f"{ESSAY}:1: error: the file: two criteria have the same key",
    ),
    "a criterion for another outcome": (
        ESSAY,
        "outcomes: [LO1]\n    levels",
        "outcomes: [LO2]\n    levels",
        f"{ESSAY}:1: error: the file: the criteria must assess the outcomes named here",
    ),
    "a gap between levels": (
        ESSAY,
        "from: 50",
        "from: 60",
        f"{ESSAY}:7: error: criteria.0: the levels must run from 100 down to 0 without a gap",
    ),
    "a key that is not the file's name": (
        ESSAY,
        "key: essay",
        "key: report",
        f"{ESSAY}:1: error: the key must be the file's name, essay",
    ),
    "a source of a word that nobody lists": (
        "glossary.yml",
        "source: act",
        "source: nothing",
        "glossary.yml:5: error: nothing is not in the references",
    ),
    "a reference that is nowhere": (
        "references.yml",
        "https://www",
        "www",
        "references.yml:5: error: references.act.address: String should match",
    ),
    "a reference of an unknown kind": (
        "references.yml",
        "kind: act",
        "kind: hearsay",
        "references.yml:3: error: references.act.kind: Input should be",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_with_file_line_and_reason(folder: Path, name: str) -> None:
    file, old, new, told = WRONG[name]
    change(folder, file, old, new)
    found = findings(folder)
    assert any(each.startswith(told) for each in found), found


def test_a_page_without_text_is_refused(folder: Path) -> None:
    path = folder / PAGE
    path.write_text(path.read_text(encoding="utf-8").split("\n## ")[0], encoding="utf-8")
    assert findings(folder) == [
        f"{PAGE}:1: error: the page has no text: write it below the front matter"
    ]


def test_all_faults_are_told_at_once(folder: Path) -> None:
    change(folder, PAGE, "[[NRM]]", "[[XYZ]]")
    change(folder, PAGE, "[@act s.1]", "[@nothing]")
    change(folder, "modules/02-second/02-end.md", "minutes: 20", "minutes: 0")
    change(folder, ESSAY, "weight: 60", "weight: 50")
    files = [each.split(":")[0] for each in findings(folder)]
    assert sorted(files) == sorted([PAGE, PAGE, "modules/02-second/02-end.md", ESSAY])


def test_two_pages_of_one_name_are_refused(folder: Path) -> None:
    (folder / PAGE).rename(folder / "modules/01-first/01-end.md")
    assert findings(folder) == [f"{MODULE}:1: error: the page name “end” stands twice: change one"]


def test_two_modules_of_one_name_are_refused(folder: Path) -> None:
    (folder / "modules/02-second").rename(folder / "modules/02-first")
    change(folder, "programme.yml", "02-second", "02-first")
    assert findings(folder) == [
        "programme.yml:1: error: the module name “first” stands twice: change one"
    ]


@pytest.mark.parametrize("name", ["beginning.md", "1-beginning.md", "01-Beginning.md", "01_b.md"])
def test_a_page_whose_name_gives_no_order_or_address_is_refused(folder: Path, name: str) -> None:
    (folder / PAGE).rename(folder / "modules/01-first" / name)
    told = f"modules/01-first/{name}:1: error: a page is named like 01-first-things.md"
    assert findings(folder) == [told]


@pytest.mark.parametrize(
    "name", ["programme.yml", "glossary.yml", "references.yml", MODULE, ESSAY[:-4] + ".md"]
)
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}:1: error: the file is missing or can't be read" in findings(folder)


def test_a_module_without_pages_is_refused(folder: Path) -> None:
    for path in (folder / "modules/01-first").glob("*.md"):
        path.unlink()
    assert f"{MODULE}:1: error: the module has no pages: write 01-first-things.md" in findings(
        folder
    )


def test_an_outcome_that_is_not_taught_or_not_assessed_is_told(folder: Path) -> None:
    more = "reviewers:"
    change(folder, MODULE, more, f"  - key: LO2\n    text: Weigh one thing up.\n{more}")
    assert findings(folder) == [
        f"{MODULE}:9: error: the outcome LO2 is {each}"
        for each in (
            "assessed nowhere: name it in an assessment’s outcomes",
            "taught on no page: name it in a page’s outcomes",
        )
    ]


def test_a_file_that_is_not_utf_8_is_told_with_the_line(folder: Path) -> None:
    path = folder / PAGE
    path.write_bytes(path.read_bytes().replace(b"What it says", b"caf\xe9"))
    assert findings(folder) == [f"{PAGE}:14: error: this is not UTF-8; save it as UTF-8"]


def test_a_file_may_have_a_mark_before_it_and_lines_as_windows_ends_them(folder: Path) -> None:
    before = reading.read(folder)
    for name in (PAGE, MODULE):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert reading.read(folder).sha256 == before.sha256
