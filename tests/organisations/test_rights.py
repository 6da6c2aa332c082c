"""Rights that come with an appointment, and that go at once: in the session that is open."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from lms import clock
from lms.access.actor import APPOINTMENTS, SYSTEM, Role
from lms.accounts.models import Account
from lms.accounts.queries import actor_for, appointed_at
from lms.accreditation import operations as register, queries as entries
from lms.accreditation.operations import Proofs
from lms.accreditation.rules import Reason
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.organisations import operations
from lms.organisations.models import Organisation
from tests import factories
from tests.support.pages import Visitor, day
from tests.web import html

OWN, CHECK = "/organisations/own", "/check"


@pytest.fixture
def employer(app: Flask) -> Organisation:
    return factories.make_organisation()


@pytest.fixture
def coordinator(employer: Organisation) -> Account:
    return factories.make_account(Role.COORDINATOR, at=employer)


def withdrawn(organisation: Organisation) -> None:
    with unit_of_work():
        operations.withdraw_approval(organisation, "Closed.", actor=SYSTEM)


def asked(visitor: Visitor, organisation: Organisation, number: str) -> int:
    """The status of an employer's check, sent as the page sends it."""
    return visitor.post(
        CHECK,
        organisation=organisation.ref,
        number=number,
        reason=Reason.OFFER.value,
        seen_identity="y",
        they_know="y",
        **{
            name.replace("__", "-"): value
            for name, value in day("born_on", date(1990, 3, 1)).items()
        },
    ).status_code


def headings(visitor: Visitor, path: str = OWN) -> list[str]:
    tree = html.page(visitor.get(path).text)
    return [html.words(each) for each in html.find(html.only(tree, "main"), "h2")]


def test_an_approval_that_is_withdrawn_ends_checking_and_reading_at_once(
    employer: Organisation, coordinator: Account, browser: Callable[..., Visitor]
) -> None:
    advocate = factories.make_enrolment(organisation=employer).advocate
    number = entries.entry_of(advocate.id).number
    visitor = browser(coordinator)
    assert asked(visitor, employer, number) == 302
    assert advocate.name in visitor.get(OWN).text
    withdrawn(employer)
    assert asked(visitor, employer, number) == 422
    page = visitor.get(OWN).text
    assert advocate.name not in page
    assert "Your organisation is not approved at present" in page
    with pytest.raises(RuleBroken, match="not approved"), unit_of_work():
        register.check(
            employer, Proofs(number, date(1990, 3, 1)), Reason.OFFER, actor=actor_for(coordinator)
        )
    assert len(entries.checks_of(entries.entry_of(advocate.id))) == 1


def test_a_renewed_approval_gives_the_same_people_their_rights_again(
    employer: Organisation, coordinator: Account, browser: Callable[..., Visitor]
) -> None:
    visitor = browser(coordinator)
    withdrawn(employer)
    assert headings(visitor) == ["Your organisation is not approved at present"]
    with unit_of_work():
        operations.approve(employer, actor=SYSTEM)
    assert headings(visitor)[0] == employer.name


@pytest.mark.parametrize("role", sorted(APPOINTMENTS))
def test_an_appointment_that_is_ended_is_gone_in_the_open_session(
    employer: Organisation, browser: Callable[..., Visitor], role: Role
) -> None:
    advocate = factories.make_enrolment(organisation=employer).advocate
    visitor = browser(factories.make_account(role, at=employer))
    assert advocate.name in visitor.get(OWN).text
    (grant,) = appointed_at(employer.ref)
    registrar = browser(factories.make_account(Role.REGISTRAR))
    ended = registrar.post(f"/organisations/{employer.ref}/appointments/{grant.ref}/end")
    assert ended.status_code == 302
    for path in (OWN, CHECK):
        page = visitor.get(path)
        assert page.status_code == 403
        assert advocate.name not in page.text


def test_one_who_coordinates_at_two_loses_only_the_one_that_ended(
    employer: Organisation, coordinator: Account, browser: Callable[..., Visitor]
) -> None:
    other = factories.make_organisation()
    number = entries.entry_of(factories.make_enrolment().advocate_id).number
    with unit_of_work():
        operations.appoint(coordinator, Role.COORDINATOR, other, actor=SYSTEM)
    visitor = browser(coordinator)
    assert asked(visitor, employer, number) == 302
    assert headings(visitor) == sorted([employer.name, other.name])
    (grant,) = appointed_at(employer.ref)
    registrar = browser(factories.make_account(Role.REGISTRAR))
    registrar.post(f"/organisations/{employer.ref}/appointments/{grant.ref}/end")
    assert headings(visitor) == [other.name]
    assert asked(visitor, employer, number) == 422
    assert asked(visitor, other, number) == 302


def test_an_appointment_made_while_somebody_is_signed_in_counts_with_the_next_page(
    employer: Organisation, coordinator: Account, browser: Callable[..., Visitor]
) -> None:
    other, visitor = factories.make_organisation(), browser(coordinator)
    assert headings(visitor) == [employer.name]
    with unit_of_work():
        operations.appoint(coordinator, Role.SUPERVISOR, other, actor=SYSTEM)
    assert headings(visitor) == sorted([employer.name, other.name])


def test_a_supervisor_does_not_check_and_a_coordinator_does_nothing_of_a_registrar(
    employer: Organisation, coordinator: Account, browser: Callable[..., Visitor]
) -> None:
    supervisor = factories.make_account(Role.SUPERVISOR, at=employer)
    assert browser(supervisor).get(CHECK).status_code == 403
    proofs = Proofs("AC-0000-0000-X", date(1990, 3, 1))
    for account, at in ((supervisor, employer), (coordinator, factories.make_organisation())):
        with pytest.raises(NotFound), unit_of_work():
            register.check(at, proofs, Reason.OFFER, actor=actor_for(account))
    who = factories.make_account()
    for act, args in (
        (operations.withdraw_approval, (employer, "Mine.")),
        (operations.record_placement, (who, employer, "Advocate", clock.today())),
        (operations.appoint, (who, Role.COORDINATOR, employer)),
    ):
        with pytest.raises(NotFound), unit_of_work():
            act(*args, actor=actor_for(coordinator))
