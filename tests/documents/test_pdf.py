"""PDF files: their text as paragraphs; whatever has none, or is locked, is refused."""

import contextlib

import pytest

from lms.documents import Kind, Unreadable
from lms.documents_child import READERS
from tests.markup.reading import found_in
from tests.support import documents as files


def read(content: bytes) -> str:
    return str(READERS[Kind.PDF](content))


def test_text_of_every_page_is_shown() -> None:
    assert read(files.a_pdf("A safe place", pages=3)) == "<p>A safe place</p>" * 3


def test_what_looks_like_html_is_shown_as_text() -> None:
    said = "<script>window.hit=1</script> & <img src=x onerror=window.hit=1>"
    found = found_in(read(files.a_pdf(said)))
    assert {tag for tag, _ in found.elements} == {"p"}
    assert " ".join("".join(found.words).split()) == said


def test_paragraphs_are_told_apart_and_lines_joined() -> None:
    html = read(files.a_pdf("One line\nand its second.\n\n\nAnother paragraph."))
    assert "One line and its second." in html


@pytest.mark.parametrize("sign", ["\x01", "\x02", "\x07", "\x1b"])
def test_control_characters_do_not_come_through(sign: str) -> None:
    assert sign not in read(files.a_pdf(f"a{sign}b"))


WHOLE = files.a_pdf(pages=2)
REFUSED = {
    "locked": (files.an_encrypted_pdf(), "If it has a password"),
    "half": (files.a_truncated_pdf(), "can’t open this PDF"),
    "a beginning": (b"%PDF-1.7", "can’t open this PDF"),
    "a web page behind it": (files.a_web_page_posing_as_pdf(), "can’t open this PDF"),
    "zeros behind it": (b"%PDF-1.7\n" + bytes(5000), "can’t open this PDF"),
    "pictures only": (files.a_pdf_without_text(), "no text in it, only pictures"),
    "spaces only": (files.a_pdf("   "), "no text in it, only pictures"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_markers_could_not_read_is_refused_with_what_to_do(name: str) -> None:
    content, said = REFUSED[name]
    with pytest.raises(Unreadable, match=said):
        read(content)


@pytest.mark.parametrize("cut", range(0, len(WHOLE), max(1, len(WHOLE) // 25)))
def test_a_file_cut_anywhere_is_read_or_refused(cut: int) -> None:
    with contextlib.suppress(Unreadable):
        assert read(WHOLE[:cut]).startswith("<p>")
