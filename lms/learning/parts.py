"""The parts of a page, from its stored HTML: for the list beside it, and by nation."""

import re
from html import escape, unescape

from lms.markup_blocks import NATIONS

_PART = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_OPEN = '<details class="fold" open>'
_FOLD = re.compile(rf'{_OPEN}(?=\s*<summary><span class="code">([^<]+)</span>)')


def parts_of(html: str) -> list[tuple[str, str]]:
    """Each part's anchor and title, in order. The HTML is our own, as catalogue renders it."""
    return [(part[1], unescape(_TAG.sub("", part[2]))) for part in _PART.finditer(html)]


def differs_by_nation(html: str) -> bool:
    """Whether a page has parts that hold in one nation only."""
    return _FOLD.search(html) is not None


def opened_for(nation: str, html: str) -> str:
    """The page with the parts of other nations folded; nothing of it is taken away.

    nation  key of one of NATIONS
    """
    code = escape(NATIONS[nation][0])
    return _FOLD.sub(lambda fold: _OPEN if fold[1] == code else '<details class="fold">', html)
