"""A running intake is moved to other content: by a registrar, with a reason, once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.assessment import operations as assessments, queries as work
from lms.assessment.due import due_for, scheme_of
from lms.catalogue import queries as contents
from lms.catalogue.models import ContentVersion
from lms.cohorts import operations, queries
from lms.cohorts.models import Cohort
from lms.cohorts.rules import State
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.learning.places import a_cohort, words
from tests.support.together import at_once

NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
WHY = "The guidance was amended in September."
PAGE = "modules/01-first/01-beginning.md"
BRIEF = "modules/{}/assessments/essay.yml"
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _stopped() -> Any:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


@pytest.fixture
def cohort(folder: Path) -> Cohort:
    return a_cohort(folder, date(2026, 9, 1))


def publish(folder: Path) -> ContentVersion:
    return factories.publish_folder(folder)


def amended(folder: Path) -> ContentVersion:
    """A newer version: the law of a page, an outcome, and both assessments differ."""
    change(folder, PAGE, "What it says.", "What it says now.")
    change(folder, "modules/01-first/module.yml", "Tell one", "Tell any one")
    for module in ("01-first", "02-second"):
        change(folder, BRIEF.format(module), "words: 2500", "words: 3000")
    (folder / "modules/02-second/02-end.md").rename(folder / "modules/02-second/02-last.md")
    return publish(folder)


def move(
    cohort: Cohort, to: ContentVersion, why: str = WHY, seen: int = 0, actor: Any = SYSTEM
) -> bool:
    with unit_of_work():
        return operations.move_content(cohort, to, why, seen=seen, actor=actor)


def test_a_cohort_is_taught_its_last_move_and_every_move_is_kept(
    cohort: Cohort, folder: Path
) -> None:
    before, newer = queries.content_of(cohort), amended(folder)
    registrar = factories.make_actor(Role.REGISTRAR)
    assert move(cohort, newer, "  The guidance\nwas amended. ", actor=registrar)
    assert queries.content_of(cohort) == newer
    assert queries.cohort(cohort.ref).content_version_id == newer.id
    assert cohort.began_with == before
    assert move(cohort, before, "It was amended too early.", seen=1)
    assert queries.content_of(cohort) == before
    first, second = queries.moves_of(cohort)
    assert (first.seq, first.version, first.reason) == (1, newer, "The guidance was amended.")
    assert (first.moved_by, first.moved_at) == (registrar.ref, NOW)
    assert (second.seq, second.version) == (2, before)
    assert factories.trail_of(cohort.ref) == ["cohort moved to other content"] * 2


def test_the_same_move_twice_is_one(cohort: Cohort, folder: Path) -> None:
    newer = amended(folder)
    assert move(cohort, newer)
    assert not move(cohort, newer)
    assert not move(cohort, newer, seen=1)
    assert len(queries.moves_of(cohort)) == 1


def test_of_two_registrars_at_once_one_meets_a_conflict(
    app: Flask, cohort: Cohort, folder: Path
) -> None:
    newer = amended(folder)
    change(folder, PAGE, "What it says now.", "What it says by now.")
    newest = publish(folder)
    place, targets = cohort.ref, (newer.ref, newest.ref)

    def to(ref: str) -> bool:
        return move(queries.cohort(place), contents.version(ref))

    outcomes = at_once(app, [lambda: to(targets[0]), lambda: to(targets[1])])
    assert [type(each) for each in sorted(outcomes, key=str)].count(Conflict) == 1
    assert outcomes.count(True) == 1
    db.session.rollback()
    (only,) = queries.moves_of(queries.cohort(place))
    assert only.version.ref == targets[outcomes.index(True)]


def test_whoever_decided_on_what_is_no_longer_so_is_told(cohort: Cohort, folder: Path) -> None:
    before, newer = queries.content_of(cohort), amended(folder)
    move(cohort, newer)
    move(cohort, before, seen=1)
    with pytest.raises(Conflict, match="in the meantime"):
        move(cohort, newer, seen=0)
    assert queries.content_of(cohort) == before


@pytest.mark.parametrize("why", ["", "  short  ", "x" * 501])
def test_without_a_reason_nothing_moves(cohort: Cohort, folder: Path, why: str) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        move(cohort, amended(folder), why)
    assert not queries.moves_of(cohort)


def test_an_intake_that_has_finished_keeps_what_it_was_taught(cohort: Cohort, folder: Path) -> None:
    people = [factories.make_enrolment(cohort) for _ in range(2)]
    newer = amended(folder)
    with unit_of_work():
        operations.change_state(people[0], State.WITHDRAWN, actor=SYSTEM)
    with unit_of_work():
        operations.change_state(people[1], State.ON_LEAVE, actor=SYSTEM)
    with unit_of_work():
        operations.change_state(people[1], State.WITHDRAWN, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="Nobody in this intake is still taught"):
        move(cohort, newer)


def test_nobody_but_a_registrar_moves_an_intake(cohort: Cohort, folder: Path) -> None:
    newer = amended(folder)
    for role in set(Role) - {Role.REGISTRAR}:
        with pytest.raises(NotFound):
            move(cohort, newer, actor=factories.make_actor(role))
    assert not queries.moves_of(cohort)


def test_what_is_set_keeps_the_brief_it_was_set_with(
    browser: Any, cohort: Cohort, folder: Path
) -> None:
    """And so does the rest of its module; modules of which nothing is set follow the content."""
    change(folder, BRIEF.format("01-first"), "words: 2500", "words: 2501")
    enrolment = factories.make_enrolment(cohort)
    assessment = factories.make_assessment(cohort)
    newer = amended_again(folder)
    move(cohort, newer)
    assert assessment.brief.words == 2500
    (due,) = due_for(enrolment)
    assert due.brief.words == 2500
    assert [(brief.words, each) for brief, _, each in scheme_of(cohort)] == [
        (2500, assessment),
        (3000, None),
    ]
    page = words(browser(enrolment.advocate).get(f"/assessments/{assessment.ref}").text)
    assert "2,500 words" in page
    later = factories.make_assessment(cohort, number=1)
    assert (later.brief.words, later.brief.module.version_id) == (3000, newer.id)
    assert [each for each, _, _ in work.assessments_of(cohort.id)] == [assessment, later]


def amended_again(folder: Path) -> ContentVersion:
    change(folder, BRIEF.format("01-first"), "words: 2501", "words: 2500")
    return amended(folder)


def test_a_brief_of_content_that_was_left_behind_is_not_set_any_more(
    cohort: Cohort, folder: Path
) -> None:
    old = scheme_of(cohort)[0][0]
    move(cohort, amended(folder))
    with pytest.raises(Conflict, match="moved to other content"), unit_of_work():
        assessments.set_assessment(cohort, old, factories.noon(date(2026, 12, 1)), actor=SYSTEM)


def test_a_registrar_sees_what_would_change_and_moves_with_a_reason(
    browser: Any, cohort: Cohort, folder: Path
) -> None:
    newer = amended(folder)
    registrar = browser(factories.make_account(Role.REGISTRAR))
    path = f"/programme/cohorts/{cohort.ref}/content"
    assert f"{path}/{newer.ref}" in registrar.get(path).text
    page = words(registrar.get(f"{path}/{newer.ref}").text)
    told = [
        "The law in it changes: The beginning",
        "Taken out: The end of it",
        "Added: The end of it",
        "Changed: Tell any one thing from another.",
        "Changed: An essay about it",
    ]
    places = [page.find(each) for each in told]
    assert -1 not in places
    assert places == sorted(places)
    blocks = words(registrar.get(f"{path}/{newer.ref}/first/beginning").text)
    assert "Reworded under “A part”: Law" in blocks
    assert registrar.get(f"{path}/{newer.ref}/second/end").status_code == 404

    refused = registrar.post(f"{path}/{newer.ref}", seen="0", reason="too short")
    assert refused.status_code == 422
    assert "at least 10 characters" in refused.text
    assert "too short" in refused.text
    assert "The intake is moved." in registrar.fill_in(f"{path}/{newer.ref}", reason=WHY).text
    assert WHY in registrar.get(path).text
    assert "Taught now" in registrar.get(path).text
    late = registrar.post(
        f"{path}/{queries.cohort(cohort.ref).began_with.ref}", seen="0", reason=WHY
    )
    assert late.status_code == 409


def test_two_versions_that_say_the_same_are_said_to(
    browser: Any, cohort: Cohort, folder: Path
) -> None:
    change(folder, "programme.yml", "nobody's", "no body's")
    same = publish(folder)
    registrar = browser(factories.make_account(Role.REGISTRAR))
    page = registrar.get(f"/programme/cohorts/{cohort.ref}/content/{same.ref}")
    assert "The two versions say the same." in page.text
