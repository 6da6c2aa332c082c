"""Where we are in a long list, and the addresses of its other pages."""

from typing import Protocol
from urllib.parse import urlencode

from flask import request

from lms.web.filters import NBSP

_AROUND = 1  # pages shown on either side of the current one


class Page(Protocol):
    """Part of a long list, as Flask-SQLAlchemy's pagination describes it."""

    @property
    def page(self) -> int: ...
    @property
    def pages(self) -> int: ...
    @property
    def per_page(self) -> int: ...
    @property
    def total(self) -> int | None: ...


def page_href(number: int) -> str:
    """Another page of the list we are at, as a relative address; filters and order are kept."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "page"]
    return f"?{urlencode([*kept, ('page', number)])}"


def page_numbers(page: int, pages: int) -> list[int | None]:
    """The numbers to show: the ends, the current one and its neighbours; None for a gap."""
    near = range(page - _AROUND, page + _AROUND + 1)
    shown = sorted({1, pages, *(number for number in near if 1 <= number <= pages)})
    found: list[int | None] = []
    for number in shown:
        last = found[-1] if found else 0
        if last is not None and number - last == 2:
            found.append(number - 1)
        elif last is not None and number - last > 2:
            found.append(None)
        found.append(number)
    return found


def page_items(page: Page) -> list[dict[str, object]]:
    """The entries of GOV.UK's pagination."""
    return [
        {"ellipsis": True}
        if number is None
        else {"number": number, "href": page_href(number), "current": number == page.page}
        for number in page_numbers(page.page, page.pages)
    ]


def page_span(page: Page) -> str:
    """51 to 100: the entries on this page, counted from 1."""
    first = (page.page - 1) * page.per_page + 1
    last = min(page.page * page.per_page, page.total or 0)
    return f"{first:,}{NBSP}to{NBSP}{last:,}"
