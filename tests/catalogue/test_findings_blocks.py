"""Blocks that are not read as blocks: nothing of them may reach a reader without a finding."""

import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lms.authored import Severity
from lms.content import reading
from tests.catalogue.folder import a_folder, change

FIRST = "modules/01-first"
PAGE = f"{FIRST}/01-beginning.md"
MODULE = f"{FIRST}/module.yml"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
CHOICES = "Which?\n\n- [x] One\n    Yes.\n- [ ] Two\n    No.\n"
STEPS = "Which?\n\n1. One\n    Yes.\n2. Two\n    No.\n"
MOVES = "the picture moves by itself"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


def below(text: str) -> Callable[[Path], None]:
    return lambda folder: change(folder, PAGE, "s.1].\n///\n", f"s.1].\n///\n\n{text}\n")


def a_file(name: str, raw: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / FIRST / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)

    return write


def a_gif(frames: int) -> bytes:
    frame = b"\x21\xf9\x04\x00\x0a\x00\x00\x00\x2c" + struct.pack("<4H", 0, 0, 1, 1)
    frame += b"\x00\x02\x02\x44\x01\x00"
    return (
        b"GIF89a" + struct.pack("<2H", 1, 1) + b"\x80\x00\x00" + b"\0" * 6 + frame * frames + b";"
    )


def a_png(chunk: bytes) -> bytes:
    head = struct.pack(">I4s2I5B", 13, b"IHDR", 1, 1, 8, 2, 0, 0, 0) + b"\0" * 4
    return b"\x89PNG\r\n\x1a\n" + head + chunk + b"\0\0\0\0IDAT\0\0\0\0\0\0\0\0IEND\0\0\0\0"


def a_webp(flags: int) -> bytes:
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([flags]) + b"\0" * 9
    return b"RIFF" + struct.pack("<I", len(body)) + body


# What is put wrong, on which line it is told, and how.
WRONG = {
    "a setting that nobody knows": (
        below("/// law | Section 2\n    law: new\n\nIt is in [@act s.2].\n///"),
        (PAGE, 18, "the block “law” is shown as text"),
    ),
    "a setting that is misspelt": (
        below("/// figure | a.svg\n    altt: A map.\n///"),
        (PAGE, 18, "the block “figure” is shown as text"),
    ),
    "settings that are no YAML": (
        below("/// figure | a.svg\n    alt: [a: b\n///"),
        (PAGE, 18, "the block “figure” is shown as text"),
    ),
    "a question where learners never see it": (
        below(f"//// tutor\n/// question | a\n    kind: single\n\n{CHOICES}///\n////"),
        (PAGE, 19, "a note for tutors asks no question"),
    ),
    "a question in a note, between other line ends": (
        below(f"//// tutor\r/// question | a\r    kind: single\r\r{CHOICES}///\r////"),
        (PAGE, 19, "a note for tutors asks no question"),
    ),
    "a link to one's own module as to another": (
        below("[there](../01-first/02-end.md)"),
        (PAGE, 18, "there is no page “../01-first/02-end.md”"),
    ),
    "a block in a quotation that another follows": (
        below("> /// law\n> x\n> ///\n/// practice\ny\n///"),
        (PAGE, 18, "a block begins like: /// law | Title"),
    ),
    "a block in a list that another follows": (
        below("- /// law\n  x\n  ///\n/// practice\ny\n///"),
        (PAGE, 18, "a block begins like: /// law | Title"),
    ),
    "a block whose title has no sign before it": (
        below("/// law Section 2\nIt says.\n///"),
        (PAGE, 18, "a block begins like: /// law | Title"),
    ),
    "a block in a quotation in a list": (
        below("- > /// law\n  > x\n  > ///\n/// practice\ny\n///"),
        (PAGE, 18, "a block begins like: /// law | Title"),
    ),
    "an address in pointed brackets": (
        below("Plain.\n\nSee <https://example.org/x> for it."),
        (PAGE, 20, "tags of HTML are shown as text"),
    ),
    "the second of two links of the same words": (
        below("[the guide](02-end.md)\n\n[the guide](https://example.org)"),
        (PAGE, 20, "a link leads off the page"),
    ),
    "a link of marked words": (
        below("Plain.\n\n[Read *this* & that](https://example.org)"),
        (PAGE, 20, "a link leads off the page"),
    ),
    "a link without words": (
        below("Plain.\n\n[](https://example.org)"),
        (PAGE, 20, "a link leads off the page"),
    ),
    "a heading with an anchor that every page has": (
        below("## First\n\nx\n\n## Main\n\ny"),
        (PAGE, 22, "two parts of the page have the anchor “main”"),
    ),
    "a heading with the anchor of a term": (
        below("## Term *NRM*\n\n[[NRM]]"),
        (PAGE, 18, "two parts of the page have the anchor “term-nrm”"),
    ),
    "a note for tutors with a setting": (
        below("/// tutor\n    for: us\n\nKept back.\n///"),
        (PAGE, 18, "the block “tutor” is shown as text"),
    ),
    "a note for tutors with a class": (
        below("/// tutor\n    attrs: {class: code}\n\nKept back.\n///"),
        (PAGE, 18, "the block “tutor” is shown as text"),
    ),
    "a part of a nation with a class": (
        below("/// nation | scotland\n    attrs: {class: code}\n\nThere.\n///"),
        (PAGE, 18, "the block “nation” is shown as text"),
    ),
    "a question with another anchor": (
        below(f"/// question | q\n    attrs: {{id: other}}\n\n{CHOICES}///"),
        (PAGE, 18, "the block “question” is shown as text"),
    ),
    "a note for tutors in a question": (
        below(f"/// question | q\n\n{CHOICES}\n/// tutor\nKept back.\n///\n///"),
        (PAGE, 27, "the block “tutor” is shown as text"),
    ),
    "a block in a quotation": (
        below("> /// law | Section 2\n> It says.\n> ///"),
        (PAGE, 18, "a block begins like: /// law | Title"),
    ),
    "a block in a list": (
        below("- /// law | Section 2\n    It says.\n    ///"),
        (PAGE, 18, "a block begins like: /// law | Title"),
    ),
    "a reference with a capital": (
        below("It is in [@Act s.1]."),
        (PAGE, 18, "[@Act names no reference as it is written"),
    ),
    "an order of choices": (
        below(f"/// question | q\n    kind: ordering\n\n{CHOICES}///"),
        (PAGE, 18, "what is put in order is numbered, in its right order: 1. First"),
    ),
    "a choice of steps": (
        below(f"/// question | q\n    kind: multiple\n\n{STEPS}///"),
        (PAGE, 18, "what can be chosen is not numbered: write - [ ], or make the kind ordering"),
    ),
    "a question that is required or not": (
        below(f'/// question | q\n    required: "no"\n\n{CHOICES}///'),
        (PAGE, 18, "required is true or false"),
    ),
    "a review of a module on a day that has not come": (
        lambda folder: change(
            folder, MODULE, "legal: null", "legal: {by: A. Person, on: 2026-06-02}"
        ),
        (MODULE, 12, "signed off on 2026-06-02, which has not come"),
    ),
    "an address with signs that none may have": (
        lambda folder: change(folder, "references.yml", "ukpga/2015/30", "[2015]/30"),
        ("references.yml", 5, "references.act.address: "),
    ),
    "a picture that moves": (a_file("a.gif", a_gif(2)), (f"{FIRST}/files/a.gif", 1, MOVES)),
    "a PNG that moves": (
        a_file("a.png", a_png(b"\0\0\0\x08acTL" + b"\0" * 12)),
        (f"{FIRST}/files/a.png", 1, MOVES),
    ),
    "a WebP that moves": (a_file("a.webp", a_webp(2)), (f"{FIRST}/files/a.webp", 1, MOVES)),
    "a drawing that moves": (
        a_file("a.svg", DRAWING.format('<animateMotion path="M0 0"/>').encode()),
        (f"{FIRST}/files/a.svg", 1, "a drawing may not hold <animateMotion>"),
    ),
    "a drawing whose style moves it": (
        a_file("a.svg", DRAWING.format("<style>@keyframes a{}</style>").encode()),
        (f"{FIRST}/files/a.svg", 1, "a drawing may not hold an animation"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_read_as_meant_is_told(folder: Path, name: str) -> None:
    wrong, (file, line, told) = WRONG[name]
    wrong(folder)
    found = reading.examine(folder, today=date(2026, 6, 1))[1]
    errors = [each for each in found if each.severity is Severity.ERROR]
    assert any(
        (each.file, each.line) == (file, line) and each.message.startswith(told) for each in errors
    ), found


@pytest.mark.parametrize(
    ("name", "raw"), [("a.gif", a_gif(1)), ("a.png", a_png(b"")), ("a.webp", a_webp(0))]
)
def test_a_picture_that_keeps_still_is_let_be(folder: Path, name: str, raw: bytes) -> None:
    a_file(name, raw)(folder)
    found = reading.examine(folder)[1]
    assert not [each for each in found if each.severity is Severity.ERROR]


def test_what_stands_in_code_is_let_be(folder: Path) -> None:
    below("A block begins with `/// law | Title`, and a source is `[@Key]`.")(folder)
    found = reading.examine(folder)[1]
    assert not [each for each in found if each.severity is Severity.ERROR]


def test_a_link_of_empty_words_is_told_however_it_is_spaced(folder: Path) -> None:
    below("[Click  *here*](02-end.md)")(folder)
    assert [each.rule for each in reading.examine(folder)[1] if each.rule != "sign-off"] == [
        "link-text"
    ]
