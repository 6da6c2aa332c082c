"""The child process that opens files from outside: bytes in, a line of JSON out.

    python -m lms.documents_child pdf|docx < file

Only `lms.documents` starts it. It is the sole importer of mammoth and pypdfium2.
"""

import io
import json
import re
import sys
import zipfile

import mammoth
import pypdfium2
from markupsafe import Markup, escape

from lms import markup
from lms.documents import CHILD_SECONDS, Kind, Unreadable
from lms.errors import RuleBroken

if sys.platform != "win32":
    import resource  # exists on Unix alone; on Windows the time limit of the parent remains

MEMORY = 1 << 30  # bytes
MOST_UNPACKED = 200 << 20  # bytes
MOST_ENTRIES = 2000
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode=\"External\"[^>]*>", re.I)


def main() -> int:
    """Read standard input as the kind named; print the reading, or why it was refused."""
    _limit_self()
    kind, content = Kind(sys.argv[1]), sys.stdin.buffer.read()
    try:
        html = _READERS[kind](content)
        answer = {"html": str(html), "words": len(html.striptags().split())}
    except RuleBroken as refusal:
        answer = {"refused": refusal.sentence}
    json.dump(answer, sys.stdout)
    return 0


def _limit_self() -> None:
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


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
    return Markup("").join(_pdf_page(page) for page in pages)


def _pdf_page(text: str) -> Markup:
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(part.split()) for part in paragraphs)
    return Markup("").join(Markup("<p>{}</p>").format(escape(line)) for line in lines if line)


def _word(content: bytes) -> Markup:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
        html = mammoth.convert_to_html(
            io.BytesIO(content), convert_image=mammoth.images.img_element(lambda _image: {})
        ).value
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError):
        raise Unreadable(
            "We can’t open this Word file. Save it again as .docx and try that."
        ) from None
    return markup.clean(html)


def _check_archive(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise Unreadable("This Word file is too large when it is unpacked.")
    names = {entry.filename for entry in entries}
    if "word/document.xml" not in names:
        raise Unreadable("We can’t open this Word file. Save it again as .docx and try that.")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("This Word file carries macros. Save it as .docx without macros.")
    for name in names:
        if name.endswith(".rels") and _loads_from_elsewhere(archive.read(name)):
            raise Unreadable(
                "This Word file loads something from another place. Save a copy without links to "
                "templates or pictures that lie elsewhere."
            )


def _loads_from_elsewhere(relationships: bytes) -> bool:
    return any(b"/hyperlink" not in found for found in _EXTERNAL.findall(relationships))


_READERS = {Kind.PDF: _pdf, Kind.WORD: _word}

if __name__ == "__main__":
    sys.exit(main())
