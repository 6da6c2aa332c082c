"""docs/legal-review.md: every legal statement with its sources, what needs a lawyer's eye first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from lms.checking.legal import EVERYWHERE, Cited, Statement, statements
from lms.clock import day_in_words
from lms.content.shapes import Authored, ReferenceShape
from lms.content.source import Content, Page
from lms.markup_blocks import NATIONS

_ORDER = (EVERYWHERE, *(name for _code, name in NATIONS.values()))


class ReadingShape(Authored):
    """What a second reading found of one statement beside its sources.

    on     the day on which it was read
    found  whether the source says so: "agrees"; "partly", where only some of it could be read;
           "unreadable", where the source couldn't be opened
    note   what a lawyer should know of it
    """

    on: date
    found: Literal["agrees", "partly", "unreadable"]
    note: str = Field(default="", max_length=600)


class ReadingsFile(Authored):
    """second-readings.yml: by digest of the statement. It lapses once the statement changes."""

    readings: dict[str, ReadingShape]


_FOUND = {
    "agrees": "A second reading on {on} found it in its source",
    "partly": "A second reading on {on} could check it in part",
    "unreadable": "A second reading on {on} could not open its source",
}


@dataclass(frozen=True)
class Looked:
    """A statement, and why a lawyer should look at it before others; empty where nothing calls."""

    statement: Statement
    reading: ReadingShape | None
    first: tuple[str, ...]


def looked_at(
    found: Iterable[Statement],
    readings: Mapping[str, ReadingShape],
    references: Mapping[str, ReferenceShape],
) -> list[Looked]:
    """Each statement with its second reading and what makes it urgent."""
    return [
        Looked(each, readings.get(each.digest), tuple(_why_first(each, readings, references)))
        for each in found
    ]


def lapsed(found: Iterable[Statement], readings: Mapping[str, ReadingShape]) -> list[str]:
    """Digests of readings whose statement is not there any more, in their words or sources."""
    return sorted(set(readings) - {each.digest for each in found})


def review(content: Content, readings: Mapping[str, ReadingShape]) -> str:
    """The whole document, in Markdown. The same content and readings make the same."""
    every = looked_at(statements(content), readings, content.references)
    lines = [
        "# For the legal reviewer",
        "",
        "Made by `lms catalogue legal-review`; don’t edit it. Each passage of the teaching that "
        "rests on a source of law, by the nation for which it speaks. Those that need a lawyer’s "
        "eye first come first. No lawyer has signed off on any page unless the page says so.",
        "",
        *_summary(every),
        "",
        "## What authors ask a lawyer",
        "",
        *_asked(content),
    ]
    for nation in _ORDER:
        lines += ["", f"## {nation}", *_part(every, nation, content.references)]
    return "\n".join(lines).rstrip() + "\n"


def _why_first(
    statement: Statement,
    readings: Mapping[str, ReadingShape],
    references: Mapping[str, ReferenceShape],
) -> Iterator[str]:
    for each in dict.fromkeys(each.key for each in statement.cited):
        if each in references and not references[each].read:
            yield f"{references[each].title} is cited at second hand"
    reading = readings.get(statement.digest)
    if reading is None:
        yield "no second reading yet"
    elif reading.found != "agrees":
        yield "the second reading could not confirm all of it"


def _summary(every: Sequence[Looked]) -> Iterator[str]:
    yield "| Nation | Statements | Found in their source by a second reading | Look first |"
    yield "|---|---:|---:|---:|"
    for nation in _ORDER:
        here = [each for each in every if each.statement.nation == nation]
        agreed = sum(each.reading is not None and each.reading.found == "agrees" for each in here)
        yield f"| {nation} | {len(here)} | {agreed} | {sum(bool(e.first) for e in here)} |"


def _asked(content: Content) -> Iterator[str]:
    for module in content.modules:
        for page in module.pages:
            if page.front.for_review:
                yield f"- {module.file.code}, *{page.front.title}* ({_speaks_for(page)})"
                yield from (f"    - {each}" for each in page.front.for_review)


def _speaks_for(page: Page) -> str:
    law, by = map(day_in_words, (page.front.law_as_at, page.front.review_by))
    return f"law as at {law}, review by {by}"


def _part(
    every: Sequence[Looked], nation: str, references: Mapping[str, ReferenceShape]
) -> Iterator[str]:
    here = [each for each in every if each.statement.nation == nation]
    for title, some in (
        ("Look first", [each for each in here if each.first]),
        ("Found in their source by a second reading", [each for each in here if not each.first]),
    ):
        yield from ("", f"### {title}")
        if not some:
            yield from ("", "None.")
        page = ""
        for each in some:
            if each.statement.file != page:
                page = each.statement.file
                yield from (
                    "",
                    f"**{each.statement.module}, {each.statement.page}** (`{page}`)",
                    "",
                )
            yield from _one(each, references)


def _one(each: Looked, references: Mapping[str, ReferenceShape]) -> Iterator[str]:
    statement = each.statement
    yield f"- {statement.text} `{statement.digest}`"
    yield from (f"    - {line}" for line in _sources(statement.cited, references))
    if each.reading is not None:
        said = _FOUND[each.reading.found].format(on=day_in_words(each.reading.on))
        yield f"    - {said}.{' ' + each.reading.note if each.reading.note else ''}"
    if each.first:
        yield f"    - Look first: {'; '.join(each.first)}."


def _sources(cited: Sequence[Cited], references: Mapping[str, ReferenceShape]) -> Iterator[str]:
    for key in dict.fromkeys(each.key for each in cited):
        source = references.get(key)
        if source is None:
            continue
        law = f", law as at {day_in_words(source.law_as_at)}" if source.law_as_at else ", undated"
        read = f"read {day_in_words(source.checked_on)}" if source.read else "cited at second hand"
        yield f"{source.title}{law}, {read}: <{source.address}>"
