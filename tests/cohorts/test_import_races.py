"""Two registrars with the same file at the same moment; each on a connection of their own."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.audit.models import AuditEntry
from lms.cohorts import queries
from lms.cohorts.models import Cohort, Enrolment, EnrolmentEvent
from lms.cohorts.roster_operations import invite_all
from lms.db import db, unit_of_work
from lms.errors import Conflict
from lms.organisations.models import Placement
from lms.outbox import Message
from tests import factories
from tests.cohorts.rosters import bring_in, carried, file_of, imported, look, people
from tests.support.pages import Visitor
from tests.support.together import at_once, until_somebody_waits

pytestmark = pytest.mark.usefixtures("employer")


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_file_twice_at_once_doubles_nothing_and_answers_both(
    app: Flask, cohort: Cohort
) -> None:
    """The second waits for the first, and then finds everybody placed."""
    ref, content = cohort.ref, file_of(*people(4))

    def bring_in() -> int:
        return imported(queries.cohort(ref), content)

    outcomes = at_once(app, [bring_in] * 3)
    assert sum(each == 4 for each in outcomes) == 1
    # Without the wait the second breaks off at an address that is taken; nothing is doubled then.
    assert [each for each in outcomes if each != 4] == [0, 0]
    assert count(Enrolment) == count(EnrolmentEvent) == count(Placement) == 4
    imports = select(func.count()).where(AuditEntry.event == "roster imported")
    assert db.session.scalar(imports) == 1


def test_two_files_that_share_people_at_once_are_as_if_one_came_after_the_other(
    app: Flask, cohort: Cohort
) -> None:
    ref, everybody = cohort.ref, people(6)
    files = [file_of(*everybody[:4]), file_of(*everybody[2:])]
    outcomes = at_once(app, [lambda f=f: imported(queries.cohort(ref), f) for f in files])
    assert sorted(outcomes) == [2, 4]
    assert count(Enrolment) == count(Placement) == 6


def test_one_new_person_on_the_rosters_of_two_intakes_at_once_gets_one_account(
    app: Flask, cohort: Cohort
) -> None:
    """The unique address decides: whoever is later is told, and can try again."""
    refs = [cohort.ref, factories.make_cohort(year=2027).ref]
    content = file_of(*people(2))
    outcomes = at_once(app, [lambda r=r: imported(queries.cohort(r), content) for r in refs])
    again = [
        imported(queries.cohort(ref), content)
        for ref, outcome in zip(refs, outcomes, strict=True)
        if isinstance(outcome, Conflict)
    ]
    assert [each for each in [*outcomes, *again] if not isinstance(each, Conflict)] == [2, 2]
    assert (count(Enrolment), count(Placement)) == (4, 2)


def test_invitations_sent_by_two_at_once_reach_everybody_once(app: Flask, cohort: Cohort) -> None:
    imported(cohort, file_of(*people(4)))
    ref = cohort.ref

    def invite() -> int:
        found = queries.cohort(ref)
        with unit_of_work():
            return invite_all(found, "https://example.org", actor=SYSTEM)

    assert sorted(at_once(app, [invite] * 3)) == [0, 0, 4]
    assert count(Message) == 4


def test_who_loses_an_address_to_somebody_else_sees_the_file_anew(
    app: Flask, cohort: Cohort, browser: Callable[..., Visitor], engine_name: str
) -> None:
    """On SQLite they wait, and find an account; on PostgreSQL the unique address stops them."""
    registrar = browser(factories.make_account(Role.REGISTRAR))
    content = carried(look(registrar, cohort, file_of(*people(2))))
    begun = threading.Event()

    def open_slowly() -> None:
        with unit_of_work():
            accounts.open_account("advocate2@example.org", "Advocate 2", actor=SYSTEM)
            db.session.flush()
            begun.set()
            until_somebody_waits()

    def press() -> TestResponse:
        begun.wait(10)
        return bring_in(registrar, cohort, content)

    _, answer = at_once(app, [open_slowly, press])
    if engine_name == "sqlite":
        assert answer.status_code == 302
        assert count(Enrolment) == 2
        return
    assert answer.status_code == 409
    assert "Somebody else did this at the same moment. Nothing was changed." in answer.text
    assert "Has an account, place offered" in answer.text
    assert count(Enrolment) == 0
    assert bring_in(registrar, cohort, carried(answer)).status_code == 302
    assert count(Enrolment) == 2
