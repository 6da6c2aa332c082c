"""The child process that copies a document without what its file says of the writer.

    python -m lms.documents_unsigned pdf|docx < file > copy

Markers know a candidate by number alone, and most word processors put the writer's name in every
file: in its properties, beside its comments and changes. What the writer put into the text, its
pictures included, stays as it is.

Only `lms.documents` starts it. It is the sole importer of lxml and pypdf.
"""

import io
import sys
import zipfile

from lxml import etree
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from lms.documents import CHILD_SECONDS, Kind
from lms.documents_child import limit_self

# Of Word, by the name of the outermost element: properties (standard, the program's and the
# writer's own), and what a cover page shows of them.
_ABOUT_THE_WRITER = {"coreProperties", "Properties", "CoverPageProperties"}
_NAMES = {"author", "initials", "userId", "providerId"}  # of who commented or changed something
_NOBODY = "Author"  # what Word itself puts there, told to remove names
_NEVER_DATED = (1980, 1, 1, 0, 0, 0)
# Of PDF: properties, what programs keep for themselves, files inside it, and what acts.
_DROPPED = ("/Metadata", "/PieceInfo", "/EF", "/EmbeddedFiles", "/JavaScript", "/OpenAction", "/AA")


def main() -> int:
    """Copy standard input, of the kind named, to standard output."""
    kind = Kind(sys.argv[1])
    limit_self(CHILD_SECONDS[kind])
    sys.stdout.buffer.write(COPIERS[kind](sys.stdin.buffer.read()))
    return 0


def _word(content: bytes) -> bytes:
    copy = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.lower().endswith(".xml"):
                part = _word_part(part)
            target.writestr(zipfile.ZipInfo(entry.filename, _NEVER_DATED), part)
    return copy.getvalue()


def _word_part(content: bytes) -> bytes:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    if etree.QName(root).localname in _ABOUT_THE_WRITER:
        for child in list(root):
            root.remove(child)
    for element in root.iter("*"):
        for name in element.attrib:
            if etree.QName(name).localname in _NAMES:
                element.set(name, _NOBODY)
    return bytes(
        etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)
    )


def _pdf(content: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.metadata = None
    _walk(writer.root_object)
    # What no longer hangs on the document would still be in the file.
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    copy = io.BytesIO()
    writer.write(copy)
    return copy.getvalue()


def _walk(root: PdfObject) -> None:
    """Take the names out of everything that hangs on the document."""
    waiting, met = [root], set()
    while waiting:
        each = waiting.pop().get_object()
        if each is None or id(each) in met:
            continue
        met.add(id(each))
        if isinstance(each, DictionaryObject):
            _forget_names(each)
            waiting.extend(each.raw_get(key) for key in each)
        elif isinstance(each, ArrayObject):
            waiting.extend(each[place] for place in range(len(each)))


def _forget_names(said: DictionaryObject) -> None:
    for key in _DROPPED:
        said.pop(key, None)
    if "/ByteRange" in said:  # a signature: the signer's certificate
        said.clear()
    if "/Rect" in said and said.get("/Subtype") != "/Widget":
        said.pop("/T", None)  # of a comment, who wrote it; of a field in a form, its name


COPIERS = {Kind.PDF: _pdf, Kind.WORD: _word}

if __name__ == "__main__":
    sys.exit(main())
