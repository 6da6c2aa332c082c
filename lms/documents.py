"""What somebody hands in as a file: what kind it is, and its text as safe HTML.

Files come from outside, and the libraries that read them are large. So they are read in a child
process with limits on its time and memory: a hostile file can end the child, and nothing else.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from markupsafe import Markup

from lms import markup
from lms.errors import RuleBroken

_ROOT = Path(__file__).resolve().parent.parent
# The child gets none of our settings: whoever takes it over finds no key and no database.
_SETTINGS: dict[str, str] | None = None if sys.platform == "win32" else {}


class Kind(StrEnum):
    """What can be handed in."""

    PDF = "pdf"
    WORD = "docx"
    TEXT = "text"  # Markdown, written or pasted


# Of the processor's time; and of anybody's, however busy the machine is.
CHILD_SECONDS = {Kind.PDF: 20, Kind.WORD: 20, Kind.TEXT: 2}
MOST_SECONDS = 30
MOST_COPIED = 40 << 20  # bytes; what is handed in may be half as large

MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.TEXT: "text/markdown; charset=utf-8",
}


_END = re.compile(r"</(?:p|h[1-6]|li|td|th|pre)>|<br ?/?>")
_NOT_OPENED = "We can’t open this file. Save it again as PDF or .docx and try that."
_TOO_HEAVY = "This text takes too long to show. Break up its longest paragraphs."

_SIGNED = (
    "We can’t make a copy of this file that doesn’t say who wrote it, and markers may see no "
    "other. Save it again as PDF or .docx, and choose that."
)


class Unreadable(RuleBroken):
    """The file can't be opened as what it seems to be; the sentence says what to do."""


@dataclass(frozen=True)
class Reading:
    """The text of a document, ready to show.

    html   safe to show as it stands
    words  how many words it has
    """

    html: Markup
    words: int


def kind_of(content: bytes) -> Kind:
    """PDF or Word, by content and never by name. Raises Unreadable for anything else."""
    if not content:
        raise Unreadable("The file is empty. Choose the file with your work in it.")
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return Kind.PDF
    if content.startswith(b"PK\x03\x04") and b"word/document.xml" in content:
        return Kind.WORD
    raise Unreadable("Choose a PDF or Word (.docx) file: markers can’t open this one.")


def read(kind: Kind, content: bytes) -> Reading:
    """The document's text as HTML.

    Raises Unreadable when it is locked, broken, empty, too large when unpacked, carries macros or
    other files, loads something from elsewhere, or takes longer than CHILD_SECONDS; RuleBroken for
    text that would take the renderer too long.
    """
    if kind is not Kind.TEXT:
        return _in_child(kind, content)
    text = _decoded(content)
    markup.check_bounded(text)
    if markup.is_heavy(text):
        return _in_child(kind, content)
    html = markup.render(text)
    return Reading(html, words_in(html))


def words_in(html: Markup) -> int:
    """How many words a text has. Where a paragraph ends, a word does."""
    return len(Markup(_END.sub(r"\g<0> ", html)).striptags().split())  # noqa: S704 - not shown


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Unreadable("This text is not UTF-8. Paste it again, or hand in a file.") from None


def unsigned(kind: Kind, content: bytes) -> bytes:
    """A copy of what is to be read, without what the file says of who wrote it.

    Raises Unreadable when no such copy can be made: then nobody is to have the file in its place.
    """
    if kind is Kind.TEXT:
        return content
    done = _child("lms.documents_unsigned", kind, content)
    if done.returncode != 0:
        raise Unreadable(_SIGNED)
    return done.stdout


def _in_child(kind: Kind, content: bytes) -> Reading:
    done = _child("lms.documents_child", kind, content)
    if done.returncode != 0:
        raise Unreadable(_NOT_OPENED if kind is not Kind.TEXT else _TOO_HEAVY)
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    # The child has sanitised it: markup.render or markup.clean is the last thing it does.
    return Reading(Markup(answer["html"]), answer["words"])  # noqa: S704


def _child(module: str, kind: Kind, content: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", module, kind],
            input=content,
            capture_output=True,
            cwd=_ROOT,
            env=_SETTINGS,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("This file takes too long to open. Save it again, more simply.") from None
