"""The files of a published version, as a tree that can be read again."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from lms import storage
from lms.catalogue.models import ContentFile
from lms.content.tree import missing
from lms.db import db


@dataclass(frozen=True)
class Published:
    """Files as they were published.

    keys  of the storage, by name; see lms/storage.py
    """

    keys: Mapping[str, str]

    def names(self) -> list[str]:
        """Every file, in order."""
        return sorted(self.keys)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises Faulty for one that was not in it."""
        if name not in self.keys:
            raise missing(name)
        with storage.open(self.keys[name]) as file:
            return file.read()

    def digest(self, name: str) -> str:
        """SHA-256 of a file, hex: the storage names it so. Raises Faulty."""
        if name not in self.keys:
            raise missing(name)
        return self.keys[name]


def tree_of(version_id: int) -> Published:
    """The files of a version. One query; bytes are read when they are asked for."""
    rows = db.session.execute(
        select(ContentFile.name, ContentFile.file_key).where(ContentFile.version_id == version_id)
    )
    return Published({row.name: row.file_key for row in rows})
