"""Files that would keep the check busy, or lead it astray: each is a finding, soon."""

import time
from pathlib import Path

import pytest

from lms.content import media, reading
from tests.catalogue.folder import a_folder

PAGE = "modules/01-first/01-beginning.md"
TERMS = "glossary.yml"
DRAWING = "modules/01-first/files/a.svg"
SECONDS = 2.0
SLACK = 3  # a machine shared by others counts the same work up to this many times
OPTIONS = "".join(f"- [ ] {n}\n    Why.\n\n" for n in range(1200))
QUESTIONS = "".join(
    f"/// question | q-{n}\nWhich?\n\n- [x] a\n    b\n- [ ] c\n    d\n///\n\n" for n in range(390)
)
STEPS = "/// question | q\n    kind: ordering\n\nWhich?\n\n" + "1. a\n\n" * 1900 + "///\n"

# Name, what the file holds (of a page, what stands below its front matter), and the finding.
HOSTILE = {
    "brackets in a page": (PAGE, "[" * 100_000, "This text has more than 1,500 of the sign “[”"),
    "brackets in YAML": (TERMS, "[" * 100_000, "there are more than 1,000 of the sign “[” here"),
    "braces in YAML": (TERMS, "{a: " * 900, "this is not YAML"),
    "a list without end": (TERMS, "- a\n" * 90_000, "there are more than 10,000 lines here"),
    "one long line": (TERMS, "terms: " + "a " * 190_000, "terms: Input should be a valid dict"),
    "much of a map": (TERMS, "".join(f"k{n}: v\n" for n in range(9_900)), "k0: Extra inputs"),
    "a longer line": (TERMS, "terms: " + "a " * 200_000, "there are more than 400,000 characters"),
    "more than a megabyte": (TERMS, "#" * ((1 << 20) + 1), "the file is larger than 1 MB"),
    "options without end": (
        PAGE,
        f"/// question | q\n\nWhich?\n\n{OPTIONS}///\n",
        "a question has",
    ),
    "steps without end": (PAGE, STEPS, "a question has from two to 20 options"),
    "questions without end": (PAGE, QUESTIONS, "This page has more than 40 questions"),
    "blocks in blocks": (
        PAGE,
        "".join("/" * (200 - n) + " law\n\n" for n in range(190)),
        "this block is never closed",
    ),
    "a drawing of a megabyte": (DRAWING, "<svg>" + "<g/>" * 300_000, "the drawing is larger than"),
    "a drawing that grows": (
        DRAWING,
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]><svg>&j;</svg>",
        "this is not an SVG drawing that we can show",
    ),
    "a sentence without end": (PAGE, "Then came one more thing and " * 6000, "the sentence “Then"),
    "signs of an address": (PAGE, "a@b." * 40_000, "“"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_folder(tmp_path_factory.mktemp("content"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_finding_in_time(folder: Path, name: str) -> None:
    file, text, told = HOSTILE[name]
    path = folder / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    head = str(before).partition("## A part")[0] if file == PAGE else ""
    path.parent.mkdir(exist_ok=True)
    path.write_text(head + text, encoding="utf-8")
    start = time.process_time()
    _content, found = reading.examine(folder)
    spent = time.process_time() - start
    if before is None:
        path.unlink()
    else:
        path.write_text(before, encoding="utf-8")
    assert spent < SECONDS * SLACK
    assert any(each.file == file and each.message.startswith(told) for each in found), found[:9]


@pytest.mark.parametrize(
    "drawing",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        b'<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script></svg>',
        b'<?xml-stylesheet href="https://far.example/x.css"?>'
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        b'<style><g/>@import "https://far.example/x.css";</style></svg>',
        b'<?xml version="1.0" encoding="foo"?><svg viewBox="0 0 9 9"></svg>',
    ],
)
def test_a_drawing_that_runs_or_fetches_anywhere_is_refused(drawing: bytes) -> None:
    with pytest.raises(media.NotShown):
        media.recognised("a.svg", drawing)


@pytest.mark.parametrize(
    "raw", [b"P6\n" + b" " * (20 << 20), b"\xff\xd8\xff" + b"\xff\xe1\x00\x02" * (5 << 20)]
)
def test_a_picture_is_recognised_or_refused_at_once(raw: bytes) -> None:
    before = time.process_time()
    with pytest.raises(media.NotShown):
        media.recognised("a.jpg", raw)
    assert time.process_time() - before < 2
