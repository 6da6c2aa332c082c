"""Credits and weightings add up; what is declared is taught and assessed."""

from graphlib import CycleError, TopologicalSorter

from flask import Flask
from hypothesis import given, strategies as st

from lms.content.rules import (
    TAKEN_BY_MODULES,
    TAKEN_BY_PAGES,
    Assessed,
    credit_faults,
    outcome_faults,
    prerequisite_faults,
    weighting_faults,
)

MODULES = st.sampled_from("abcdef")
OUTCOMES = st.sampled_from([f"LO{number}" for number in range(1, 7)])


@given(st.lists(st.integers(1, 60), max_size=8), st.integers(1, 360))
def test_credits_of_modules_make_those_of_the_programme(parts: list[int], whole: int) -> None:
    faults = list(credit_faults(whole, parts))
    assert bool(faults) == (sum(parts) != whole)
    for fault in faults:
        assert str(sum(parts)) in fault
        assert str(whole) in fault


@given(st.lists(st.integers(1, 100), max_size=5))
def test_weightings_of_a_module_make_100(parts: list[int]) -> None:
    faults = list(weighting_faults(Assessed(part, ()) for part in parts))
    assert bool(faults) == (sum(parts) != 100)
    for fault in faults:
        assert str(sum(parts)) in fault


@given(st.lists(OUTCOMES), st.lists(OUTCOMES), st.lists(OUTCOMES))
def test_outcomes_are_declared_once_taught_and_assessed(
    declared: list[str], taught: list[str], assessed: list[str]
) -> None:
    faults = list(outcome_faults(declared, taught, assessed))
    in_order = len(set(declared)) == len(declared) and set(declared) == set(taught) == set(assessed)
    assert bool(faults) != in_order


def test_each_fault_names_its_outcome() -> None:
    faults = list(outcome_faults(["LO1", "LO1", "LO2"], ["LO1", "LO3"], ["LO2"]))
    assert [fault.partition(":")[0] for fault in faults] == [
        "the outcome LO1 is declared twice",
        "the outcome LO3 is named but not declared in module.yml",
        "the outcome LO1 is assessed nowhere",
        "the outcome LO1 is assessed nowhere",
        "the outcome LO2 is taught on no page",
    ]


def has_circle(needs: dict[str, list[str]]) -> bool:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError:
        return True
    return False


@given(st.dictionaries(MODULES, st.lists(MODULES, max_size=4), max_size=6))
def test_modules_can_be_read_in_some_order_and_need_only_what_is_there(
    needs: dict[str, list[str]],
) -> None:
    faults = list(prerequisite_faults(needs))
    circles = [module for module, fault in faults if fault.startswith("nobody could begin")]
    absent = [module for module, fault in faults if fault.startswith("there is no module")]
    assert bool(circles) == has_circle(needs)
    assert absent == [module for module in needs for each in needs[module] if each not in needs]
    assert len(circles) + len(absent) == len(faults)


def test_no_module_and_no_page_takes_the_place_of_another_address(app: Flask) -> None:
    addresses = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/learn/")]
    parts = [address.split("/")[2:] for address in addresses]
    beside_modules = {each[0] for each in parts if each[0] and "<" not in each[0]}
    beside_pages = {each[1] for each in parts if each[0] == "<module>" and each[1:] and each[1]}
    assert beside_modules == TAKEN_BY_MODULES
    assert {each for each in beside_pages if "<" not in each} == TAKEN_BY_PAGES
