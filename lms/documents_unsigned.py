"""The child process that copies a document without what its file says of the writer.

    python -m lms.documents_unsigned pdf|docx < file > copy

Markers know a candidate by number alone, and most programs put the writer's name in every file. A
copy is made anew from what is to be read, so that nothing is forgotten that nobody thought of. What
the writer put into the text and its pictures stays as it is.

Only `lms.documents` starts it. With `documents_unsigned_word` it is the sole importer of lxml and
pypdf.
"""

import io
import sys
from collections.abc import Iterator

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

from lms import documents_unsigned_word
from lms.documents import CHILD_SECONDS, MOST_COPIED, Kind
from lms.documents_child import limit_self

# Of a page: what is drawn, with what, and on how large a sheet. ISO 32000-1, 7.7.3.3.
_PAGE = {
    *("/Type", "/Parent", "/Resources", "/Contents", "/Group", "/Rotate", "/UserUnit"),
    *("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"),
}
# Of whatever it is drawn with: who made it, with which program, and from which file.
_DROPPED = (
    *("/Metadata", "/PieceInfo", "/Info", "/AF", "/OC", "/OPI", "/Usage", "/Creator", "/Author"),
    *("/F", "/FFilter", "/FDecodeParms", "/Ref", "/LastModified", "/ID"),
)


def main() -> int:
    """Copy standard input, of the kind named, to standard output."""
    kind = Kind(sys.argv[1])
    limit_self(CHILD_SECONDS[kind])
    copy = COPIERS[kind](sys.stdin.buffer.read())
    if len(copy) > MOST_COPIED:
        return 1
    sys.stdout.buffer.write(copy)
    return 0


def _pdf(content: bytes) -> bytes:
    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    for page in reader.pages:
        links = list(_links(page))
        for key in set(page) - _PAGE:
            del page[key]
        copied = writer.add_page(page)
        _forget_makers(copied)
        for rectangle, address in links:
            writer.add_annotation(copied, Link(rect=rectangle, url=address))
    writer.metadata = None
    # What no longer hangs on a page would still be in the file.
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    copy = io.BytesIO()
    writer.write(copy)
    return copy.getvalue()


def _links(page: PageObject) -> Iterator[tuple[tuple[float, float, float, float], str]]:
    """Where a page leads out of the document: comments, stamps and signatures are no part of it."""
    for each in page.get("/Annots") or ():
        said = each.get_object()
        action = said.get("/A") if isinstance(said, DictionaryObject) else None
        address = str(action.get_object().get("/URI", "")) if action is not None else ""
        if address.startswith(("http://", "https://")):
            left, bottom, right, top = (float(number) for number in said["/Rect"])
            yield (left, bottom, right, top), address


def _forget_makers(page: PageObject) -> None:
    """Take makers out of everything that is drawn with."""
    waiting: list[PdfObject] = [page.raw_get(key) for key in page if key != "/Parent"]
    met: set[int] = set()
    while waiting:
        each = waiting.pop().get_object()
        if each is None or id(each) in met:
            continue
        met.add(id(each))
        if isinstance(each, DictionaryObject):
            # A plain dictionary may be one of names that the page gave: `/F` is then a font.
            for key in _DROPPED if _is_of_a_kind(each) else ():
                each.pop(key, None)
            waiting.extend(each.raw_get(key) for key in each)
        elif isinstance(each, ArrayObject):
            waiting.extend(each[place] for place in range(len(each)))


def _is_of_a_kind(said: DictionaryObject) -> bool:
    return isinstance(said, StreamObject) or "/Type" in said or "/Subtype" in said


COPIERS = {Kind.PDF: _pdf, Kind.WORD: documents_unsigned_word.unsigned}

if __name__ == "__main__":
    sys.exit(main())
