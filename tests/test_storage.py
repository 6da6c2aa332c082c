"""Files: kept once, by the hash of their bytes, and never given out wrong."""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st

from lms import storage
from lms.errors import Unavailable
from lms.storage import Damaged, Store, StoredFile
from tests.factories import hand_in, make_assessment, make_enrolment
from tests.support.pages import Visitor

TEXT = b"What I would do, and why: " * 40


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


def put(store: Store, content: bytes) -> StoredFile:
    return store.put(io.BytesIO(content))


def read(store: Store, key: str) -> bytes:
    with store.open(key) as file:
        return file.read()


def path_of(store: Store, key: str, tmp_path: Path) -> Path:
    return tmp_path / "files" / key[:2] / key


def left(tmp_path: Path) -> list[Path]:
    """Every file below the store, finished or not."""
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=4096))
def test_what_is_put_comes_back_byte_by_byte_under_its_hash(store: Store, content: bytes) -> None:
    stored = put(store, content)
    assert stored == StoredFile(hashlib.sha256(content).hexdigest(), len(content))
    assert read(store, stored.key) == content
    assert store.intact(stored.key)


def test_an_empty_stream_is_a_file_of_no_bytes(store: Store) -> None:
    stored = put(store, b"")
    assert (stored.size, read(store, stored.key)) == (0, b"")


def test_a_file_larger_than_any_buffer_is_whole(store: Store) -> None:
    content = os.urandom((2 << 20) + 17)
    stored = put(store, content)
    assert (stored.size, read(store, stored.key)) == (len(content), content)


def test_a_stream_that_gives_little_at_a_time_is_whole(store: Store) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 7, 7))

    stored = store.put(Slow(TEXT))
    assert read(store, stored.key) == TEXT


def test_the_same_bytes_are_kept_once(store: Store, tmp_path: Path) -> None:
    assert put(store, TEXT) == put(store, TEXT)
    assert len(left(tmp_path)) == 1


def test_nothing_of_the_senders_is_in_the_name(store: Store, tmp_path: Path) -> None:
    named = io.BytesIO(TEXT)
    named.name = "../../etc/Amara Okafor.docx"
    key = store.put(named).key
    assert [path.relative_to(tmp_path).as_posix() for path in left(tmp_path)] == [
        f"files/{key[:2]}/{key}"
    ]


def flipped(position: int) -> Callable[[bytes], bytes]:
    def flip(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[position // 8] ^= 1 << position % 8
        return bytes(changed)

    return flip


def refuses(store: Store, tmp_path: Path, key: str, damage: Callable[[bytes], bytes]) -> bool:
    """Whether a damaged file is noticed and not given out."""
    path = path_of(store, key, tmp_path)
    content = path.read_bytes()
    path.write_bytes(damage(content))
    try:
        with pytest.raises(Damaged):
            store.open(key)
        return not store.intact(key)
    finally:
        path.write_bytes(content)


def test_one_wrong_bit_anywhere_is_noticed(store: Store, tmp_path: Path, long: bool) -> None:
    key = put(store, TEXT).key
    bits = len(TEXT) * 8
    for position in range(bits) if long else (0, 1, bits // 2, bits - 1):
        assert refuses(store, tmp_path, key, flipped(position)), position
    assert read(store, key) == TEXT


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-1], id="cut"),
        pytest.param(lambda content: content + b"\n", id="longer"),
        pytest.param(lambda content: b"", id="emptied"),
        pytest.param(lambda content: b"Another's work.", id="exchanged"),
    ],
)
def test_a_file_of_other_bytes_is_noticed(
    store: Store, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    assert refuses(store, tmp_path, put(store, TEXT).key, damage)


def test_what_is_known_of_a_file_is_its_size_and_a_missing_one_is_not_known(store: Store) -> None:
    stored = store.put(io.BytesIO(b"some"))
    assert store.known(stored.key) == stored
    with pytest.raises(Damaged):
        store.known("0" * 64)


def test_a_missing_file_is_not_an_empty_one(store: Store, tmp_path: Path) -> None:
    key = put(store, TEXT).key
    path_of(store, key, tmp_path).unlink()
    assert not store.intact(key)
    with pytest.raises(Damaged):
        store.open(key)


def test_a_damaged_file_is_whole_again_when_the_same_is_handed_in(
    store: Store, tmp_path: Path
) -> None:
    key = put(store, TEXT).key
    path_of(store, key, tmp_path).write_bytes(b"rot")
    put(store, TEXT)
    assert read(store, key) == TEXT


NO_KEYS = [
    *("", "..", "../" * 21 + "x", "/etc/passwd", "a" * 63, "a" * 65, "A" * 64, "g" * 64),
    *("a" * 32 + "/" + "b" * 31, "a" * 63 + "\0", "a" * 63 + "\n", "٣" * 64, "." * 64),
]


@pytest.mark.parametrize("key", NO_KEYS)
def test_only_a_hash_is_a_key(store: Store, key: str) -> None:
    for act in (store.open, store.intact):
        with pytest.raises(ValueError, match="not a key"):
            act(key)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=64, max_size=64) | st.text())
def test_no_key_leads_out_of_the_store(store: Store, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.open(f"{key}/")


def test_sweeping_takes_only_what_a_crash_left_half_written(store: Store, tmp_path: Path) -> None:
    assert store.sweep() == 0
    key = put(store, TEXT).key
    for name in ("waiting-a", "waiting-b"):
        (tmp_path / "files" / name).write_bytes(TEXT[:5])
    (tmp_path / "files" / "README").write_text("of the operator's")
    assert list(store.all_keys()) == [key]
    assert store.sweep() == 2
    assert store.sweep() == 0
    assert read(store, key) == TEXT
    assert {path.name for path in left(tmp_path)} == {key, "README"}


def test_keys_are_listed_in_order(store: Store) -> None:
    assert list(store.all_keys()) == []
    keys = [put(store, str(number).encode()).key for number in range(20)]
    assert list(store.all_keys()) == sorted(keys)


@pytest.mark.parametrize("fault", [OSError("the line is gone"), ValueError("a bad part")])
def test_a_stream_that_breaks_leaves_nothing(
    store: Store, tmp_path: Path, fault: Exception
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise fault
            return super().read(10)

    with pytest.raises((Unavailable, ValueError)):
        store.put(Broken(TEXT))
    assert left(tmp_path) == []


def test_where_no_folder_can_be_made_nothing_is_promised(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file, where the folder should be")
    store = Store(tmp_path / "files" / "below")
    assert not store.takes_files()
    with pytest.raises(Unavailable):
        put(store, TEXT)
    assert list(store.all_keys()) == []
    assert store.sweep() == 0


def test_trying_whether_it_takes_files_leaves_none(store: Store, tmp_path: Path) -> None:
    assert store.takes_files()
    assert left(tmp_path) == []


def test_the_running_application_has_one_store(app: Flask) -> None:
    stored = storage.put(io.BytesIO(TEXT))
    opened: BinaryIO
    with storage.open(stored.key) as opened:
        assert opened.read() == TEXT
    assert list(storage.store().all_keys()) == [stored.key]


def test_a_page_refuses_a_damaged_file_and_never_hands_out_wrong_bytes(
    app: Flask, browser: Callable[..., Visitor]
) -> None:
    enrolment = make_enrolment()
    submission = hand_in(enrolment, make_assessment(enrolment.cohort))
    visitor, ref = browser(enrolment.advocate), submission.ref
    home = app.config["SETTINGS"].storage_dir
    (home / submission.file_key[:2] / submission.file_key).write_bytes(b"somebody else's words")
    answer = visitor.get(f"/submissions/{ref}/file")
    assert answer.status_code == 503
    assert b"somebody else" not in answer.data
    assert visitor.get(f"/submissions/{ref}/receipt").status_code == 200
