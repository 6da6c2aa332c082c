"""Neither accreditor proposed it, marked or supervised the person, or is the person."""

from datetime import timedelta

import pytest

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.accounts.queries import actor_for, standing_grant
from lms.accreditation.rules import Kind, Standing
from lms.accrediting import operations, queries
from lms.accrediting.operations import Proposed
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.marking.queries import markers_of
from lms.organisations import operations as organisations
from tests import factories
from tests.accrediting.deciding import REASON, confirm, decline, propose, standing, terms

S = Standing


def also_accredits(account: Account) -> Account:
    """The same account with the role of accreditor: two roles in one person."""
    with unit_of_work():
        accounts.grant_role(account, Role.ACCREDITOR, actor=SYSTEM)
    return account


def kept_out(case, account: Account) -> None:
    """Somebody can neither propose about the person nor decide on what another proposed."""
    for what in (S.ACCREDITED, Kind.WITHHELD):
        with pytest.raises(NotFound):
            propose(case.entry, account, what)
    proposal = propose(case.entry, case.first)
    for act in (confirm, decline):
        with pytest.raises(NotFound):
            act(proposal, account)
    assert queries.end_of(proposal) is None
    assert standing(case.entry) is S.AWARD_MADE


def employer_of(case):
    return case.world.enrolments[0].organisation


def test_nobody_confirms_or_declines_their_own_proposal(case) -> None:
    proposal = propose(case.entry, case.first)
    for act in (confirm, decline):
        with pytest.raises(NotFound):
            act(proposal, case.first)
    confirm(proposal, case.second)
    assert standing(case.entry) is S.ACCREDITED


@pytest.mark.parametrize("which", [0, 1], ids=["first marker", "second marker"])
def test_a_marker_of_the_person_decides_nothing_about_them(case, which: int) -> None:
    marker = case.world.tutors[which]
    assert marker.id in markers_of(case.entry.holder_id)
    kept_out(case, also_accredits(marker))


def test_a_supervisor_where_the_person_works_decides_nothing_about_them(case) -> None:
    supervisor = factories.make_account(Role.SUPERVISOR, at=employer_of(case))
    kept_out(case, also_accredits(supervisor))


def test_a_supervisor_of_the_past_decides_nothing_either(case) -> None:
    supervisor = factories.make_account(Role.SUPERVISOR, at=employer_of(case))
    with unit_of_work():
        grant = standing_grant(supervisor, Role.SUPERVISOR, employer_of(case).ref)
        accounts.end_role(grant, actor=SYSTEM)
    kept_out(case, also_accredits(supervisor))


def test_a_supervisor_at_a_former_employer_decides_nothing_either(case) -> None:
    former = factories.make_organisation()
    supervisor = factories.make_account(Role.SUPERVISOR, at=former)
    day = clock.today() - timedelta(days=400)
    with unit_of_work():
        placement = organisations.record_placement(
            case.entry.holder, former, "Advocate", day, actor=SYSTEM
        )
    with unit_of_work():
        organisations.end_placement(placement, day + timedelta(days=30), actor=SYSTEM)
    kept_out(case, also_accredits(supervisor))


def test_nobody_decides_on_themselves(case) -> None:
    kept_out(case, also_accredits(case.entry.holder))


def test_all_roles_in_one_account_open_no_way_round(case) -> None:
    marker = case.world.tutors[0]
    with unit_of_work():
        for role in (Role.ACCREDITOR, Role.CHAIR, Role.ADMIN):
            accounts.grant_role(marker, role, actor=SYSTEM)
    kept_out(case, marker)


def test_only_accreditors_decide(case) -> None:
    for role in set(Role) - {Role.ACCREDITOR}:
        other = factories.make_account(role)
        with pytest.raises(NotFound):
            propose(case.entry, other)
    for other in (case.world.chair, case.world.registrar, case.world.external):
        with pytest.raises(NotFound):
            propose(case.entry, other)
    kept_out(case, case.world.chair)


def test_a_supervisor_elsewhere_and_a_marker_of_others_may_decide(case) -> None:
    elsewhere = also_accredits(factories.make_account(Role.SUPERVISOR))
    tutor = also_accredits(factories.make_account(Role.TUTOR))
    confirm(propose(case.entry, elsewhere), tutor)
    assert standing(case.entry) is S.ACCREDITED


def test_whoever_became_involved_after_proposing_has_their_proposal_refused(case) -> None:
    proposal = propose(case.entry, case.first)
    with unit_of_work():
        organisations.appoint(case.first, Role.SUPERVISOR, employer_of(case), actor=SYSTEM)
    with pytest.raises(RuleBroken, match="marked or supervised the person since"):
        confirm(proposal, case.second)
    assert standing(case.entry) is S.AWARD_MADE
    decline(proposal, case.second)


def test_whoever_became_involved_before_confirming_is_kept_out(case) -> None:
    proposal = propose(case.entry, case.first)
    with unit_of_work():
        organisations.appoint(case.second, Role.SUPERVISOR, employer_of(case), actor=SYSTEM)
    with pytest.raises(NotFound):
        confirm(proposal, case.second)


@pytest.mark.parametrize("to", [S.SUSPENDED, S.REVOKED, S.WITHDRAWN])
def test_the_same_separation_holds_for_taking_it_away(case, to: Standing) -> None:
    confirm(propose(case.entry, case.first), case.second)
    marker = also_accredits(case.world.tutors[0])
    with pytest.raises(NotFound), unit_of_work():
        operations.propose(
            case.entry, Proposed(Kind.STANDING, terms(to), REASON), actor=actor_for(marker)
        )
    proposal = propose(case.entry, case.second, to)
    for kept in (marker, case.second):
        with pytest.raises(NotFound):
            confirm(proposal, kept)
    assert standing(case.entry) is S.ACCREDITED
    confirm(proposal, case.first)
    assert standing(case.entry) is to
