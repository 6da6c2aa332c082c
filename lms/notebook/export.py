"""A copy of somebody's notes for themselves, as plain text with Markdown's signs."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from lms.notebook.models import Jotting
from lms.notebook.rules import Kind
from lms.web.filters import day


def as_markdown(entries: Sequence[Jotting], on: date) -> str:
    """All entries, in the order given, under the titles of their modules and pages.

    on  the day of the copy
    """
    lines = ["# Your notes", "", f"Saved on {day(on)}. Only you can save this copy.", ""]
    for (module, page), group in groupby(entries, key=_titles):
        lines += [f"## {module}: {page}", ""]
        lines += [line for each in group for line in _entry(each)]
    return "\n".join(lines)


def _titles(entry: Jotting) -> tuple[str, str]:
    return entry.made_on.module.title, entry.made_on.title


def _entry(entry: Jotting) -> Iterable[str]:
    if entry.kind == Kind.BOOKMARK:
        return ["(Bookmarked)", ""]
    if entry.kind == Kind.HIGHLIGHT:
        return [f"> {entry.text}", ""]
    return [entry.text, "", f"(Note of {day(entry.changed_at)})", ""]
