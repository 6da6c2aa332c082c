"""The same act by several at once: it happens once, and the others are told."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account, RoleEnd, RoleGrant
from lms.db import Base, db, unit_of_work
from lms.errors import Conflict
from lms.organisations import operations, queries
from lms.organisations.models import Approval, Organisation, Placement, PlacementEnd
from lms.organisations.rules import Nation
from tests import factories
from tests.support.together import at_once

pytestmark = pytest.mark.usefixtures("app")
Act = Callable[[], object]


def together(app: Flask, act: Act, times: int = 3) -> None:
    """Of several at once one does it; the others meet a conflict."""

    def in_a_unit_of_work() -> None:
        with unit_of_work():
            act()

    outcomes = at_once(app, [in_a_unit_of_work] * times)
    assert outcomes.count(None) == 1
    assert sum(isinstance(each, Conflict) for each in outcomes) == times - 1
    db.session.rollback()


def count(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_name_is_entered_once(app: Flask) -> None:
    """Two who ask at once both hear that it is free; the unique key decides."""
    names = iter(["Harbour Trust", "HARBOUR  trust", "harbour trust"])
    together(app, lambda: operations.name_organisation(next(names), Nation.SCOTLAND, actor=SYSTEM))
    assert count(Organisation) == 1


def test_an_approval_is_given_and_withdrawn_once(app: Flask) -> None:
    ref = factories.make_organisation(approved=False).ref
    together(app, lambda: operations.approve(queries.organisation(ref), actor=SYSTEM))
    together(
        app,
        lambda: operations.withdraw_approval(queries.organisation(ref), "Closed.", actor=SYSTEM),
    )
    assert [each.approved for each in queries.approvals(queries.organisation(ref))] == [False, True]
    assert count(Approval) == 2


def test_a_placement_is_recorded_and_ended_once(app: Flask) -> None:
    who, at = factories.make_account().id, factories.make_organisation().ref

    def place() -> None:
        account = db.session.get_one(Account, who)
        found = queries.organisation(at)
        operations.record_placement(account, found, "Advocate", clock.today(), actor=SYSTEM)

    together(app, place)
    (row,) = queries.placements_of(who)
    together(
        app,
        lambda: operations.end_placement(queries.placement(row.ref), clock.today(), actor=SYSTEM),
    )
    assert (count(Placement), count(PlacementEnd)) == (1, 1)


def test_an_appointment_is_made_and_ended_once(app: Flask) -> None:
    who, at = factories.make_account().id, factories.make_organisation().ref

    def appoint() -> None:
        account = db.session.get_one(Account, who)
        operations.appoint(account, Role.COORDINATOR, queries.organisation(at), actor=SYSTEM)

    together(app, appoint)
    grant = db.session.scalars(select(RoleGrant.id)).one()
    together(app, lambda: accounts.end_role(db.session.get_one(RoleGrant, grant), actor=SYSTEM))
    assert (count(RoleGrant), count(RoleEnd)) == (1, 1)
