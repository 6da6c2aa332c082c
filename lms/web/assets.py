"""Style sheets, script and icon: named by what is in them, so that browsers may keep them."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Response, request

from lms.errors import NotFound

PREFIX = "/static"
_FOLDER = Path(__file__).parent / "static"
_A_YEAR = "public, max-age=31536000, immutable"

# Written out: what the machine's own tables say about .js differs, and nosniff makes it matter.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class _File:
    """One file of the folder, as it is sent."""

    body: bytes
    packed: bytes  # gzip
    kind: str  # Content-Type


@cache
def _files() -> dict[str, _File]:
    found = {}
    for path in sorted(_FOLDER.iterdir()):
        body = path.read_bytes()
        found[path.name] = _File(body, gzip.compress(body, 9, mtime=0), _TYPES[path.suffix])
    return found


@cache
def folder_digest() -> str:
    """A name for the whole folder as it is; changes when any file in it does.

    One name for all, not one for each: app.js imports govuk.js by a relative address, so both
    have to move together.
    """
    total = hashlib.sha256()
    for name, file in _files().items():
        total.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
    return total.hexdigest()[:16]


def asset(name: str) -> str:
    """The address of a file in static/; raises LookupError for a name that isn't there."""
    if name not in _files():
        raise LookupError(f"static/ has no {name}")
    return f"{PREFIX}/{folder_digest()}/{name}"


def serve(digest: str, name: str) -> Response:
    """A file of static/, to be kept for a year; NotFound for any other digest or name."""
    file = _files().get(name)
    if file is None or digest != folder_digest():
        raise NotFound
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(file.packed if packed else file.body, content_type=file.kind)
    response.headers["Cache-Control"] = _A_YEAR
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
