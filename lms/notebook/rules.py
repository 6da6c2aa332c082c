"""What a notebook holds, and how much of it there may be."""

from dataclasses import dataclass
from enum import StrEnum, auto

from lms.errors import Conflict, RuleBroken

MOST_ON_A_PAGE = 200  # notes and highlights
MOST_IN_ALL = 2000
MOST_IN_A_NOTE = 10_000  # characters
MOST_IN_A_HIGHLIGHT = 1000


class Kind(StrEnum):
    """What somebody put down."""

    NOTE = auto()
    HIGHLIGHT = auto()
    BOOKMARK = auto()
    PLACE = auto()  # where they want to go on; one for each person


WRITTEN = frozenset({Kind.NOTE, Kind.HIGHLIGHT})


class Full(RuleBroken):
    """There is no room for another note or highlight."""


class Stale(Conflict):
    """Another window changed the note in the meantime."""


@dataclass(frozen=True)
class Notebook:
    """All that one person puts down; nobody else opens it."""

    owner_id: int


def check_room(on_page: int, in_all: int) -> None:
    """Refuse one more note or highlight where there are enough; raises Full.

    on_page, in_all  how many there are already
    """
    if on_page >= MOST_ON_A_PAGE:
        raise Full(
            f"You have {on_page} notes and highlights on this page, and there is no room for more. "
            "Erase some that you don’t need"
        )
    if in_all >= MOST_IN_ALL:
        raise Full(
            f"You have {in_all:,} notes and highlights in all, and there is no room for more. "
            "Save a copy of your notes, then erase some"
        )


def check_once(times: int) -> None:
    """Refuse words that don't stand on the page, or stand there more than once."""
    if times == 0:
        raise RuleBroken(
            "These words don’t stand on the page one after the other. Copy them from the page, "
            "or type them as they stand there"
        )
    if times > 1:
        raise RuleBroken(
            f"These words stand on the page {times} times. Take in some of the words around "
            "them, so that it is clear which you mean"
        )
