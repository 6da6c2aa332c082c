"""What holds for every candidate under every rulebook."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import permutations

from hypothesis import assume, given, settings, strategies as st

from lms.board.rules import Finding, Outcome, Profile, WorkState, module_mark, outcome
from lms.regulations.profile import Regulations
from tests.board.papers import candidate, module, work
from tests.factories import regulations_with

# Without a limit of time: other work on the machine must not fail a property.
PROPERTY = settings(deadline=None)
# From worst to best for the person.
ORDER = [Outcome.FAIL, Outcome.REFER, Outcome.DEFER, Outcome.AWARD]


@lru_cache
def book(pass_mark: int, most: int, kind: str, places: int) -> Regulations:
    return regulations_with(
        pass_mark={"points": pass_mark},
        attempts={"most": most},
        rounding={"kind": kind, "places": places},
    )


books = st.builds(
    book,
    st.sampled_from([40, 50, 60]),
    st.sampled_from([1, 2, 3]),
    st.sampled_from(["half_up", "half_even", "down"]),
    st.sampled_from([0, 1]),
)
marks = st.none() | st.integers(0, 100)
attempts = st.integers(1, 3)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    modules = []
    for position in range(draw(st.integers(1, 3))):
        weightings = draw(st.sampled_from([(100,), (50, 50), (40, 60), (20, 30, 50)]))
        works = [
            work(
                draw(marks),
                title=f"Work {position}.{number}",
                weighting=weighting,
                attempt=draw(attempts),
                assessment_id=10 * position + number + 1,
            )
            for number, weighting in enumerate(weightings)
        ]
        worth = draw(st.sampled_from([10, 20]))
        modules.append(module(*works, title=f"Module {position}", worth=worth))
    return candidate(*modules)


def implied(found: Finding) -> Outcome:
    """The outcome that somebody reads out of the working alone."""
    said = [step.said for step in found.steps]
    if said[-1] == "All credits are passed":
        return Outcome.AWARD
    if any(each.endswith("no attempt is left") for each in said):
        return Outcome.FAIL
    if any(each.endswith("a further attempt is open") for each in said):
        return Outcome.REFER
    return Outcome.DEFER


@PROPERTY
@given(profiles(), books)
def test_the_working_always_ends_in_the_outcome_that_is_shown(
    profile: Profile, regulations: Regulations
) -> None:
    found = outcome(profile, regulations)
    assert implied(found) is found.outcome
    assert found.steps[-1].met is (found.outcome is Outcome.AWARD)


@PROPERTY
@given(profiles(), books)
def test_the_credits_in_the_working_add_up(profile: Profile, regulations: Regulations) -> None:
    found = outcome(profile, regulations)
    earned = sum(
        int(match[1]) for step in found.steps if (match := re.search(r": (\d+) credits$", step.sum))
    )
    assert found.steps[-1].sum == f"{earned} of {sum(m.credits for m in profile.modules)}"
    whole = earned == sum(m.credits for m in profile.modules)
    assert (found.outcome is Outcome.AWARD) is whole


@PROPERTY
@given(profiles(), books, st.data())
def test_a_higher_mark_never_worsens_the_outcome(
    profile: Profile, regulations: Regulations, data: st.DataObject
) -> None:
    places = [
        (m, w)
        for m, each in enumerate(profile.modules)
        for w, one in enumerate(each.works)
        if one.mark is not None
    ]
    assume(places)
    m, w = data.draw(st.sampled_from(places))
    old = profile.modules[m].works[w]
    higher = Decimal(data.draw(st.integers(int(old.mark or 0), 100)))
    better = _with(profile, m, w, higher)
    before, after = outcome(profile, regulations), outcome(better, regulations)
    assert ORDER.index(after.outcome) >= ORDER.index(before.outcome)


@PROPERTY
@given(profiles(), books)
def test_the_order_of_modules_and_works_does_not_matter(
    profile: Profile, regulations: Regulations
) -> None:
    found = outcome(profile, regulations)
    for modules in permutations(profile.modules):
        turned = [replace(each, works=each.works[::-1]) for each in modules]
        other = outcome(replace(profile, modules=tuple(turned)), regulations)
        assert other.outcome is found.outcome
        assert sorted(other.refer) == sorted(found.refer)
        assert sorted(s.said for s in other.steps) == sorted(s.said for s in found.steps)


@PROPERTY
@given(profiles(), books)
def test_only_failed_works_with_an_attempt_left_are_attempted_again(
    profile: Profile, regulations: Regulations
) -> None:
    found = outcome(profile, regulations)
    if found.outcome is Outcome.REFER:
        assert found.refer
    for each in profile.modules:
        mark = module_mark(each, regulations)
        for one in each.works:
            failed = mark is not None and mark < regulations.pass_mark.points
            below = (one.mark or 0) < regulations.pass_mark.points
            again = failed and below and one.attempt < regulations.attempts.most
            assert (one.assessment_id in found.refer) is again


@PROPERTY
@given(profiles(), books)
def test_every_step_says_what_was_worked_out_and_by_which_rule(
    profile: Profile, regulations: Regulations
) -> None:
    for step in outcome(profile, regulations).steps:
        assert step.said
        assert step.sum
        assert step.source


@PROPERTY
@given(st.integers(0, 100), books)
def test_missing_work_is_worth_no_more_than_work_without_a_point(
    other: int, regulations: Regulations
) -> None:
    missing = module(work(0, state=WorkState.MISSING))
    empty = module(work(0))
    second = module(work(other), title="Second")
    assert (
        outcome(candidate(missing, second), regulations).outcome
        is outcome(candidate(empty, second), regulations).outcome
    )


def _with(profile: Profile, m: int, w: int, mark: Decimal) -> Profile:
    modules = list(profile.modules)
    works = list(modules[m].works)
    works[w] = replace(works[w], mark=mark, raw=mark)
    modules[m] = replace(modules[m], works=tuple(works))
    return replace(profile, modules=tuple(modules))
