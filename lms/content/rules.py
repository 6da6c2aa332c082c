"""Rules about what is taught: credits and weightings add up, outcomes are taught and assessed.

And of all of it together: no nation is left out, no source is newer than the review, nothing is
said twice, and no competency is left without an outcome.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lms.authored import Severity
from lms.clock import day_in_words
from lms.content import prose, shapes
from lms.content.faults import Fault
from lms.content.source import Module, Page

# Words that stand in addresses where the names of modules and of pages do: /learn/notebook/. A
# test compares them with the addresses there are.
TAKEN_BY_MODULES = frozenset({"nation", "notebook", "pictures", "problems", "versions"})
TAKEN_BY_PAGES = frozenset({"download", "files", "session-plan"})
# Shorter ones are how people speak: "Nobody will ask." A chance likeness of eight words is rare.
FEWEST_WORDS_ALIKE = 8


@dataclass(frozen=True)
class Assessed:
    """What one assessment of a module counts for."""

    weighting: int
    outcomes: tuple[str, ...]


def credit_faults(whole: int, of_modules: Iterable[int]) -> Iterator[str]:
    """What is wrong with a programme's credits."""
    total = sum(of_modules)
    if total != whole:
        yield f"the modules have {total} credits, the programme says {whole}: change one of them"


def name_faults(name: str, taken: Container[str]) -> Iterator[str]:
    """Whether a name would hide another address, or be hidden by it."""
    if name in taken:
        yield f"the name “{name}” stands for something else in addresses: choose another"


def weighting_faults(assessments: Iterable[Assessed]) -> Iterator[str]:
    """What is wrong with the weightings of a module's assessments."""
    total = sum(each.weighting for each in assessments)
    if total != 100:
        yield f"the weightings of the module's assessments make {total}, not 100: change one"


def outcome_faults(
    declared: Iterable[str], taught: Iterable[str], assessed: Iterable[str]
) -> Iterator[str]:
    """Outcomes that are named and not declared, or declared and not taught or not assessed."""
    known, on_pages, in_work = list(declared), set(taught), set(assessed)
    for key, count in Counter(known).items():
        if count > 1:
            yield f"the outcome {key} is declared twice: give one another key"
    for key in sorted((on_pages | in_work) - set(known)):
        yield f"the outcome {key} is named but not declared in module.yml: add or mend it"
    for key in known:
        if key not in on_pages:
            yield f"the outcome {key} is taught on no page: name it in a page’s outcomes"
        if key not in in_work:
            yield f"the outcome {key} is assessed nowhere: name it in an assessment’s outcomes"


def prerequisite_faults(needs: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Modules that need what isn't there, or in the end themselves; each with what is wrong.

    needs  of each module, which ones are to be read before
    """
    for module, before in needs.items():
        for each in before:
            if each not in needs:
                yield module, f"there is no module “{each}” to read before: mend its name"
        way = _way_back(module, needs)
        if way:
            yield module, f"nobody could begin: {' needs '.join(way)}. Take one of these out"


def _way_back(start: str, needs: Mapping[str, Iterable[str]]) -> list[str]:
    """A way from a module by what it needs back to itself; empty where there is none."""
    ways, seen = [[start]], set()
    while ways:
        way = ways.pop()
        for each in needs.get(way[-1], ()):
            if each == start:
                return [*way, start]
            if each not in seen:
                seen.add(each)
                ways.append([*way, each])
    return []


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
                f"{key} states the law as at {day_in_words(day)}, after the page’s review was due: "
                "read the page again beside it, then move law_as_at and review_by"
            )
            yield sought, message, Severity.ERROR
        elif legal is not None and day > legal.on:
            message = (
                f"{key} states the law as at {day_in_words(day)}, after the legal reviewer signed "
                "off: ask for another look"
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
