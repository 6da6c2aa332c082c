"""What a file is depends on what it holds; whatever else it holds, it is read as that."""

import pytest

from lms import documents
from lms.documents import Kind, Unreadable
from tests.documents.word import a_word_file
from tests.support import documents as files

PDF, WORD = files.a_pdf("A safe place"), files.a_docx("A safe place")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, Kind.PDF),
        (WORD, Kind.WORD),
        (a_word_file(), Kind.WORD),
        (b"\n\n" + PDF, Kind.PDF),  # some programs write a line before it
        (PDF + WORD, Kind.PDF),
        (WORD + PDF, Kind.WORD),
    ],
    ids=["PDF", "Word", "bare Word", "PDF after empty lines", "PDF and Word", "Word and PDF"],
)
def test_the_kind_is_told_by_content(content: bytes, kind: Kind) -> None:
    assert documents.kind_of(content) is kind


NEITHER = {
    "a zip": files.a_zip(),
    "a zip that lists Word's types": files.a_docx_without_its_text(),
    "an old Word file or a locked one": files.an_old_word_file(),
    "a web page": files.a_web_page(),
    "a program": files.a_program(),
    "text": b"# My work",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "rich text": b"{\\rtf1 My work}",
    "a PDF that begins far down": bytes(2000) + PDF,
    "a web page before a PDF": files.a_web_page() + PDF,
    "the first four bytes": b"PK\x03\x04",
    "one byte": b"%",
    "spaces": b" " * 2000,
}


@pytest.mark.parametrize("name", NEITHER)
def test_anything_else_is_refused_with_what_to_choose(name: str) -> None:
    with pytest.raises(Unreadable, match="Choose a PDF or Word"):
        documents.kind_of(NEITHER[name])


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(Unreadable, match="The file is empty"):
        documents.kind_of(b"")


def test_a_pdf_called_word_is_read_as_the_pdf_it_is() -> None:
    """Nobody's name for it is asked: there is no way to give one."""
    reading = documents.read(documents.kind_of(PDF), PDF)
    assert (reading.html, reading.words) == ("<p>A safe place</p>", 3)


def test_of_two_files_in_one_only_the_first_is_shown() -> None:
    both = files.a_pdf("The first") + files.a_docx("The second")
    try:
        shown = documents.read(documents.kind_of(both), both).html
    except Unreadable:
        return
    assert "The second" not in shown


def test_each_kind_is_sent_back_as_its_own_media_type() -> None:
    assert set(documents.MEDIA_TYPES) == set(Kind)
    assert not any("html" in kind or "svg" in kind for kind in documents.MEDIA_TYPES.values())
