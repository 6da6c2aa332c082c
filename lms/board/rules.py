"""Rules of the board: which outcome follows from the marks, and when the board may decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lms.errors import RuleBroken
from lms.marking.rules import rounded
from lms.regulations.profile import Quorum, Regulations


class Outcome(StrEnum):
    """What a board decides on a candidate."""

    AWARD = "award"
    REFER = "refer"
    DEFER = "defer"
    FAIL = "fail"


OUTCOME_WORDS = {
    Outcome.AWARD: "Award",
    Outcome.REFER: "Refer: a further attempt",
    Outcome.DEFER: "Defer: work is still due",
    Outcome.FAIL: "Fail: no attempt is left",
}


class WorkState(StrEnum):
    """Where one piece of work stands when the board looks."""

    OPEN = "open"  # its deadline lies ahead
    MISSING = "missing"  # its deadline has passed, and nothing was handed in
    IN_MARKING = "in_marking"
    MARKED = "marked"  # released as provisional, or confirmed by an earlier board


@dataclass(frozen=True)
class Work:
    """One assessment of one candidate, at the present attempt.

    raw    points the markers gave, weighed and rounded; None while there is no mark
    mark   after lateness and cap; 0 for missing work
    lines  how it came about: (said, sum, source)
    """

    title: str
    assessment_id: int
    weighting: int  # per cent of the module
    attempt: int
    state: WorkState
    submission_id: int | None = None
    raw: Decimal | None = None
    mark: Decimal | None = None
    lines: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class ModuleProfile:
    """One module of one candidate."""

    title: str
    credits: int
    works: tuple[Work, ...]


@dataclass(frozen=True)
class Profile:
    """One candidate before the board: a number, and facts."""

    number: str
    enrolment_id: int
    modules: tuple[ModuleProfile, ...]


@dataclass(frozen=True)
class Step:
    """One line of the working.

    met  whether it speaks for the award
    """

    said: str
    sum: str
    source: str
    met: bool


@dataclass(frozen=True)
class Finding:
    """The outcome that the rulebook gives, with its working.

    refer  assessments in which a further attempt is open
    """

    outcome: Outcome
    steps: tuple[Step, ...]
    refer: tuple[int, ...] = ()


@dataclass
class _Tally:
    steps: list[Step] = field(default_factory=list)
    passed: int = 0
    total: int = 0
    again: list[int] = field(default_factory=list)
    lost: bool = False
    open: bool = False


def module_mark(module: ModuleProfile, regulations: Regulations) -> Decimal | None:
    """The module's mark: its works by their weightings, rounded; None while one has no mark."""
    weighed = [work.mark * work.weighting for work in module.works if work.mark is not None]
    if len(weighed) < len(module.works):
        return None
    exact = sum(weighed, Decimal(0)) / 100
    return rounded(exact, regulations.rounding)


def outcome(profile: Profile, regulations: Regulations) -> Finding:
    """What follows from a candidate's marks under a rulebook.

    All credits passed is an award. A failed module with attempts left is a referral; without, a
    failure. Work still due is a deferral.
    """
    tally = _Tally()
    for module in profile.modules:
        _weigh(module, regulations, tally)
    whole = tally.passed == tally.total
    tally.steps.append(
        Step(
            "All credits are passed" if whole else "Not all credits are passed",
            f"{tally.passed} of {tally.total}",
            regulations.pass_mark.cited,
            whole,
        )
    )
    return Finding(_decided(tally, whole), tuple(tally.steps), tuple(tally.again))


def check_ratifiable(profiles: Sequence[Profile], missing: Sequence[str], already: bool) -> None:
    """Refuse to ratify while anything is missing; raises RuleBroken naming all of it.

    missing  sentences about quorum, conflicts and the deadline for further attempts
    """
    if already:
        raise RuleBroken("This board has ratified its results already. Nothing was changed.")
    found = list(missing)
    if not profiles:
        found.append("There is no candidate before this board.")
    found += [
        f"Candidate {profile.number}: {work.title} is not marked, reconciled and released yet."
        for profile in profiles
        for module in profile.modules
        for work in module.works
        if work.state is WorkState.IN_MARKING
    ]
    if found:
        raise RuleBroken("Nothing was ratified. This is missing:", missing=found)


def quorum_faults(present: int, external_present: bool, quorum: Quorum) -> list[str]:
    """What a meeting lacks to decide; the chair is counted."""
    faults = []
    if present < quorum.members:
        faults.append(f"{present} are present; {quorum.cited} asks for {quorum.members}.")
    if quorum.external_examiner and not external_present:
        faults.append(f"No external examiner is present; {quorum.cited} asks for one.")
    return faults


def _weigh(module: ModuleProfile, regulations: Regulations, tally: _Tally) -> None:
    tally.total += module.credits
    for work in module.works:
        if work.lines and (work.raw != work.mark):
            said, how, source = work.lines[-1]
            tally.steps.append(Step(f"{work.title}: {said.lower()}", how, source, True))
    mark = module_mark(module, regulations)
    if mark is None:
        tally.open = True
        tally.steps.append(
            Step(f"{module.title} is not complete", "work is still due", "the deadline", False)
        )
        return
    rule = regulations.pass_mark
    if mark >= rule.points:
        tally.passed += module.credits
        how = f"{mark} is {rule.points} or more: {module.credits} credits"
        tally.steps.append(Step(f"{module.title} is passed", how, rule.cited, True))
        return
    tally.steps.append(
        Step(f"{module.title} is not passed", f"{mark} is below {rule.points}", rule.cited, False)
    )
    _attempts_left(module, regulations, tally)


def _attempts_left(module: ModuleProfile, regulations: Regulations, tally: _Tally) -> None:
    rule = regulations.attempts
    failed = [w for w in module.works if (w.mark or 0) < regulations.pass_mark.points]
    again = [work for work in failed if work.attempt < rule.most]
    tally.again += [work.assessment_id for work in again]
    for work in failed:
        how = f"attempt {work.attempt} of {rule.most}"
        said = "A further attempt is open" if work in again else "No attempt is left"
        tally.steps.append(Step(f"{work.title}: {said.lower()}", how, rule.cited, work in again))
    tally.lost = tally.lost or len(again) < len(failed)


def _decided(tally: _Tally, whole: bool) -> Outcome:
    if whole:
        return Outcome.AWARD
    if tally.lost:
        return Outcome.FAIL
    return Outcome.REFER if tally.again else Outcome.DEFER
