"""Folders that are made once and kept under .cache/, whoever asks for them first."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder, filled by `make` if it isn't there yet.

    make     fills the empty folder it is given, which takes its final name only afterwards
    returns  `folder`, always whole

    Several processes may ask at once: each fills a folder of its own, the first to finish gives
    it the name, and the others throw theirs away. Nobody waits, and nothing half-made is left
    behind for the next run.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        make(staging)
        with suppress(OSError):
            staging.rename(folder)
        if not folder.is_dir():
            raise RuntimeError(f"{folder} could not be made.")
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return folder
