"""The application's own role on PostgreSQL does all its work, and can't change what is recorded.

With the SQL of docs/operations.md, as an operator copies it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import errors
from sqlalchemy import make_url

import config
from lms import backup, clock, vault, worker
from lms.access.actor import Role
from lms.app import create_app
from lms.audit import chain, queries as trail
from lms.board import operations as board
from lms.cohorts.models import Cohort
from lms.db import db, fact_tables, unit_of_work
from tests import factories
from tests.support.cache import ROOT
from tests.support.installation import Installation, installation
from tests.support.pages import Visitor

_SQL = re.findall(
    r"^```sql\n(.*?)^```$",
    (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Kept:
    """An installation whose application has no more rights than it needs."""

    app: Flask
    place: Installation
    owner: str  # address, as the driver takes it
    worker: str

    @contextmanager
    def open(self) -> Iterator[Flask]:
        with self.app.app_context():
            yield self.app
            db.session.remove()


@pytest.fixture(scope="module")
def kept(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """One as the document sets it up."""
    home = tmp_path_factory.mktemp("kept")
    once, grants = _SQL
    with psycopg.connect(_plain(postgres_server), autocommit=True) as superuser:
        for statement in filter(str.strip, once.split(";\n")):
            superuser.execute(statement)
        owner, role = (_address(postgres_server, name) for name in ("lms_owner", "lms_app"))
        installation(home, owner).init()
        with psycopg.connect(_plain(owner), autocommit=True) as connection:
            connection.execute(grants)
        place = installation(home, role)
        app = create_app(config.production(place.environment))
        yield Kept(app, place, _plain(owner), _plain(role))
        with app.app_context():
            db.engine.dispose()
        for statement in ("DATABASE lms", "ROLE lms_app", "ROLE lms_owner"):
            superuser.execute(f"DROP {statement}")


def _address(server: str, user: str) -> str:
    return make_url(server).set(username=user, database="lms").render_as_string(False)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(False)


def test_it_learns_hands_in_marks_and_decides(kept: Kept, tmp_path: Path) -> None:
    with kept.open() as app:
        assessment = factories.make_assessment(due_at=clock.now() - timedelta(days=3))
        enrolment = factories.make_enrolment(assessment.cohort)
        at = clock.now() - timedelta(days=4)
        factories.hand_in(enrolment, assessment, "# One", at=at)
        last = factories.hand_in(enrolment, assessment, "# Two", at=at + timedelta(hours=1))
        factories.mark_all(assessment)
        worker.work_once()
        advocate = Visitor.signed_in(app, enrolment.advocate)
        for path in ("/", "/learn/", f"/submissions/{last.ref}/receipt", "/my/accreditation"):
            assert advocate.get(path).status_code == 200, path
        assert advocate.post("/sign-out").status_code == 302
        _sit(assessment.cohort)
        assert chain.verify(trail.all_entries(), vault.keys().sign).whole
        made = backup.make(tmp_path / "backup")
        assert made.rows > 100
    assert kept.place.here("audit", "verify").status == 0
    assert kept.place.here("serve", "--dry-run").status == 0


def _sit(cohort: Cohort) -> None:
    """A board convenes, and those who came are recorded as present."""
    chair, external, tutor, registrar = (
        factories.make_account(role)
        for role in (Role.CHAIR, Role.EXTERNAL_EXAMINER, Role.TUTOR, Role.REGISTRAR)
    )
    actor = factories.actor_of(registrar)
    with unit_of_work():
        meeting = board.convene(cohort, clock.today(), chair, [tutor], [external], actor=actor)
    with unit_of_work():
        board.record_presence(meeting, [chair.id, external.id, tutor.id], actor=actor)
    with unit_of_work():
        resubmit_by = clock.now() + timedelta(days=30)
        decided = board.ratify(meeting, resubmit_by, actor=factories.actor_of(chair))
        assert len(decided) == 1


@pytest.mark.parametrize("table", sorted(fact_tables()))
def test_it_cannot_change_or_remove_a_fact_even_without_the_trigger(table: str, kept: Kept) -> None:
    with psycopg.connect(kept.worker) as connection:
        column = db.metadata.tables[table].columns[0].name
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TABLE {table} CASCADE",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()


def test_it_cannot_turn_triggers_off_for_itself_or_pretend_another_version(kept: Kept) -> None:
    with psycopg.connect(kept.worker) as connection:
        for statement in (
            "SET session_replication_role = replica",
            "UPDATE alembic_version SET version_num = '0'",
            "CREATE OR REPLACE FUNCTION lms_refuse_change() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NULL; END'",
            "CREATE TABLE mine (id integer)",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()


def test_even_the_owner_is_refused_by_the_triggers(kept: Kept) -> None:
    with psycopg.connect(kept.owner) as connection, pytest.raises(errors.RestrictViolation):
        connection.execute("UPDATE audit_entry SET actor = 'nobody'")
