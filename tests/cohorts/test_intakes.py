"""Opening intakes: what is pinned, two side by side, and the same year twice."""

import dataclasses
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from lms.access.actor import SYSTEM, Actor, Role
from lms.audit.models import AuditEntry
from lms.catalogue import operations as catalogue
from lms.catalogue.keeping import keep
from lms.catalogue.models import ContentVersion
from lms.cohorts import operations, queries
from lms.cohorts.models import Cohort, Intake
from lms.cohorts.rules import State, Tally
from lms.content import reading
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.regulations.models import RegulationsVersion
from tests import factories
from tests.support.together import at_once

pytestmark = pytest.mark.usefixtures("app", "spring")


@pytest.fixture
def book() -> RegulationsVersion:
    return factories.make_regulations()


@pytest.fixture
def content() -> ContentVersion:
    return factories.make_content()


def opened(
    year: int,
    book: RegulationsVersion,
    content: ContentVersion,
    *,
    starts_on: date | None = None,
    actor: Actor = SYSTEM,
) -> Cohort:
    with unit_of_work():
        return operations.open_intake(
            year, starts_on or date(year, 9, 1), book, content, actor=actor
        )


def test_a_registrar_opens_next_september_with_a_day_a_rulebook_and_a_content(
    book: RegulationsVersion, content: ContentVersion
) -> None:
    registrar = factories.make_actor(Role.REGISTRAR)
    found = opened(2026, book, content, starts_on=date(2026, 9, 14), actor=registrar)
    assert queries.cohort_of_year(2026) == found
    assert queries.cohort(found.ref) == found
    intake = queries.intake(2026)
    assert (intake.starts_on, intake.opened_by) == (date(2026, 9, 14), registrar.ref)
    assert (intake.regulations_version, queries.content_of(found)) == (book, content)
    assert factories.trail_of(intake.ref) == ["intake opened"]


def test_what_an_intake_entered_under_stays_when_something_newer_is_published(
    book: RegulationsVersion, content: ContentVersion
) -> None:
    first = opened(2026, book, content)
    newer_book = factories.make_regulations(rounding={"kind": "down", "places": 0})
    same = reading.read(factories.CONTENT)
    newer = dataclasses.replace(keep(same), content=dataclasses.replace(same, sha256="0" * 64))
    with unit_of_work():
        newer_content = catalogue.publish(newer, actor=SYSTEM)
    second = opened(2027, newer_book, newer_content)
    db.session.expire_all()
    assert (first.intake.regulations_version, queries.content_of(first)) == (book, content)
    assert (second.intake.regulations_version, queries.content_of(second)) == (
        newer_book,
        newer_content,
    )
    assert first.regulations.rounding.kind != second.regulations.rounding.kind == "down"


@pytest.mark.parametrize("column", ["starts_on", "year", "regulations_version_id"])
def test_the_database_itself_changes_no_intake(
    book: RegulationsVersion, content: ContentVersion, column: str
) -> None:
    intake = opened(2026, book, content).intake
    value = {"starts_on": date(2026, 10, 1)}.get(column, 2027)
    with pytest.raises((DatabaseError, Conflict)), unit_of_work():
        db.session.execute(Intake.__table__.update().values({column: value}))
    db.session.expire_all()
    assert (intake.year, intake.starts_on) == (2026, date(2026, 9, 1))


def test_two_intakes_live_side_by_side(book: RegulationsVersion, content: ContentVersion) -> None:
    running, next_one = opened(2025, book, content), opened(2026, book, content)
    learning = factories.make_enrolment(running)
    offered = factories.make_enrolment(next_one, accepted=False)
    assert list(queries.intakes()) == [next_one, running]
    assert queries.sizes() == {running.id: 1, next_one.id: 1}
    tallies = queries.tallies([running.id, next_one.id])
    assert tallies[running.id] == Tally({State.ENROLLED: 1}, 0)
    assert tallies[next_one.id].states == {State.OFFERED: 1}
    assert [m.enrolment for m in queries.members(running, 1)[0]] == [learning]
    assert [m.enrolment for m in queries.members(next_one, 1)[0]] == [offered]


def test_a_year_has_one_intake(book: RegulationsVersion, content: ContentVersion) -> None:
    opened(2026, book, content)
    with pytest.raises(Conflict, match="already"):
        opened(2026, book, content, starts_on=date(2027, 1, 11))
    assert len(queries.intakes()) == 1


def test_of_four_who_open_the_same_year_at_once_one_does(
    app: Flask, book: RegulationsVersion, content: ContentVersion
) -> None:
    """Holds by the unique year alone: the operation's own question comes too early for this."""
    ids = book.id, content.id

    def open_it() -> str:
        with unit_of_work():
            pair = (
                db.session.get(RegulationsVersion, ids[0]),
                db.session.get(ContentVersion, ids[1]),
            )
            return operations.open_intake(2026, date(2026, 9, 1), *pair, actor=SYSTEM).ref

    outcomes = at_once(app, [open_it] * 4)
    won = [each for each in outcomes if isinstance(each, str)]
    assert len(won) == 1
    assert sum(isinstance(each, Conflict) for each in outcomes) == 3
    db.session.rollback()
    assert [each.ref for each in queries.intakes()] == won
    events = select(func.count()).where(AuditEntry.event == "intake opened")
    assert db.session.scalar(events) == 1


def test_the_first_day_lies_in_the_academic_year(
    book: RegulationsVersion, content: ContentVersion
) -> None:
    for starts_on in (date(2026, 8, 31), date(2027, 9, 1), date(2026, 1, 5)):
        with pytest.raises(RuleBroken, match="1 September 2026 to 31 August 2027"):
            opened(2026, book, content, starts_on=starts_on)
    assert opened(2026, book, content, starts_on=date(2027, 1, 11)).intake.year == 2026


def test_nobody_but_a_registrar_opens_an_intake(
    book: RegulationsVersion, content: ContentVersion
) -> None:
    for role in set(Role) - {Role.REGISTRAR}:
        with pytest.raises(NotFound):
            opened(2026, book, content, actor=factories.make_actor(role))
    assert not queries.intakes()


def test_what_is_not_there_is_not_found() -> None:
    for ask in (queries.intake, queries.cohort_of_year):
        with pytest.raises(NotFound):
            ask(2026)
    with pytest.raises(NotFound):
        queries.cohort("COH-0000-0000-0000-0000")
    with pytest.raises(NotFound):
        queries.enrolment("ENR-0000-0000-0000-0000")
