"""Payloads in every column: shown as text, wherever they come to be shown."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest

from lms.access.actor import SYSTEM, Role
from lms.accounts.queries import account_with_address
from lms.cohorts import queries
from lms.cohorts.models import Cohort
from lms.cohorts.roster import COLUMNS
from lms.db import unit_of_work
from lms.organisations import operations as organisations
from lms.organisations.rules import Nation
from tests import factories
from tests.cohorts.rosters import file_of, imported, look, person
from tests.support.pages import Visitor
from tests.web import html

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea></title><iframe srcdoc=x>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    '=HYPERLINK("http://example.org/"&A1,"Robin")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
)
SHOWN_TEXT = ("certificate name", "display name", "organisation", "role title")
pytestmark = pytest.mark.usefixtures("employer")


@pytest.fixture
def registrar(cohort: Cohort, browser: Callable[..., Visitor]) -> Visitor:
    return browser(factories.make_account(Role.REGISTRAR))


def harmless(text: str) -> Element:
    """The page, valid as HTML and with nothing in it that a roster put there but text."""
    tree = html.page(text)
    assert all(each.get("src", "").startswith("/static/") for each in html.find(tree, "script"))
    assert not html.find(tree, "img") + html.find(tree, "iframe")
    for element in html.find(tree):
        assert not [name for name in element.attrib if name.startswith("on")]
        assert "javascript:" not in element.get("href", "")
    return tree


@pytest.mark.parametrize("column", COLUMNS)
def test_a_preview_shows_payloads_as_text(registrar: Visitor, cohort: Cohort, column: str) -> None:
    rows = [person(n, **{}) | {column: payload} for n, payload in enumerate(PAYLOADS, start=1)]
    page = look(registrar, cohort, file_of(*rows))
    shown = html.words(html.only(harmless(page.text), "main"))
    refused = column not in {"certificate name", "display name", "role title"}
    if refused and column not in {"date of birth"}:  # which is never repeated
        for payload in PAYLOADS:
            assert payload in shown
    assert ("can’t be taken" in shown) == refused
    assert "49" not in shown


def test_a_payload_as_the_name_of_a_column_is_text(registrar: Visitor, cohort: Cohort) -> None:
    for payload in PAYLOADS:
        content = file_of(person()).replace(
            b"email", f'email,"{payload.replace(chr(34), "")}"'.encode(), 1
        )
        page = look(registrar, cohort, content)
        assert page.status_code == 422
        harmless(page.text)


def test_a_payload_as_the_name_of_the_file_is_text(registrar: Visitor, cohort: Cohort) -> None:
    page = look(registrar, cohort, b"", name="<script>alert(1)</script>.csv")
    harmless(page.text)


def test_payloads_that_are_taken_are_text_on_every_page_that_shows_them(
    registrar: Visitor, cohort: Cohort, browser: Callable[..., Visitor]
) -> None:
    names = [" ".join(PAYLOADS[:4]), " ".join(PAYLOADS[4:])]
    for number, name in enumerate(names):
        with unit_of_work():
            made = organisations.name_organisation(name, Nation.SCOTLAND, actor=SYSTEM)
            organisations.approve(made, actor=SYSTEM)
        imported(cohort, file_of(person(number) | dict.fromkeys(SHOWN_TEXT, name)))
        account = account_with_address(f"advocate{number}@example.org")
        (place,) = queries.enrolled_in(cohort, [account.id]).values()
        for path in (
            f"/programme/cohorts/{cohort.ref}",
            f"/programme/enrolments/{place.ref}",
            f"/organisations/{made.ref}",
            f"/organisations/{made.ref}/withdraw",
            f"/people/{account.ref}",
        ):
            assert name in html.words(harmless(registrar.get(path).text))
        offer = browser(account).get(f"/programme/places/{place.ref}/accept")
        assert name in html.words(harmless(offer.text))
