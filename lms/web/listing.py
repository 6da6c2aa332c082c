"""One page of a long list."""

from dataclasses import dataclass

from flask import request


@dataclass(frozen=True)
class Listing:
    """Which part of a list is shown; what the pager asks for."""

    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))


def page_asked_for() -> int:
    """The number of the page in the address; the first for anything that is no number."""
    asked = request.args.get("page", "")
    return min(max(int(asked), 1), 100_000) if asked.isascii() and asked.isdigit() else 1
