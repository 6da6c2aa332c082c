"""The icons, read from icons.svg: 24 by 24, one stroke, round ends, drawn by us."""

import re
from pathlib import Path

_SHEET = Path(__file__).with_name("icons.svg")
_SYMBOL = re.compile(r'<symbol id="([\w-]+)"[^>]*><path d="([^"]+)"/></symbol>')

icons: dict[str, str] = dict(_SYMBOL.findall(_SHEET.read_text(encoding="utf-8")))


def icon_path(name: str) -> str:
    """Path data of an icon; LookupError for a name that isn't drawn."""
    if name not in icons:
        raise LookupError(f"icons.svg has no {name}")
    return icons[name]
