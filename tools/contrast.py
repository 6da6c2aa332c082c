"""Check the contrast of the theme's tokens, light and dark; exit 1 if a pair falls short.

    python tools/contrast.py

Text needs 4.5:1 and the edges of controls 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). The pairs are those
that theme.css really sets on one another: add to them when you add one there.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

THEME = Path(__file__).resolve().parents[1] / "lms/web/static/theme.css"
TEXT, EDGE = 4.5, 3.0
TONES = ("good", "info", "wait", "stop", "hold", "calm")
_GROUNDS = ("--paper", "--sheet")

_SELECTORS = {
    "light": r":root",
    "dark by device": r':root:not([data-theme="light"])',
    "dark by choice": r':root[data-theme="dark"]',
}
_TOKEN = re.compile(r"(--[\w-]+):\s*(#[0-9a-fA-F]{3,6})\b")


@dataclass(frozen=True)
class Pair:
    """Two tokens that lie on one another, and the least contrast they need (a ratio)."""

    front: str  # a token, or a colour written out
    ground: str
    least: float


PAIRS = (
    *(
        Pair(ink, ground, TEXT)
        for ink in ("--ink", "--ink-2", "--link", "--visited", "--primary")
        for ground in _GROUNDS
    ),
    *(
        Pair(ink, ground, TEXT)
        for ink in ("--ink", "--ink-2")
        for ground in ("--sunk", "--primary-tint")
    ),
    *(Pair(f"--{tone}-ink", f"--{tone}-bg", TEXT) for tone in TONES),
    *(Pair(f"--{tone}-ink", ground, TEXT) for tone in TONES for ground in _GROUNDS),
    *(Pair(ink, "--wait-bg", TEXT) for ink in ("--ink", "--ink-2", "--link", "--visited")),
    Pair("--on-primary", "--primary", TEXT),
    Pair("--on-primary", "--primary-strong", TEXT),
    Pair("--paper", "--ink", TEXT),
    Pair("--sheet", "--stop-solid", TEXT),
    Pair("#fff", "--good-solid", TEXT),
    Pair("#fff", "--hold-solid", TEXT),
    *(
        Pair(edge, ground, EDGE)
        for edge in ("--line", "--focus-ink")
        for ground in (*_GROUNDS, "--sunk")
    ),
    Pair("--primary", "--rule", EDGE),
)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rgb or #rrggbb colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def blocks(css: str) -> dict[str, str]:
    """What stands between the braces of each theme, spaces evened out.

    Raises LookupError when one of the three is missing.
    """
    return {name: _block(css, selector) for name, selector in _SELECTORS.items()}


def themes(css: str) -> dict[str, dict[str, str]]:
    """The colour of each token in each theme; dark keeps from light what it doesn't set."""
    found = {name: dict(_TOKEN.findall(body)) for name, body in blocks(css).items()}
    return {name: {**found["light"], **tokens} for name, tokens in found.items()}


def shortfalls(css: str) -> Iterator[str]:
    """A sentence for each pair that is too close, in each theme."""
    for name, tokens in themes(css).items():
        for pair in PAIRS:
            ratio = contrast(tokens.get(pair.front, pair.front), tokens[pair.ground])
            if ratio < pair.least:
                yield f"{name}: {pair.front} on {pair.ground} is {ratio:.2f}, needs {pair.least}"


def _block(css: str, selector: str) -> str:
    found = re.search(rf"^\s*{re.escape(selector)} \{{(.*?)^\s*\}}", css, re.DOTALL | re.MULTILINE)
    if found is None:
        raise LookupError(f"the sheet has no block for {selector}")
    return " ".join(found[1].split())


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def main() -> int:
    """Print what falls short; 1 when anything does."""
    parser = argparse.ArgumentParser(description="Check the contrast of the theme's colours.")
    parser.add_argument("sheet", type=Path, nargs="?", default=THEME)
    found = list(shortfalls(parser.parse_args().sheet.read_text(encoding="utf-8")))
    print("\n".join(found) or f"{len(PAIRS)} pairs in three blocks: all far enough apart")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
