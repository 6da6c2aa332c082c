"""The auditor's view: who did what, in order, by thing and by day; for registrar and admin only."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from lms import clock
from lms.access.actor import SYSTEM, Actor, Held, Role
from lms.audit import queries
from lms.audit.trail import Event, record
from lms.db import unit_of_work
from tests import factories
from tests.support.pages import Visitor
from tests.support.tampering import tampering

READERS = {Role.REGISTRAR, Role.ADMIN}
TUTOR = Actor(7, "USR-7Q4M-2XKD-9TBH-V3WN", frozenset({Held(Role.TUTOR), Held(Role.CHAIR)}))
THING = "SUB-0000-1111-2222-3333"


@pytest.fixture
def auditor(app: Flask, browser: Callable[..., Visitor]) -> Visitor:
    return browser(factories.make_account(Role.ADMIN))


def act(subject: str = THING, *, at: datetime | None = None, actor: Actor = TUTOR) -> None:
    with clock.stopped(at or clock.now()), unit_of_work():
        record(actor, Event.WORK_READ, subject, mark="MRK-0000-1111-2222-3333", count=4)


def rows(page: str) -> list[list[str]]:
    """The words of each row, cell by cell."""
    body = re.search(r"<tbody.*?</tbody>", page, re.DOTALL)
    found = re.findall(r"<tr.*?</tr>", body[0], re.DOTALL) if body else []
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in found
    ]


def numbers(visitor: Visitor, query: str = "") -> list[int]:
    page = visitor.get(f"/audit/{query}")
    assert page.status_code == 200
    return [int(re.sub(r"\D", "", row[0])) for row in rows(page.text)]


def test_the_trail_shows_every_act_the_latest_first_without_a_gap(auditor: Visitor) -> None:
    for _ in range(3):
        act()
    total = queries.head().seq
    assert numbers(auditor) == list(range(total, 0, -1))


def test_a_row_says_when_who_what_which_thing_with_which_facts_and_why(auditor: Visitor) -> None:
    act(at=datetime(2027, 7, 1, 8, 5, tzinfo=UTC))
    row = rows(auditor.get("/audit/").text)[0]
    said = " | ".join(row)
    for words in (
        *("1 July 2027", "09:05", TUTOR.ref, "chair, tutor", "work read", THING),
        *("mark: MRK-0000-1111-2222-3333", "count: 4"),
    ):
        assert words in said
    assert re.search(r"(CMD|REQ)(-\w{4}){4}", row[-1])


def test_the_act_of_opening_the_page_is_not_an_act(auditor: Visitor) -> None:
    before = queries.head().seq
    auditor.get("/audit/")
    assert queries.head().seq == before


def test_it_is_found_by_the_thing_by_the_person_and_by_the_request(auditor: Visitor) -> None:
    act()
    act("SUB-ZZZZ-ZZZZ-ZZZZ-ZZZZ", actor=SYSTEM)
    last = queries.head().seq
    request = list(queries.all_entries())[-1].request
    assert numbers(auditor, f"?ref={THING}") == [last - 1]
    assert numbers(auditor, f"?ref={TUTOR.ref}") == [last - 1]
    assert last in numbers(auditor, f"?ref={request}")
    assert last in numbers(auditor, "?ref=system")
    assert numbers(auditor, "?ref=SUB-0000-1111-2222-3334") == []


@pytest.mark.parametrize(
    "typed",
    ["sub-0000-1111-2222-3333", " SUB 0000 1111 2222 3333 ", "SUBoooo1lI122223333", THING],
)
def test_a_reference_is_found_however_it_was_typed(auditor: Visitor, typed: str) -> None:
    act()
    page = auditor.get("/audit/", query_string={"ref": typed})
    assert len(rows(page.text)) == 1


def test_part_of_a_reference_finds_nothing_and_says_that_it_has_to_be_whole(
    auditor: Visitor,
) -> None:
    act()
    page = auditor.get(f"/audit/?ref={THING[:10]}")
    assert rows(page.text) == []
    assert "A reference has to be whole" in page.text


def test_it_is_found_by_day_and_days_are_londons(auditor: Visitor) -> None:
    for at in (
        datetime(2027, 6, 30, 22, 59, 59, 999_999, tzinfo=UTC),  # 30 June, London
        datetime(2027, 6, 30, 23, tzinfo=UTC),  # 1 July
        datetime(2027, 7, 1, 22, 59, 59, 999_999, tzinfo=UTC),  # 1 July still
        datetime(2027, 7, 1, 23, tzinfo=UTC),  # 2 July
    ):
        act(at=at)
    last = queries.head().seq
    first, second, third, fourth = range(last - 3, last + 1)
    assert numbers(auditor, "?from=2027-07-01&to=2027-07-01") == [third, second]
    assert numbers(auditor, "?from=2027-07-01") == [fourth, third, second]
    assert numbers(auditor, f"?ref={THING}&to=2027-06-30") == [first]
    assert numbers(auditor, "?from=2027-07-03") == []


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2027-02-30", "yesterday", "²"])
def test_a_strange_day_is_no_fault(auditor: Visitor, day: str) -> None:
    for name in ("from", "to"):
        assert auditor.get("/audit/", query_string={name: day}).status_code == 200
    assert numbers(auditor, "?to=9999-12-31") == numbers(auditor)


def test_what_was_typed_stays_in_the_filters(auditor: Visitor) -> None:
    page = auditor.get(f"/audit/?ref={THING}&from=2027-07-01&to=2027-07-02").text
    for value in (THING, "2027-07-01", "2027-07-02"):
        assert f'value="{value}"' in page


def test_a_long_trail_comes_in_pages_that_miss_nothing(auditor: Visitor) -> None:
    with unit_of_work():
        for _ in range(2 * queries.PAGE):
            record(SYSTEM, Event.WORK_READ, THING)
    total = queries.head().seq
    seen: list[int] = []
    for page in range(1, -(-total // queries.PAGE) + 1):
        seen += numbers(auditor, f"?page={page}")
    assert seen == list(range(total, 0, -1))
    one = auditor.get(f"/audit/?ref={THING}").text
    assert f"ref={THING}&amp;page=2" in one, "the filter goes along"


def test_a_page_past_the_end_does_not_say_that_nothing_happened(auditor: Visitor) -> None:
    page = auditor.get("/audit/?page=99")
    assert page.status_code == 200
    assert "The trail is empty" not in page.text
    assert "The trail has fewer entries than that" in page.text


def test_nothing_on_that_day_says_so(auditor: Visitor) -> None:
    page = auditor.get("/audit/?from=2099-01-01").text
    assert "No entry matches" in page
    assert "The trail is empty" not in page


def test_an_empty_trail_says_so(auditor: Visitor) -> None:
    with tampering() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
    page = auditor.get("/audit/").text
    assert rows(page) == []
    assert "The trail is empty" in page


@pytest.mark.parametrize("role", Role)
def test_only_a_registrar_and_an_admin_read_it(browser: Callable[..., Visitor], role: Role) -> None:
    status = browser(factories.make_account(role)).get("/audit/").status_code
    assert status == (200 if role in READERS else 403)


def test_nobody_reads_it_signed_out(app: Flask, browser: Callable[..., Visitor]) -> None:
    answer = browser().get("/audit/")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_it_asks_again_who_is_reading_after_a_quarter_of_an_hour(auditor: Visitor) -> None:
    with clock.stopped(clock.now() + timedelta(minutes=14)):
        assert auditor.get("/audit/").status_code == 200
    with clock.stopped(clock.now() + timedelta(minutes=16)):
        answer = auditor.get("/audit/")
    assert rows(answer.text) == []
    assert answer.status_code != 200 or "password" in answer.text.casefold()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_there_is_no_way_to_change_it(auditor: Visitor, method: str) -> None:
    act()
    before = queries.head()
    for path in ("/audit/", f"/audit/{before.seq}", f"/audit/?ref={THING}"):
        sent = {"data": {"csrf_token": auditor.token()}}
        assert getattr(auditor.client, method)(path, **sent).status_code in {404, 405}
    assert queries.head() == before


def test_no_route_but_the_one_page_touches_it(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("audit.")]
    assert [(rule.rule, sorted(rule.methods or ())) for rule in rules] == [
        ("/audit/", ["GET", "HEAD", "OPTIONS"])
    ]


def test_references_lead_on_to_what_else_was_done(auditor: Visitor) -> None:
    act()
    page = auditor.get("/audit/").text
    for ref in (THING, TUTOR.ref, "MRK-0000-1111-2222-3333"):
        assert f'href="/audit/?ref={ref}"' in page


def test_what_stands_in_an_entry_is_shown_as_text(auditor: Visitor) -> None:
    with unit_of_work():
        record(SYSTEM, Event.WORK_READ, "<script>alert(1)</script>", mark="<b>-AAA-x</b>")
    page = auditor.get("/audit/").text
    assert "<script>alert(1)" not in page
    assert "<b>-AAA" not in page
