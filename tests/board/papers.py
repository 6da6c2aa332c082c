"""Candidates on paper, for the pure rules: no database."""

from decimal import Decimal

from lms.board.rules import ModuleProfile, Profile, Work, WorkState


def work(
    mark: int | str | None = 60,
    *,
    title: str = "Analysis",
    weighting: int = 100,
    attempt: int = 1,
    state: WorkState = WorkState.MARKED,
    lines: tuple[tuple[str, str, str], ...] = (),
    assessment_id: int | None = 1,
) -> Work:
    """One piece of work; without a mark it is still due."""
    if mark is None and state is WorkState.MARKED:
        state = WorkState.OPEN
    points = None if mark is None else Decimal(mark)
    return Work(
        title, assessment_id, weighting, attempt, state, raw=points, mark=points, lines=lines
    )


def module(*works: Work, title: str = "Standing in law", worth: int = 10) -> ModuleProfile:
    """One module with its works."""
    return ModuleProfile(title, worth, works)


def candidate(*modules: ModuleProfile, number: str = "1234-K") -> Profile:
    """One candidate with all modules."""
    return Profile(number, 1, modules)
