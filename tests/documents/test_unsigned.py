"""The copy that markers get says nothing of the writer, and still says all that they wrote."""

import io
import zipfile

import docx
import pypdf
import pytest
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from fpdf import FPDF
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from lms import documents
from lms.documents import Kind, Unreadable
from tests.support import documents as files

NAME = "Asha Okoro-Lindqvist"
TEXT = "The advocate meets the survivor where the survivor feels safe."
PEOPLE = "application/vnd.openxmlformats-officedocument.wordprocessingml.people+xml"


def a_signed_word_file() -> bytes:
    """A Word file that says who wrote it wherever Word says so."""
    document = docx.Document()
    paragraph = document.add_paragraph(TEXT)
    document.add_comment(paragraph.runs, text="Check this.", author=NAME, initials="AOL-Q")
    said = document.core_properties
    said.author = said.last_modified_by = said.title = said.keywords = NAME
    package = document.part.package
    app = b'<Properties xmlns="urn:x"><Company>%s</Company></Properties>' % NAME.encode()
    people = (
        '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        f'<w15:person w15:author="{NAME}"><w15:presenceInfo w15:userId="{NAME}"/></w15:person>'
        "</w15:people>"
    ).encode()
    for place, kind, content in (
        ("/docProps/custom.xml", CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, app),
        ("/word/people.xml", PEOPLE, people),
    ):
        document.part.relate_to(
            Part(PackURI(place), kind, content, package), RELATIONSHIP_TYPE.CUSTOM_PROPERTIES
        )
    changed = paragraph._p.makeelement(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}ins",
        {"{http://schemas.openxmlformats.org/wordprocessingml/2006/main}author": NAME},
    )
    paragraph._p.append(changed)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def a_signed_pdf() -> bytes:
    """A PDF that says who wrote it: properties old and new, a comment, a file, a signature."""
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica")
    made.multi_cell(0, text=TEXT)
    made.set_author(NAME)
    made.set_xmp_metadata(f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{NAME}</x:xmpmeta>")
    made.text_annotation(20, 20, text="Check this.", title=NAME)
    made.embed_file(bytes=NAME.encode(), basename="cv.txt", compress=False)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(bytes(made.output())))
    kept = StreamObject()
    kept.set_data(NAME.encode())
    page = writer.pages[0]
    page[NameObject("/PieceInfo")] = DictionaryObject(
        {NameObject("/Pen"): writer._add_object(kept)}
    )
    signature = DictionaryObject(
        {
            NameObject("/Name"): TextStringObject(NAME),
            NameObject("/Contents"): ByteStringObject(NAME.encode()),
            NameObject("/ByteRange"): ArrayObject(),
        }
    )
    writer.root_object[NameObject("/Perms")] = DictionaryObject(
        {NameObject("/DocMDP"): writer._add_object(signature)}
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def said_in_word(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def said_in_pdf(content: bytes) -> str:
    """Every object of the file, those that nothing refers to included."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    words = [content.decode("latin-1")]
    for number in range(1, 200):
        try:
            found = reader.get_object(number)
        except pypdf.errors.PyPdfError:
            continue
        words.append(repr(found))
        if isinstance(found, StreamObject):
            words.append(found.get_data().decode("latin-1"))
    return "".join(words)


def test_a_word_file_loses_its_names_and_keeps_its_words() -> None:
    signed = a_signed_word_file()
    assert said_in_word(signed).count(NAME) >= 8
    assert "AOL-Q" in said_in_word(signed)
    copy = documents.unsigned(Kind.WORD, signed)
    assert NAME not in said_in_word(copy)
    assert "AOL-Q" not in said_in_word(copy)
    opened = docx.Document(io.BytesIO(copy))
    assert [each.text for each in opened.paragraphs] == [TEXT]
    assert [each.text for each in opened.comments] == ["Check this."]
    assert documents.read(Kind.WORD, copy) == documents.read(Kind.WORD, signed)


def test_a_pdf_loses_its_names_and_keeps_its_words() -> None:
    signed = a_signed_pdf()
    assert said_in_pdf(signed).count(NAME) >= 6
    copy = documents.unsigned(Kind.PDF, signed)
    assert NAME not in said_in_pdf(copy)
    assert "Check this." in said_in_pdf(copy)
    assert documents.read(Kind.PDF, copy) == documents.read(Kind.PDF, signed)


def test_a_pdf_that_is_locked_against_changes_alone_is_copied() -> None:
    signed = pypdf.PdfWriter(clone_from=io.BytesIO(a_signed_pdf()))
    signed.encrypt(user_password="", owner_password="hazel", algorithm="AES-256")
    out = io.BytesIO()
    signed.write(out)
    copy = documents.unsigned(Kind.PDF, out.getvalue())
    assert NAME not in said_in_pdf(copy)
    assert TEXT[:12] in documents.read(Kind.PDF, copy).html


def test_what_word_needs_to_open_a_file_is_left_as_it_was() -> None:
    """A prefix that `mc:Ignorable` names has to stay declared, or Word calls the file broken."""
    document = docx.Document(io.BytesIO(documents.unsigned(Kind.WORD, a_signed_word_file())))
    plain = docx.Document(io.BytesIO(a_signed_word_file()))
    assert document.element.nsmap == plain.element.nsmap


def test_written_text_has_no_properties_to_lose() -> None:
    assert documents.unsigned(Kind.TEXT, b"# My work") == b"# My work"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Kind.WORD, b"PK\x03\x04 word/document.xml"),
        (Kind.PDF, b"%PDF-1.7 nothing else"),
        (Kind.PDF, files.an_encrypted_pdf()),
    ],
)
def test_a_file_that_cant_be_copied_is_given_to_nobody(kind: Kind, content: bytes) -> None:
    with pytest.raises(Unreadable, match="can’t take the writer’s name out"):
        documents.unsigned(kind, content)
