"""Giving out what was handed in, so that a browser keeps it as a file and never opens it here."""

from flask import Response, send_file

from lms import storage
from lms.assessment.models import Submission
from lms.documents import MEDIA_TYPES, Kind

# Should a browser show the file after all, nothing in it may run, load, or reach this site.
_SANDBOX = "default-src 'none'; sandbox"


def attachment(submission: Submission, name: str) -> Response:
    """The bytes of a submission, under a name of ours.

    name  a reference or number, without an ending: the sender's own name for the file may be
          their own, or that of something else

    Raises Damaged when the bytes are not those that were handed in.
    """
    kind = Kind(submission.kind)
    response = send_file(
        storage.open(submission.file_key),
        as_attachment=True,
        download_name=f"{name}.{'md' if kind is Kind.TEXT else kind}",
        etag=False,
    )
    # Flask would guess the type from the name.
    response.headers["Content-Type"] = MEDIA_TYPES[kind]
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response
