"""The child process that opens what comes from outside: bytes in, a line of JSON out.

    python -m lms.documents_child pdf|docx|text < file

Only `lms.documents` starts it. It is the sole importer of mammoth and pypdfium2.
"""

import io
import json
import re
import sys
import zipfile
from xml.etree import ElementTree as ET
from xml.parsers.expat import ExpatError

import mammoth
import pypdfium2
from markupsafe import Markup, escape

from lms import markup
from lms.documents import CHILD_SECONDS, Kind, Unreadable, words_in
from lms.errors import RuleBroken

if sys.platform != "win32":
    import resource  # exists on Unix alone; on Windows the time limit of the parent remains

MEMORY = 1 << 30  # bytes
MOST_UNPACKED = 200 << 20  # bytes
MOST_XML = 25 << 20  # bytes; pictures may be large, but these parts are read
MOST_ENTRIES = 2000
MOST_SHOWN = 2_000_000  # characters of HTML
_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, ET.ParseError, ExpatError)
_CONTENT_TYPES = "[content_types].xml"
# Embedded programs and documents, ActiveX, and HTML or RTF that Word merges as it opens.
_EMBEDDED = ("/oleobject", "/control", "/afchunk")
_MACROS = re.compile(r"macroenabled|vbaproject")
_DOCUMENT_TYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


def main() -> int:
    """Read standard input as the kind named; print the reading, or why it was refused."""
    kind = Kind(sys.argv[1])
    limit_self(CHILD_SECONDS[kind])
    content = sys.stdin.buffer.read()
    try:
        html = READERS[kind](content)
        answer = {"html": str(html), "words": words_in(html)}
    except RuleBroken as refusal:
        answer = {"refused": refusal.sentence}
    json.dump(answer, sys.stdout)
    return 0


def limit_self(seconds: int) -> None:
    """Bound what this process may take: the system ends it when it wants more."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _text(content: bytes) -> Markup:
    return markup.render(content.decode())


def _pdf(content: bytes) -> Markup:
    try:
        with pypdfium2.PdfDocument(content) as document:
            pages = [page.get_textpage().get_text_bounded() for page in document]
    except pypdfium2.PdfiumError:
        raise Unreadable(
            "We can’t open this PDF. If it has a password, save it again without one."
        ) from None
    if not any(page.strip() for page in pages):
        raise Unreadable(
            "This PDF has no text in it, only pictures. Save it from your writing program instead."
        )
    return _bounded(Markup("").join(_pdf_page(page) for page in pages))


def _pdf_page(text: str) -> Markup:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(markup.CONTROLS)
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", lines))
    return Markup("").join(Markup("<p>{}</p>").format(escape(each)) for each in paragraphs if each)


def _word(content: bytes) -> Markup:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
        html = mammoth.convert_to_html(
            io.BytesIO(content), convert_image=mammoth.images.img_element(lambda _image: {})
        ).value
    except _BROKEN:
        raise _broken() from None
    safe = markup.clean(_bounded(html))
    if not safe.striptags().strip():
        raise Unreadable("This Word file has no text in it. Choose the file with your work in it.")
    return safe


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse what a Word file can't be, is too large for, or does; raises Unreadable."""
    entries = archive.infolist()
    xml = [entry for entry in entries if _is_xml(entry)]
    if (
        len(entries) > MOST_ENTRIES
        or sum(entry.file_size for entry in entries) > MOST_UNPACKED
        or sum(entry.file_size for entry in xml) > MOST_XML
    ):
        raise Unreadable("This Word file is too large when it is unpacked.")
    names = {entry.filename.lower() for entry in entries}
    # Of two parts with one name, we might read one, and a marker's program the other.
    if "word/document.xml" not in names or len(names) != len(entries):
        raise _broken()
    for entry in xml:
        _check_part(entry.filename.lower(), archive.read(entry))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise _with_macros()


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith((".xml", ".rels"))


def _check_part(name: str, content: bytes) -> None:
    # Word never writes a document type; with one, a part could name files of our machine.
    if any(each in content for each in _DOCUMENT_TYPES):
        raise _broken()
    if name == _CONTENT_TYPES or name.endswith(".rels"):
        for each in ET.fromstring(content).iter():  # noqa: S314 - it has no entities of its own
            _check_relationship({key.lower(): value.lower() for key, value in each.items()})


def _check_relationship(said: dict[str, str]) -> None:
    """One entry of a list of parts: what is related, and where it lies."""
    kind = said.get("type", "")
    if _MACROS.search(kind) or _MACROS.search(said.get("contenttype", "")):
        raise _with_macros()
    if kind.endswith(_EMBEDDED):
        raise Unreadable("This Word file carries another file inside it. Save a copy without it.")
    if said.get("targetmode") == "external" and not kind.endswith("/hyperlink"):
        raise Unreadable(
            "This Word file loads something from another place. Save a copy without links to "
            "templates or pictures that lie elsewhere."
        )


def _bounded(html: Markup | str) -> Markup:
    if len(html) > MOST_SHOWN:
        raise Unreadable("This file has more text in it than we can show. Hand in a shorter one.")
    return Markup(html)  # noqa: S704 - of a PDF it is escaped; of Word it is cleaned by the caller


def _broken() -> Unreadable:
    return Unreadable("We can’t open this Word file. Save it again as .docx and try that.")


def _with_macros() -> Unreadable:
    return Unreadable("This Word file carries macros. Save it as .docx without macros.")


READERS = {Kind.PDF: _pdf, Kind.WORD: _word, Kind.TEXT: _text}

if __name__ == "__main__":
    sys.exit(main())
