"""`lms audit verify` finds what somebody who has the whole database did to the trail."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Connection, Table, delete, insert, select, update

from lms import vault
from lms.access.actor import SYSTEM
from lms.audit import chain, queries
from lms.audit.cli import audit
from lms.audit.models import AuditEntry
from lms.audit.trail import Event, record
from lms.db import db, unit_of_work
from tests import factories
from tests.support.installed import as_installed
from tests.support.tampering import tampering

TRAIL: Table = AuditEntry.__table__  # type: ignore[assignment]
COUNT = 12
OTHER: dict[str, Callable[[Any], Any]] = {
    "seq": lambda was: was + 500,
    "at": lambda was: was + timedelta(microseconds=1),
}
Tamper = Callable[[Connection], object]


@pytest.fixture
def trail(app: Flask) -> Flask:
    """An honest trail of COUNT entries."""
    record_acts(COUNT)
    return app


def record_acts(count: int) -> None:
    for number in range(count):
        with unit_of_work():
            record(SYSTEM, Event.DECISION_MADE, f"DEC-{number}", outcome="award", board="BRD-1")
    db.session.remove()


def lms_audit(app: Flask, *words: str | Path) -> Result:
    holder = ScriptInfo(create_app=lambda: app)
    answer = CliRunner().invoke(audit, [str(each) for each in words], obj=holder)
    db.session.remove()
    return answer


def verify(app: Flask, *words: str | Path) -> tuple[int, str]:
    """Exit status and what it says."""
    answer = lms_audit(app, "verify", *words)
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    return answer.exit_code, answer.output.strip()


def head(app: Flask, folder: Path) -> Path:
    """The head as it is now, kept in another place."""
    answer = lms_audit(app, "head")
    assert answer.exit_code == 0
    path = folder / "head.json"
    path.write_text(answer.output, encoding="utf-8")
    return path


def rows(connection: Connection) -> list[dict[str, Any]]:
    found = connection.execute(select(TRAIL).order_by(TRAIL.c.seq))
    return [dict(each) for each in found.mappings()]


def written(connection: Connection, entries: list[dict[str, Any]]) -> None:
    """These entries instead of those that were there."""
    connection.execute(delete(TRAIL))
    if entries:
        connection.execute(insert(TRAIL), entries)


def plainly(entries: list[dict[str, Any]], start: int) -> list[dict[str, Any]]:
    """Every hash from an entry on made anew, correctly, but without the key."""
    before = entries[start - 2]["hash"] if start > 1 else chain.FIRST
    for entry in entries[start - 1 :]:
        entry["before"] = before
        link = AuditEntry(**entry)
        entry["hash"] = before = chain.hash_of(link, lambda m: hashlib.sha256(m).hexdigest())
    return entries


def test_an_honest_trail_is_whole(trail: Flask, tmp_path: Path) -> None:
    kept = head(trail, tmp_path)
    assert verify(trail) == (0, f"{COUNT} entries: whole")
    assert verify(trail, "--head", kept) == (0, f"{COUNT} entries: whole")
    record_acts(3)
    assert verify(trail, "--head", kept) == (0, f"{COUNT + 3} entries: whole")


def test_an_empty_trail_of_an_empty_installation_is_whole(app: Flask, tmp_path: Path) -> None:
    kept = head(app, tmp_path)
    assert verify(app) == (0, "0 entries: whole")
    assert verify(app, "--head", kept) == (0, "0 entries: whole")
    record_acts(3)
    assert verify(app, "--head", kept) == (0, "3 entries: whole")


def test_a_change_of_any_column_is_found_and_its_entry_named(trail: Flask) -> None:
    with db.engine.connect() as connection:
        honest = rows(connection)
    for column in TRAIL.columns:
        changed = OTHER.get(column.name, lambda was: f"{was}x")(honest[4][column.name])
        with tampering() as connection:
            here = update(TRAIL).where(TRAIL.c.seq == 5)
            connection.execute(here.values({column.name: changed}))
        status, said = verify(trail)
        assert (status, said.partition(":")[0]) == (1, "broken at entry 5"), column.name
        with tampering() as connection:
            written(connection, honest)
    assert verify(trail)[0] == 0


def a_middle_row_deleted(connection: Connection) -> None:
    connection.execute(delete(TRAIL).where(TRAIL.c.seq == 5))


def a_middle_row_deleted_and_the_rest_moved_up(connection: Connection) -> None:
    found = rows(connection)
    del found[4]
    written(connection, [entry | {"seq": seq} for seq, entry in enumerate(found, start=1)])


def a_forged_row_put_in(connection: Connection) -> None:
    found = rows(connection)
    forged = found[4] | {"event": "standing confirmed", "subject": "PRP-1"}
    later = [entry | {"seq": entry["seq"] + 1} for entry in found[4:]]
    written(connection, [*found[:4], forged, *later])


def two_rows_swapped(connection: Connection) -> None:
    found = rows(connection)
    found[4], found[8] = found[8] | {"seq": 5}, found[4] | {"seq": 9}
    written(connection, found)


def the_end_rewritten_without_the_key(connection: Connection) -> None:
    found = rows(connection)
    found[4]["facts"] = chain.canonical({"outcome": "fail", "board": "BRD-1"})
    written(connection, plainly(found, 5))


@pytest.mark.parametrize(
    "tamper",
    [
        a_middle_row_deleted,
        a_middle_row_deleted_and_the_rest_moved_up,
        a_forged_row_put_in,
        two_rows_swapped,
        the_end_rewritten_without_the_key,
    ],
)
def test_it_is_found_and_the_first_broken_entry_is_named(trail: Flask, tamper: Tamper) -> None:
    with tampering() as connection:
        tamper(connection)
    status, said = verify(trail)
    assert (status, said.partition(":")[0]) == (1, "broken at entry 5")


def test_the_whole_chain_rewritten_without_the_key_is_found(trail: Flask) -> None:
    """Each hash is right by the published method; only the key outside the database is missing."""
    with tampering() as connection:
        written(connection, plainly(rows(connection), 1))
    status, said = verify(trail)
    assert (status, said.partition(":")[0]) == (1, "broken at entry 1")


def test_a_removed_tail_is_found_against_an_exported_head(trail: Flask, tmp_path: Path) -> None:
    kept = head(trail, tmp_path)
    with tampering() as connection:
        connection.execute(delete(TRAIL).where(TRAIL.c.seq == COUNT))
    assert verify(trail)[0] == 0
    status, said = verify(trail, "--head", kept)
    assert (status, said.partition(":")[0]) == (1, f"broken at entry {COUNT}")
    assert f"behind the exported head {COUNT}" in said
    record_acts(1)  # somebody goes on, and the numbers are there again
    status, said = verify(trail, "--head", kept)
    assert (status, said.partition(":")[0]) == (1, f"broken at entry {COUNT}")
    assert "exported head" in said


def test_an_older_copy_put_back_is_behind_the_head(trail: Flask, tmp_path: Path) -> None:
    with db.engine.connect() as connection:
        older = rows(connection)
    record_acts(5)
    kept = head(trail, tmp_path)
    with tampering() as connection:
        written(connection, older)
    status, said = verify(trail, "--head", kept)
    assert (status, said.partition(":")[0]) == (1, f"broken at entry {COUNT + 1}")
    assert f"the chain ends at {COUNT}, behind the exported head {COUNT + 5}" in said


def test_an_emptied_trail_is_found_with_a_head_and_without(app: Flask, tmp_path: Path) -> None:
    factories.make_organisation()
    kept = head(app, tmp_path)
    with tampering() as connection:
        connection.execute(delete(TRAIL))
    for words in ([], ["--head", kept]):
        status, said = verify(app, *words)
        assert (status, said.partition(":")[0]) == (1, "broken at entry 1")


@pytest.mark.parametrize("content", ["", "no head", "{}", '{"seq": 5, "hash": "0"}', "\x00\x01"])
def test_a_file_that_is_no_exported_head_is_refused(
    trail: Flask, tmp_path: Path, content: str
) -> None:
    (tmp_path / "head").write_text(content, encoding="utf-8")
    status, said = verify(trail, "--head", tmp_path / "head")
    assert status == 1
    assert "not an exported head" in said


def test_a_head_that_was_put_back_by_hand_is_refused(trail: Flask, tmp_path: Path) -> None:
    """Somebody removes the tail, and makes the head that was kept fit the rest."""
    kept = head(trail, tmp_path)
    found = json.loads(kept.read_text(encoding="utf-8"))
    with tampering() as connection:
        connection.execute(delete(TRAIL).where(TRAIL.c.seq == COUNT))
        last = rows(connection)[-1]
    kept.write_text(json.dumps(found | {"seq": last["seq"], "hash": last["hash"]}))
    status, said = verify(trail, "--head", kept)
    assert status == 1
    assert "not signed" in said


def test_a_head_says_how_far_it_reaches_and_when_it_was_exported(
    trail: Flask, tmp_path: Path
) -> None:
    found = json.loads(head(trail, tmp_path).read_text(encoding="utf-8"))
    last = list(queries.all_entries())[-1]
    assert set(found) == {"seq", "hash", "at", "signature"}
    assert (found["seq"], found["hash"]) == (last.seq, last.hash)
    assert found["at"].endswith("+00:00")


def test_the_command_itself_verifies_and_names_what_is_broken(trail: Flask, tmp_path: Path) -> None:
    """As a process of its own, with the keys that lie outside the database."""
    place = as_installed(trail)
    whole = place.lms("audit", "verify", "--head", head(trail, tmp_path))
    assert (whole.status, whole.out, whole.error) == (0, f"{COUNT} entries: whole\n", "")
    with tampering() as connection:
        a_middle_row_deleted(connection)
    broken = place.lms("audit", "verify")
    assert (broken.status, broken.out) == (1, "")
    assert broken.error.startswith("broken at entry 5: ")
    assert len(broken.error.splitlines()) == 1


def test_with_another_s_keys_nothing_verifies(trail: Flask, tmp_path: Path) -> None:
    vault.Keys.make(tmp_path / "other")
    other = as_installed(trail).here("audit", "verify", LMS_KEYS_DIR=str(tmp_path / "other"))
    assert other.status == 1
    assert other.error.startswith("broken at entry 1: ")


def test_verifying_changes_nothing(trail: Flask, tmp_path: Path) -> None:
    with db.engine.connect() as connection:
        before = rows(connection)
    verify(trail, "--head", head(trail, tmp_path))
    with db.engine.connect() as connection:
        assert rows(connection) == before


def test_a_tampered_entry_can_still_be_read_on_its_page(
    trail: Flask, browser: Callable[..., Any]
) -> None:
    auditor = browser(factories.make_account(factories.Role.ADMIN))
    with tampering() as connection:
        for seq, kept in ((2, "no JSON <b>"), (3, "[1]"), (4, "null"), (5, "")):
            connection.execute(update(TRAIL).where(TRAIL.c.seq == seq).values(facts=kept))
    page = auditor.get("/audit/")
    assert page.status_code == 200
    assert "no JSON &lt;b&gt;" in page.text
