"""Build `govuk.css` and `govuk.js` from the npm package govuk-frontend, ready to be re-themed.

    npm ci --prefix tools
    python tools/vendor.py --package tools/node_modules/govuk-frontend

Standard library only; no Sass. The output is committed, so that nobody needs Node to run the
product; a test runs this script again and compares. What it does, and refuses to go on without:

* takes out the @font-face rules and the GDS Transport family (licensed to one website alone);
* takes out the crest, the crown and every other url(), so that a page asks no address it need not;
* turns every colour that is written out into one of our tokens, so that any GOV.UK component
  follows our light and dark themes without a rule of its own (`TOKENS`; an unknown colour is an
  error).
"""

import argparse
import json
import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "lms/web/static"
VERSION = "6.6"
SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif'
NOTICE = "/*! GOV.UK Frontend {version}, changed by tools/vendor.py; MIT, see govuk-licence.txt */"
CHARSET = '@charset "UTF-8";'
FORBIDDEN = ("gds transport", "crest", "url(", "@font-face")

_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_FONT_NOTICE = re.compile(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", re.DOTALL)
_FAMILY = re.compile(r'"?GDS Transport"?,\s*arial,\s*sans-serif', re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_FALLBACK = re.compile(r"var\((--govuk-[\w-]+),\s*#[0-9a-f]{3,8}\)", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b", re.IGNORECASE)
_SOURCE_MAP = re.compile(r"/\*# sourceMapping.*?\*/|//# sourceMapping.*")

# A colour found in the package -> ours: (when it colours text, when it fills or draws).
TOKENS = {
    "#fff": ("--on-primary", "--sheet"),
    "#0b0c0c": ("--ink", "--ink"),
    "#000": ("--ink", "--ink"),
    "#484949": ("--ink-2", "--ink-2"),
    "#858686": ("--line", "--line"),
    "#cecece": ("--line", "--rule"),
    "#f3f3f3": ("--on-primary", "--sunk"),
    "#f4f8fb": ("--on-primary", "--sunk"),
    "#1d70b8": ("--info-ink", "--primary"),
    "#1a65a6": ("--link", "--link"),
    "#0f385c": ("--info-ink", "--primary-strong"),
    "#0b5c3e": ("--primary-strong", "--primary-strong"),
    "#0f7a52": ("--good-ink", "--primary"),
    "#083d29": ("--good-ink", "--primary-strong"),
    "#ca3535": ("--stop-ink", "--stop-solid"),
    "#982828": ("--stop-ink", "--stop-solid"),
    "#651b1b": ("--stop-ink", "--stop-solid"),
    "#fd0": ("--focus", "--focus"),
    "#54319f": ("--visited", "--visited"),
    "#8eb8dc": ("--info-line", "--info-line"),
    "#d2e2f1": ("--info-ink", "--info-bg"),
    "#cfe4dc": ("--good-ink", "--good-bg"),
    "#00ffe0": ("--primary", "--primary"),
    "#d0e6e7": ("--info-ink", "--info-bg"),
    "#0b4144": ("--info-ink", "--info-ink"),
    "#f4d7d7": ("--stop-ink", "--stop-bg"),
    "#f4d7e5": ("--stop-ink", "--stop-bg"),
    "#651b3e": ("--stop-ink", "--stop-ink"),
    "#fde4d7": ("--wait-ink", "--wait-bg"),
    "#7a3c1c": ("--wait-ink", "--wait-ink"),
    "#ffee80": ("--wait-ink", "--wait-bg"),
    "#ddd6ec": ("--hold-ink", "--hold-bg"),
    "#2a1950": ("--hold-ink", "--hold-ink"),
}


class Unexpected(Exception):
    """The package is not what this script was written for; its message says where."""


def built(package: Path) -> dict[str, str]:
    """Both files by name, from an unpacked govuk-frontend.

    Raises Unexpected for another version, for a colour without a token, and when a licensed
    font, the crest or any address is left in the sheet.
    """
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    if not version.startswith(f"{VERSION}."):
        raise Unexpected(f"govuk-frontend {version}: this script knows {VERSION}.x")
    source = package / "dist/govuk"
    sheet = (source / "govuk-frontend.min.css").read_text(encoding="utf-8")
    script = (source / "govuk-frontend.min.js").read_text(encoding="utf-8")
    css = with_tokens(without_fonts_and_crest(sheet))
    for word in FORBIDDEN:
        if word in css.lower():
            raise Unexpected(f"{word!r} is still in the sheet")
    notice = NOTICE.format(version=version)
    # A sheet's character set counts only as the very first thing in it.
    return {
        "govuk.css": f"{CHARSET}{notice}{css.removeprefix(CHARSET)}",
        "govuk.js": f"{notice}{_SOURCE_MAP.sub('', script)}",
    }


def without_fonts_and_crest(css: str) -> str:
    """The sheet with no licensed font, no image and no source map."""
    css = _SOURCE_MAP.sub("", _FONT_NOTICE.sub("", _FONT_FACE.sub("", css)))
    css = _FAMILY.sub(SANS, css)
    return _RULE.sub(lambda rule: "" if "url(" in rule[2] else rule[0], css)


def with_tokens(css: str) -> str:
    """The sheet with each written-out colour replaced by a token of the theme."""
    return _RULE.sub(_themed, _FALLBACK.sub(r"var(\1)", css))


def _themed(rule: re.Match[str]) -> str:
    if rule[1].strip().endswith(":root"):
        return rule[0]
    return f"{rule[1]}{{{';'.join(map(_declaration, rule[2].split(';')))}}}"


def _declaration(text: str) -> str:
    name, _, value = text.partition(":")
    column = 0 if name.strip() in {"color", "fill"} else 1
    return f"{name}:{_COLOUR.sub(lambda c: _token(c[0], column), value)}" if value else text


def _token(colour: str, column: int) -> str:
    try:
        return f"var({TOKENS[colour.lower()][column]})"
    except KeyError:
        raise Unexpected(f"no token for the colour {colour}") from None


def main() -> int:
    """Write both files; 1 with a reason when the package isn't the expected one."""
    parser = argparse.ArgumentParser(description="Build govuk.css and govuk.js.")
    parser.add_argument("--package", type=Path, required=True, help="unpacked govuk-frontend")
    parser.add_argument("--out", type=Path, default=STATIC, help="folder to write to")
    arguments = parser.parse_args()
    try:
        for name, text in built(arguments.package).items():
            (arguments.out / name).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, Unexpected) as problem:
        print(f"vendor.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
