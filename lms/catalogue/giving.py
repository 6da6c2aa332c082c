"""Giving out the pictures and films of a version, so that nothing in them ever runs."""

from http import HTTPStatus

from flask import Response, request, send_file
from werkzeug.exceptions import HTTPException

from lms import storage

# An SVG opened by itself may style itself; it runs, loads and reaches nothing.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
A_YEAR, AN_HOUR = 365 * 24 * 3600, 3600  # seconds


def shown(key: str, kind: str, size: int, *, keep_for: int) -> Response:
    """The bytes of a file of a version, as what it was published as.

    keep_for  how long the reader's own browser may keep them, in seconds

    Raises Damaged when the bytes are gone, or aren't those that were published.
    """
    content = storage.open(key)
    response = send_file(content, mimetype=kind, etag=key)
    response.content_length = size
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except HTTPException:
        content.close()
        raise
    if response.status_code == HTTPStatus.NOT_MODIFIED or request.method == "HEAD":
        content.close()  # nobody will read it to its end
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = f"private, max-age={keep_for}, immutable"
    return response
