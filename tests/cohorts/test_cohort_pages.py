"""A cohort's page and one enrolment's: 120 people, filters, long names, lawful changes."""

from collections.abc import Callable
from datetime import date

import pytest

from lms import clock
from lms.access.actor import Role
from lms.accounts import operations as accounts
from lms.accounts.queries import account_with_address, actor_for
from lms.cohorts import queries
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.rules import State
from lms.db import unit_of_work
from lms.organisations.models import Organisation
from tests import factories
from tests.cohorts.rosters import file_of, imported, person
from tests.performance import bulk
from tests.support.pages import Visitor
from tests.web import html

LONG = "Aleksandra Wolfeschlegelsteinhausen-Montgomery Ó Súilleabháin " * 3


@pytest.fixture
def registrar(cohort: Cohort, browser: Callable[..., Visitor]) -> Visitor:
    return browser(factories.make_account(Role.REGISTRAR))


def names(visitor: Visitor, cohort: Cohort, query: str = "") -> list[str]:
    tree = html.page(visitor.get(f"/programme/cohorts/{cohort.ref}{query}").text)
    return [html.words(each) for each in html.find(tree, "th", scope="row")]


def said(visitor: Visitor, cohort: Cohort, query: str = "") -> str:
    page = visitor.get(f"/programme/cohorts/{cohort.ref}{query}")
    return html.words(html.only(html.page(page.text), "main"))


def state_after(visitor: Visitor, enrolment: Enrolment, state: str) -> tuple[int, str]:
    """What the page answers to a change, and the state afterwards."""
    page = visitor.fill_in(f"/programme/enrolments/{enrolment.ref}", state=state)
    return page.status_code, queries.state_of(enrolment)


def test_a_cohort_of_a_hundred_and_twenty_is_read_in_three_pages(
    registrar: Visitor, cohort: Cohort, employer: Organisation
) -> None:
    bulk.fill(cohort, employer, 120)
    pages = [names(registrar, cohort, f"?page={number}") for number in (1, 2, 3)]
    assert [len(each) for each in pages] == [50, 50, 20]
    everybody = [name for page in pages for name in page]
    assert everybody == sorted(everybody)
    assert len(set(everybody)) == 120
    assert "51 to 100 of 120 places" in said(registrar, cohort, "?page=2")
    for number in (4, 99):
        assert registrar.get(f"/programme/cohorts/{cohort.ref}?page={number}").status_code == 404
    for odd in ("0", "-1", "x", "1e9", "\N{ARABIC-INDIC DIGIT TWO}"):
        assert names(registrar, cohort, f"?page={odd}") == pages[0]


def test_pages_of_a_filtered_list_keep_the_filter(
    registrar: Visitor, cohort: Cohort, employer: Organisation
) -> None:
    bulk.fill(cohort, employer, 120)
    page = registrar.get(f"/programme/cohorts/{cohort.ref}?q=person&state=&page=2")
    hrefs = [each.get("href", "") for each in html.find(html.page(page.text), "a", rel="next")]
    assert hrefs == ["?q=person&state=&page=3"]
    offered = names(registrar, cohort, "?state=offered")
    assert len(offered) == 24
    assert "A filter is on." in said(registrar, cohort, "?state=offered")


def test_an_empty_cohort_says_what_to_do(registrar: Visitor, cohort: Cohort) -> None:
    assert "Nobody has a place yet" in said(registrar, cohort)


@pytest.mark.parametrize("query", ["?q=nobody", "?state=completed", "?q=%25%25nobody"])
def test_filters_that_fit_nobody_say_so(
    registrar: Visitor, cohort: Cohort, employer: Organisation, query: str
) -> None:
    imported(cohort, file_of(person()))
    assert "Nobody matches" in said(registrar, cohort, query)


def test_a_filter_that_no_name_can_fit_is_no_fault(
    registrar: Visitor, cohort: Cohort, employer: Organisation
) -> None:
    imported(cohort, file_of(person()))
    for query in ("%00", "%F0%9F", "'; --", "x" * 5000):
        page = registrar.get(f"/programme/cohorts/{cohort.ref}?q=zz{query}")
        assert page.status_code in {200, 404}


@pytest.mark.parametrize("sought", ["Zoë Ní", "ZOË NÍ", "zo", "VALE", "harbour tr", "HARBOUR"])
def test_somebody_is_found_by_part_of_their_name_or_employer(
    registrar: Visitor, cohort: Cohort, employer: Organisation, sought: str
) -> None:
    other = factories.make_organisation()
    rows = [
        person(1, display_name="Zoë Ní Vale"),
        person(2, display_name="Robin", organisation=other.name),
    ]
    imported(cohort, file_of(*rows))
    assert names(registrar, cohort, f"?q={sought}") == ["Zoë Ní Vale"]


def test_an_unknown_state_in_the_address_is_no_filter(
    registrar: Visitor, cohort: Cohort, employer: Organisation
) -> None:
    imported(cohort, file_of(person()))
    assert names(registrar, cohort, "?state=expelled") == ["Advocate 1"]


def test_long_names_are_whole_on_every_page(
    registrar: Visitor, cohort: Cohort, browser: Callable[..., Visitor]
) -> None:
    name = LONG.strip()
    organisation = factories.make_organisation()
    with unit_of_work():
        organisation.name = name
    enrolment = factories.make_enrolment(cohort, accepted=False, organisation=organisation)
    with unit_of_work():
        accounts.change_name(enrolment.advocate, name, actor=actor_for(enrolment.advocate))
    assert name in said(registrar, cohort)
    page = html.words(html.page(registrar.get(f"/programme/enrolments/{enrolment.ref}").text))
    assert page.count(name) >= 2
    offer = browser(enrolment.advocate).get(f"/programme/places/{enrolment.ref}/accept")
    assert name in html.words(html.page(offer.text))


def test_no_page_of_the_programme_shows_a_date_of_birth(
    registrar: Visitor, cohort: Cohort, employer: Organisation, browser: Callable[..., Visitor]
) -> None:
    imported(cohort, file_of(person(date_of_birth="1987-05-23")))
    account = account_with_address("advocate1@example.org")
    (place,) = queries.enrolled_in(cohort, [account.id]).values()
    pages = [
        registrar.get(path).text
        for path in (
            "/programme/",
            f"/programme/cohorts/{cohort.ref}",
            f"/programme/enrolments/{place.ref}",
            f"/organisations/{employer.ref}",
            "/organisations/",
            "/people/",
            f"/people/{account.ref}",
        )
    ]
    pages.append(browser(account).get(f"/programme/places/{place.ref}/accept").text)
    for text in pages:
        for form in ("1987", "23 May", "23/05", "23 5"):
            assert form not in html.words(html.page(text))


def test_an_enrolment_shows_its_way_and_only_lawful_changes(
    registrar: Visitor, cohort: Cohort
) -> None:
    offered = factories.make_enrolment(cohort, accepted=False)
    page = html.page(registrar.get(f"/programme/enrolments/{offered.ref}").text)
    assert [each.get("value") for each in html.find(page, "input", type="radio")] == ["withdrawn"]
    enrolled = factories.make_enrolment(cohort)
    page = html.page(registrar.get(f"/programme/enrolments/{enrolled.ref}").text)
    assert {each.get("value") for each in html.find(page, "input", type="radio")} == {
        "on_leave",
        "withdrawn",
        "transferred",
    }
    assert state_after(registrar, enrolled, "withdrawn") == (200, State.WITHDRAWN)
    assert "Nothing changes any more" in registrar.get(f"/programme/enrolments/{enrolled.ref}").text


@pytest.mark.parametrize("state", ["", "enrolled", "completed", "offered", "expelled"])
def test_a_change_that_is_none_is_refused_beside_the_field(
    registrar: Visitor, cohort: Cohort, state: str
) -> None:
    offered = factories.make_enrolment(cohort, accepted=False)
    path = f"/programme/enrolments/{offered.ref}"
    page = registrar.fill_in(path, state=state)
    assert page.status_code == 422
    assert html.only(html.page(page.text), id="state-error") is not None
    assert "govuk-error-summary" in page.text
    assert [event.state for event in queries.events_of(offered)] == ["offered"]


def test_the_same_change_pressed_twice_happens_once(registrar: Visitor, cohort: Cohort) -> None:
    enrolled = factories.make_enrolment(cohort)
    path = f"/programme/enrolments/{enrolled.ref}"
    assert registrar.post(path, state="on_leave").status_code == 302
    assert registrar.post(path, state="on_leave").status_code == 422
    assert [e.state for e in queries.events_of(enrolled)] == ["offered", "enrolled", "on_leave"]


def test_two_intakes_side_by_side_show_each_their_own(
    registrar: Visitor, cohort: Cohort, employer: Organisation
) -> None:
    running = factories.make_cohort(year=2025)
    imported(running, file_of(person(1)))
    imported(cohort, file_of(person(2)))
    assert names(registrar, running) == ["Advocate 1"]
    assert names(registrar, cohort) == ["Advocate 2"]
    assert date(2025, 9, 1) < clock.today() < date(2026, 9, 1)
