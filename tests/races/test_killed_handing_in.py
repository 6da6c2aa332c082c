"""A server that dies while work is handed in: no receipt without its file, no row without its file.

It ends itself by KILL at a point of its work, as a machine that loses power does: while the file
is written, between storing it and the commit, before each thing that is recorded, and between
the commit and the answer. Whoever saw no answer sends the same form again.
"""

import http.client
import re
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text

from lms.storage import Store
from tests.races.desks import NOW, Desks, ask
from tests.races.house import Ask

DECLARED = {"own_work": "y", "fit": "y"}
BEFORE_COMMIT = ("storing", "stored", "1", "commit")


def form(desks: Desks, number: int) -> Ask:
    """One form with its own token and text."""
    fields = {"token": f"{number:04d}" * 8, "text": f"My work, sent as {number}.", **DECLARED}
    return Ask(desks.badges["advocate 2"], f"/assessments/{desks.facts['open']}/submit", fields)


def store(desks: Desks) -> Store:
    return Store(Path(urlsplit(desks.place.environment["LMS_STORAGE_URL"]).path))


def traces(desks: Desks) -> list[int]:
    """How much there is of everything that handing in leaves behind."""
    mine = f"enrolment_id = {desks.facts['advocate 2']}"
    of_open = f"assessment_id = (SELECT id FROM assessment WHERE ref = '{desks.facts['open']}')"
    return [
        desks.count(f"submission WHERE {mine} AND {of_open}"),
        desks.count(f"candidate_number WHERE {mine} AND {of_open}"),
        desks.count("job WHERE kind = 'read script'"),
        desks.count("message WHERE kind = 'receipt'"),
        desks.count("audit_entry WHERE event = 'work submitted'"),
    ]


def every_row_has_its_file(desks: Desks) -> bool:
    with desks.connected() as connection:
        keys = connection.execute(text("SELECT DISTINCT file_key FROM submission")).scalars().all()
    return bool(keys) and all(store(desks).intact(key) for key in keys)


def dies_at(desks: Desks, address: str, point: Path, where: str, number: int) -> None:
    point.write_text(where, encoding="ascii")
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(address, form(desks, number))
    assert not point.exists(), f"nobody died at {where}"


def test_a_server_killed_before_the_commit_leaves_nothing_and_the_same_form_hands_in_once(
    desks: Desks, tmp_path: Path, long: bool
) -> None:
    point = tmp_path / "point"
    before = traces(desks)
    with desks.served(point) as address:
        for where in (*BEFORE_COMMIT, *map(str, range(2, 6 if long else 2))):
            dies_at(desks, address, point, where, 0)
            assert traces(desks) == before, where
            assert every_row_has_its_file(desks), where
        answer = ask(address, form(desks, 0))
    assert answer.status == 303
    assert traces(desks) == [count + 1 for count in before]
    assert every_row_has_its_file(desks)
    assert desks.chain_is_whole()


def test_a_server_killed_after_the_commit_has_the_work_and_the_same_form_gives_its_receipt(
    desks: Desks, tmp_path: Path, long: bool
) -> None:
    point = tmp_path / "point"
    rounds = 20 if long else 2
    before = traces(desks)
    with desks.served(point) as address:
        for number in range(rounds):
            dies_at(desks, address, point, "committed", number)
            mine = f"submission WHERE token = '{form(desks, number).fields['token']}'"
            assert desks.count(mine) == 1
            again = [ask(address, form(desks, number)) for _ in range(2)]
            assert [each.status for each in again] == [303, 303]
            assert len({each.leads_to for each in again}) == 1
            assert desks.count(mine) == 1
    assert traces(desks)[0] == before[0] + rounds
    assert traces(desks)[1] == before[1] + 1
    assert every_row_has_its_file(desks)
    assert desks.chain_is_whole()


def test_what_a_crash_left_half_written_is_gone_after_the_next_start(
    desks: Desks, tmp_path: Path
) -> None:
    point = tmp_path / "point"
    folder = Path(urlsplit(desks.place.environment["LMS_STORAGE_URL"]).path)
    with desks.served(point) as address:
        dies_at(desks, address, point, "storing", 0)
    assert list(folder.glob("waiting-*"))
    keys = list(store(desks).all_keys())
    with desks.served():
        assert not list(folder.glob("waiting-*"))
        time.sleep(1)  # a worker that has only just begun doesn't hear that it should stop
    assert list(store(desks).all_keys()) == keys
    assert every_row_has_its_file(desks)


def test_work_is_received_when_its_last_byte_arrives(desks: Desks) -> None:
    """Neither when the upload began, nor when everything that follows it was done."""
    asked, began = form(desks, 0), time.time()
    with desks.served(began=began) as address:
        found = urlsplit(address)
        connection = http.client.HTTPConnection(str(found.hostname), found.port, timeout=30)
        body = urlencode({"csrf_token": asked.badge.token, **asked.fields}).encode()
        connection.putrequest("POST", asked.path)
        connection.putheader("Cookie", f"session={asked.badge.cookie}")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:40])
        time.sleep(1.0)
        last_byte = time.time()
        connection.send(body[40:])
        answer = connection.getresponse()
        assert answer.status == 303
        answer.read()
        connection.close()
        receipt = ask_for(address, asked, str(answer.headers["Location"]))
    shown = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", receipt)
    assert shown
    seconds = (datetime.fromisoformat(shown[0]) - NOW).total_seconds()
    assert last_byte - began - 1 <= seconds <= last_byte - began + 1


def ask_for(address: str, asked: Ask, path: str) -> str:
    """A page, as the same browser gets it."""
    found = urlsplit(address)
    connection = http.client.HTTPConnection(str(found.hostname), found.port, timeout=30)
    connection.request("GET", path, headers={"Cookie": f"session={asked.badge.cookie}"})
    page = connection.getresponse().read().decode()
    connection.close()
    return page
