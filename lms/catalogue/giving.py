"""Giving out the pictures and films of a version, so that nothing in them ever runs."""

from flask import Response, request, send_file

from lms import storage

# An SVG opened by itself may style itself; it runs, loads and reaches nothing.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_A_YEAR = 365 * 24 * 3600  # seconds


def shown(key: str, kind: str, size: int) -> Response:
    """The bytes of a file of a version, as what it was published as.

    They never change at their address, so that the reader's own browser may keep them.

    Raises Damaged when the bytes are gone, or aren't those that were published.
    """
    response = send_file(storage.open(key), mimetype=kind, etag=False)
    response.content_length = size
    response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Cache-Control"] = f"private, max-age={_A_YEAR}, immutable"
    return response
