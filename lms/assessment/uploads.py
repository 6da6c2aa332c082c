"""From what a browser sent to work that is safely stored. Outside any transaction: it is slow."""

import io
import unicodedata
from contextlib import closing
from pathlib import PurePath

from werkzeug.datastructures import FileStorage

from lms import clock, documents, markup, storage
from lms.assessment.operations import Work
from lms.documents import Kind, Unreadable
from lms.errors import RuleBroken

MOST_BYTES = 20 << 20
_LONGEST_NAME = 120


def file_work(token: str, upload: FileStorage, drafted: int) -> Work:
    """A file that was handed in, opened and copied once to see that markers can read it.

    Raises Unreadable.
    """
    received_at = clock.now()
    with closing(upload):
        content = upload.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable("This file is larger than 20 MB. Make it smaller, or hand in a PDF.")
    kind = documents.kind_of(content)
    documents.read(kind, content)
    documents.unsigned(kind, content)
    stored = storage.put(io.BytesIO(content))
    name = shown_name(upload.filename or "", kind)
    return Work(token, kind, stored, name, received_at, drafted)


def text_work(token: str, text: str, drafted: int) -> Work:
    """Text that was written or pasted. Raises RuleBroken for what can't be shown."""
    received_at = clock.now()
    if not text.strip():
        raise RuleBroken("Choose a file, or write your text.")
    markup.check_bounded(text)
    stored = storage.put(io.BytesIO(text.encode()))
    return Work(token, Kind.TEXT, stored, "text.md", received_at, drafted)


def shown_name(sent: str, kind: Kind) -> str:
    """The sender's own name for a file, as harmless text; it names nothing on our disk."""
    name = PurePath(sent.replace("\\", "/")).name
    clean = "".join(c for c in name if unicodedata.category(c)[0] not in "CZ" or c == " ")
    return clean[-_LONGEST_NAME:].strip() or f"work.{kind}"
