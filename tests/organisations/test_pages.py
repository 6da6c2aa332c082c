"""Forms about organisations over HTTP: empty, wrong, kept, refused beside the field, done."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms import clock
from lms.access.actor import SYSTEM, Held, Role
from lms.accounts.models import Account
from lms.accounts.queries import account_with_address, actor_for, appointed_at
from lms.db import unit_of_work
from lms.organisations import operations, queries
from lms.organisations.models import Organisation
from lms.organisations.rules import Nation
from tests import factories
from tests.support.pages import Visitor, day
from tests.web import html

LONG = ("Harbour & Bridge “Ó Súilleabháin” Trust for Independent Advocacy " * 3).strip()


@pytest.fixture
def registrar(browser: Callable[..., Visitor]) -> Visitor:
    return browser(factories.make_account(Role.REGISTRAR))


@pytest.fixture
def employer(app: Flask) -> Organisation:
    return factories.make_organisation()


def path(found: Organisation, act: str = "") -> str:
    return f"/organisations/{found.ref}{act}"


def summary(page: TestResponse) -> list[str]:
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    listed = html.only(html.page(page.text), "ul", class_="govuk-error-summary__list")
    return [html.words(each) for each in html.find(listed, "li")]


def beside(page: TestResponse, field: str) -> str:
    return html.words(html.only(html.page(page.text), id=f"{field}-error"))


def typed(page: TestResponse, name: str) -> str:
    return html.only(html.page(page.text), "input", name=name).get("value", "")


def main(page: TestResponse) -> str:
    assert page.status_code == 200
    return " ".join(each.strip() for each in html.only(html.page(page.text), "main").itertext())


def test_nothing_is_there_yet_and_the_page_says_what_to_do(
    registrar: Visitor, employer: Organisation
) -> None:
    shown = main(registrar.get(path(employer)))
    assert "Nobody is appointed" in shown
    assert "Nobody is placed here" in shown


def test_an_empty_list_says_what_to_do(registrar: Visitor) -> None:
    assert "No organisation yet" in main(registrar.get("/organisations/"))


def test_an_organisation_is_entered_by_one_and_approved_by_another(
    registrar: Visitor, browser: Callable[..., Visitor]
) -> None:
    page = registrar.fill_in("/organisations/new", name="  Harbour   Trust ", nation="scotland")
    assert "Another registrar approves it." in main(page)
    found = queries.organisation_called("Harbour Trust")
    assert found is not None
    assert (found.name, found.nation) == ("Harbour Trust", Nation.SCOTLAND)
    assert "You entered this organisation, so another registrar approves it." in page.text
    assert registrar.post(path(found, "/approve")).status_code == 404
    assert not queries.is_approved(found)
    other = browser(factories.make_account(Role.REGISTRAR))
    assert "Open the page, and approve it there" in main(other.get("/organisations/"))
    assert other.post(path(found, "/approve")).status_code == 302
    assert queries.is_approved(found)
    again = other.post(path(found, "/approve"))
    assert again.status_code == 409
    assert "approved already" in again.text


def test_an_empty_new_organisation_is_asked_for_its_name_and_nation(registrar: Visitor) -> None:
    page = registrar.post("/organisations/new")
    assert summary(page) == ["Enter its name", "Choose a nation"]
    assert beside(page, "name") == "Error: Enter its name"
    assert beside(page, "nation") == "Error: Choose a nation"


@pytest.mark.parametrize("name", ["   ", "\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN} \N{WORD JOINER}"])
def test_a_name_has_something_that_can_be_seen(registrar: Visitor, name: str) -> None:
    page = registrar.fill_in("/organisations/new", name=name, nation="scotland")
    assert summary(page) == ["Enter its name"]
    assert queries.all_organisations() == []


@pytest.mark.parametrize(
    "again",
    [
        "harbour  TRUST",
        "\N{FULLWIDTH LATIN CAPITAL LETTER H}arbour Trust",
        "Har\N{SOFT HYPHEN}bour Trust",
        "Harbour\N{NO-BREAK SPACE}Trust",
    ],
)
def test_the_same_name_in_another_form_is_refused_and_kept_in_the_box(
    registrar: Visitor, again: str
) -> None:
    registrar.fill_in("/organisations/new", name="Harbour Trust", nation="scotland")
    page = registrar.fill_in("/organisations/new", name=again, nation="northern-ireland")
    assert summary(page) == ["An organisation of this name is here already."]
    assert typed(page, "name") == " ".join(again.split())
    chosen = html.only(html.page(page.text), "input", value="northern-ireland")
    assert "checked" in chosen.attrib
    assert len(queries.all_organisations()) == 1


def test_a_name_has_an_end_and_a_long_one_is_shown_whole(registrar: Visitor) -> None:
    page = registrar.fill_in("/organisations/new", name="x" * 201, nation="scotland")
    assert len(summary(page)) == 1
    assert len(LONG) > 150
    assert LONG in main(registrar.fill_in("/organisations/new", name=LONG, nation="scotland"))
    found = queries.organisation_called(LONG)
    assert LONG in main(registrar.get("/organisations/"))
    for act in ("", "/appoint", "/placements/new", "/withdraw"):
        assert LONG in main(registrar.get(path(found, act)))


def test_an_approval_is_withdrawn_with_a_reason_and_at_once(
    registrar: Visitor, employer: Organisation
) -> None:
    page = registrar.fill_in(path(employer, "/withdraw"), reason=" ")
    assert summary(page) == ["Say why"]
    assert queries.is_approved(employer)
    shown = main(registrar.fill_in(path(employer, "/withdraw"), reason="It closed."))
    assert "The approval is withdrawn." in shown
    assert "It closed." in shown
    assert not queries.is_approved(employer)
    again = registrar.fill_in(path(employer, "/withdraw"), reason="It closed.")
    assert again.status_code == 409
    assert len(queries.approvals(employer)) == 2


def test_somebody_new_is_appointed_and_invited(registrar: Visitor, employer: Organisation) -> None:
    page = registrar.fill_in(
        path(employer, "/appoint"), name="Corin Vale", email="Corin@Example.org", role="coordinator"
    )
    assert "Corin Vale Coordinator" in main(page)
    account = account_with_address("corin@example.org")
    assert account is not None
    assert actor_for(account).held == {Held(Role.COORDINATOR, employer.ref)}
    assert "invited" in factories.trail_of(account.ref)


def test_somebody_known_keeps_name_and_password_and_gets_no_invitation(
    registrar: Visitor, employer: Organisation
) -> None:
    known = factories.make_account(name="Sasha Known")
    registrar.fill_in(
        path(employer, "/appoint"), name="Somebody", email=known.address, role="supervisor"
    )
    assert known.name == "Sasha Known"
    assert actor_for(known).held == {Held(Role.SUPERVISOR, employer.ref)}
    assert "invited" not in factories.trail_of(known.ref)


def test_an_appointment_that_is_wrong_is_refused_and_kept(
    registrar: Visitor, employer: Organisation
) -> None:
    where = path(employer, "/appoint")
    assert summary(registrar.post(where)) == [
        "Enter a name",
        "Enter an email address in full, like name@example.org",
        "Choose coordinator or supervisor",
    ]
    page = registrar.fill_in(where, name="Corin", email="nobody", role="coordinator")
    assert summary(page) == ["Enter an email address in full, like name@example.org"]
    assert (typed(page, "name"), typed(page, "email")) == ("Corin", "nobody")
    page = registrar.fill_in(where, name="Corin", email="c@example.org", role="registrar")
    assert len(summary(page)) == 1
    assert appointed_at(employer.ref) == []
    assert account_with_address("c@example.org") is None


def test_spaces_are_no_words(registrar: Visitor, employer: Organisation) -> None:
    known = factories.make_account()
    sent = {"email": known.address, "role": "coordinator"}
    page = registrar.fill_in(path(employer, "/appoint"), name="  ", **sent)
    assert summary(page) == ["Enter a name"]
    sent = {"email": known.address, **day("starts_on", date(2026, 9, 1))}
    page = registrar.fill_in(path(employer, "/placements/new"), role_title="  ", **sent)
    assert summary(page) == ["Enter the role title"]


def test_nobody_is_appointed_twice_or_where_nothing_is_approved(registrar: Visitor) -> None:
    employer, waiting = factories.make_organisation(), factories.make_organisation(approved=False)
    sent = {"name": "Corin", "email": "c@example.org", "role": "coordinator"}
    page = registrar.fill_in(path(waiting, "/appoint"), **sent)
    assert summary(page)[0].startswith("This organisation is not approved yet.")
    assert account_with_address("c@example.org") is None  # nothing is left half-done
    assert registrar.fill_in(path(employer, "/appoint"), **sent).status_code == 200
    assert summary(registrar.fill_in(path(employer, "/appoint"), **sent)) == [
        "They have this role already, or it waits for a second registrar."
    ]
    assert len(appointed_at(employer.ref)) == 1


def test_an_appointment_is_ended_once_and_only_at_its_own_organisation(
    registrar: Visitor, employer: Organisation
) -> None:
    other = factories.make_organisation()
    factories.make_account(Role.COORDINATOR, at=employer)
    (grant,) = appointed_at(employer.ref)
    assert registrar.post(path(other, f"/appointments/{grant.ref}/end")).status_code == 404
    assert len(appointed_at(employer.ref)) == 1
    assert registrar.post(path(employer, f"/appointments/{grant.ref}/end")).status_code == 302
    assert registrar.post(path(employer, f"/appointments/{grant.ref}/end")).status_code == 409
    assert appointed_at(employer.ref) == []


def placed(who: Account, at: Organisation, starts_on: date) -> str:
    with unit_of_work():
        return operations.record_placement(who, at, "Advocate", starts_on, actor=SYSTEM).ref


def test_a_placement_is_recorded_and_ended(registrar: Visitor, employer: Organisation) -> None:
    who, start = factories.make_account(name="Robin Vale"), date(2026, 9, 1)
    page = registrar.fill_in(
        path(employer, "/placements/new"),
        email=f" {who.address.upper()} ",
        role_title="Independent advocate",
        **day("starts_on", start),
    )
    assert "Robin Vale Independent advocate" in main(page)
    (row,) = queries.placements_of(who.id)
    assert (row.starts_on, row.ends_on) == (start, None)
    where = f"/organisations/placements/{row.ref}/end"
    page = registrar.fill_in(where, **day("ends_on", start - timedelta(days=1)))
    assert summary(page) == ["The last day can’t be before the first."]
    assert beside(page, "ends_on").endswith("before the first.")
    assert summary(registrar.post(where)) == ["Enter the last day"]
    last = clock.today() + timedelta(days=30)
    assert "The last day is recorded." in main(registrar.fill_in(where, **day("ends_on", last)))
    page = registrar.fill_in(where, **day("ends_on", last))
    assert summary(page) == ["A last day is recorded already, and can’t be changed."]
    assert [each.ends_on for each in queries.placements_of(who.id)] == [last]


def test_a_placement_that_is_wrong_is_refused_and_kept(
    registrar: Visitor, employer: Organisation
) -> None:
    where = path(employer, "/placements/new")
    assert summary(registrar.post(where)) == [
        "Enter an email address in full, like name@example.org",
        "Enter the role title",
        "Enter the first day",
    ]
    sent = {"role_title": "Advocate", **day("starts_on", date(2026, 9, 1))}
    page = registrar.fill_in(where, email="nobody@example.org", **sent)
    assert summary(page) == ["Nobody here has this address. Advocates come with the roster."]
    assert (typed(page, "email"), typed(page, "starts_on-month")) == ("nobody@example.org", "9")
    who = factories.make_account()
    page = registrar.fill_in(where, email=who.address, **{**sent, "starts_on__day": "31"})
    assert len(summary(page)) == 1
    placed(who, employer, date(2026, 9, 1))
    page = registrar.fill_in(where, email=who.address, **sent)
    assert summary(page) == ["They are placed there already."]
    waiting = factories.make_organisation(approved=False)
    page = registrar.fill_in(path(waiting, "/placements/new"), email=who.address, **sent)
    assert summary(page)[0].startswith("This organisation is not approved yet.")
    assert len(queries.placements_of(who.id)) == 1
