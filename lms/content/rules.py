"""Rules about what is taught: credits and weightings add up, outcomes are taught and assessed."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

# Words that stand in addresses where the names of modules and of pages do: /learn/notebook/. A
# test compares them with the addresses there are.
TAKEN_BY_MODULES = frozenset({"nation", "notebook", "pictures", "problems", "versions"})
TAKEN_BY_PAGES = frozenset({"download", "files", "session-plan"})


class Kind(StrEnum):
    """Whose eyes a review is made with."""

    SUBJECT = "subject"
    LEGAL = "legal"
    LIVED_EXPERIENCE = "lived_experience"


@dataclass(frozen=True)
class Review:
    """What a kind of review is called, wherever it is named.

    name      at the head of something
    reviewer  before “reviewer”
    who       those who make it
    """

    name: str
    reviewer: str
    who: str


REVIEWS = {
    Kind.SUBJECT: Review("Subject", "subject", "somebody who knows the subject"),
    Kind.LEGAL: Review("Law", "legal", "a lawyer"),
    Kind.LIVED_EXPERIENCE: Review(
        "Lived experience", "lived-experience", "people with lived experience"
    ),
}


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
