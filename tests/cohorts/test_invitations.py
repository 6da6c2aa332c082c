"""From a roster to the register: invited once, a link that works once, a password, a place."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms import clock, outbox
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.accounts.queries import account_with_address, actor_for
from lms.accreditation import queries as register
from lms.cohorts import operations, queries
from lms.cohorts.models import Cohort
from lms.cohorts.roster_operations import invite_all
from lms.cohorts.rules import State
from lms.db import db, unit_of_work
from lms.errors import NotFound
from lms.organisations.models import Organisation
from lms.outbox import Message
from tests import factories
from tests.cohorts.rosters import file_of, imported, people
from tests.support.pages import Visitor

BASE = "http://localhost"


@pytest.fixture(autouse=True)
def _three(cohort: Cohort, employer: Organisation) -> None:
    imported(cohort, file_of(*people(3)))


def account(number: int = 1) -> Account:
    found = account_with_address(f"advocate{number}@example.org")
    assert found is not None
    return found


def invited(cohort: Cohort) -> int:
    with unit_of_work():
        return invite_all(cohort, BASE, actor=SYSTEM)


def messages(to: Account) -> list[Message]:
    found = select(Message).where(Message.recipient == to.ref).order_by(Message.id)
    return list(db.session.scalars(found))


def link_for(somebody: Account) -> str:
    """The path of the last link that was sent to somebody."""
    return outbox.content_of(messages(somebody)[-1]).removeprefix(BASE)


def place_of(somebody: Account, cohort: Cohort) -> str:
    return queries.enrolled_in(cohort, [somebody.id])[somebody.id].ref


def test_an_import_alone_sends_nothing(cohort: Cohort) -> None:
    assert messages(account()) == []
    assert len(queries.offered_without_password(cohort)) == 3


def test_everybody_is_invited_once_and_whose_link_still_works_not_again(cohort: Cohort) -> None:
    assert invited(cohort) == 3
    assert invited(cohort) == 0
    assert [len(messages(account(n))) for n in (1, 2, 3)] == [1, 1, 1]
    assert {message.kind for message in messages(account())} == {"link"}
    assert factories.trail_of(cohort.ref) == ["roster imported", "invited"]


def test_who_let_the_link_run_out_is_invited_again_by_a_new_one(cohort: Cohort) -> None:
    invited(cohort)
    first = link_for(account())
    with clock.stopped(clock.now() + timedelta(hours=71)):
        assert invited(cohort) == 0
    with clock.stopped(clock.now() + timedelta(hours=72)):
        assert invited(cohort) == 3
        assert link_for(account()) != first
        assert len(messages(account())) == 2


def test_only_those_who_wait_are_invited(cohort: Cohort) -> None:
    """Not who withdrew, whose account is shut, or who has a password."""
    with unit_of_work():
        gone = queries.enrolled_in(cohort, [account(1).id])[account(1).id]
        operations.change_state(gone, State.WITHDRAWN, actor=SYSTEM)
        accounts.disable(account(2), actor=SYSTEM)
    assert [e.advocate for e in queries.offered_without_password(cohort)] == [account(3)]
    assert invited(cohort) == 1
    assert [len(messages(account(n))) for n in (1, 2, 3)] == [0, 0, 1]


def test_nobody_but_a_registrar_invites_a_cohort(cohort: Cohort) -> None:
    for role in set(Role) - {Role.REGISTRAR}:
        actor = factories.make_actor(role)
        with pytest.raises(NotFound), unit_of_work():
            invite_all(cohort, BASE, actor=actor)
    assert messages(account()) == []


def test_the_way_from_the_invitation_into_the_register(
    cohort: Cohort, browser: Callable[..., Visitor]
) -> None:
    registrar = browser(factories.make_account(Role.REGISTRAR))
    assert "3 people have" in registrar.get(f"/programme/cohorts/{cohort.ref}").text
    sent = registrar.post(f"/programme/cohorts/{cohort.ref}/invite")
    assert sent.status_code == 302
    assert "3 invitations are on their way." in registrar.get(sent.location).text

    somebody, link = account(), link_for(account())
    visitor = browser()
    assert account().address in visitor.get(link).text
    assert "Your password is set" in visitor.fill_in(link, password=factories.PASSWORD).text
    assert visitor.get(link).status_code == 404  # spent

    advocate = browser(somebody)
    path = f"/programme/places/{place_of(somebody, cohort)}/accept"
    offer = advocate.get(path)
    assert "You are offered a place" in offer.text
    assert "Advocate 1 in Full" in offer.text
    assert register.entry_of(somebody.id) is None
    assert "The place is yours." in advocate.fill_in(path).text
    entry = register.entry_of(somebody.id)
    assert re.fullmatch(r"AC-\d{4}-\d{4}-[A-Z]", entry.number)
    assert register.standing_of(entry, clock.today()).standing == "in_training"
    assert entry.number in advocate.get("/my/accreditation").text


def test_a_double_click_on_accepting_is_one_acceptance(
    cohort: Cohort, browser: Callable[..., Visitor]
) -> None:
    somebody = account()
    advocate, path = browser(somebody), f"/programme/places/{place_of(somebody, cohort)}/accept"
    assert [advocate.post(path).status_code for _ in range(2)] == [302, 302]
    entry = register.entry_of(somebody.id)
    assert len(register.events_of(entry.id)) == 1
    assert "You are offered a place" not in advocate.get(path).text


def test_a_withdrawn_offer_is_told_and_not_taken(
    cohort: Cohort, browser: Callable[..., Visitor]
) -> None:
    somebody, ref = account(), place_of(account(), cohort)
    with unit_of_work():
        operations.change_state(queries.enrolment(ref), State.WITHDRAWN, actor=SYSTEM)
    answer = browser(somebody).post(f"/programme/places/{ref}/accept")
    assert answer.status_code == 422
    assert "not on offer any more" in answer.text
    assert register.entry_of(somebody.id) is None


def test_somebody_else_s_place_is_not_there(
    cohort: Cohort, browser: Callable[..., Visitor]
) -> None:
    ref = place_of(account(1), cohort)
    other = browser(account(2))
    unknown = other.get("/programme/places/ENR-0000-0000-0000-0000/accept")
    for path in (f"/programme/places/{ref}/accept",):
        assert other.get(path).status_code == other.post(path).status_code == 404
        assert _same(other.get(path).text) == _same(unknown.text)
    assert queries.state_of(queries.enrolment(ref)) is State.OFFERED
    assert actor_for(account(1)).roles == {Role.ADVOCATE}


def _same(text: str) -> str:
    """A page without what differs from one request to the next: its token and its own address."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", text)
    return re.sub(r'name="back" value="[^"]+"', "", text)
