"""Facts: what is recorded is never changed or removed, whoever asks, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Boolean, Connection, Date, Integer, Table, inspect, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from lms import facts
from lms.db import Base, Moment, db, fact_tables

# Marks, decisions, standings, checks and the trail, and all that they stand on.
FACTS = {
    # who may act, and for whom
    *("role_grant", "role_confirmation", "role_end"),
    *("organisation_approval", "placement", "placement_end"),
    # what was taught, and by which rules
    *(
        "content_version",
        "publication",
        "content_file",
        "rendered",
        "module",
        "page",
        "page_text",
        "page_wording",
        "brief",
        "criterion",
        "session_plan",
        "passage",
        "page_passage",
        "vocabulary",
        "regulations_version",
    ),
    # what was written before it was taught, and what reviewers said of it
    *("draft_revision", "review_request", "reviewer_appointment"),
    *("content_review", "content_review_answer"),
    # who wished it published, and what came of that
    *("publication_wish", "publication_outcome"),
    # who was enrolled
    *("intake", "cohort", "content_move", "enrolment", "enrolment_event"),
    # what was set and handed in
    *("assessment", "deadline", "extension", "opened_attempt", "candidate_number", "submission"),
    # marks
    *("allocation", "allocation_end", "claim", "mark_event", "criterion_mark"),
    # decisions of the board
    *("meeting", "meeting_member", "meeting_presence", "board_number", "ratification", "decision"),
    # the register: standings and checks
    *("register_entry", "standing_event", "proposal", "proposal_end", "accreditation_check"),
    # the trail
    "audit_entry",
}
# What may change or go; and why.
EDITABLE = {
    "account": "addresses, names and passwords change; the trail says when",
    "organisation": "its approvals are the facts",
    "identity": "personal data that the law may require to go",
    "proposal_reason": "personal text that the law may require to go",
    "mark_comment": "personal text that the law may require to go",
    "submitted_name": "personal text that the law may require to go",
    "mark_draft": "no mark yet",
    "draft": "it moves onto newer versions, and ends; what was written in it are facts",
    "problem_report": "personal text that the law may require to go; answered once",
    "submission_draft": "not handed in yet",
    "page_read": "an advocate's own word, theirs to take back",
    "jotting": "an advocate's own notes, theirs to change and erase",
    "answer": "an advocate's own, and never a mark",
    "script_reading": "made from the submission, and can be made again",
    "invitation": "used once, or cancelled",
    "sign_in": "a session ends",
    "second_factor_clearing": "confirmed or stopped once; the trail says which",
    "second_factor": "counts up, and is lost with a phone",
    "recovery_code": "used once",
    "failed_attempt": "kept for a day",
    "message": "sent once, and then without its content",
    "job": "done once",
    "publication_progress": "how far the worker is; what came of it is the fact",
}
VALUES: dict[type, Any] = {
    Integer: 2,
    Boolean: True,
    Date: date(2027, 1, 2),
    Moment: datetime(2027, 1, 2, 3, tzinfo=UTC),
    JSON: [],
}
PARTICULAR = {"enrolment.kind": "assessed"}


def tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name in FACTS]


def a_row(table: Table) -> dict[str, Any]:
    """A row that breaks no constraint but foreign keys."""
    row = {}
    for column in table.columns:
        fitting = (value for kind, value in VALUES.items() if isinstance(column.type, kind))
        row[column.name] = PARTICULAR.get(str(column), next(fitting, "x"))
    return row


@contextmanager
def one_row_in_each(tables: list[Table]) -> Iterator[Connection]:
    """A connection that sees a row in each table, none of which will ever be committed."""
    with db.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        without_parents = (
            "PRAGMA defer_foreign_keys = ON"
            if on_sqlite
            else "SET LOCAL session_replication_role = replica"
        )
        connection.execute(text(without_parents))
        for table in tables:
            connection.execute(table.insert().values(a_row(table)))
        if not on_sqlite:
            connection.execute(text("SET LOCAL session_replication_role = origin"))
        yield connection
        connection.rollback()


def refusal(connection: Connection, statement: Any) -> str:
    """What the database answers; empty when it does it."""
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except DBAPIError as fault:
        return str(fault.orig)
    return ""


def attempts(table: Table, engine: str) -> Iterator[Any]:
    """Every way to change or remove a row."""
    row = a_row(table)
    key = [column.name for column in table.primary_key]
    for column in table.columns:
        yield table.update().values({column.name: row[column.name]})
    yield table.delete()
    if engine == "sqlite":
        yield table.insert().prefix_with("OR REPLACE").values(row)
        yield table.update().prefix_with("OR REPLACE").values(row)
    else:
        again = postgresql.insert(table).values(row)
        yield again.on_conflict_do_update(index_elements=key, set_={key[0]: row[key[0]]})
        yield text(f"TRUNCATE {table.name} CASCADE")


def test_every_table_is_either_a_fact_or_says_why_it_is_not() -> None:
    assert fact_tables() == FACTS
    assert set(Base.metadata.tables) - FACTS == set(EDITABLE)


def test_the_databases_hold_all_of_them_to_it(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert facts.protected(connection) == FACTS


def test_no_fact_is_ever_changed_or_removed_in_any_way(app: Flask, engine_name: str) -> None:
    allowed = []
    with one_row_in_each(tables()) as connection:
        for table in tables():
            before = connection.execute(select(table)).all()
            assert len(before) == 1, table.name
            for statement in attempts(table, engine_name):
                if facts.REFUSAL not in refusal(connection, statement):
                    allowed.append(str(statement))
            assert connection.execute(select(table)).all() == before
    assert not allowed


def test_new_rows_are_welcome(app: Flask) -> None:
    with one_row_in_each(tables()):
        pass


def test_a_table_that_lost_a_trigger_is_noticed(app: Flask, engine_name: str) -> None:
    with db.engine.connect() as connection:
        for act in ("update", "delete"):
            where = " ON decision" if engine_name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER facts_{act}_decision{where}"))
            assert facts.protected(connection) == FACTS - {"decision"}
            facts.protect(connection, ["decision"])
            assert facts.protected(connection) == FACTS
        connection.rollback()


def test_a_trigger_that_was_switched_off_is_noticed(app: Flask, engine_name: str) -> None:
    if engine_name == "sqlite":
        return  # its triggers have no switch
    with db.engine.connect() as connection:
        connection.execute(text("ALTER TABLE decision DISABLE TRIGGER facts_delete_decision"))
        assert facts.protected(connection) == FACTS - {"decision"}
        connection.rollback()


def test_no_foreign_key_removes_or_changes_anything_by_itself(app: Flask) -> None:
    inspector = inspect(db.engine)
    acting = [
        (table, key["options"])
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
        if set(key["options"]) & {"ondelete", "onupdate"}
    ]
    assert not acting


def test_emptying_a_table_that_facts_stand_on_is_refused(app: Flask, engine_name: str) -> None:
    if engine_name == "sqlite":
        return  # it has no TRUNCATE
    with one_row_in_each(tables()) as connection:
        for name in ("account", "organisation"):
            answer = refusal(connection, text(f"TRUNCATE {name} CASCADE"))
            assert facts.REFUSAL in answer


def test_what_is_no_longer_protected_can_be_changed(app: Flask, engine_name: str) -> None:
    """The tests above see a difference: without its triggers, the same statements work."""
    table = Base.metadata.tables["audit_entry"]
    with one_row_in_each([table]) as connection:
        where = " ON audit_entry" if engine_name == "postgresql" else ""
        for act in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER facts_{act}_audit_entry{where}"))
        assert refusal(connection, table.update().values(a_row(table))) == ""
        assert refusal(connection, table.delete()) == ""
