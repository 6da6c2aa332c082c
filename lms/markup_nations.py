"""Parts of a page that hold in one nation only, from its HTML."""

import re
from html import escape

from lms.markup_blocks import NATIONS

_OPEN = '<details class="fold" open>'
_FOLD = re.compile(rf'{_OPEN}(?=\s*<summary><span class="code">([^<]+)</span>)')


def differs_by_nation(html: str) -> bool:
    """Whether a page has parts that hold in one nation only."""
    return _FOLD.search(html) is not None


def opened_for(nation: str, html: str) -> str:
    """The page with the parts of other nations folded; nothing of it is taken away.

    nation  key of one of NATIONS
    """
    code = escape(NATIONS[nation][0])
    return _FOLD.sub(lambda fold: _OPEN if fold[1] == code else '<details class="fold">', html)
