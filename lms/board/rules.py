"""Rules of the board: which outcome follows from the marks, and when the board may decide."""

from collections.abc import Iterator, Sequence
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


# What the person decided on reads; nobody is called a failure.
OWN_WORDS = {
    Outcome.AWARD: "The award is made",
    Outcome.REFER: "A further attempt is open to you",
    Outcome.DEFER: "Decided later: work of yours is still due",
    Outcome.FAIL: "The award is not made, and no further attempt is open",
}


class WorkState(StrEnum):
    """Where one piece of work stands when the board looks."""

    OPEN = "open"  # not set yet, or still accepted
    MISSING = "missing"  # not accepted any more, and nothing was handed in
    IN_MARKING = "in_marking"
    MARKED = "marked"  # released as provisional, or confirmed by an earlier board


@dataclass(frozen=True)
class Work:
    """One assessment of one candidate, at the present attempt.

    assessment_id  None while the registrar has not set it
    raw            points the markers gave, weighed and rounded; None while there is no mark
    mark           after lateness and cap; 0 for missing work
    lines          how it came about: (said, sum, source)
    """

    title: str
    assessment_id: int | None
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

    met  whether it speaks for the award; None where it only tells how a mark came about
    """

    said: str
    sum: str
    source: str
    met: bool | None


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


def module_mark(module: ModuleProfile, regulations: Regulations) -> Decimal | None:
    """The module's mark: its works by their weightings, rounded; None while one has no mark."""
    weighed = [work.mark * work.weighting for work in module.works if work.mark is not None]
    if len(weighed) < len(module.works):
        return None
    exact = sum(weighed, Decimal(0)) / 100
    return rounded(exact, regulations.rounding)


def outcome(profile: Profile, regulations: Regulations) -> Finding:
    """What follows from a candidate's marks under a rulebook.

    All credits passed is an award. In a failed module each work below the pass mark asks for a
    further attempt: all of them open is a referral, none left for one of them a failure. Work
    still due is a deferral.
    """
    tally = _Tally()
    for module in profile.modules:
        _weigh(module, regulations, tally)
    whole = 0 < tally.total == tally.passed
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


def check_attendance_open(ratified: bool) -> None:
    """Who was present when a board decided is not added to afterwards; raises RuleBroken."""
    if ratified:
        raise RuleBroken("This board has ratified its results, so its attendance is closed.")


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
        tally.steps += _came_about(work)
    mark = module_mark(module, regulations)
    if mark is None:
        tally.steps.append(
            Step(f"{module.title} is not complete", "work is still due", "the deadline", False)
        )
        return
    if len(module.works) > 1:
        tally.steps += _by_weight(module, mark, regulations)
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


def _came_about(work: Work) -> Iterator[Step]:
    """How a work's mark came about, from the rubric to the cap; the board keeps it for good."""
    if work.state is WorkState.MISSING:
        yield Step(f"{work.title}: nothing was handed in", "0", "the deadline", False)
    for said, how, source in work.lines:
        yield Step(f"{work.title}: {said[:1].lower()}{said[1:]}", how, source, None)


def _by_weight(module: ModuleProfile, mark: Decimal, regulations: Regulations) -> Iterator[Step]:
    parts = [(work.mark or Decimal(0), work.weighting) for work in module.works]
    exact = sum((points * weight for points, weight in parts), Decimal(0)) / 100
    sums = " + ".join(f"{points} × {weight}%" for points, weight in parts)
    how = f"{sums} = {exact.normalize():f}"
    yield Step(f"{module.title}: works by weight", how, "the weightings of the module", None)
    if mark != exact:
        how = f"{exact.normalize():f} is rounded to {mark}"
        yield Step(f"{module.title}: rounded", how, regulations.rounding.cited, None)


def _attempts_left(module: ModuleProfile, regulations: Regulations, tally: _Tally) -> None:
    rule = regulations.attempts
    failed = [w for w in module.works if (w.mark or 0) < regulations.pass_mark.points]
    again = [work for work in failed if work.attempt < rule.most]
    tally.again += [work.assessment_id for work in again if work.assessment_id is not None]
    for work in failed:
        how = f"attempt {work.attempt} of {rule.most}"
        said = "a further attempt is open" if work in again else "no attempt is left"
        tally.steps.append(Step(f"{work.title}: {said}", how, rule.cited, work in again))
    tally.lost = tally.lost or len(again) < len(failed)


def _decided(tally: _Tally, whole: bool) -> Outcome:
    if whole:
        return Outcome.AWARD
    if tally.lost:
        return Outcome.FAIL
    return Outcome.REFER if tally.again else Outcome.DEFER
