"""Triggers that hold fact tables to their word: new rows only. For migrations and their tests.

A migration that rebuilds a table on SQLite drops its triggers, so it calls `protect` again;
on PostgreSQL the triggers are still there then.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

REFUSAL = "rows of this table are never changed or removed"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION lms_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
"""
_ACTS = ("UPDATE", "DELETE")


def protect(connection: Connection, tables: Iterable[str]) -> None:
    """Refuse UPDATE and DELETE (and on PostgreSQL TRUNCATE) on these tables, whoever asks."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_FUNCTION))
    for table in tables:
        for statement in _statements(table, connection.dialect.name):
            connection.execute(text(statement))


def protected(connection: Connection) -> set[str]:
    """Tables on which both acts are refused now."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger "
            "WHERE tgname LIKE 'facts_%' AND tgenabled <> 'D' GROUP BY 1"
        )
        return {name for name, count in connection.execute(text(query)) if count >= len(_ACTS) + 1}
    query = (
        "SELECT tbl_name, count(*) FROM sqlite_master "
        "WHERE type = 'trigger' AND name LIKE 'facts_%' GROUP BY 1"
    )
    return {name for name, count in connection.execute(text(query)) if count >= len(_ACTS)}


def _statements(table: str, dialect: str) -> list[str]:
    if dialect == "postgresql":
        acts = [*_ACTS, "TRUNCATE"]
        return [
            f"CREATE OR REPLACE TRIGGER facts_{act.lower()}_{table} BEFORE {act} ON {table} "
            f"FOR EACH {'STATEMENT' if act == 'TRUNCATE' else 'ROW'} "
            f"EXECUTE FUNCTION lms_refuse_change()"
            for act in acts
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS facts_{act.lower()}_{table} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for act in _ACTS
    ]
