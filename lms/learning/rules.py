"""Rules about reading: what comes next, and when a module counts as read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stop:
    """One page on the way through the programme.

    changed      read, and it says something else since
    law_changed  what it says of the law is among that
    """

    module: str  # slug
    page: str  # slug
    title: str
    minutes: int
    read: bool
    changed: bool = False
    law_changed: bool = False


def next_stop(way: Sequence[Stop]) -> Stop | None:
    """Where to carry on: the first unread page after the last one read, else the first unread.

    None when everything is read.
    """
    last_read = max((i for i, stop in enumerate(way) if stop.read), default=-1)
    after = (stop for stop in way[last_read + 1 :] if not stop.read)
    before = (stop for stop in way if not stop.read)
    return next(after, None) or next(before, None)


def minutes_left(way: Sequence[Stop]) -> int:
    """How long the unread pages take, by their authors' estimate."""
    return sum(stop.minutes for stop in way if not stop.read)
