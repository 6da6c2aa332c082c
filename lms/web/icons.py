"""The icons, read from icons.svg: 24 by 24, one stroke, round ends, drawn by us."""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

_SHEET = Path(__file__).with_name("icons.svg")
_SYMBOL = re.compile(r'<symbol id="([\w-]+)"[^>]*><path d="([^"]+)"/></symbol>')

icons: dict[str, str] = dict(_SYMBOL.findall(_SHEET.read_text(encoding="utf-8")))


def icon_path(name: str) -> str:
    """Path data of an icon; LookupError for a name that isn't drawn."""
    if name not in icons:
        raise LookupError(f"icons.svg has no {name}")
    return icons[name]


@cache  # a page draws dozens, and there are few
def icon(name: str) -> Markup:
    """An icon. It never stands alone: a word is beside it, or a hidden one."""
    drawn = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>'
    return Markup(drawn).format(icon_path(name))  # noqa: S704 - ours
