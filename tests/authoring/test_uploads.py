"""Pictures and films of a draft: read when they are needed, and not without end."""

import hashlib
import io
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms import storage
from lms.accounts.queries import account_by_id
from lms.authoring import queries, rules, working
from lms.content.tree import Drafted
from lms.db import db
from lms.storage import Store
from tests.authoring.conftest import PAGE, Editor, words
from tests.authoring.test_editor import a_picture
from tests.support.pages import Visitor
from tests.support.together import at_once

Open = Callable[..., Editor]
SIZE, COUNT = 400_000, 12  # bytes of a picture, and how many there are


def heavy(number: int) -> bytes:
    """A picture of about that size, unlike any other."""
    head, rest = a_picture()[:33], a_picture()[33:]
    return head + number.to_bytes(2, "big") * (SIZE // 2) + rest


def put(author: Editor, raw: bytes, name: str = "a.png") -> TestResponse:
    sent = (io.BytesIO(raw), name)
    return author.visitor.post(f"{author.at}/upload", folder="02-second", file=sent)


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The key of each stored file that is opened in here."""
    keys: list[str] = []
    real = Store.open

    def noted(store: Store, key: str) -> io.BufferedReader:
        keys.append(key)
        return real(store, key)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "open", noted)
        yield keys


def test_looking_at_a_draft_reads_no_picture_but_the_one_that_is_looked_at(
    editor: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = editor()
    for number in range(COUNT):
        assert put(author, heavy(number), f"p{number}.png").status_code == 302
    keys = {each.file_key for each in queries.newest_revisions(author.draft.id)}
    author.save(f"{author.text()}\n/// figure | p3.png\n    alt: A map.\n///\n")
    for path in ("", "/review", f"/files/{PAGE}", "/review?show=modules/02-second/files/p1.png"):
        author.visitor.get(f"{author.at}{path}")  # its templates are compiled
        with opened(monkeypatch) as read:
            tracemalloc.start()
            assert author.visitor.get(f"{author.at}{path}").status_code == 200
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert not keys & set(read), path
        assert most < 3 * SIZE, path
    with opened(monkeypatch) as read:
        picture = author.visitor.get(f"{author.at}/files/modules/02-second/files/p4.png")
    assert picture.data == heavy(4)
    assert keys & set(read) == {hashlib.sha256(heavy(4)).hexdigest()}


def test_the_archive_holds_one_picture_at_a_time(editor: Open) -> None:
    author = editor()
    for number in range(COUNT):
        put(author, heavy(number), f"p{number}.png")
    seen = working.snapshot(author.draft, author.visitor.app.config["CONTENT_DIR"])
    with TemporaryFile() as out:
        tracemalloc.start()
        working.write_archive(seen.whole, out)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert out.tell() > COUNT * SIZE
    assert most < 4 * SIZE


def test_what_reviewers_put_their_names_to_is_what_it_was(editor: Open) -> None:
    author = editor()
    raw, name = heavy(1), "modules/02-second/files/a.png"
    put(author, raw)
    author.post("delete", name=PAGE)
    on = author.draft.base_version.sha256
    digest = hashlib.sha256(raw).hexdigest()
    whole = hashlib.sha256(f"{on}\0{PAGE}\0\0{name}\0{digest}".encode()).hexdigest()
    folder = author.visitor.app.config["CONTENT_DIR"]
    seen = working.snapshot(author.draft, folder)
    assert seen.fingerprint == whole
    assert seen.whole.read(name) == raw
    assert isinstance(seen.whole, Drafted)
    assert seen.whole.digest(name) == digest


def test_a_file_as_it_is_published_changes_nothing(editor: Open) -> None:
    author = editor()
    put(author, a_picture())
    assert "The draft is published." in words(author.publish())
    again = Editor(author.visitor, author.account, _a_new_draft(author))
    put(again, a_picture())
    assert "No file is changed" in words(again.visitor.get(again.at))


@pytest.mark.parametrize("limit", ["number", "sum"])
def test_there_is_room_for_so_many_and_what_was_replaced_counts(
    editor: Open, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    author = editor()
    if limit == "number":
        monkeypatch.setattr(rules, "MOST_UPLOADS", 2)
    else:
        monkeypatch.setattr(rules, "MOST_UPLOADED", 2 * len(heavy(0)))
    assert put(author, heavy(1)).status_code == 302
    assert put(author, heavy(1)).status_code == 302  # the same again takes no room
    assert put(author, heavy(2)).status_code == 302
    author.post("delete", name="modules/02-second/files/a.png")
    kept = set(storage.store().all_keys())
    refused = put(author, heavy(3), "b.png")
    assert refused.status_code == 422
    said = "2 pictures and films" if limit == "number" else "0 MB of pictures and films"
    assert f"A draft takes {said}, with those that were replaced or taken out." in words(refused)
    assert '<option value="02-second" selected>' in refused.text
    assert set(storage.store().all_keys()) == kept  # it was not even stored
    assert "b.png" not in words(author.visitor.get(author.at))


def test_of_two_that_are_put_in_at_once_where_there_is_room_for_one_one_is_refused(
    app: Flask, editor: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_UPLOADS", 1)
    author = editor()
    account_id, at = author.account.id, author.at

    def send(number: int) -> int:
        visitor = Visitor.signed_in(app, account_by_id(account_id))
        sent = (io.BytesIO(heavy(number)), f"p{number}.png")
        answer = visitor.post(f"{at}/upload", folder="02-second", file=sent)
        return int(answer.status_code)

    answers = at_once(app, [lambda: send(1), lambda: send(2)])
    db.session.rollback()
    assert sorted(map(str, answers)) == ["302", "422"]
    assert len(queries.uploads(author.draft.id)) == 1


def _a_new_draft(author: Editor) -> str:
    opened_at = author.visitor.post("/authoring/drafts/", title="One more").location
    return str(opened_at).rsplit("/", 1)[1]
