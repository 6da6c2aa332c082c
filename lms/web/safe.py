"""Addresses that come from outside, before we send anybody there."""

import re

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def local_path(text: str | None) -> str:
    """A path of our own, or nothing: a link elsewhere never leaves a redirect of ours."""
    return text if text and len(text) < 2000 and _LOCAL.fullmatch(text) else ""
