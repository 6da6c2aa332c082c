"""Secrets at rest: what is sealed opens with its key, for its row, unchanged, or not at all."""

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, strategies as st

from lms import vault
from lms.vault import KEY_FILES, KeyMissing, Keys
from tests.support.installation import Installation

KEYS = Keys(bytes(range(32)), bytes(range(32, 64)))
ANOTHER = Keys(bytes(range(1, 33)), bytes(range(33, 65)))
BORN = "1990-03-01"


@given(st.text(), st.text())
def test_what_was_sealed_opens_for_what_it_is_bound_to(text: str, bound_to: str) -> None:
    assert KEYS.unseal(KEYS.seal(text, bound_to=bound_to), bound_to=bound_to) == text


@given(st.text(min_size=1), st.text(), st.text())
def test_it_does_not_open_for_another_row(text: str, one: str, other: str) -> None:
    sealed = KEYS.seal(text, bound_to=one)
    if one != other:
        with pytest.raises(ValueError, match="does not open"):
            KEYS.unseal(sealed, bound_to=other)


def test_it_does_not_open_with_another_key() -> None:
    with pytest.raises(ValueError, match="does not open"):
        ANOTHER.unseal(KEYS.seal(BORN, bound_to="IDN-1"), bound_to="IDN-1")


def test_it_does_not_open_with_any_bit_of_it_changed() -> None:
    sealed = KEYS.seal(BORN, bound_to="IDN-1")
    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(ValueError, match="does not open"):
            KEYS.unseal(bytes(changed), bound_to="IDN-1")


def test_it_does_not_open_when_anything_of_it_is_missing() -> None:
    sealed = KEYS.seal(BORN, bound_to="IDN-1")
    for length in range(len(sealed)):
        for part in (sealed[:length], sealed[len(sealed) - length :]):
            with pytest.raises(ValueError):  # noqa: PT011 - short ones the cipher itself refuses
                KEYS.unseal(part, bound_to="IDN-1")


def test_the_same_thing_sealed_twice_does_not_look_the_same() -> None:
    made = {KEYS.seal(BORN, bound_to="IDN-1") for _ in range(1_000)}
    assert len({each[:12] for each in made}) == 1_000
    assert len({each[12:] for each in made}) == 1_000


def test_what_is_sealed_shows_nothing_of_itself() -> None:
    assert BORN.encode() not in KEYS.seal(BORN, bound_to="IDN-1")


def test_a_signature_is_an_hmac_under_the_audit_key_and_no_other() -> None:
    expected = hmac.new(bytes(range(32, 64)), b"entry", hashlib.sha256).hexdigest()
    assert KEYS.sign(b"entry") == expected
    assert ANOTHER.sign(b"entry") != expected
    assert KEYS.sign(b"entry ") != expected


def test_keys_are_made_for_the_owner_alone_to_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = Keys.make(tmp_path / "keys")
    finally:
        os.umask(before)
    assert sorted(path.name for path in made) == sorted(KEY_FILES.values())
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_keys_are_random_and_differ_from_one_another(tmp_path: Path) -> None:
    texts = [path.read_text() for number in range(5) for path in Keys.make(tmp_path / str(number))]
    assert len(set(texts)) == 10
    assert all(len(bytes.fromhex(each.strip())) == 32 for each in texts)


def test_keys_that_are_there_are_never_replaced(tmp_path: Path) -> None:
    first = {path: path.read_text() for path in Keys.make(tmp_path)}
    assert Keys.make(tmp_path) == []
    missing, kept = first
    missing.unlink()
    assert Keys.make(tmp_path) == [missing]
    assert kept.read_text() == first[kept]
    assert missing.read_text() != first[missing]


def test_keys_that_were_made_are_read(tmp_path: Path) -> None:
    Keys.make(tmp_path)
    sealed = Keys.read(tmp_path).seal(BORN, bound_to="IDN-1")
    assert Keys.read(tmp_path).unseal(sealed, bound_to="IDN-1") == BORN


@pytest.mark.parametrize("file", KEY_FILES.values())
@pytest.mark.parametrize(
    "content", [None, "", "zz" * 32, "ab" * 31, "ab" * 33, "ключ", "ab" * 32 + "\0"]
)
def test_a_key_that_is_missing_or_none_is_named(
    tmp_path: Path, file: str, content: str | None
) -> None:
    Keys.make(tmp_path)
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(KeyMissing, match=file):
        Keys.read(tmp_path)


def test_a_message_about_a_key_does_not_show_it(tmp_path: Path) -> None:
    Keys.make(tmp_path)
    (tmp_path / "seal.key").write_text("abcdef" * 5)
    with pytest.raises(KeyMissing) as refusal:
        Keys.read(tmp_path)
    assert "abcdef" not in str(refusal.value)


def test_keys_lie_outside_the_database(place: Installation) -> None:
    place.init()
    keys = [path.read_text().strip() for path in (place.home / "keys").iterdir()]
    assert len(keys) == 2
    others = [
        path.read_bytes()
        for path in place.home.rglob("*")
        if path.is_file() and path.parent.name != "keys"
    ]
    for key in keys:
        for content in others:
            assert key.encode() not in content
            assert bytes.fromhex(key) not in content


def test_the_running_application_has_its_keys(app: Flask) -> None:
    folder = app.config["SETTINGS"].keys_dir
    sealed = vault.keys().seal(BORN, bound_to="IDN-1")
    assert Keys.read(folder).unseal(sealed, bound_to="IDN-1") == BORN


def test_of_a_token_only_its_hash_is_kept() -> None:
    assert vault.digest("token") == hashlib.sha256(b"token").hexdigest()
