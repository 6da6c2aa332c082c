"""Migrations: from nothing to the models and back, all or nothing, on both databases."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import click
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, select, text
from sqlalchemy.exc import DBAPIError

from lms import facts, revision, vault
from lms.access.actor import SYSTEM, Role
from lms.app import create_app
from lms.catalogue import operations as catalogue
from lms.catalogue.keeping import keep
from lms.catalogue.search import search
from lms.cohorts import operations as cohorts
from lms.db import Base, db, fact_tables, unit_of_work
from lms.revision import is_of_models
from lms.serve import worker
from tests import factories
from tests.conftest import settings_for
from tests.support.installation import Installation

COMPARED = {"compare_type": True, "include_name": is_of_models}


@pytest.fixture
def empty(place: Installation) -> Iterator[Flask]:
    """The application on an empty database of its own, inside its context."""
    vault.Keys.make(place.home / "keys")
    app = create_app(settings_for(place.home, place.environment["LMS_DATABASE_URL"]))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def describe() -> dict[str, Any]:
    """All that a schema promises: columns, keys, constraints, indexes and triggers."""
    seen = inspect(db.engine)
    with db.engine.connect() as connection:
        triggers = facts.protected(connection)
    asked = {
        "columns": seen.get_multi_columns(),
        "key": seen.get_multi_pk_constraint(),
        "foreign": seen.get_multi_foreign_keys(),
        "unique": seen.get_multi_unique_constraints(),
        "checks": seen.get_multi_check_constraints(),
        "indexes": seen.get_multi_indexes(),
    }
    return {"triggers": triggers} | {
        f"{table}: {what}": _sorted(each)
        for what, found in asked.items()
        for (_, table), each in found.items()
        if table != "alembic_version"
    }


def _sorted(found: Any) -> list[str]:
    return sorted(repr(_plain(each)) for each in (found if isinstance(found, list) else [found]))


def _plain(value: Any) -> Any:
    """Without objects that only look alike."""
    if isinstance(value, dict):
        return sorted((name, _plain(each)) for name, each in value.items())
    return value if isinstance(value, list) else str(value)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_migrations_make_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=COMPARED)
        assert compare_metadata(context, Base.metadata) == []


def test_they_make_constraints_and_indexes_too(app: Flask, place: Installation) -> None:
    """Against a database made from the models at once: the comparison above sees no checks."""
    migrated = describe()
    vault.Keys.make(place.home / "keys")
    other = create_app(settings_for(place.home, place.environment["LMS_DATABASE_URL"]))
    with other.app_context():
        db.create_all()
        with db.engine.begin() as connection:
            facts.protect(connection, fact_tables())
        found = describe()
        db.engine.dispose()
    assert found == migrated


def test_every_named_check_is_in_the_database(app: Flask) -> None:
    seen = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {each.name for each in table.constraints if isinstance(each, CheckConstraint)}
        assert {each["name"] for each in seen.get_check_constraints(table.name)} == wanted


def test_down_to_nothing_and_up_again_is_the_same_with_the_same_triggers(empty: Flask) -> None:
    """With people and facts in it: no trigger keeps a table from being dropped."""
    upgrade()
    first = describe()
    assert first["triggers"] == fact_tables()
    assert factories.make_account(Role.COORDINATOR).id
    db.session.remove()
    downgrade(revision="base")
    assert tables() == set()
    assert revision.present() == ""
    upgrade()
    assert describe() == first
    assert revision.present() == revision.newest()
    assert factories.make_account(Role.COORDINATOR).id
    db.session.remove()


def test_there_is_one_line_of_migrations() -> None:
    scripts = revision.ScriptDirectory(str(revision.ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    assert all(not each.is_branch_point for each in scripts.walk_revisions())


@pytest.mark.parametrize("in_the_way", ["submission", "mark_comment"])
def test_a_migration_that_fails_half_way_leaves_nothing_and_can_be_run_again(
    empty: Flask, in_the_way: str
) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {in_the_way} (id INTEGER)"))
    with pytest.raises(DBAPIError):
        upgrade()
    assert tables() == {in_the_way}
    assert revision.present() == ""
    with db.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {in_the_way}"))
    upgrade()
    assert revision.present() == revision.newest()


def test_a_database_that_was_never_migrated_is_refused_in_plain_words(empty: Flask) -> None:
    with pytest.raises(click.ClickException) as refusal:
        revision.require_newest()
    assert "is not migrated" in refusal.value.message
    assert "lms db upgrade" in refusal.value.message


def test_a_database_of_another_version_is_refused_in_plain_words(app: Flask) -> None:
    """Older or newer; the background worker refuses too."""
    for at in ("0000", "9999", revision.newest()):
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": at})
        answer = CliRunner().invoke(worker, ["--once"], obj=ScriptInfo(create_app=lambda: app))
        if at == revision.newest():
            assert (answer.exit_code, answer.output) == (0, "0 done\n")
        else:
            assert (answer.exit_code, "Traceback" in answer.output) == (1, False)
            assert f"at migration {at}" in answer.output


def test_a_migration_that_rebuilds_a_fact_table_protects_it_again(
    empty: Flask, engine_name: str
) -> None:
    """SQLite can't change a column: Alembic makes another table, and its triggers are gone."""
    upgrade()
    with db.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("audit_entry") as table:
            table.alter_column("facts", nullable=True)
        lost = {"audit_entry"} if engine_name == "sqlite" else set()
        assert facts.protected(connection) == fact_tables() - lost
        facts.protect(connection, ["audit_entry"])
        assert facts.protected(connection) == fact_tables()
    assert db.session.scalars(select(Base.metadata.tables["audit_entry"])).all() == []
    db.session.remove()


def test_a_sender_s_name_for_a_file_survives_the_way_down_and_up(empty: Flask) -> None:
    """It moved out of the fact in 0002; the fact is protected on both sides of the move."""
    upgrade()
    enrolment = factories.make_enrolment(factories.make_cohort())
    made = factories.hand_in(enrolment, factories.make_assessment(enrolment.cohort))
    key = made.id
    db.session.remove()
    downgrade(revision="0001")
    with db.engine.connect() as connection:
        said = connection.execute(text("SELECT id, file_name FROM submission")).all()
        assert facts.protected(connection) == fact_tables() & tables()
    assert said == [(key, "text.md")]
    upgrade()
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT submission_id, name FROM submitted_name")).all()
        assert facts.protected(connection) == fact_tables()
    assert kept == [(key, "text.md")]


def test_what_a_page_shows_survives_the_way_down_and_up(empty: Flask) -> None:
    """It moved to where HTML is kept once in 0003; pages stay protected on both sides."""
    upgrade()
    factories.make_content()
    shown = text(
        "SELECT page_id, html, questions FROM page_text JOIN rendered ON sha256 = html_key "
        "ORDER BY page_id"
    )
    with db.engine.connect() as connection:
        before = [(page, html) for page, html, _ in connection.execute(shown)]
    db.session.remove()
    downgrade(revision="0002")
    with db.engine.connect() as connection:
        pages = connection.execute(text("SELECT id, html FROM page ORDER BY id")).all()
        assert "page" in facts.protected(connection)
    assert [tuple(page) for page in pages] == before
    upgrade()
    with db.engine.connect() as connection:
        assert [(page, html) for page, html, _ in connection.execute(shown)] == before
        assert facts.protected(connection) == fact_tables()


def test_what_was_published_before_there_was_a_search_can_be_found(empty: Flask) -> None:
    """Passages and words are made from the HTML that is kept, as publishing makes them."""
    upgrade()
    version = factories.make_content().id
    kept = {
        "passage": "SELECT * FROM passage ORDER BY sha256",
        "page_passage": "SELECT version_id, page_id, sha256 FROM page_passage "
        "JOIN passage ON passage_id = passage.id ORDER BY page_id, sha256",
        "vocabulary": "SELECT version_id, letters, words FROM vocabulary ORDER BY letters",
    }

    def recorded() -> dict[str, list[Any]]:
        with db.engine.connect() as connection:
            found = {name: connection.execute(text(query)) for name, query in kept.items()}
            rows = {name: [dict(row) for row in each.mappings()] for name, each in found.items()}
        for row in rows["passage"]:
            del row["id"]
        return {name: sorted(map(repr, each)) for name, each in rows.items()}

    before = recorded()
    found = [each.passage.sha256 for each in search(version, "recvoery periods").found]
    assert all(before.values())
    assert found
    db.session.remove()
    downgrade(revision="0003")
    upgrade()
    assert recorded() == before
    assert sorted(each.passage.sha256 for each in search(version, "recvoery periods").found) == (
        sorted(found)
    )
    db.session.remove()


def test_what_cohorts_are_taught_survives_the_way_down_and_up(empty: Flask) -> None:
    """Since 0004 a cohort moves, publishing is a fact, and pages carry what they say."""
    upgrade()
    cohort = factories.make_cohort()
    began = cohort.began_with_id
    same = factories.first_modules()
    kept = dataclasses.replace(keep(same), content=dataclasses.replace(same, sha256="0" * 64))
    with unit_of_work():
        version = catalogue.publish(kept, actor=SYSTEM)
    with unit_of_work():
        cohorts.move_content(cohort, version, "A test moves it.", seen=0, actor=SYSTEM)
    ids = cohort.id, version.id
    said = text("SELECT page_id, says, says_of_law FROM page_wording ORDER BY page_id")
    published = text("SELECT version_id, published_by, published_at FROM publication ORDER BY id")
    with db.engine.connect() as connection:
        before = [connection.execute(each).all() for each in (said, published)]
    assert len(before[0]) == 2 * sum(len(each.pages) for each in same.modules)
    db.session.remove()
    downgrade(revision="0003")
    with db.engine.connect() as connection:
        found = connection.execute(text("SELECT id, content_version_id FROM cohort")).all()
        assert found == [ids]
        assert facts.protected(connection) == fact_tables() & tables()
    upgrade()
    with db.engine.connect() as connection:
        assert [connection.execute(each).all() for each in (said, published)] == before
        found = connection.execute(text("SELECT id, began_with_id FROM cohort")).all()
        assert found == [ids]
        assert facts.protected(connection) == fact_tables()
    assert began != ids[1]


def test_a_sender_s_name_for_a_file_can_be_erased_and_the_fact_stands(
    app: Flask, browser: Any
) -> None:
    enrolment = factories.make_enrolment(factories.make_cohort())
    made = factories.hand_in(enrolment, factories.make_assessment(enrolment.cohort))
    reader, path = browser(enrolment.advocate), f"/submissions/{made.ref}/receipt"
    assert "text.md" in reader.get(path).text
    with unit_of_work():
        db.session.execute(text("DELETE FROM submitted_name"))
    page = reader.get(path)
    assert page.status_code == 200
    assert "text.md" not in page.text
