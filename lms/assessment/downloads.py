"""Giving out what was handed in, so that a browser keeps it as a file and never opens it here."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from flask import Response, send_file

from lms import documents, storage
from lms.assessment.models import Submission
from lms.documents import MEDIA_TYPES, Kind, Unreadable
from lms.errors import RuleBroken

_NO_COPY = "We can’t give you this file without its writer’s name just now. Tell the registrar."
# Should a browser show the file after all, nothing in it may run, load, or reach this site.
_SANDBOX = "default-src 'none'; sandbox"


@dataclass(frozen=True)
class Stored:
    """Where the bytes of a submission lie, and what they are; no row of the database."""

    key: str
    kind: Kind


def stored(submission: Submission) -> Stored:
    """What of a submission its giving out needs."""
    return Stored(submission.file_key, Kind(submission.kind))


def attachment(file: Stored, name: str) -> Response:
    """The bytes of a submission, under a name of ours.

    name  a reference, without an ending: the sender's own name for the file may be their own, or
          that of something else

    Raises Damaged when the bytes are not those that were handed in.
    """
    return _sent(storage.open(file.key), file.kind, name)


def unsigned_attachment(file: Stored, number: str) -> Response:
    """A copy of a submission that doesn't say who wrote it, under the candidate number.

    It takes its time, so nothing of the database is to be held open.

    Raises Damaged as above; RuleBroken when no such copy can be made, which was possible when it
    was handed in.
    """
    with storage.open(file.key) as handed_in:
        content = handed_in.read()
    try:
        copy = documents.unsigned(file.kind, content)
    except Unreadable:
        raise RuleBroken(_NO_COPY) from None
    return _sent(io.BytesIO(copy), file.kind, number)


def _sent(content: BinaryIO, kind: Kind, name: str) -> Response:
    response = send_file(
        content,
        as_attachment=True,
        download_name=f"{name}.{'md' if kind is Kind.TEXT else kind}",
        etag=False,
    )
    # Flask would guess the type from the name.
    response.headers["Content-Type"] = MEDIA_TYPES[kind]
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response
