"""Checks of what is taught as a whole: nobody's nation left out, nothing said twice, no gap."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lms.authored import Severity
from lms.content import prose, shapes
from lms.content.faults import Block, Fault
from lms.content.source import Module, Page

# Shorter ones are how people speak: "Nobody will ask." A chance likeness of eight words is rare.
FEWEST_WORDS_ALIKE = 8


def nation_block_faults(found: Iterable[Block], covered: Iterable[str]) -> Iterator[Fault]:
    """A page that says what holds in one nation, and leaves readers of another without.

    covered  the nations that the page is about
    """
    first: dict[str, int] = {}
    for block in found:
        if block.name == "nation":
            first.setdefault(block.title, block.line)
    left_out = sorted(set(covered) - set(first)) if first else []
    if left_out:
        message = (
            f"the page says what holds in {', '.join(sorted(first))} and not in "
            f"{', '.join(left_out)}: add a block, or name the page’s nations"
        )
        yield Fault(min(first.values()), message, "nation", Severity.WARNING)


def untaught_nations(module: Module) -> Iterator[str]:
    """Outcomes that are taught for some of a module's nations, and not for all."""
    for outcome in module.file.outcomes:
        taught = [page for page in module.way if outcome.key in page.front.outcomes]
        held = {each for page in taught for each in page.front.nations or module.file.nations}
        left_out = sorted(set(module.file.nations) - held)
        if taught and left_out:
            yield (
                f"the outcome {outcome.key} is taught on no page about {', '.join(left_out)}: "
                "write one, or take the nation out"
            )


def dated_later(
    page: Page, references: Mapping[str, shapes.ReferenceShape]
) -> Iterator[tuple[str, str, Severity]]:
    """Sources newer than the day by which a page was to be looked at, or was signed off by law.

    Each as what to look for in the page, what is wrong, and how much it weighs.
    """
    legal = page.front.reviewers.legal
    for key in page.shown.staff_references:
        source = references.get(key)
        if source is None or source.law_as_at is None:
            continue
        day, sought = source.law_as_at, f"[@{key}"
        if day > page.front.review_by:
            message = (
                f"{key} states the law as at {_day(day)}, after the page’s review was due: read "
                "the page again beside it, then move law_as_at and review_by"
            )
            yield sought, message, Severity.ERROR
        elif legal is not None and day > legal.on:
            message = (
                f"{key} states the law as at {_day(day)}, after the legal reviewer signed off: "
                "ask for another look"
            )
            yield sought, message, Severity.WARNING


def said_twice(pages: Iterable[Page]) -> Iterator[tuple[Page, Fault]]:
    """Sentences of running text that stand on more than one page, or twice on one."""
    seen: dict[tuple[str, ...], str] = {}
    for page in pages:
        for words in prose.running_text(page.shown.html):
            if len(words) < FEWEST_WORDS_ALIKE:
                continue
            known = tuple(word.lower() for word in words)
            if known in seen:
                yield page, _twice(words, page, seen[known])
            else:
                seen[known] = page.name


def _twice(words: list[str], page: Page, first: str) -> Fault:
    message = (
        f"the sentence “{' '.join(words[:5])} …” stands in {first} already: say it once, and "
        "link to it"
    )
    return Fault(prose.line_of(words, page.source), message, "repeated")


def competency_faults(
    modules: Iterable[Module], frameworks: Mapping[str, shapes.FrameworkShape]
) -> Iterator[tuple[Module, str, str]]:
    """Outcomes that name no competency, or an unknown one: module, outcome, fault."""
    known = {key for each in frameworks.values() for key in each.competencies}
    for module in modules:
        for outcome in module.file.outcomes:
            for key in sorted(set(outcome.competencies) - known):
                message = f"there is no competency “{key}” in competencies.yml: add or mend it"
                yield module, outcome.key, message
            if frameworks and not outcome.competencies:
                message = f"the outcome {outcome.key} names no competency: write which it builds"
                yield module, outcome.key, message


def unserved(
    modules: Iterable[Module], frameworks: Mapping[str, shapes.FrameworkShape]
) -> Iterator[tuple[str, str, str]]:
    """Competencies that no outcome builds: framework, competency, what is wrong."""
    served = Counter(
        key for module in modules for each in module.file.outcomes for key in each.competencies
    )
    for name, framework in frameworks.items():
        for key in framework.competencies:
            if not served[key]:
                yield name, key, f"no outcome builds {key}: name it in one, or say why in the note"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
