"""Word files as nobody's word processor writes them, put together part by part."""

import io
import warnings
import zipfile
from collections.abc import Iterable

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>{}</Types>'
)
PACKAGE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    "<w:body>{}</w:body></w:document>"
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LISTED = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
RELATIONSHIPS = LISTED + "{}</Relationships>"
PLACE = "word/_rels/document.xml.rels"


def paragraph(text: str = "What I would do.") -> str:
    """A paragraph; the text is XML as it stands."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def a_word_file(
    body: str = "",
    *,
    document: str | bytes | None = None,
    related: str | bytes | None = None,
    types: str = "",
    more: Iterable[tuple[str, bytes | str]] = (),
) -> bytes:
    """A Word file.

    body      the paragraphs; one when there is none
    document  the whole part instead
    related   what its list of relationships holds, or the whole list as bytes
    types     more entries for the list of content types
    more      further parts, also ones that stand there already
    """
    parts: list[tuple[str, bytes | str]] = [
        ("[Content_Types].xml", TYPES.format(types)),
        ("_rels/.rels", PACKAGE),
        ("word/document.xml", document or BODY.format(body or paragraph())),
        *more,
    ]
    if related is not None:
        whole = related if isinstance(related, bytes) else RELATIONSHIPS.format(related)
        parts.append((PLACE, whole))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that stands twice, on purpose
        for name, content in parts:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
