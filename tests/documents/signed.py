"""Word files and PDFs that say who wrote them, in each of the places where programs say so."""

import io
import zipfile
from collections.abc import Callable

import pypdf
from fpdf import FPDF
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from tests.support import documents as files

NAME = "Asha Okoro-Lindqvist"
TEXT = "The advocate meets the survivor where the survivor feels safe."
Parts = dict[str, bytes]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = (
    f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{NAME}</dc:creator>'
    "</cp:coreProperties>"
)


def packed(parts: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def unpacked(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def a_word_file() -> Parts:
    """A file of a picture, a link and a paragraph, as parts; nothing in it says whose it is."""
    document = files.empty_docx()
    document.add_paragraph(TEXT)
    said = document.core_properties
    said.author = said.last_modified_by = ""
    out = io.BytesIO()
    document.save(out)
    return unpacked(out.getvalue())


def _relate(parts: Parts, owner: str, kind: str, target: str, *, outside: bool = False) -> None:
    folder, _, base = owner.rpartition("/")
    where = f"{folder}/_rels/{base}.rels".lstrip("/")
    empty = f'<Relationships xmlns="{_PACKAGE}/relationships"></Relationships>'.encode()
    mode = ' TargetMode="External"' if outside else ""
    line = f'<Relationship Id="rOwn{len(parts)}" Type="{kind}" Target="{target}"{mode}/>'
    parts[where] = parts.get(where, empty).replace(
        b"</Relationships>", f"{line}</Relationships>".encode()
    )


def _in_body(parts: Parts, words: str) -> None:
    body = parts["word/document.xml"]
    parts["word/document.xml"] = body.replace(b"<w:p>", f"<w:p>{words}".encode(), 1)


def _in_settings(parts: Parts, words: str) -> None:
    settings = parts["word/settings.xml"]
    parts["word/settings.xml"] = settings.replace(
        b"</w:settings>", f"{words}</w:settings>".encode()
    )


def _standard(parts: Parts) -> None:
    parts["docProps/core.xml"] = _CORE.encode()


def _elsewhere(parts: Parts) -> None:
    place = "package/services/metadata/core-properties/ab12.psmdcp"
    for name in ("_rels/.rels", "[Content_Types].xml"):
        parts[name] = parts[name].replace(b"docProps/core.xml", place.encode())
    del parts["docProps/core.xml"]
    parts[place] = _CORE.encode()


def _company(parts: Parts) -> None:
    parts["docProps/app.xml"] = f"<Properties><Manager>{NAME}</Manager></Properties>".encode()


def _thumbnail(parts: Parts) -> None:
    parts["docProps/thumbnail.emf"] = NAME.encode()
    _relate(parts, "", f"{_PACKAGE}/metadata/thumbnail", "docProps/thumbnail.emf")


def _sharing(parts: Parts) -> None:
    parts["customXml/item1.xml"] = (
        '<p:properties xmlns:p="http://schemas.microsoft.com/office/2006/metadata/properties">'
        f"<SharedWithUsers><UserInfo><DisplayName>{NAME}</DisplayName></UserInfo>"
        "</SharedWithUsers></p:properties>"
    ).encode()
    _relate(parts, "word/document.xml", f"{_OFFICE}/customXml", "../customXml/item1.xml")


def _cover_page(parts: Parts) -> None:
    _sharing(parts)
    _in_body(parts, '<w:pPr/><w:r><w:rPr/></w:r><w:dataBinding w:xpath="/x"/>')


def _workbook(parts: Parts) -> None:
    book = packed({"[Content_Types].xml": b"<Types/>", "docProps/core.xml": _CORE.encode()})
    parts["word/embeddings/Microsoft_Excel_Worksheet.xlsx"] = book
    parts["word/charts/chart1.xml"] = (
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        f'xmlns:r="{_OFFICE}"><c:chart/><c:externalData r:id="rOwn{len(parts) + 1}"/>'
        "</c:chartSpace>"
    ).encode()
    _relate(parts, "word/document.xml", f"{_OFFICE}/chart", "charts/chart1.xml")
    target = "../embeddings/Microsoft_Excel_Worksheet.xlsx"
    _relate(parts, "word/charts/chart1.xml", f"{_OFFICE}/package", target)


def _comments(parts: Parts) -> None:
    parts["word/comments.xml"] = (
        f'<w:comments xmlns:w="{_W}"><w:comment w:id="1" w:author="{NAME}" w:initials="AO">'
        "<w:p><w:r><w:t>Check this.</w:t></w:r></w:p></w:comment></w:comments>"
    ).encode()
    _relate(parts, "word/document.xml", f"{_OFFICE}/comments", "comments.xml")


def _people(parts: Parts) -> None:
    parts["word/people.xml"] = (
        '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        f'<w15:person w15:author="{NAME}"/></w15:people>'
    ).encode()
    kind = "http://schemas.microsoft.com/office/2011/relationships/people"
    _relate(parts, "word/document.xml", kind, "people.xml")


def _tasks(parts: Parts) -> None:
    parts["word/documenttasks/documenttasks1.xml"] = (
        f'<t:Tasks xmlns:t="urn:tasks"><t:Attribution userName="{NAME}"/></t:Tasks>'
    ).encode()
    kind = "http://schemas.microsoft.com/office/2019/05/relationships/documenttasks"
    _relate(parts, "word/document.xml", kind, "documenttasks/documenttasks1.xml")


def _printer(parts: Parts) -> None:
    parts["word/printerSettings/printerSettings1.bin"] = NAME.encode()
    _in_body(parts, f'<w:printerSettings xmlns:r="{_OFFICE}" r:id="rOwn{len(parts)}"/>')
    target = "printerSettings/printerSettings1.bin"
    _relate(parts, "word/document.xml", f"{_OFFICE}/printerSettings", target)


def _signature(parts: Parts) -> None:
    parts["_xmlsignatures/sig1.xml"] = f"<X509IssuerName>CN={NAME}</X509IssuerName>".encode()
    kind = f"{_PACKAGE}/relationships/digital-signature/origin"
    _relate(parts, "", kind, "_xmlsignatures/sig1.xml")


def _local_link(parts: Parts) -> None:
    target = f"file:///C:\\Users\\{NAME}\\notes.docx"
    _relate(parts, "word/document.xml", f"{_OFFICE}/hyperlink", target, outside=True)


WORD: dict[str, Callable[[Parts], None]] = {
    "standard properties": _standard,
    "standard properties elsewhere": _elsewhere,
    "the program's properties": _company,
    "a picture of the first page": _thumbnail,
    "with whom it is shared": _sharing,
    "what a cover page shows": _cover_page,
    "the workbook behind a chart": _workbook,
    "comments": _comments,
    "people": _people,
    "tasks": _tasks,
    "a printer": _printer,
    "a signature": _signature,
    "a link to a file": _local_link,
    "a change": lambda parts: _in_body(
        parts, f'<w:ins w:id="9" w:author="{NAME}"><w:r><w:t/></w:r></w:ins>'
    ),
    "who may edit": lambda parts: _in_body(parts, f'<w:permStart w:id="1" w:ed="{NAME}"/>'),
    "where a picture was": lambda parts: _in_body(
        parts, f'<w:r><w:pict title="C:\\Users\\{NAME}\\photo.png"/></w:r>'
    ),
    "variables": lambda parts: _in_settings(
        parts, f'<w:docVars><w:docVar w:name="Owner" w:val="{NAME}"/></w:docVars>'
    ),
    "a mailing": lambda parts: _in_settings(
        parts, f'<w:mailMerge><w:connectString w:val="{NAME}"/></w:mailMerge>'
    ),
}


def a_signed_word_file(where: str) -> bytes:
    """Signed in one of the places of WORD."""
    parts = a_word_file()
    WORD[where](parts)
    return packed(parts)


def said_in_word(content: bytes) -> str:
    """All that is in it, the files inside it included."""
    said = []
    for name, part in unpacked(content).items():
        said += [name, said_in_word(part) if part[:4] == b"PK\x03\x04" else part.decode("latin-1")]
    return "".join(said)


def _said(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def _kept(content: str, **entries: PdfObject) -> StreamObject:
    made = StreamObject()
    made.set_data(content.encode())
    made.update(_said(**entries))
    return made


def _name(word: str) -> NameObject:
    return NameObject(f"/{word}")


def _text(words: str = NAME) -> TextStringObject:
    return TextStringObject(words)


def _annotated(writer: pypdf.PdfWriter, kind: str, **entries: PdfObject) -> PdfObject:
    rect = ArrayObject([NumberObject(number) for number in (10, 10, 60, 30)])
    made = writer._add_object(_said(Type=_name("Annot"), Subtype=_name(kind), Rect=rect, **entries))
    writer.pages[0][_name("Annots")] = ArrayObject([made])
    return made


def _of_document(writer: pypdf.PdfWriter, key: str, value: PdfObject) -> None:
    writer.root_object[_name(key)] = value


def _of_page(writer: pypdf.PdfWriter, key: str, value: PdfObject) -> None:
    writer.pages[0][_name(key)] = value


def _signed_field(writer: pypdf.PdfWriter) -> None:
    signature = writer._add_object(
        _said(Type=_name("Sig"), Name=_text(), Contents=ByteStringObject(NAME.encode()))
    )
    look = writer._add_object(_kept(f"(Signed by {NAME}) Tj", Subtype=_name("Form")))
    made = _annotated(writer, "Widget", FT=_name("Sig"), V=signature, AP=_said(N=look))
    _of_document(writer, "AcroForm", _said(Fields=ArrayObject([made])))


def _inside(writer: pypdf.PdfWriter) -> None:
    file = writer._add_object(_kept(NAME, Type=_name("EmbeddedFile")))
    named = _said(Type=_name("Filespec"), F=_text(f"{NAME}.odt"), UF=_text(), EF=_said(F=file))
    _of_document(writer, "AF", ArrayObject([writer._add_object(named)]))


def _layers(writer: pypdf.PdfWriter) -> None:
    layer = writer._add_object(
        _said(Type=_name("OCG"), Name=_text("L"), Usage=_said(CreatorInfo=_said(Creator=_text())))
    )
    writer.pages[0]["/Resources"][_name("Properties")] = _said(MC0=layer)  # type: ignore[index]
    _of_document(writer, "OCProperties", _said(D=_said(Creator=_text()), OCGs=ArrayObject([layer])))


def _picture(writer: pypdf.PdfWriter) -> None:
    about = writer._add_object(_kept(NAME, Type=_name("Metadata")))
    drawn = writer._add_object(_kept("", Subtype=_name("Form"), Metadata=about))
    writer.pages[0]["/Resources"][_name("XObject")] = _said(Im0=drawn)  # type: ignore[index]


PDF: dict[str, Callable[[pypdf.PdfWriter], object]] = {
    "properties": lambda writer: writer.add_metadata({"/Author": NAME}),
    "newer properties": lambda writer: _of_document(
        writer, "Metadata", writer._add_object(_kept(NAME))
    ),
    "a program's own": lambda writer: _of_page(writer, "PieceInfo", _said(Pen=_said(Who=_text()))),
    "a comment": lambda writer: _annotated(writer, "Text", T=_text(), Contents=_text("Well put.")),
    "a state": lambda writer: _annotated(writer, "Text", Contents=_text(f"Set by {NAME}")),
    "a stamp": lambda writer: _annotated(
        writer, "Stamp", AP=_said(N=writer._add_object(_kept(f"(By {NAME}) Tj")))
    ),
    "a signature": _signed_field,
    "certificates": lambda writer: _of_document(
        writer, "DSS", _said(Certs=ArrayObject([writer._add_object(_kept(NAME))]))
    ),
    "a file inside": _inside,
    "an article": lambda writer: _of_document(
        writer, "Threads", ArrayObject([writer._add_object(_said(I=_said(Author=_text())))])
    ),
    "a collection": lambda writer: _of_document(writer, "Collection", _said(Schema=_text())),
    "layers": _layers,
    "about a picture": _picture,
    "a link that runs": lambda writer: _annotated(
        writer, "Link", A=_said(S=_name("JavaScript"), JS=_text(f"app.alert('{NAME}')"))
    ),
    "a link to a file": lambda writer: _annotated(
        writer, "Link", A=_said(S=_name("Launch"), F=_text(f"C:/Users/{NAME}/x.exe"))
    ),
}


def a_plain_pdf() -> pypdf.PdfWriter:
    """A page of text with a link in it, and nothing that says whose it is."""
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica")
    made.multi_cell(0, text=TEXT)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(bytes(made.output())))
    writer.metadata = None
    return writer


def written(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_signed_pdf(where: str) -> bytes:
    """Signed in one of the places of PDF."""
    writer = a_plain_pdf()
    PDF[where](writer)
    return written(writer)


def said_in_pdf(content: bytes) -> str:
    """Every object of the file, those that nothing refers to included."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    words = [content.decode("latin-1")]
    for number in range(1, int(reader.trailer["/Size"])):  # type: ignore[call-overload]
        found = reader.get_object(number)
        words.append(repr(found))
        if isinstance(found, StreamObject):
            words.append(found.get_data().decode("latin-1"))
    return "".join(words)
