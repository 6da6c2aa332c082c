"""Cohorts that learn from a small folder of content, and what their pages say."""

import re
from datetime import date
from html import unescape
from pathlib import Path

from lms.access.actor import SYSTEM
from lms.cohorts import operations as cohorts
from lms.cohorts.models import Cohort
from lms.db import unit_of_work
from lms.regulations import operations as regulations
from tests import factories


def a_cohort(folder: Path, starts_on: date) -> Cohort:
    """An intake that teaches what the folder holds now."""
    version = factories.publish_folder(folder)
    with unit_of_work():
        book = regulations.publish(factories.rulebook(), actor=SYSTEM)
    with unit_of_work():
        return cohorts.open_intake(starts_on.year, starts_on, book, version, actor=SYSTEM)


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def h1(page: str) -> str:
    """The title that a page shows."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    assert found
    return words(found[1])
