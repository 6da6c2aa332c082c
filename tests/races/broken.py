"""A throw-away database of PostgreSQL without what makes things happen once."""

from sqlalchemy import text
from sqlalchemy.engine import Connection

from tests.races.house import House

# The audit chain's own lock stays, and with it the chain.
UNLOCKED = """
CREATE FUNCTION public.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN IF $1 = 714001583 THEN PERFORM pg_catalog.pg_advisory_xact_lock($1); END IF; END $$
"""
# Whoever is to write waits until a second has come that far, though not for ever: with the lock in
# place nobody else can. A sequence counts them, since it is seen before anybody commits.
MEET = """
CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE came bigint;
BEGIN
  PERFORM nextval('came_to_' || TG_TABLE_NAME);
  FOR tries IN 1..TG_ARGV[0]::integer LOOP
    EXECUTE 'SELECT last_value FROM came_to_' || TG_TABLE_NAME INTO came;
    EXIT WHEN came > 1;
    PERFORM pg_sleep(0.01);
  END LOOP;
  RETURN NEW;
END $$
"""
MEETING_TABLES = ("ratification", "proposal_end", "proposal", "accreditation_check")
ONCE = (
    *MEETING_TABLES,
    *("decision", "enrolment_event", "standing_event", "mark_event", "opened_attempt", "message"),
)


def take_away(house: House, gone: set[str]) -> None:
    """Take locks or constraints away, or both; and let a second read before the first writes."""
    if not gone:
        return
    with house.connected() as connection:
        connection.execute(text(MEET))
        tries = 3000 if "lock" in gone else 50
        for table in MEETING_TABLES:
            connection.execute(text(f"CREATE SEQUENCE came_to_{table}"))
            connection.execute(
                text(
                    f"CREATE TRIGGER meet BEFORE INSERT ON {table} "
                    f"FOR EACH ROW EXECUTE FUNCTION meet({tries})"
                )
            )
        if "lock" in gone:
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            connection.execute(text(UNLOCKED))
            connection.execute(
                text(f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog')
            )
        if "constraints" in gone:
            _drop_constraints(connection)


def _drop_constraints(connection: Connection) -> None:
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE conrelid::regclass::text = ANY(:tables) AND (contype = 'u' OR "
            "(contype = 'p' AND conrelid::regclass::text IN ('ratification', 'proposal_end')))"
        ),
        {"tables": list(ONCE)},
    ).all()
    assert len(found) > len(ONCE)
    for table, name in found:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    connection.execute(text("DROP INDEX uq_decision_first"))
