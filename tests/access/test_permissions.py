"""The scheme of delegation against a table written by hand: nothing else grants."""

from types import SimpleNamespace as Thing

import pytest

from lms.access.actor import PUBLIC, SYSTEM, Actor, Held, Role
from lms.access.gate import may, may_ever
from lms.access.permissions import GRANTS, Permission as P

R = Role

# Who could ever do it, by SECURITY's matrix; "all" is everybody who is signed in.
TABLE = """
keep_own_account         all
read_people              registrar admin
invite                   registrar admin
keep_accounts            registrar admin
grant_role               registrar
confirm_role             registrar
confirm_clearing         registrar admin
keep_identity            registrar
read_organisations       registrar
keep_organisations       registrar
approve_organisation     registrar
read_own_organisation    coordinator supervisor
read_regulations         registrar chair tutor external_examiner advocate
publish_regulations      registrar
read_findings            author registrar
publish_content          author registrar
write_content            author
read_drafts              author registrar tutor
appoint_reviewers        author registrar
review_content           author tutor
withdraw_objection       author tutor
report_problem           advocate
read_own_report          advocate
answer_reports           author registrar
keep_intakes             registrar
move_content             registrar
read_cohort              registrar
accept_place             advocate
learn                    advocate
read_modules             advocate tutor author registrar external_examiner chair
keep_notebook            advocate
read_progress            tutor registrar
set_assessments          registrar
submit_work              advocate
read_own_work            advocate
allocate_markers         registrar
take_script              tutor
mark_work                tutor
reconcile                tutor
release_marks            registrar
convene_board            registrar
read_board               registrar chair tutor external_examiner
ratify_results           chair
read_register            accreditor
propose_standing         accreditor
confirm_standing         accreditor
check_accreditation      coordinator
read_check               coordinator
read_own_accreditation   advocate
read_trail               registrar admin
"""
ROWS = {line.split()[0]: set(line.split()[1:]) for line in TABLE.strip().splitlines()}

ME, OTHER, THIRD = 1, 2, 3


def one(*roles: Role, person_id: int = ME) -> Actor:
    return Actor(person_id, f"USR-{person_id}", frozenset(Held(role) for role in roles))


def test_every_permission_has_its_row_and_every_row_its_permission() -> None:
    assert {str(each) for each in P} == set(ROWS)
    assert set(GRANTS) == set(P)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(P))
def test_a_role_may_ever_do_what_its_row_says_and_nothing_else(permission, role) -> None:
    row = ROWS[str(permission)]
    assert may_ever(one(role), permission) == (str(role) in row or row == {"all"})


@pytest.mark.parametrize("permission", list(P))
def test_neither_the_public_nor_somebody_without_a_role_is_given_anything(permission) -> None:
    assert not may_ever(PUBLIC, permission)
    assert not may_ever(SYSTEM, permission)
    assert may_ever(one(), permission) == (permission is P.KEEP_OWN_ACCOUNT)


@pytest.mark.parametrize("held", [(), *((role,) for role in Role)])
def test_everybody_keeps_their_own_account_and_nobody_elses(held) -> None:
    assert may(one(*held), P.KEEP_OWN_ACCOUNT, Thing(id=ME))
    assert not may(one(*held), P.KEEP_OWN_ACCOUNT, Thing(id=OTHER))


@pytest.mark.parametrize("permission", [P.GRANT_ROLE, P.KEEP_ACCOUNTS, P.KEEP_IDENTITY])
def test_no_combination_of_roles_acts_on_its_own_account(permission) -> None:
    assert not may(one(*Role), permission, Thing(id=ME))
    assert may(one(*Role), permission, Thing(id=OTHER))


def test_no_combination_of_roles_seconds_what_it_proposed_or_receives() -> None:
    everything = one(*Role)
    assert may(everything, P.CONFIRM_ROLE, Thing(proposed_by_id=OTHER, account_id=THIRD))
    assert not may(everything, P.CONFIRM_ROLE, Thing(proposed_by_id=ME, account_id=THIRD))
    assert not may(everything, P.CONFIRM_ROLE, Thing(proposed_by_id=OTHER, account_id=ME))
    assert not may(everything, P.CONFIRM_CLEARING, Thing(proposed_by_id=ME, account_id=THIRD))
    assert not may(everything, P.CONFIRM_CLEARING, Thing(proposed_by_id=OTHER, account_id=ME))
    assert not may(everything, P.APPROVE_ORGANISATION, Thing(proposed_by_id=ME))


def test_no_combination_of_roles_decides_on_itself_or_on_whom_it_taught() -> None:
    everything = one(*Role)
    near = [
        Thing(holder_id=ME, involved_ids=[], proposed_by_id=OTHER),
        Thing(holder_id=OTHER, involved_ids=[ME], proposed_by_id=OTHER),
    ]
    for thing in near:
        assert not may(everything, P.PROPOSE_STANDING, thing)
        assert not may(everything, P.CONFIRM_STANDING, thing)
    proposed = Thing(holder_id=OTHER, involved_ids=[], proposed_by_id=ME)
    assert may(everything, P.PROPOSE_STANDING, proposed)
    assert not may(everything, P.CONFIRM_STANDING, proposed)


def test_no_combination_of_roles_reviews_its_own_words_or_without_being_asked() -> None:
    everything = one(*Role)
    assert may(everything, P.REVIEW_CONTENT, Thing(reviewer_ids={ME}, writer_ids={OTHER}))
    for thing in (
        Thing(reviewer_ids={ME, OTHER}, writer_ids={ME}),
        Thing(reviewer_ids={OTHER}, writer_ids=set()),
    ):
        assert not may(everything, P.REVIEW_CONTENT, thing)
        assert may(everything, P.WITHDRAW_OBJECTION, thing) == (ME in thing.reviewer_ids)
    assert not may(everything, P.APPOINT_REVIEWERS, Thing(id=ME))


def test_an_administrator_keeps_accounts_and_neither_grants_nor_reads_work() -> None:
    mine = {each for each in P if may_ever(one(Role.ADMIN), each)}
    people = {P.READ_PEOPLE, P.INVITE, P.KEEP_ACCOUNTS, P.CONFIRM_CLEARING}
    assert mine == {P.KEEP_OWN_ACCOUNT, *people, P.READ_TRAIL}


def test_an_external_examiner_changes_nothing() -> None:
    mine = {each for each in P if may_ever(one(Role.EXTERNAL_EXAMINER), each)}
    assert mine == {P.KEEP_OWN_ACCOUNT, P.READ_REGULATIONS, P.READ_MODULES, P.READ_BOARD}


def test_a_registrar_neither_marks_nor_ratifies_nor_accredits() -> None:
    registrar = one(Role.REGISTRAR)
    for permission in (P.TAKE_SCRIPT, P.MARK_WORK, P.RECONCILE, P.RATIFY_RESULTS, P.SUBMIT_WORK):
        assert not may_ever(registrar, permission)
    for permission in (P.READ_REGISTER, P.PROPOSE_STANDING, P.CONFIRM_STANDING):
        assert not may_ever(registrar, permission)


@pytest.mark.parametrize("permission", [P.CHECK_ACCREDITATION, P.READ_OWN_ORGANISATION])
def test_a_role_held_elsewhere_opens_nothing_here(permission) -> None:
    coordinator = Actor(ME, "USR-1", frozenset({Held(Role.COORDINATOR, "ORG-THERE")}))
    assert may(coordinator, permission, Thing(ref="ORG-THERE"))
    assert not may(coordinator, permission, Thing(ref="ORG-HERE"))
    # Being registrar, or supervisor at the place, adds nothing to it.
    both = coordinator.held | {Held(Role.REGISTRAR), Held(Role.SUPERVISOR, "ORG-HERE")}
    more = Actor(ME, "USR-1", both)
    assert may(more, permission, Thing(ref="ORG-HERE")) == (permission is P.READ_OWN_ORGANISATION)
