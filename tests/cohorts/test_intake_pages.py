"""Opening an intake over HTTP: what is asked, what is kept, and the year that is taken."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.access.actor import Role
from lms.catalogue.models import ContentVersion
from lms.cohorts import queries
from lms.cohorts.models import Cohort
from lms.db import db
from lms.errors import NotFound
from lms.regulations.models import RegulationsVersion
from tests import factories
from tests.support.pages import Visitor, day
from tests.support.together import at_once
from tests.web import html

NEW = "/programme/intakes/new"
pytestmark = pytest.mark.usefixtures("app", "spring")


@pytest.fixture
def registrar(spring: object, browser: Callable[..., Visitor]) -> Visitor:
    return browser(factories.make_account(Role.REGISTRAR))


@pytest.fixture
def published(spring: object, app: Flask) -> tuple[RegulationsVersion, ContentVersion]:
    return factories.make_regulations(), factories.make_content()


def fields(published: tuple[RegulationsVersion, ContentVersion], **changes: str) -> dict[str, str]:
    book, content = published
    return {
        "year": "2026",
        **day("starts_on", date(2026, 9, 14)),
        "regulations": book.ref,
        "content": content.ref,
        **changes,
    }


def summary(page: TestResponse) -> list[str]:
    listed = html.only(html.page(page.text), "ul", class_="govuk-error-summary__list")
    return [html.words(each) for each in html.find(listed, "li")]


def typed(page: TestResponse, name: str) -> str:
    return html.only(html.page(page.text), "input", name=name).get("value", "")


def test_an_installation_without_an_intake_says_what_comes_first(registrar: Visitor) -> None:
    assert "No intake yet" in registrar.get("/programme/").text
    assert "Something has to be published first" in registrar.get(NEW).text
    assert registrar.post(NEW, year="2026").status_code == 422


def test_an_intake_is_opened_with_day_rulebook_and_content(
    registrar: Visitor, published: tuple[RegulationsVersion, ContentVersion]
) -> None:
    page = registrar.fill_in(NEW, **fields(published))
    assert page.status_code == 200
    assert "The intake is open. Import its roster next." in page.text
    assert "Nobody has a place yet" in page.text
    intake = queries.intake(2026)
    assert intake.starts_on == date(2026, 9, 14)
    assert intake.regulations_version == published[0]
    assert queries.content_of(queries.cohort_of_year(2026)) == published[1]
    listed = html.words(html.page(registrar.get("/programme/").text))
    assert "September 2026" in listed
    assert "14 September 2026" in listed


def test_an_empty_form_asks_for_everything(
    registrar: Visitor, published: tuple[RegulationsVersion, ContentVersion]
) -> None:
    page = registrar.post(NEW)
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert summary(page)[:2] == ["Enter the year", "Enter the first day"]
    assert len(summary(page)) == 4
    assert html.words(html.only(html.page(page.text), id="year-error")) == "Error: Enter the year"


@pytest.mark.parametrize(
    ("changes", "at", "sentence"),
    [
        ({"year": "soon"}, "year", "Not a valid integer"),
        ({"year": "1926"}, "year", "Enter a year like 2027"),
        ({"year": "2033", "starts_on__year": "2033"}, "year", "too far from now"),
        ({"year": "2027"}, "starts_on", "from 1 September 2027 to 31 August 2028"),
        ({"starts_on__day": "31"}, "starts_on", "September 2026 has 30 days"),
        ({"starts_on__month": "8"}, "starts_on", "from 1 September 2026"),
        ({"regulations": "REG-0000-0000-0000-0000"}, "regulations", "Not a valid choice"),
        ({"content": ""}, "content", "Choose a version of the content"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    registrar: Visitor,
    published: tuple[RegulationsVersion, ContentVersion],
    changes: dict[str, str],
    at: str,
    sentence: str,
) -> None:
    sent = fields(published, **changes)
    page = registrar.fill_in(NEW, **sent)
    assert page.status_code == 422
    assert len(summary(page)) == 1
    assert sentence in summary(page)[0]
    beside = html.words(html.only(html.page(page.text), id=f"{at}-error"))
    assert beside == f"Error: {summary(page)[0]}"
    for name in ("year", "starts_on__day", "starts_on__month", "starts_on__year"):
        assert typed(page, name.replace("__", "-")) == sent[name]
    assert not queries.intakes()


def test_a_year_that_is_taken_is_a_conflict_beside_the_year(
    registrar: Visitor, published: tuple[RegulationsVersion, ContentVersion]
) -> None:
    for status in (200, 409):
        page = registrar.fill_in(NEW, **fields(published))
        assert page.status_code == status
    assert summary(page) == ["There is an intake of this year already."]
    assert typed(page, "starts_on-day") == "14"
    assert len(queries.intakes()) == 1


def test_of_two_who_press_at_the_same_moment_one_opens_it_and_the_other_is_told(
    app: Flask,
    published: tuple[RegulationsVersion, ContentVersion],
    browser: Callable[..., Visitor],
) -> None:
    sent = {name.replace("__", "-"): value for name, value in fields(published).items()}
    people = [browser(factories.make_account(Role.REGISTRAR)) for _ in range(2)]
    forms = [{**sent, "csrf_token": each.token()} for each in people]
    answers = at_once(
        app,
        [
            lambda p=person, f=form: p.client.post(NEW, data=f)
            for person, form in zip(people, forms, strict=True)
        ],
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (loser,) = [answer for answer in answers if answer.status_code == 409]
    assert summary(loser) == ["There is an intake of this year already."]
    db.session.rollback()
    assert len(queries.intakes()) == 1


def test_two_intakes_are_listed_the_newest_first(registrar: Visitor) -> None:
    running, coming = factories.make_cohort(year=2025), factories.make_cohort(year=2026)
    factories.make_enrolment(running)
    tree = html.page(registrar.get("/programme/").text)
    rows = [html.words(row) for row in html.find(html.only(tree, "tbody"), "tr")]
    assert rows[0].startswith("September 2026")
    assert rows[1].startswith("September 2025")
    links = [each.get("href") for each in html.find(html.only(tree, "tbody"), "a")]
    assert f"/programme/cohorts/{coming.ref}" in links
    assert f"/programme/cohorts/{running.ref}" in links


def test_nobody_but_a_registrar_comes_to_these_pages(browser: Callable[..., Visitor]) -> None:
    cohort: Cohort = factories.make_cohort(year=2026)
    for role in set(Role) - {Role.REGISTRAR}:
        visitor = browser(factories.make_account(role))
        for path in ("/programme/", NEW, "/programme/roster-template.csv"):
            assert visitor.get(path).status_code == 403
        for act in ("", "/roster"):
            assert visitor.get(f"/programme/cohorts/{cohort.ref}{act}").status_code == 404
    with pytest.raises(NotFound):
        queries.intake(2027)
