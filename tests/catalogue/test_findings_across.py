"""What no one line shows: across pages and files, by nation, by day, and how a text reads."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lms.authored import Severity
from lms.content import reading
from lms.markup_blocks import NATIONS
from tests.catalogue.folder import a_folder, change

FIRST = "modules/01-first"
PAGE = f"{FIRST}/01-beginning.md"
MODULE = f"{FIRST}/module.yml"
SECOND = "modules/02-second/module.yml"
SAYS = "What it says."
TODAY = date(2026, 6, 1)
ADVICE = """\
content_advice:
  topics: [trafficking]
  severity: low
  note: What this page is about.
"""
BITMAP = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


def errors(folder: Path) -> list[str]:
    found = reading.examine(folder, today=TODAY)[1]
    return [str(each) for each in found if each.severity is Severity.ERROR]


def warnings(folder: Path, today: date = TODAY, rule: str = "") -> list[str]:
    """Warnings; without those for want of a review, unless they are asked for."""
    content, found = reading.examine(folder, today=today)
    assert content is not None, found
    assert content.warnings == tuple(found)
    return [str(each) for each in found if (each.rule == rule if rule else each.rule != "sign-off")]


def write(folder: Path, name: str, raw: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)


def says(text: str) -> Callable[[Path], None]:
    return lambda folder: change(folder, PAGE, SAYS, text)


def below(text: str) -> Callable[[Path], None]:
    return lambda folder: change(folder, PAGE, "s.1].\n///\n", f"s.1].\n///\n\n{text}\n")


def front(text: str) -> Callable[[Path], None]:
    return lambda folder: change(
        folder, PAGE, "review_by: 2027-01-31\n", f"review_by: 2027-01-31\n{text}"
    )


def offering(name: str) -> Callable[[Path], None]:
    return front(f"{ADVICE}  alternative: {name}\n")


def prerequisites(folder: Path) -> None:
    change(folder, MODULE, "reviewers:", "prerequisites: [02-second]\nreviewers:")
    change(folder, SECOND, "reviewers:", "prerequisites: [01-first]\nreviewers:")


def stands_in(folder: Path) -> None:
    page = (folder / PAGE).read_text(encoding="utf-8")
    write(folder, f"{FIRST}/alternatives/without.md", page)


def a_file(name: str, raw: str | bytes) -> Callable[[Path], None]:
    return lambda folder: write(folder, f"{FIRST}/files/{name}", raw)


# What is put wrong, and the one error that is told.
WRONG = {
    "an anchor that another page hasn't": (
        says("See [there](02-end.md#nowhere)."),
        f"{PAGE}:14: error: 02-end.md has no part #nowhere: name a heading of it",
    ),
    "an anchor that a page of another module hasn't": (
        says("See [there](../02-second/02-end.md#nowhere)."),
        f"{PAGE}:14: error: ../02-second/02-end.md has no part #nowhere",
    ),
    "a page that isn't there": (
        says("See [there](09-end.md)."),
        f"{PAGE}:14: error: there is no page “09-end.md”: name a page’s file",
    ),
    "an address of ours": (
        says("See [there](../sign-out)."),
        f"{PAGE}:14: error: there is no page “../sign-out”: name a page’s file",
    ),
    "a link to nothing": (says("See [there](#)."), f"{PAGE}:14: error: there is no page “”"),
    "a script behind a link": (
        says("See [there](javascript:alert(1))."),
        f"{PAGE}:14: error: a link leads off the page",
    ),
    "a heading of level 1": (
        below("# Another title"),
        f"{PAGE}:18: error: the page’s title is its only heading of level 1: write ## Another tit",
    ),
    "a heading that skips a level": (
        below("#### Deep *down*"),
        f"{PAGE}:18: error: the heading “Deep down” skips a level: write ### Deep down",
    ),
    "a heading like the page's own anchor": (
        below("## Main"),
        f"{PAGE}:18: error: two parts of the page have the anchor “main”: word one differently",
    ),
    "a heading like the anchor of a word": (
        below("## Term NRM"),
        f"{PAGE}:18: error: two parts of the page have the anchor “term-nrm”",
    ),
    "law without a day": (
        lambda folder: change(folder, PAGE, "It is in [@act s.1].", "It is in an Act."),
        f"{PAGE}:13: error: a statement of law says as at when: cite a source in this block",
    ),
    "a nation within another": (
        below("//// nation | scotland\nHere.\n\n/// nation | northern-ireland\nThere.\n///\n////"),
        f"{PAGE}:21: error: nobody reads this: what holds in northern-ireland stands within",
    ),
    "a nation that the page is not about": (
        lambda folder: (
            front("nations: [scotland]\n")(folder),
            below("/// nation | northern-ireland\nThere.\n///")(folder),
        ),
        f"{PAGE}:19: error: no reader would look here for northern-ireland",
    ),
    "a nation that the module is not about": (
        lambda folder: (
            front("nations: [scotland]\n")(folder),
            change(folder, MODULE, ", scotland, northern-ireland", ""),
        ),
        f"{PAGE}:7: error: the module is not about scotland",
    ),
    "a page about no nation": (
        front("nations: []\n"),
        f"{PAGE}:7: error: nations: Tuple should have at least 1 item",
    ),
    "an alternative that isn't there": (
        offering("without"),
        f"{PAGE}:11: error: there is no alternatives/without.md: write it, or name one",
    ),
    "an alternative that counts and isn't named": (
        front(f"{ADVICE}  counts: [alternative]\n"),
        f"{PAGE}:7: error: an alternative counts, and none is named",
    ),
    "an alternative that nobody offers": (
        stands_in,
        f"{FIRST}/alternatives/without.md:1: error: no page offers this alternative",
    ),
    "a prerequisite that isn't there": (
        lambda folder: change(
            folder, MODULE, "reviewers:", "prerequisites: [03-third]\nreviewers:"
        ),
        f"{MODULE}:12: error: there is no module “03-third” to read before",
    ),
    "a word that no page uses": (
        lambda folder: change(
            folder,
            "glossary.yml",
            "terms:",
            "terms:\n  CG:\n    term: CG\n    meaning: A decision.",
        ),
        "glossary.yml:2: error: no page uses this word: write [[CG]] on one, or take it out",
    ),
    "a picture that is none": (
        a_file("map.png", BITMAP),
        f"{FIRST}/files/map.png:1: error: this is not a picture that we can show",
    ),
    "a drawing with a script": (
        a_file("map.svg", DRAWING.format("<script>alert(1)</script>")),
        f"{FIRST}/files/map.svg:1: error: a drawing may not hold <script>",
    ),
    "a drawing that fetches": (
        a_file("map.svg", DRAWING.format('<image href="https://tracker.example/p.png"/>')),
        f"{FIRST}/files/map.svg:1: error: a drawing may not hold a link (href)",
    ),
    "a drawing that reads a file": (
        a_file(
            "map.svg",
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + DRAWING.format("&e;"),
        ),
        f"{FIRST}/files/map.svg:1: error: this is not an SVG drawing that we can show",
    ),
    "a figure without words": (
        lambda folder: (
            a_file("map.svg", DRAWING.format(""))(folder),
            below("/// figure | map.svg\nA caption.\n///")(folder),
        ),
        f"{PAGE}:18: error: say what the picture shows (alt: …), or that it only decorates",
    ),
    "a figure that isn't there": (
        below("/// figure | map.svg\n    alt: A map.\n\nA caption.\n///"),
        f"{PAGE}:18: error: there is no file “map.svg” in the module’s folder",
    ),
    "a name that differs only in its capitals": (
        lambda folder: write(folder, f"{FIRST}/02-END.md", (folder / PAGE).read_bytes()),
        f"{FIRST}/02-end.md:1: error: the name differs from {FIRST}/02-END.md only in its capitals",
    ),
    "a file that nothing reads": (
        lambda folder: write(folder, f"{FIRST}/Notes.txt", "Mine."),
        f"{FIRST}/Notes.txt:1: error: nothing of this name belongs here: mend the name, move it",
    ),
    "a glossary by another name": (
        lambda folder: write(folder, "glosary.yaml", "terms: {}"),
        "glosary.yaml:1: error: nothing of this name belongs here",
    ),
    "a tag of YAML that includes": (
        front("for_review: !include secrets.yml\n"),
        f"{PAGE}:7: error: could not determine a constructor for the tag '!include'",
    ),
    "a review on a day that has not come": (
        front("reviewers: {legal: {by: A. Person, on: 2026-06-02}}\n"),
        f"{PAGE}:7: error: signed off on 2026-06-02, which has not come",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_once_with_file_line_and_what_to_do(folder: Path, name: str) -> None:
    wrong, told = WRONG[name]
    wrong(folder)
    found = errors(folder)
    assert any(each.startswith(told) for each in found), found
    # A name in capitals is wrong twice over: it also gives the page no address.
    assert len(found) == 1 or "capitals" in told, found


def test_modules_that_need_one_another_are_told_at_both(folder: Path) -> None:
    prerequisites(folder)
    assert errors(folder) == [
        f"{MODULE}:12: error: nobody could begin: 01-first needs 02-second needs 01-first. "
        "Take one of these out",
        f"{SECOND}:12: error: nobody could begin: 02-second needs 01-first needs 02-second. "
        "Take one of these out",
    ]


def test_what_only_looks_wrong_is_let_be(folder: Path) -> None:
    """Parts of other pages, an offered alternative, nations in their place, a word in a note."""
    says("See [there](../02-second/02-end.md#a-part), [above](#a-part) and [word](#term-nrm).")(
        folder
    )
    stands_in(folder)
    offering("without")(folder)
    change(
        folder, "glossary.yml", "terms:", "terms:\n  CG:\n    term: CG\n    meaning: A decision."
    )
    nations = "".join(f"/// nation | {each}\nHere.\n///\n\n" for each in NATIONS)
    below(f"{nations}/// tutor\nSay what [[CG]] is.\n///")(folder)
    assert errors(folder) == []
    assert warnings(folder) == []


def test_what_looks_like_an_include_is_text(folder: Path) -> None:
    """There are no includes, so none can go in a circle."""
    signs = '--8<-- "01-beginning.md"\n\n{% include "01-beginning.md" %}\n\n{!01-beginning.md!}'
    below(signs)(folder)
    content, _ = reading.examine(folder)
    assert content is not None
    html = content.modules[0].pages[0].shown.html
    assert html.count("The <a") == 1
    assert "{% include" in html


# What is put there, and the one warning about it.
DOUBTFUL = {
    "empty words": (
        says("More [here](02-end.md)."),
        f"{PAGE}:14: warning: the link “here” says nothing by itself: name what it leads to",
    ),
    "a bare address": (
        says("More at https://www.gov.uk/nrm today."),
        f"{PAGE}:14: warning: a bare address (https://www.gov.uk/nrm): cite a reference",
    ),
    "a long sentence": (
        says("Then there was " + "one thing and " * 20 + "another."),
        f"{PAGE}:14: warning: the sentence “Then there was one thing …” has 64 words: make it two",
    ),
    "hard words": (
        says("Interdisciplinary institutionalisation necessitates conceptualisation. " * 30),
        f"{PAGE}:8: warning: the text is hard to read: grade 55.5, an age of 61, where 12",
    ),
    "a file that no page shows": (
        a_file("map.svg", DRAWING.format("")),
        f"{FIRST}/files/map.svg:1: warning: no page shows this file",
    ),
    "a source that no page cites": (
        lambda folder: change(
            folder,
            "references.yml",
            "references:\n",
            "references:\n  sth: {kind: act, title: Some Act, address: https://a.example, "
            "law_as_at: 2026-01-01, checked_on: 2026-01-01, read: true}\n",
        ),
        "references.yml:2: warning: no page cites this source: write [@sth] on one",
    ),
    "a module that is taught nowhere": (
        lambda folder: write(folder, "modules/03-third/01-a.md", "Not yet."),
        "programme.yml:7: warning: modules/03-third is taught nowhere",
    ),
    "a number of theirs": (
        says("Her number is QQ 12 34 56 C, his AB 12 34 56 C."),
        f"{PAGE}:14: warning: “AB 12 34 56 C” looks like a National Insurance number",
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_is_doubtful_is_told_and_keeps_nothing_from_being_published(
    folder: Path, name: str
) -> None:
    doubtful, told = DOUBTFUL[name]
    doubtful(folder)
    (found,) = warnings(folder)
    assert found.startswith(told), found


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 12, 1), None),
        (date(2026, 12, 2), f"{PAGE}:6: warning: the review is due by 2027-01-31: look at the law"),
        (date(2027, 1, 31), f"{PAGE}:6: warning: the review is due by 2027-01-31: look at the law"),
        (date(2027, 2, 1), f"{PAGE}:6: warning: the review was due by 2027-01-31: look at the law"),
    ],
)
def test_a_review_is_called_for_two_months_before_its_day(
    folder: Path, today: date, told: str | None
) -> None:
    found = [each for each in warnings(folder, today) if each.startswith(PAGE)]
    assert len(found) == (1 if told else 0)
    assert not told or found[0].startswith(told)


def test_a_page_says_whose_review_it_lacks_whoever_signed_its_module(folder: Path) -> None:
    front("reviewers: {subject: {by: A. Person, on: 2026-05-31}}\n")(folder)
    change(folder, MODULE, "legal: null", "legal: {by: B. Person, on: 2026-05-31}")
    first, second, *others = warnings(folder, rule="sign-off")
    assert first.startswith(
        f"{PAGE}:7: warning: not yet reviewed by a legal, lived-experience reviewer,"
    )
    assert all("a subject, legal, lived-experience reviewer" in each for each in (second, *others))
    assert len(others) == 2


def test_findings_come_in_the_same_order_errors_first(folder: Path) -> None:
    below("# Another title\n\nSee https://a.example and [this](#nowhere).")(folder)
    found = reading.examine(folder, today=TODAY)[1]
    assert found == reading.examine(folder, today=TODAY)[1]
    severities = [each.severity for each in found]
    assert severities == sorted(severities)
    assert found[0].line <= found[1].line


def test_names_that_other_addresses_have_are_refused(folder: Path) -> None:
    first = folder / "modules/01-first"
    (first / "01-beginning.md").rename(first / "01-download.md")
    first.rename(folder / "modules/01-notebook")
    change(folder, "programme.yml", "01-first", "01-notebook")
    found = [str(each) for each in reading.examine(folder)[1]]
    for name, word in (("module.yml", "notebook"), ("01-download.md", "download")):
        start = f"modules/01-notebook/{name}:1: error: the name “{word}”"
        assert any(each.startswith(start) for each in found), found
