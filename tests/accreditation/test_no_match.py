"""The one "no match": for whatever reason there is none, the answer is the same to the byte.

Time is not measured, which would say little on a busy machine: the statements are counted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from lms import clock, refs
from lms.access.actor import SYSTEM
from lms.accreditation.rules import Kind, Standing
from lms.db import unit_of_work
from lms.organisations import operations as organisations
from tests import factories
from tests.accreditation.register import (
    BORN,
    Employer,
    erase,
    filled,
    look,
    looks,
    make_accredited,
    make_employer,
    make_entry,
    make_standing,
    number_like,
    withhold,
)
from tests.performance.counting import counting

pytestmark = pytest.mark.usefixtures("app")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Answered:
    """All that an employer can tell one answer from another by."""

    status: int
    headers: dict[str, str]
    body: str
    asked: int
    written: int
    receipt_status: int
    receipt_headers: dict[str, str]
    receipt_asked: int


def unknown() -> tuple[str, object]:
    make_accredited()
    return number_like(), BORN


def wrong_date() -> tuple[str, object]:
    return make_accredited().number, BORN + DAY


def withheld() -> tuple[str, object]:
    return withhold(make_accredited()).number, BORN


def withheld_and_wrong_date() -> tuple[str, object]:
    return withhold(make_accredited()).number, BORN + DAY


def withheld_in_training() -> tuple[str, object]:
    return withhold(make_entry()).number, BORN


def revoked_and_wrong_date() -> tuple[str, object]:
    return make_standing(Standing.REVOKED).number, BORN + DAY


def erased() -> tuple[str, object]:
    entry = make_accredited()
    erase(entry)
    return entry.number, BORN


def not_begun() -> tuple[str, object]:
    """An entry whose first standing begins tomorrow."""
    tomorrow = clock.now() + DAY
    with clock.stopped(tomorrow):
        return make_entry().number, BORN


def of_an_employer_no_longer_approved() -> tuple[str, object]:
    entry, organisation = make_accredited(), factories.make_organisation()
    with unit_of_work():
        organisations.record_placement(
            entry.holder, organisation, "Advocate", clock.today(), actor=SYSTEM
        )
        organisations.withdraw_approval(organisation, "Closed.", actor=SYSTEM)
    return entry.number, BORN + DAY


WAYS: list[Callable[[], tuple[str, object]]] = [
    unknown,
    wrong_date,
    withheld,
    withheld_and_wrong_date,
    withheld_in_training,
    revoked_and_wrong_date,
    erased,
    not_begun,
    of_an_employer_no_longer_approved,
]


def test_every_no_match_is_the_same_answer(browser) -> None:
    at = clock.now()
    employer = make_employer()
    visitor = browser(employer.coordinator)
    answers = {}
    for number, way in enumerate(WAYS):
        typed, born = way()
        with clock.stopped(at + timedelta(seconds=number)):
            answers[way.__name__] = answered(visitor, employer, typed, born)
    first = answers["unknown"]
    assert "No match" in first.body
    assert first.status == 302
    assert first.receipt_status == 200
    for name, answer in answers.items():
        assert answer == first, name
    assert len(looks()) == len(WAYS)
    assert not any(each.answer for each in looks())


def test_a_match_asks_no_other_questions_before_it_is_told(browser) -> None:
    employer = make_employer()
    visitor = browser(employer.coordinator)
    found = answered(visitor, employer, make_accredited().number, BORN)
    none = answered(visitor, employer, number_like(), BORN)
    assert (found.asked, found.written) == (none.asked, none.written)
    assert found.status == none.status
    assert found.headers == none.headers


def test_a_no_match_says_nothing_of_the_person_and_where_to_ask(browser, app) -> None:
    entry = make_accredited(name="Ada Canary")
    page = look(browser(make_employer().coordinator), entry.number, BORN + DAY)
    words = app.config["SETTINGS"].words
    assert f"{words.accrediting_body}: {words.contact}" in page.text
    assert "On its own this says nothing about the person." in page.text
    for canary in ("Ada", "Canary", entry.number, entry.ref, entry.holder.ref):
        assert canary not in page.text


def test_a_record_shown_again_is_found_again(browser) -> None:
    entry = withhold(make_accredited())
    visitor = browser(make_employer().coordinator)
    assert "No match" in look(visitor, entry.number).text
    withhold(entry, Kind.SHOWN)
    assert "No match" not in look(visitor, entry.number).text


def test_a_standing_that_begins_later_is_no_match_until_then(browser) -> None:
    at = clock.now()
    with clock.stopped(at):
        number, born = not_begun()
        visitor = browser(make_employer().coordinator)
        assert "No match" in look(visitor, number, born).text
    with clock.stopped(at + 2 * DAY):
        visitor = browser(make_employer().coordinator)
        assert "In training" in look(visitor, number, born).text


def answered(visitor, employer: Employer, number: str, born) -> Answered:
    """A look and its receipt, with all that was asked of the database meanwhile."""
    fields = {name.replace("__", "-"): v for name, v in filled(number, born).items()}
    fields |= {
        "organisation": employer.organisation.ref,
        "token": refs.token(),
        "csrf_token": visitor.token(),
    }
    with counting() as counted:
        answer = visitor.client.post("/check", data=fields)
    with counting() as reading:
        receipt = visitor.get(answer.location)
    return Answered(
        answer.status_code,
        told_by(answer),
        plain(receipt.text, number),
        len(counted.queries),
        len(counted.writes),
        receipt.status_code,
        told_by(receipt),
        len(reading.queries),
    )


def told_by(answer) -> dict[str, str]:
    """Headers without what is drawn anew for every request."""
    drawn = {"X-Request-ID", "Location", "Set-Cookie"}
    found = {name: value for name, value in answer.headers.items() if name not in drawn}
    found["Content-Length"] = found.get("Content-Length", "") and "any"
    return found


def plain(body: str, number: str) -> str:
    """A receipt without what was typed, its reference and its time."""
    body = body.replace(number, "NUMBER")
    body = re.sub(r"CHK(-[0-9A-Z]{4}){4}", "REFERENCE", body)
    body = re.sub(r'datetime="[^"]*"', "", body)
    body = re.sub(r"\d{1,2}\W[A-Z][a-z]+\W\d{4}, \d{2}:\d{2}", "TIME", body)
    return re.sub(r'value="[^"]{40,}"', "", body)
