"""Rules about what is taught: credits and weightings add up, outcomes are taught and assessed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Assessed:
    """What one assessment of a module counts for."""

    weighting: int
    outcomes: tuple[str, ...]


def credit_faults(whole: int, of_modules: Iterable[int]) -> Iterator[str]:
    """What is wrong with a programme's credits."""
    total = sum(of_modules)
    if total != whole:
        yield f"the modules have {total} credits, the programme says {whole}"


def weighting_faults(assessments: Iterable[Assessed]) -> Iterator[str]:
    """What is wrong with the weightings of a module's assessments."""
    total = sum(each.weighting for each in assessments)
    if total != 100:
        yield f"the weightings of the module's assessments make {total}, not 100"


def outcome_faults(
    declared: Iterable[str], taught: Iterable[str], assessed: Iterable[str]
) -> Iterator[str]:
    """Outcomes that are named and not declared, or declared and not taught or not assessed."""
    known, on_pages, in_work = list(declared), set(taught), set(assessed)
    for key, count in Counter(known).items():
        if count > 1:
            yield f"the outcome {key} is declared twice"
    for key in sorted((on_pages | in_work) - set(known)):
        yield f"the outcome {key} is named but not declared in module.yml"
    for key in known:
        if key not in on_pages:
            yield f"the outcome {key} is taught on no page"
        if key not in in_work:
            yield f"the outcome {key} is assessed nowhere"
