"""Archives whose bytes don't tell when or where they were packed."""

import shutil
import zipfile
from collections.abc import Container, Iterable
from typing import BinaryIO

_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP archive can name
_PLAIN_FILE = 0o644 << 16
_CHUNK = 1 << 20  # bytes


def write_zip(
    out: BinaryIO, files: Iterable[tuple[str, BinaryIO]], *, bare: Container[str] = ()
) -> None:
    """An archive of these files, in this order; the same files always make the same bytes.

    files  name and bytes of each; it is closed, and the next one asked for, once it is packed
    bare   those that are stored as they are; pictures and films don't shrink, and take long to try
    """
    with zipfile.ZipFile(out, "w") as archive:
        for name, file in files:
            entry = zipfile.ZipInfo(name, _DAY)
            entry.create_system = 3  # the same on every machine that packs
            entry.external_attr = _PLAIN_FILE
            entry.compress_type = zipfile.ZIP_STORED if name in bare else zipfile.ZIP_DEFLATED
            with file, archive.open(entry, "w") as into:
                shutil.copyfileobj(file, into, _CHUNK)
