"""The files that tests hand in are what they are named for."""

import io
import re
import zipfile
from collections.abc import Callable

import mammoth
import pypdfium2
import pytest

from tests.support import documents

BUILDERS = [
    build for name, build in vars(documents).items() if re.match("an?_", name) and callable(build)
]


@pytest.mark.parametrize("build", BUILDERS)
def test_a_file_is_the_same_every_time(build: Callable[[], bytes]) -> None:
    assert build() == build()


def pdf_text(content: bytes, password: str | None = None) -> str:
    with pypdfium2.PdfDocument(content, password=password) as opened:
        text: str = opened[0].get_textpage().get_text_bounded()
    return text


def docx_text(content: bytes) -> str:
    text: str = mammoth.extract_raw_text(io.BytesIO(content)).value
    return text.strip()


def test_well_made_files_hold_the_text_they_were_given() -> None:
    assert pdf_text(documents.a_pdf("A safe place")) == "A safe place"
    assert docx_text(documents.a_docx("A safe place")) == "A safe place"
    assert pdf_text(documents.a_pdf_without_text()) == ""


def test_an_encrypted_pdf_opens_with_its_password_alone() -> None:
    content = documents.an_encrypted_pdf("A safe place", password="birch")
    assert pdf_text(content, "birch") == "A safe place"
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pdf_text(content)


@pytest.mark.parametrize("build", [documents.a_truncated_pdf, documents.a_web_page_posing_as_pdf])
def test_a_broken_pdf_begins_as_one_and_cannot_be_read(build: Callable[[], bytes]) -> None:
    assert build().startswith(b"%PDF-")
    with pytest.raises(pypdfium2.PdfiumError):
        pdf_text(build())


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_hostile_word_documents_carry_what_they_are_named_for() -> None:
    with_macro = parts(documents.a_docx_with_macro())
    assert with_macro["word/vbaProject.bin"].startswith(bytes.fromhex("d0cf11e0"))
    assert b"macroEnabled" in with_macro["[Content_Types].xml"]
    remote = parts(documents.a_docx_with_remote_template("http://elsewhere.example/"))
    assert b"http://elsewhere.example/" in remote["word/_rels/settings.xml.rels"]
    assert b"<!ENTITY" in parts(documents.a_docx_with_entities())["word/document.xml"]
    assert "../../outside.txt" in parts(documents.a_docx_with_a_path_outside())
    assert "word/document.xml" not in parts(documents.a_docx_without_its_text())


def test_a_zip_bomb_is_small_until_it_is_unpacked() -> None:
    content = documents.a_zip_bomb_docx(unpacked_megabytes=50)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.getinfo("word/document.xml").file_size > 50 * 1024 * 1024
    assert len(content) < 200 * 1024
