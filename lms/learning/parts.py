"""The parts of a page, from its stored HTML: for the list beside it."""

import re
from html import unescape

_PART = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def parts_of(html: str) -> list[tuple[str, str]]:
    """Each part's anchor and title, in order. The HTML is our own, as catalogue renders it."""
    return [(part[1], unescape(_TAG.sub("", part[2]))) for part in _PART.finditer(html)]
