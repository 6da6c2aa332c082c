"""The list of organisations: pages, finding, and what is not there."""

from collections.abc import Callable

import pytest

from lms.access.actor import SYSTEM, Role
from lms.db import unit_of_work
from lms.organisations import operations
from lms.organisations.rules import Nation
from tests import factories
from tests.support.pages import Visitor
from tests.web import html

NO_REF = "ORG-0000-0000-0000-0000"


@pytest.fixture
def registrar(browser: Callable[..., Visitor]) -> Visitor:
    return browser(factories.make_account(Role.REGISTRAR))


def rows(visitor: Visitor, query: str = "") -> list[str]:
    tree = html.page(visitor.get(f"/organisations/{query}").text)
    every = [each for each in html.find(tree, "section") if each.get("aria-labelledby") == "all-h"]
    return [html.words(each) for each in html.find(every[0], "th", scope="row")]


def test_a_hundred_and_twenty_are_read_in_three_pages(registrar: Visitor) -> None:
    with unit_of_work():
        for number in range(120):
            made = operations.name_organisation(f"Trust {number:03}", Nation.SCOTLAND, actor=SYSTEM)
            operations.approve(made, actor=SYSTEM)
    pages = [rows(registrar, f"?page={number}") for number in (1, 2, 3)]
    assert [len(each) for each in pages] == [50, 50, 20]
    assert [name for page in pages for name in page] == [f"Trust {n:03}" for n in range(120)]
    assert registrar.get("/organisations/?page=4").status_code == 404
    assert rows(registrar, "?q=trust+11") == [f"Trust {n}" for n in range(110, 120)]
    assert registrar.get("/organisations/?q=trust+11&page=2").status_code == 404


def test_what_is_sought_and_not_there_is_said_as_text(registrar: Visitor) -> None:
    factories.make_organisation()
    page = registrar.get("/organisations/?q=<script>alert(1)</script>")
    tree = html.page(page.text)
    assert "“<script>alert(1)</script>”" in html.words(tree)
    assert all(each.get("src", "").startswith("/static/") for each in html.find(tree, "script"))


def test_each_organisation_says_where_it_stands(registrar: Visitor) -> None:
    proposed, approved = factories.make_organisation(approved=False), factories.make_organisation()
    closed = factories.make_organisation()
    with unit_of_work():
        operations.withdraw_approval(closed, "Closed.", actor=SYSTEM)
    tree = html.page(registrar.get("/organisations/").text)
    said = [html.words(row) for row in html.find(tree, "tr")]
    for found, word in (
        (proposed, "Waiting for approval"),
        (approved, "Approved"),
        (closed, "Approval withdrawn"),
    ):
        assert any(row.startswith(found.name) and row.endswith(word) for row in said)


def test_what_is_not_there_is_not_there(registrar: Visitor) -> None:
    for act in ("", "/withdraw", "/appoint", "/placements/new"):
        assert registrar.get(f"/organisations/{NO_REF}{act}").status_code == 404
    for act in ("/approve", "/withdraw", "/appoint", "/placements/new", "/appointments/ROL-0/end"):
        assert registrar.post(f"/organisations/{NO_REF}{act}").status_code == 404
    assert registrar.get("/organisations/placements/PLA-0000/end").status_code == 404
    found = factories.make_organisation()
    assert registrar.post(f"/organisations/{found.ref}/appointments/ROL-0/end").status_code == 404
