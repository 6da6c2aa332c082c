"""The copy that markers get says nothing of the writer, and still says all that they wrote."""

import base64
import io
import posixpath
import re
import zipfile

import docx
import pypdf
import pytest
from pypdf.annotations import Link

from lms import documents
from lms.documents import Kind, Unreadable
from lms.documents_child import READERS
from lms.documents_unsigned import COPIERS
from tests.documents.signed import (
    NAME,
    PDF,
    TEXT,
    WORD,
    a_plain_pdf,
    a_signed_pdf,
    a_signed_word_file,
    a_word_file,
    packed,
    said_in_pdf,
    said_in_word,
    unpacked,
    written,
)
from tests.support import documents as files

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# One dot.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_TARGET = re.compile(rb'<Relationship [^>]*Target="([^"]*)"')
_ID = re.compile(rb' Id="([^"]*)"')
_USED = re.compile(rb' r:(?:id|embed|link)="([^"]*)"')
_PART = re.compile(rb'PartName="/([^"]*)"')


@pytest.mark.parametrize("where", WORD)
def test_a_word_file_loses_its_names_and_keeps_its_words(where: str) -> None:
    signed = a_signed_word_file(where)
    assert NAME in said_in_word(signed)
    copy = COPIERS[Kind.WORD](signed)
    assert NAME not in said_in_word(copy)
    assert [each.text for each in docx.Document(io.BytesIO(copy)).paragraphs] == [TEXT]
    assert READERS[Kind.WORD](copy) == READERS[Kind.WORD](signed)
    assert_whole(copy)


def assert_whole(copy: bytes) -> None:
    """Whatever a part refers to is there: Word calls a file broken in which it isn't."""
    parts = unpacked(copy)
    for name, content in parts.items():
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            targets = [each.decode() for each in _TARGET.findall(content)]
            inside = [each for each in targets if "://" not in each and ":" not in each]
            paths = {posixpath.normpath(posixpath.join(folder, each)) for each in inside}
            assert paths <= set(parts), name
        else:
            folder, base = posixpath.split(name)
            known = _ID.findall(parts.get(f"{folder}/_rels/{base}.rels", b""))
            assert set(_USED.findall(content)) <= set(known), name
    assert {each.decode() for each in _PART.findall(parts["[Content_Types].xml"])} <= set(parts)


def test_a_copy_is_packed_as_word_packs_it() -> None:
    """Types first, so that every program knows it; and no larger than what was handed in."""
    signed = files.a_docx("\n".join([TEXT] * 2000))
    copy = documents.unsigned(Kind.WORD, signed)
    assert documents.kind_of(copy) is Kind.WORD
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
    assert len(copy) < 1.1 * len(signed)


def test_comments_links_and_pictures_come_along() -> None:
    document = files.empty_docx()
    document.add_picture(io.BytesIO(PNG))
    document.add_paragraph(TEXT)
    document.add_comment(document.paragraphs[1].runs, text="Check this.", author=NAME)
    document.part.relate_to("https://www.gov.uk/x", f"{KIND}/hyperlink", is_external=True)
    out = io.BytesIO()
    document.save(out)
    copy = documents.unsigned(Kind.WORD, out.getvalue())
    opened = docx.Document(io.BytesIO(copy))
    assert len(opened.inline_shapes) == 1
    assert [each.text for each in opened.comments] == ["Check this."]
    assert "https://www.gov.uk/x" in said_in_word(copy)
    assert opened.element.nsmap == document.element.nsmap  # `mc:Ignorable` names prefixes
    assert_whole(copy)


@pytest.mark.parametrize("where", PDF)
def test_a_pdf_loses_its_names_and_keeps_its_words(where: str) -> None:
    signed = a_signed_pdf(where)
    assert NAME in said_in_pdf(signed)
    copy = COPIERS[Kind.PDF](signed)
    assert NAME not in said_in_pdf(copy)
    assert READERS[Kind.PDF](copy) == READERS[Kind.PDF](signed)


@pytest.mark.parametrize(
    ("kind", "signed"),
    [(Kind.WORD, a_signed_word_file("comments")), (Kind.PDF, a_signed_pdf("properties"))],
    ids=["Word", "PDF"],
)
def test_the_child_gives_that_copy(kind: Kind, signed: bytes) -> None:
    copy = documents.unsigned(kind, signed)
    assert copy == COPIERS[kind](signed)
    assert documents.read(kind, copy) == documents.read(kind, signed)


def test_a_link_out_of_a_pdf_comes_along() -> None:
    writer = a_plain_pdf()
    writer.add_annotation(0, Link(rect=(10, 10, 60, 30), url="https://www.gov.uk/x"))
    copy = pypdf.PdfReader(io.BytesIO(documents.unsigned(Kind.PDF, written(writer))))
    (link,) = (each.get_object() for each in copy.pages[0]["/Annots"])
    assert link["/A"]["/URI"] == "https://www.gov.uk/x"


def test_a_pdf_that_is_locked_against_changes_alone_is_copied() -> None:
    signed = pypdf.PdfWriter(clone_from=io.BytesIO(a_signed_pdf("properties")))
    signed.encrypt(user_password="", owner_password="hazel", algorithm="AES-256")
    copy = documents.unsigned(Kind.PDF, written(signed))
    assert NAME not in said_in_pdf(copy)
    assert TEXT[:12] in documents.read(Kind.PDF, copy).html


def test_written_text_has_no_properties_to_lose() -> None:
    assert documents.unsigned(Kind.TEXT, b"# My work") == b"# My work"


def a_word_file_that_unpacks_large() -> bytes:
    return packed({**a_word_file(), "word/media/image1.bin": bytes(201 << 20)})


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Kind.WORD, b"PK\x03\x04 word/document.xml"),
        (Kind.WORD, a_word_file_that_unpacks_large()),
        (Kind.PDF, b"%PDF-1.7 nothing else"),
        (Kind.PDF, files.an_encrypted_pdf()),
    ],
    ids=["not a file", "too large", "no pages", "locked"],
)
def test_a_file_that_cant_be_copied_is_given_to_nobody(kind: Kind, content: bytes) -> None:
    with pytest.raises(Unreadable, match="can’t make a copy of this file"):
        documents.unsigned(kind, content)
