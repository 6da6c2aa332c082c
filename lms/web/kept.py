"""What somebody had typed when their session ended, carried over the sign-in.

It travels in the page, signed, and is never kept on the server: nobody is signed in yet.
"""

from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer

_NEVER = {"csrf_token", "password", "new_password", "code", "kept"}
# These travel along, but nobody typed them: a roster that was looked at, a form's own token.
_NOT_TYPED = {"content", "token"}
FIELD = "kept"


@dataclass(frozen=True)
class Kept:
    """A form that was sent without a session.

    path    where it was sent
    fields  names and values, in order
    """

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def texts(self) -> list[str]:
        """What is worth showing to a person: the longer things they typed."""
        return [value for name, value in self.fields if len(value) > 20 and name not in _NOT_TYPED]


def from_request() -> Kept | None:
    """What this request sent, or None when it came from another site or holds nothing."""
    fields = tuple(
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name not in _NEVER
    )
    return Kept(request.path, fields) if fields and _from_our_own_page() else None


def sealed(kept: Kept | None) -> str:
    """The same as one field of a form, signed."""
    return _signer().dumps([kept.path, kept.fields]) if kept else ""


def opened(field: str | None) -> Kept | None:
    """What was sealed; None for anything that we didn't sign."""
    try:
        path, fields = _signer().loads(field or "")
    except BadData:
        return None
    return Kept(path, tuple((name, value) for name, value in fields))


def _from_our_own_page() -> bool:
    # A form on a stranger's page must not come back to the person as their own words.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="kept")
