"""The roster over HTTP: chosen, looked at, imported; what is refused, and how it is said."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts.queries import account_with_address
from lms.cohorts import queries
from lms.cohorts.models import Cohort
from lms.cohorts.roster import MOST_BYTES
from lms.db import unit_of_work
from lms.organisations import operations as organisations
from lms.organisations.models import Organisation
from tests import factories
from tests.cohorts.rosters import (
    bring_in,
    carried,
    file_of,
    imported,
    look,
    people,
    person,
    text_of,
    whole_database,
)
from tests.support.pages import Visitor
from tests.web import html

pytestmark = pytest.mark.usefixtures("employer")


@pytest.fixture
def registrar(cohort: Cohort, browser: Callable[..., Visitor]) -> Visitor:
    return browser(factories.make_account(Role.REGISTRAR))


def rows(page: TestResponse) -> list[str]:
    tree = html.page(page.text)
    found = [row for body in html.find(tree, "tbody") for row in html.find(body, "tr")]
    return [" ".join(text.strip() for text in row.itertext() if text.strip()) for row in found]


def errors(page: TestResponse) -> tuple[list[str], str]:
    """The sentences of the summary, and the one beside the file."""
    tree = html.page(page.text)
    listed = html.only(tree, "ul", class_="govuk-error-summary__list")
    beside = html.only(tree, id="roster-error")
    return [html.words(each) for each in html.find(listed, "li")], html.words(beside)


def test_the_template_is_downloaded_filled_in_and_imported(
    registrar: Visitor, cohort: Cohort, employer: Organisation
) -> None:
    answer = registrar.get("/programme/roster-template.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster.csv"'
    filled = answer.text.replace("Name of the organisation", employer.name)
    page = look(registrar, cohort, filled.encode())
    assert rows(page) == ["2 name@example.org New, place offered"]
    assert bring_in(registrar, cohort, carried(page)).status_code == 302
    assert queries.sizes() == {cohort.id: 1}


def test_the_preview_shows_the_fate_of_every_row_and_changes_nothing(
    registrar: Visitor, cohort: Cohort
) -> None:
    known = factories.make_account()
    imported(cohort, file_of(person(1)))
    content = file_of(
        person(1, nation="wales"), person(2), person(3, email=known.address), person(4)
    )
    before = whole_database()
    page = look(registrar, cohort, content)
    assert page.status_code == 200
    assert rows(page) == [
        "2 advocate1@example.org Has this place already The record says otherwise, and stays: "
        "nation",
        "3 advocate2@example.org New, place offered",
        f"4 {known.address} Has an account, place offered The record says otherwise, and stays: "
        "display name",
        "5 advocate4@example.org New, place offered",
    ]
    assert "3 places are offered" in page.text
    assert "2 lines say something else than the record" in page.text
    assert whole_database() == before


def test_what_is_imported_is_the_very_file_that_was_looked_at(
    registrar: Visitor, cohort: Cohort
) -> None:
    text = text_of(people(3, certificate_name="Zoë\r\n“Zo” Ní Bhriain"), delimiter=";")
    content = text.encode("utf-8-sig")
    page = look(registrar, cohort, content)
    assert base64.b64decode(carried(page), validate=True) == content
    answer = bring_in(registrar, cohort, carried(page))
    assert answer.location == f"/programme/cohorts/{cohort.ref}"
    assert "3 places offered." in registrar.get(answer.location).text


def test_bad_rows_are_named_and_there_is_nothing_to_press(
    registrar: Visitor, cohort: Cohort
) -> None:
    content = file_of(person(1), person(2, nation="Atlantis"), person(3, email="nobody"))
    before = whole_database()
    page = look(registrar, cohort, content)
    found = rows(page)
    assert found[0].startswith("Line 3 advocate2@example.org nation: “Atlantis” is none of")
    assert found[1].startswith("Line 4 nobody email: Enter an email address in full")
    assert found[2] == "2 advocate1@example.org New, place offered"
    assert "2 lines can’t be taken" in page.text
    assert not html.find(html.page(page.text), "input", name="content")
    assert whole_database() == before


def test_a_bad_file_that_is_sent_to_the_import_all_the_same_imports_nothing(
    registrar: Visitor, cohort: Cohort
) -> None:
    content = file_of(person(1), person(2, nation="Atlantis"))
    before = whole_database()
    page = bring_in(registrar, cohort, base64.b64encode(content).decode())
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert rows(page)[0].startswith("Line 3 advocate2@example.org nation:")
    assert whole_database() == before


@pytest.mark.parametrize("content", ["", "no base 64!", "YWJj", "\N{SNOWMAN}"])
def test_what_was_never_looked_at_is_no_roster(
    registrar: Visitor, cohort: Cohort, content: str
) -> None:
    before = whole_database()
    assert bring_in(registrar, cohort, content).status_code == 422
    assert whole_database() == before


def test_a_file_that_can_not_be_read_is_refused_beside_the_field_and_in_the_summary(
    registrar: Visitor, cohort: Cohort
) -> None:
    for content, sentence in (
        (b"", "The file is empty."),
        (text_of([]).encode(), "The file has columns, but no people in it."),
        (file_of(person(display_name="Zoë"), encoding="cp1252"), "Line 2 is not in UTF-8."),
        (file_of(person(), encoding="utf-16"), "This file is in UTF-16."),
        (b"PK\x03\x04" + bytes(99), "This is a spreadsheet."),
        (file_of(*people(600)), "The file has more than 500 rows."),
        (bytes(MOST_BYTES + 1), "This file is larger than 1 MB."),
        (text_of([person()], columns=["email"]).encode(), "Columns are missing: certificate name"),
    ):
        page = look(registrar, cohort, content)
        assert page.status_code == 422
        summary, beside = errors(page)
        assert len(summary) == 1
        assert summary[0].startswith(sentence)
        assert beside == f"Error: {summary[0]}"
        assert "<title>Error: " in page.text


def test_no_file_at_all_is_asked_for(registrar: Visitor, cohort: Cohort) -> None:
    page = registrar.post(f"/programme/cohorts/{cohort.ref}/roster")
    assert page.status_code == 422
    assert errors(page)[0] == ["Choose the roster, a CSV file"]


def test_a_file_of_30_mb_is_too_large_for_any_form(registrar: Visitor, cohort: Cohort) -> None:
    before = whole_database()
    assert look(registrar, cohort, bytes(30 << 20)).status_code == 413
    assert whole_database() == before


def test_the_largest_file_that_is_looked_at_can_be_imported_too(
    registrar: Visitor, cohort: Cohort
) -> None:
    """It travels through the page in a longer form, which must fit what a form may hold."""
    content = file_of(person())
    blank = b" " * 998 + b"\r\n"
    content += blank * ((MOST_BYTES - len(content)) // len(blank))
    page = look(registrar, cohort, content)
    assert bring_in(registrar, cohort, carried(page)).status_code == 302
    assert queries.sizes() == {cohort.id: 1}


def test_a_preview_left_open_while_somebody_imports_the_same_file_doubles_nothing(
    registrar: Visitor, cohort: Cohort, browser: Callable[..., Visitor]
) -> None:
    content = file_of(*people(3))
    open_page = look(registrar, cohort, content)
    other = browser(factories.make_account(Role.REGISTRAR))
    bring_in(other, cohort, carried(look(other, cohort, content)))
    before = whole_database()
    with clock.stopped(clock.now() + timedelta(minutes=25)):
        answer = bring_in(registrar, cohort, carried(open_page))
        assert answer.status_code == 302
        said = registrar.get(answer.location).text
    assert "Nothing changed: everybody in the file had their place already." in said
    assert whole_database() == before


def test_a_preview_left_open_while_the_approval_was_withdrawn_imports_nothing(
    registrar: Visitor, cohort: Cohort, employer: Organisation
) -> None:
    open_page = look(registrar, cohort, file_of(person()))
    with unit_of_work():
        organisations.withdraw_approval(employer, "Closed.", actor=SYSTEM)
    page = bring_in(registrar, cohort, carried(open_page))
    assert page.status_code == 422
    assert "is not approved" in rows(page)[0]
    assert account_with_address("advocate1@example.org") is None


def test_a_file_of_people_who_all_have_their_place_has_nothing_to_press(
    registrar: Visitor, cohort: Cohort
) -> None:
    content = file_of(*people(2))
    imported(cohort, content)
    page = look(registrar, cohort, content)
    assert "there is nothing to import" in page.text
    assert not html.find(html.page(page.text), "input", name="content")


def test_the_roster_s_pages_ask_again_who_one_is_after_a_while(
    registrar: Visitor, cohort: Cohort
) -> None:
    page, start = look(registrar, cohort, file_of(person())), clock.now()
    for minutes in (25, 50):  # not idle so long that the session ends
        with clock.stopped(start + timedelta(minutes=minutes)):
            registrar.get("/")
    with clock.stopped(start + timedelta(minutes=61)):
        assert bring_in(registrar, cohort, carried(page)).status_code == 403
        assert look(registrar, cohort, file_of(person())).status_code == 403
    assert account_with_address("advocate1@example.org") is None


def test_a_roster_for_a_cohort_that_is_not_there_is_not_there(registrar: Visitor) -> None:
    path = "/programme/cohorts/COH-0000-0000-0000-0000"
    assert registrar.get(f"{path}/roster").status_code == 404
    for act in ("roster", "import", "invite"):
        assert registrar.post(f"{path}/{act}").status_code == 404
