"""Recording: every act, in order, by whom, with the change or not at all."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask, g
from sqlalchemy import select

from lms import clock, refs, vault
from lms.access.actor import PUBLIC, SYSTEM, Actor, Held, Role
from lms.audit import chain, queries
from lms.audit.models import AuditEntry
from lms.audit.trail import Event, note_refusal, record, request_ref
from lms.db import db, unit_of_work
from lms.errors import Conflict
from tests import factories
from tests.support.impatience import impatient
from tests.support.pages import Visitor

pytestmark = pytest.mark.usefixtures("app")
NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
SOMEBODY = Actor(7, "USR-7Q4M-2XKD-9TBH-V3WN", frozenset({Held(Role.TUTOR), Held(Role.CHAIR)}))


def entries() -> list[AuditEntry]:
    db.session.rollback()
    return list(queries.all_entries())


def act(subject: str = "SUB-1", *, actor: Actor = SOMEBODY, **facts: object) -> None:
    with unit_of_work():
        record(actor, Event.WORK_READ, subject, **facts)


def is_whole() -> bool:
    return chain.verify(entries(), vault.keys().sign).whole


def test_an_entry_says_who_did_what_to_which_thing_when_and_in_which_roles() -> None:
    with clock.stopped(NOON):
        act("SUB-1", mark="MRK-1")
    (entry,) = entries()
    assert (entry.seq, entry.at, entry.actor) == (1, NOON, SOMEBODY.ref)
    assert (entry.roles, entry.event, entry.subject) == ("chair,tutor", "work read", "SUB-1")
    assert json.loads(entry.facts) == {"mark": "MRK-1"}
    assert refs.well_formed(entry.request)
    assert entry.before == chain.FIRST
    assert entry.hash == chain.hash_of(entry, vault.keys().sign)


def test_entries_are_numbered_without_a_gap_and_each_holds_the_one_before() -> None:
    for number in range(5):
        act(f"SUB-{number}")
    found = entries()
    assert [each.seq for each in found] == [1, 2, 3, 4, 5]
    assert [each.subject for each in found] == [f"SUB-{number}" for number in range(5)]
    assert [each.before for each in found] == [chain.FIRST, *(each.hash for each in found[:-1])]
    assert is_whole()


def test_several_acts_of_one_unit_are_in_the_order_in_which_they_were_done() -> None:
    with unit_of_work():
        for number in range(4):
            record(SYSTEM, Event.WORK_READ, f"SUB-{number}")
            db.session.flush()
    assert [each.subject for each in entries()] == [f"SUB-{number}" for number in range(4)]
    assert len({each.request for each in entries()}) == 1


def test_an_act_that_failed_leaves_no_entry_and_no_gap() -> None:
    def fail() -> None:
        record(SOMEBODY, Event.WORK_READ, "SUB-2")
        db.session.flush()
        raise ZeroDivisionError

    act("SUB-1")
    with pytest.raises(ZeroDivisionError), unit_of_work():
        fail()
    act("SUB-3")
    assert [(each.seq, each.subject) for each in entries()] == [(1, "SUB-1"), (2, "SUB-3")]
    assert is_whole()


def test_an_act_that_came_second_leaves_no_entry() -> None:
    person = factories.make_account()
    before = len(entries())
    with pytest.raises(Conflict), unit_of_work():
        factories.accounts.open_account(person.address, "Another", actor=SYSTEM)
    assert len(entries()) == before


def test_nothing_is_recorded_outside_a_unit_of_work() -> None:
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        record(SYSTEM, Event.WORK_READ, "SUB-1")
    assert entries() == []


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (7, 7),
        ("MRK-1", "MRK-1"),
        (Role.TUTOR, "tutor"),
        (date(2027, 5, 3), "2027-05-03"),
        (NOON, "2027-05-03 12:00:00+00:00"),
        (Decimal("39.50"), "39.50"),
    ],
)
def test_facts_are_kept_as_plain_values(value: object, kept: object) -> None:
    act(fact=value)
    assert json.loads(entries()[0].facts) == {"fact": kept}
    assert is_whole()


def test_the_system_and_the_public_are_named_as_such() -> None:
    act(actor=SYSTEM)
    act(actor=PUBLIC)
    assert [each.actor for each in entries()] == ["system", "public"]


def test_all_that_one_request_did_carries_its_reference() -> None:
    act()
    act()
    g.pop("lms_request")
    act()
    first, second, third = (each.request for each in entries())
    assert first == second != third == request_ref()


def test_the_answer_to_a_request_names_it(browser: Callable[..., Visitor]) -> None:
    registrar = factories.make_account(Role.REGISTRAR)
    person = factories.make_account()
    answer = browser(registrar).post(f"/people/{person.ref}/disable")
    assert answer.status_code in {302, 303}
    (entry,) = [each for each in entries() if each.event == Event.ACCOUNT_DISABLED]
    assert entry.request == answer.headers["X-Request-ID"]
    assert entry.request.startswith("REQ-")


def test_the_time_of_an_entry_is_when_the_act_was_done() -> None:
    with clock.stopped(NOON), unit_of_work():
        record(SYSTEM, Event.WORK_READ, "SUB-1")
        with clock.stopped(NOON + timedelta(microseconds=1)):
            record(SYSTEM, Event.WORK_READ, "SUB-2")
    assert [each.at - NOON for each in entries()] == [timedelta(0), timedelta(microseconds=1)]


# --- refusals


def denied(visitor: Visitor, path: str) -> AuditEntry:
    before = len(entries())
    assert visitor.get(path).status_code in {403, 404}
    found = entries()[before:]
    assert [each.event for each in found] == [Event.ACCESS_DENIED]
    return found[0]


def test_a_denied_attempt_leaves_a_trace_of_its_own(browser: Callable[..., Visitor]) -> None:
    tutor, person = factories.make_account(Role.TUTOR), factories.make_account()
    visitor = browser(tutor)
    at_the_door = denied(visitor, "/audit/")
    assert (at_the_door.actor, at_the_door.subject) == (tutor.ref, "-")
    assert json.loads(at_the_door.facts) == {"permission": "read_trail"}
    assert denied(visitor, f"/people/{person.ref}").actor == tutor.ref
    assert is_whole()


def test_a_denied_act_on_somebody_else_s_thing_names_the_thing(
    browser: Callable[..., Visitor],
) -> None:
    enrolment = factories.make_enrolment()
    submission = factories.hand_in(enrolment, factories.make_assessment(enrolment.cohort))
    other = factories.make_enrolment(enrolment.cohort).advocate
    entry = denied(browser(other), f"/submissions/{submission.ref}")
    assert (entry.actor, entry.subject) == (other.ref, submission.ref)


def test_what_does_not_exist_is_no_denied_attempt(browser: Callable[..., Visitor]) -> None:
    visitor = browser(factories.make_account(Role.REGISTRAR))
    before = len(entries())
    assert visitor.get("/people/USR-0000-0000-0000-0000").status_code == 404
    assert visitor.get("/nowhere").status_code == 404
    assert len(entries()) == before


def test_a_denied_act_changes_nothing_but_the_trail(
    app: Flask, browser: Callable[..., Visitor]
) -> None:
    """The act's own unit of work is undone; the refusal is written in another."""
    tutor, person = factories.make_account(Role.TUTOR), factories.make_account()
    assert browser(tutor).post(f"/people/{person.ref}/disable").status_code == 404
    assert person.disabled_at is None
    assert entries()[-1].event == Event.ACCESS_DENIED


def test_a_failed_sign_in_leaves_a_trace(browser: Callable[..., Visitor]) -> None:
    person = factories.make_account()
    for address in (person.address, "nobody@example.org"):
        before = len(entries())
        answer = browser().fill_in("/sign-in", email=address, password="not the right words")
        assert answer.status_code == 422
        (entry,) = entries()[before:]
        assert (entry.event, entry.actor) == (Event.SIGN_IN_FAILED, "public")
        assert address not in f"{entry.facts}{entry.subject}"


def test_an_attempt_stays_denied_when_the_trail_can_not_be_written(
    browser: Callable[..., Visitor], engine_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    tutor = factories.make_account(Role.TUTOR).ref
    visitor = browser(db.session.scalars(select(factories.Account).filter_by(ref=tutor)).one())
    with impatient(50), db.engine.connect() as other:
        raw = other.connection.driver_connection
        assert raw is not None
        sqlite = engine_name == "sqlite"
        raw.execute("BEGIN IMMEDIATE" if sqlite else "LOCK TABLE audit_entry IN EXCLUSIVE MODE")
        assert visitor.get("/audit/").status_code == 403
        raw.rollback()
    assert entries()[-1].event != Event.ACCESS_DENIED
    assert f"{tutor} denied read_trail" in caplog.text


def test_a_refusal_without_a_request_is_noted_too() -> None:
    note_refusal(SOMEBODY)
    (entry,) = entries()
    assert (entry.event, entry.actor, entry.subject) == ("access denied", SOMEBODY.ref, "-")
