"""Content that tests stand on is in the database as publishing it leaves it."""

import dataclasses
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from lms import clock
from lms.access.actor import SYSTEM
from lms.audit.models import AuditEntry
from lms.catalogue import operations
from lms.catalogue.keeping import keep
from lms.content import reading
from lms.db import Base, db, unit_of_work
from tests import factories
from tests.conftest import Site

Rows = dict[str, list[dict[str, Any]]]


def test_content_is_put_back_as_publishing_leaves_it(site: Site) -> None:
    content = factories.first_modules()
    with clock.stopped(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        for _ in range(2):
            site.empty()
            with site.app.app_context():
                put_back = everything(factories.make_content().ref)
                db.session.remove()
        site.empty()
        with site.app.app_context():
            kept = keep(content)
            with unit_of_work():
                version = operations.publish(kept, actor=SYSTEM)
            published = everything(version.ref)
            assert factories.make_content().ref == version.ref
            db.session.remove()
    assert len(published["page"]) > 10
    assert put_back == published


def test_a_newer_version_can_follow_what_was_put_back_in_a_database_made_anew(site: Site) -> None:
    same = reading.read(factories.CONTENT)
    with site.app.app_context():
        factories.make_content()
        db.session.remove()
    site.empty()
    with site.app.app_context():
        if db.engine.dialect.name == "postgresql":
            with unit_of_work():
                db.session.execute(
                    text("SELECT setval(pg_get_serial_sequence('content_version', 'id'), 1, false)")
                )
        first = factories.make_content()
        with unit_of_work():
            newer = dataclasses.replace(
                keep(same), content=dataclasses.replace(same, sha256="0" * 64)
            )
            assert operations.publish(newer, actor=SYSTEM).id > first.id
        db.session.remove()


def everything(ref: str) -> Rows:
    """Every row, numbered from 0, whatever the version is called."""
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        if table.name == AuditEntry.__tablename__:
            continue
        query = select(table).order_by(*table.primary_key.columns)
        rows = [dict(row) for row in db.session.execute(query).mappings()]
        for name in [column.name for column in table.columns if column.name.endswith("id")]:
            numbers = [row[name] for row in rows]
            if numbers and all(isinstance(number, int) for number in numbers):
                for row in rows:
                    row[name] -= min(numbers)
        found[table.name] = rows
    for row in found["content_version"]:
        assert row.pop("ref") == ref
    found["trail"] = [
        {"actor": entry.actor, "event": entry.event, "version": entry.subject == ref}
        | {"details": entry.facts}
        for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
    ]
    return found
