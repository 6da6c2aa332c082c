"""What no database can keep, or only one of them, sent in addresses and forms."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import outbox
from lms.access.actor import Role
from lms.db import db, unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.outbox import Job
from tests import factories
from tests.support.pages import Visitor

NUL = "a%00b"
OTHERS = (
    "9" * 40,
    "-1",
    "SUB-7Q4M-2XKD-9TBH-V3W%00",
    "%F0%9F%98%80",
    "%ff%fe",
    "'--",
    "%25_%25",
    "x" * 2000,
)
# They end the session that the others need.
LEAVING = {"/leave", "/sign-out", "/sign-in/code", "/sign-in/set-up"}
FIELDS = ("ref", "q", "page", "from", "to", "state", "organisation", "cohort", "next")


@pytest.fixture
def visitor(browser: Callable[..., Visitor]) -> Visitor:
    """Somebody with every role, so that nothing is refused at the door."""
    return browser(factories.make_account(*Role))


def addresses(app: Flask, bad: str) -> Iterator[tuple[str, str]]:
    """Every address of every room, with something bad in the place of each reference."""
    for rule in app.url_map.iter_rules():
        if rule.rule in LEAVING:
            continue
        path = re.sub(r"<[^>]+>", bad, rule.rule)
        if "GET" in (rule.methods or ()):
            yield "get", path
        elif "<" in rule.rule:
            yield "post", path


def test_no_address_with_a_nul_in_it_is_a_fault_of_ours(
    app: Flask, visitor: Visitor, long: bool
) -> None:
    token = visitor.token()
    faults = []
    for bad in (NUL, *OTHERS) if long else (NUL,):
        for method, path in addresses(app, bad):
            sent: dict[str, Any] = {"data": {"csrf_token": token}} if method == "post" else {}
            answer = getattr(visitor.client, method)(path, **sent)
            found = answer.status_code == 200 and bad in path
            if answer.status_code >= 500 or found:
                faults.append((method, path, answer.status_code))
    assert not faults
    assert visitor.get("/account/").status_code == 200, "signed out on the way"


def test_no_list_asked_for_something_impossible_is_a_fault_of_ours(visitor: Visitor) -> None:
    faults = []
    for path in ("/audit/", "/people/", "/organisations/", "/accreditation/"):
        for bad in (NUL, *OTHERS):
            query = "&".join(f"{name}={bad}" for name in FIELDS)
            if visitor.get(f"{path}?{query}").status_code not in {200, 302, 400, 404}:
                faults.append((path, bad))
    assert not faults


def test_a_page_number_beyond_everything_is_no_fault(visitor: Visitor) -> None:
    for number in ("9" * 40, "99999999999999999999999", "-1", "0", "1e9", "²"):
        assert visitor.get(f"/people/?page={number}").status_code == 200, number


def test_a_nul_typed_into_a_form_is_refused_beside_its_field(visitor: Visitor) -> None:
    answer = visitor.fill_in("/account/name", name="Ro\0bin")
    assert answer.status_code == 422


@pytest.mark.usefixtures("app")
def test_nothing_is_found_under_a_name_with_a_nul() -> None:
    with suppress(NotFound):  # PostgreSQL
        assert db.session.scalar(select(Job).where(Job.key == "a\0b")) is None  # SQLite
    db.session.rollback()


def test_text_with_a_nul_is_refused_by_postgresql_as_a_rule_and_the_next_unit_works(
    app: Flask, engine_name: str
) -> None:
    if engine_name == "postgresql":
        with pytest.raises(RuleBroken), unit_of_work():
            outbox.do("test", key="a\0b")
    with unit_of_work():
        outbox.do("test", key="ab")
    assert [each.key for each in db.session.scalars(select(Job))] == ["ab"]
