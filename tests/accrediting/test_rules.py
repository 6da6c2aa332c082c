"""What two accreditors may decide, and who of them may not."""

import pytest

from lms.accreditation.rules import Kind, Standing
from lms.accrediting.rules import (
    PROPOSAL_WORDS,
    check_proposable,
    check_proposer,
    check_reason,
    conditions_of,
    involved,
)
from lms.errors import RuleBroken

GREEN = {Standing.ACCREDITED, Standing.ACCREDITED_WITH_CONDITIONS}
BY_TWO = {*GREEN, Standing.SUSPENDED, Standing.WITHDRAWN, Standing.REVOKED}


@pytest.mark.parametrize("standing", sorted(BY_TWO))
def test_with_an_award_two_accreditors_decide_on_this(standing: Standing) -> None:
    check_proposable(Kind.STANDING, standing, has_award=True)


@pytest.mark.parametrize("standing", [None, *sorted(set(Standing) - BY_TWO)])
def test_what_enrolment_board_and_calendar_enter_is_not_proposed(
    standing: Standing | None,
) -> None:
    with pytest.raises(RuleBroken, match="Choose what is proposed"):
        check_proposable(Kind.STANDING, standing, has_award=True)


@pytest.mark.parametrize("standing", sorted(GREEN))
def test_nobody_is_accredited_without_an_award(standing: Standing) -> None:
    with pytest.raises(RuleBroken, match="without an award"):
        check_proposable(Kind.STANDING, standing, has_award=False)


@pytest.mark.parametrize("standing", sorted(BY_TWO - GREEN))
def test_what_protects_people_needs_no_award(standing: Standing) -> None:
    check_proposable(Kind.STANDING, standing, has_award=False)


@pytest.mark.parametrize("kind", [Kind.WITHHELD, Kind.SHOWN])
def test_withholding_and_showing_need_no_award(kind: Kind) -> None:
    check_proposable(kind, None, has_award=False)


def test_everything_that_can_be_proposed_has_words() -> None:
    assert set(PROPOSAL_WORDS) == {*BY_TWO, Kind.WITHHELD, Kind.SHOWN}


def test_conditions_are_one_a_line() -> None:
    typed = "  Supervision every two weeks. \r\n\n\t\nNo work alone at night.\n"
    assert conditions_of(typed) == ("Supervision every two weeks.", "No work alone at night.")
    assert conditions_of(" \n ") == ()


def test_whoever_marked_or_supervised_is_involved() -> None:
    assert involved({1, 2}, [2, 3]) == {1, 2, 3}
    assert involved(set(), []) == frozenset()


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_nothing_is_proposed_or_declined_without_a_reason(reason: str) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        check_reason(reason)
    check_reason("The evidence is complete.")


def test_a_proposer_who_became_involved_stops_the_proposal() -> None:
    check_proposer(1, {2, 3})
    with pytest.raises(RuleBroken, match="marked or supervised the person since"):
        check_proposer(2, {2, 3})
