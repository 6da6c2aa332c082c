"""A version is published whole and once; from then on nothing about it changes."""

import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import DBAPIError

from lms import clock
from lms.access.actor import SYSTEM, Actor, Role
from lms.catalogue import operations, queries
from lms.catalogue.keeping import keep
from lms.catalogue.models import Brief, ContentVersion, Criterion, Module, Page
from lms.cohorts import operations as cohorts
from lms.content import reading
from lms.db import db, unit_of_work
from lms.errors import NotFound
from lms.learning.queries import Reader, programme_way
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.performance.counting import no_rendering

PAGE = "modules/01-first/01-beginning.md"
TABLES = (ContentVersion, Module, Page, Brief, Criterion)
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


def publish(folder: Path, actor: Actor = SYSTEM) -> ContentVersion:
    content = keep(reading.read(folder))
    with unit_of_work():
        return operations.publish(content, actor=actor)


def rows() -> dict[str, int]:
    return {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in TABLES
    }


def everything() -> list[tuple[object, ...]]:
    """Every value of every row, in order."""
    return [
        tuple(row)
        for model in TABLES
        for row in db.session.execute(select(*inspect(model).columns).order_by(model.id))
    ]


def test_all_that_is_taught_is_kept_in_order(folder: Path) -> None:
    version = publish(folder)
    assert version.ref.startswith("CON-")
    assert (version.level, version.credits, version.title) == (7, 20, "An example programme")
    modules = queries.modules_of(version.id)
    assert [(m.position, m.slug, m.code) for m in modules] == [
        (1, "first", "AL701"),
        (2, "second", "AL702"),
    ]
    assert modules[0].law_as_at == date(2026, 4, 7)
    assert modules[0].reviewers == {"subject": None, "legal": None, "lived_experience": None}
    pages = [queries.page_of(modules[0], slug) for slug in ("beginning", "end")]
    assert [page.position for page in pages] == [1, 2]
    (brief, _) = queries.briefs_of(version.id)
    rubric = queries.rubric_of(brief.id)
    assert [(c.position, c.key, c.weight) for c in rubric] == [(1, "law", 60), (2, "role", 40)]
    assert rubric[0].levels[0] == {"from": 50, "to": 100, "text": "It is applied with care."}


def test_a_page_is_kept_as_written_and_as_shown_with_its_sources_and_words(folder: Path) -> None:
    module = queries.module_of(publish(folder).id, "first")
    page = queries.page_of(module, "beginning")
    assert "[[NRM]]" in page.source
    html = queries.text_of(page).rendered.html
    assert 'href="#term-nrm"' in html
    assert '<div id="term-nrm"><dt>NRM</dt>' in html
    assert '<li id="ref-act">An Example Act 2015. Act, law as at 7 April 2026' in html
    assert "https://www.legislation.gov.uk/ukpga/2015/30" in html


def test_publishing_the_same_twice_makes_no_second_version(folder: Path) -> None:
    first = publish(folder)
    held = rows()
    assert publish(folder).ref == first.ref
    assert rows() == held
    assert factories.trail_of(first.ref) == ["content published"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (PAGE, "What it says.", "What it said."),
        ("programme.yml", "nobody's", "no body's"),
        ("glossary.yml", "made short", "cut short"),
        ("modules/02-second/assessments/essay.md", "2,500", "2,600"),
    ],
)
def test_any_change_makes_a_new_version_and_leaves_the_old(
    folder: Path, name: str, old: str, new: str
) -> None:
    first = publish(folder)
    before = everything()
    change(folder, name, old, new)
    second = publish(folder)
    assert second.ref != first.ref
    assert [each.ref for each in queries.versions()] == [second.ref, first.ref]
    after = everything()
    assert all(row in after for row in before)


def test_who_published_and_when_is_kept(folder: Path) -> None:
    author = factories.make_actor(Role.AUTHOR)
    at = factories.noon(date(2026, 10, 5))
    with clock.stopped(at):
        version = publish(folder, author)
    assert (version.published_by, version.published_at) == (author.ref, at)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUTHOR, Role.REGISTRAR}))
def test_nobody_else_publishes(folder: Path, role: Role) -> None:
    with pytest.raises(NotFound):
        publish(folder, factories.make_actor(role))
    assert not queries.versions()


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__tablename__)
def test_what_was_published_can_be_neither_changed_nor_removed(folder: Path, model: type) -> None:
    publish(folder)
    before = everything()
    table = model.__tablename__  # type: ignore[attr-defined]
    for statement in (f"UPDATE {table} SET id = id + 1", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="never changed or removed"):
            run(statement)
    assert everything() == before


def run(statement: str) -> None:
    """A statement behind the application's back."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_half_a_version_is_never_published(folder: Path) -> None:
    content = keep(reading.read(folder))

    def stop_half_way() -> None:
        with unit_of_work():
            operations.publish(content, actor=SYSTEM)
            raise RuntimeError("the machine stops")

    with pytest.raises(RuntimeError, match="the machine stops"):
        stop_half_way()
    assert set(rows().values()) == {0}


def test_two_who_publish_the_same_at_once_make_one_version(app: Flask, folder: Path) -> None:
    content = keep(reading.read(folder))
    start = threading.Barrier(2)
    refs: list[str] = []

    def press() -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    refs.append(operations.publish(content, actor=SYSTEM).ref)
            except Exception as loser:  # noqa: BLE001 - looked at below
                refs.append(type(loser).__name__)
            db.session.remove()

    both = [threading.Thread(target=press) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert rows()["content_version"] == 1
    (kept,) = queries.versions()
    assert set(refs) <= {kept.ref, "Conflict"}
    assert kept.ref in refs


def test_a_cohort_keeps_its_version_while_a_newer_one_is_published(folder: Path) -> None:
    first = publish(folder)
    with unit_of_work():
        book = factories.regulations.publish(factories.rulebook(), actor=SYSTEM)
    with unit_of_work():
        cohort = cohorts.open_intake(2026, date(2026, 9, 1), book, first, actor=SYSTEM)
    change(folder, PAGE, "What it says.", "What it said.")
    second = publish(folder)
    db.session.expire_all()
    assert cohort.content_version_id == first.id
    assert cohort.content_version_id != second.id
    module = queries.module_of(cohort.content_version_id, "first")
    assert "What it says." in queries.text_of(queries.page_of(module, "beginning")).rendered.html


def test_rendering_happens_before_publishing_and_never_when_reading(folder: Path) -> None:
    content = keep(reading.read(folder))
    with no_rendering() as rendered:
        with unit_of_work():
            version = operations.publish(content, actor=SYSTEM)
        for each in programme_way(Reader(version.id)):
            for stop in each.way:
                assert queries.text_of(queries.page_of(each.module, stop.page)).rendered.html
    assert rendered == []
