"""Importing a roster: the fate of every row, all or nothing, and the same file twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts, queries as people
from lms.accounts.models import Account, Identity
from lms.accounts.queries import account_with_address, actor_for
from lms.cohorts import operations, queries
from lms.cohorts.models import Cohort
from lms.cohorts.rules import Kind, State
from lms.db import db, unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.organisations import operations as organisations, queries as employers
from lms.organisations.models import Organisation
from tests import factories
from tests.cohorts.rosters import (
    EMPLOYER,
    fates_of,
    file_of,
    imported,
    people as many,
    person,
    whole_database,
)
from tests.performance.counting import counting

NEW, KNOWN, SAME, REFUSED = "new", "known", "unchanged", "refused"
pytestmark = pytest.mark.usefixtures("employer")


def account(number: int = 1) -> Account:
    found = account_with_address(f"advocate{number}@example.org")
    assert found is not None
    return found


def refused(cohort: Cohort, content: bytes) -> RuleBroken:
    """Import a file that can't be taken; nothing whatever has changed."""
    before = whole_database()
    with pytest.raises(RuleBroken) as refusal:
        imported(cohort, content)
    assert whole_database() == before
    return refusal.value


def test_a_row_becomes_an_account_an_identity_a_placement_and_an_offer(
    cohort: Cohort, employer: Organisation
) -> None:
    registrar = factories.make_actor(Role.REGISTRAR)
    content = file_of(person(kind_of_enrolment="attends", nation="northern-ireland"))
    assert fates_of(cohort, content) == [(NEW, "")]
    assert imported(cohort, content, actor=registrar) == 1
    found = account()
    assert (found.name, found.password_hash) == ("Advocate 1", None)
    identity = people.identity_of(found.id)
    assert identity is not None
    assert (identity.certificate_name, identity.seq) == ("Advocate 1 in Full", 1)
    assert people.born_on(identity) == date(1990, 12, 31)
    (place,) = queries.enrolled_in(cohort, [found.id]).values()
    assert (place.organisation, place.nation, place.kind) == (
        employer,
        "northern-ireland",
        Kind.ATTENDS,
    )
    assert place.qualify_by == date(2029, 8, 31)
    assert queries.state_of(place) is State.OFFERED
    (placed,) = employers.placements_of(found.id)
    assert (placed.role_title, placed.starts_on) == ("Independent advocate", date(2026, 9, 1))
    assert factories.trail_of(cohort.ref) == ["roster imported"]


def test_a_date_of_birth_is_in_no_table_as_such(cohort: Cohort) -> None:
    imported(cohort, file_of(person(date_of_birth="1987-05-23")))
    kept = repr(whole_database())
    for form in ("1987-05-23", "23/05/1987", "datetime.date(1987"):
        assert form not in kept
    sealed = db.session.query(Identity).one().born_sealed
    assert b"1987" not in sealed


def test_the_same_file_again_changes_nothing_in_any_table(cohort: Cohort) -> None:
    content = file_of(*many(5))
    assert imported(cohort, content) == 5
    before = whole_database()
    with clock.stopped(clock.now() + timedelta(days=40)):
        assert fates_of(cohort, content) == [(SAME, "")] * 5
        assert imported(cohort, content) == 0
    assert whole_database() == before


def test_the_same_file_changes_nothing_once_people_have_accepted_and_renamed_themselves(
    cohort: Cohort,
) -> None:
    content = file_of(*many(2))
    imported(cohort, content)
    actor = actor_for(account())
    with unit_of_work():
        operations.accept_place(
            queries.enrolled_in(cohort, [actor.person_id])[actor.person_id], actor=actor
        )
        accounts.change_name(account(), "Ada", actor=actor)
    before = whole_database()
    assert imported(cohort, content) == 0
    assert fates_of(cohort, content)[0] == (
        SAME,
        "The record says otherwise, and stays: display name",
    )
    assert whole_database() == before


def test_a_longer_file_adds_only_those_who_are_new(cohort: Cohort) -> None:
    imported(cohort, file_of(*many(2)))
    before = whole_database()
    assert imported(cohort, file_of(*many(3))) == 1
    after = whole_database()
    for table in ("account", "identity", "placement", "enrolment", "enrolment_event", "role_grant"):
        assert set(before[table]) < set(after[table])
        assert len(after[table]) == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("certificate name", "Somebody Else"),
        ("display name", "Else"),
        ("date of birth", "1991-01-01"),
        ("organisation", "Bridge Trust (fictional)"),
        ("role title", "Lead advocate"),
        ("nation", "wales"),
        ("kind of enrolment", "attends"),
        ("qualify-by date", "2030-01-31"),
    ],
)
def test_what_a_row_says_otherwise_of_somebody_placed_is_named_and_not_applied(
    cohort: Cohort, column: str, value: str
) -> None:
    imported(cohort, file_of(person(1)))
    before = whole_database()
    changed = file_of(person(1) | {column: value})
    assert fates_of(cohort, changed) == [(SAME, f"The record says otherwise, and stays: {column}")]
    assert imported(cohort, changed) == 0
    assert whole_database() == before
    assert imported(cohort, file_of(person(1) | {column: value}, person(2))) == 1


def test_rows_of_people_placed_outlive_the_approval_of_their_employer(
    cohort: Cohort, employer: Organisation
) -> None:
    """A late joiner elsewhere can still be added to the same file."""
    other = factories.make_organisation()
    imported(cohort, file_of(person(1)))
    with unit_of_work():
        organisations.withdraw_approval(employer, "Closed.", actor=SYSTEM)
    assert imported(cohort, file_of(person(1), person(2, organisation=other.name))) == 1
    assert fates_of(cohort, file_of(person(3)))[0][0] == REFUSED


def test_one_bad_row_keeps_all_the_others_out(cohort: Cohort) -> None:
    rows = [
        *many(3),
        person(4, organisation="Nobody's Trust"),
        person(5, date_of_birth="31/02/1990"),
    ]
    refusal = refused(cohort, file_of(*rows))
    assert refusal.missing == (
        "Line 5: organisation: “Nobody's Trust” is not entered here",
        "Line 6: date of birth: is no day; write it like 1990-12-31 or 31/12/1990",
    )


def test_an_organisation_has_to_be_known_and_approved(
    cohort: Cohort, employer: Organisation
) -> None:
    waiting, closed = (
        factories.make_organisation(approved=False),
        factories.make_organisation(),
    )
    with unit_of_work():
        organisations.withdraw_approval(closed, "Closed.", actor=SYSTEM)
    rows = [
        person(1, organisation="  HARBOUR trust   (Fictional)"),
        person(2, organisation="Unknown"),
        person(3, organisation=waiting.name),
        person(4, organisation=closed.name),
    ]
    assert fates_of(cohort, file_of(*rows)) == [
        (NEW, ""),
        (REFUSED, "organisation: “Unknown” is not entered here"),
        (REFUSED, f"organisation: “{waiting.name}” is not approved"),
        (REFUSED, f"organisation: “{closed.name}” is not approved"),
    ]
    refused(cohort, file_of(*rows))


def test_somebody_known_keeps_account_and_identity_and_gets_a_place(cohort: Cohort) -> None:
    earlier = factories.make_cohort(year=2025)
    imported(earlier, file_of(person(1, qualify_by_date="2027-08-31")))
    content = file_of(person(1))
    assert fates_of(cohort, content) == [(KNOWN, "")]
    before = whole_database()
    assert imported(cohort, content) == 1
    after = whole_database()
    for table in ("account", "identity", "placement", "role_grant"):
        assert after[table] == before[table]
    assert len(queries.enrolments_of(account().id)) == 2


@pytest.mark.parametrize(
    "wrong", [{"date of birth": "1991-01-01"}, {"certificate name": "Somebody Else"}]
)
def test_somebody_known_under_another_name_or_birthday_is_refused(
    cohort: Cohort, wrong: dict[str, str]
) -> None:
    imported(factories.make_cohort(year=2025), file_of(person(1)))
    (column,) = wrong
    refusal = refused(cohort, file_of(person(1) | wrong, person(2)))
    assert refusal.missing == (
        f"Line 2: {column}: is not the one on record; correct the record first, with a reason",
    )


def test_a_known_person_s_other_names_here_stay_and_are_named(cohort: Cohort) -> None:
    imported(factories.make_cohort(year=2025), file_of(person(1)))
    content = file_of(person(1, display_name="Ada", role_title="Lead advocate"))
    assert fates_of(cohort, content) == [
        (KNOWN, "The record says otherwise, and stays: display name, role title")
    ]
    assert imported(cohort, content) == 1
    assert account().name == "Advocate 1"


def test_a_known_person_at_another_employer_works_at_both(cohort: Cohort) -> None:
    imported(factories.make_cohort(year=2025), file_of(person(1)))
    other = factories.make_organisation()
    assert imported(cohort, file_of(person(1, organisation=other.name))) == 1
    assert {each.organisation for each in employers.placements_of(account().id)} == {
        EMPLOYER,
        other.name,
    }


def test_a_shut_account_is_opened_before_it_gets_a_place(cohort: Cohort) -> None:
    imported(factories.make_cohort(year=2025), file_of(person(1)))
    with unit_of_work():
        accounts.disable(account(), actor=SYSTEM)
    assert "is shut" in refused(cohort, file_of(person(1))).missing[0]


def test_a_registrar_who_is_on_the_roster_is_enrolled_by_another(cohort: Cohort) -> None:
    mine = factories.make_account(Role.REGISTRAR)
    content = file_of(person(1), person(2, email=mine.address))
    actor = actor_for(mine)
    assert fates_of(cohort, content, actor=actor)[1] == (
        REFUSED,
        "email: this is your own account; another registrar enrols you",
    )
    assert imported(cohort, content, actor=factories.make_actor(Role.REGISTRAR)) == 2


def test_a_late_joiner_enters_a_running_intake_and_is_placed_from_that_day(
    cohort: Cohort, employer: Organisation
) -> None:
    imported(cohort, file_of(person(1)))
    with clock.stopped(datetime(2026, 11, 12, 9, tzinfo=UTC)):
        assert imported(cohort, file_of(person(1), person(2))) == 1
        late = queries.enrolled_in(cohort, [account(2).id])[account(2).id]
        with unit_of_work():
            operations.accept_place(late, actor=actor_for(account(2)))
        assert queries.active_enrolment_of(account(2).id) == late
    (placed,) = employers.placements_of(account(2).id)
    assert placed.starts_on == date(2026, 11, 12)
    assert employers.placements_of(account(1).id)[0].starts_on == date(2026, 9, 1)


def test_nobody_but_a_registrar_imports(cohort: Cohort) -> None:
    before = whole_database()["enrolment"]
    for role in set(Role) - {Role.REGISTRAR}:
        with pytest.raises(NotFound):
            imported(cohort, file_of(person()), actor=factories.make_actor(role))
    assert whole_database()["enrolment"] == before


def test_looking_asks_as_much_for_many_as_for_few_and_writes_nothing(cohort: Cohort) -> None:
    imported(cohort, file_of(*many(3)))
    asked, _known = [], cohort.intake.starts_on
    for count in (4, 60):
        with counting() as counted:
            fates_of(cohort, file_of(*many(count)))
        assert not counted.writes
        asked.append(len(counted.queries))
    assert asked == [7, 7]
