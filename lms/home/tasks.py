"""Something that waits for somebody, or a place to go."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One card on a front page.

    href   where it is done
    count  how much waits; None where counting says nothing
    """

    title: str
    said: str
    href: str
    action: str
    count: int | None = None
