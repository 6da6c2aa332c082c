"""Verifying finds what is wrong with a backup, whatever it is, before anything is unpacked."""

import gzip
import io
import os
import random
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lms import backup, backup_archive, backup_restore, backup_tables, clock, storage, vault
from lms.audit.chain import Head
from lms.audit.queries import head
from lms.backup_archive import BadBackup
from tests.backup.conftest import Busy
from tests.factories import make_account
from tests.support.installation import installation
from tests.support.server import free_port

pytestmark = pytest.mark.usefixtures("app")
CUT = "it is no backup, or it was cut short"
CHANGED = "it was changed, or it was not made with this installation’s audit key"


@pytest.fixture
def made(busy: Busy, tmp_path: Path) -> Path:
    """A whole backup."""
    backup.make(tmp_path / "backup")
    return tmp_path / "backup"


def fault_of(path: Path) -> str:
    with pytest.raises(BadBackup) as found:
        backup_restore.verify(path)
    return str(found.value)


def test_a_flipped_bit_is_found_wherever_it_is(made: Path, long: bool) -> None:
    whole = made.read_bytes()
    ends = [*range(12), *range(len(whole) - backup_archive._SEAL - 20, len(whole))]
    places = random.Random(2026).sample(range(len(whole)), 400 if long else 40)  # noqa: S311
    if long:
        places += [*range(len(whole) - 2000, len(whole))]
    for place in {*ends, *places}:
        bits = bytearray(whole)
        bits[place] ^= 1 << place % 8
        made.write_bytes(bits)
        assert fault_of(made) in {CUT, CHANGED}, place
    made.write_bytes(whole)
    backup_restore.verify(made)


def test_a_backup_that_was_cut_short_or_grew_is_found(made: Path) -> None:
    whole = made.read_bytes()
    for size in (0, 1, 20, len(whole) // 2, len(whole) - backup_archive._SEAL, len(whole) - 1):
        made.write_bytes(whole[:size])
        assert fault_of(made) == CUT
    for more in (b"\0", b"x" * 500, gzip.compress(b""), whole):
        made.write_bytes(whole + more)
        assert fault_of(made) in {CUT, CHANGED}


def test_a_backup_of_other_keys_is_refused_for_each_key(made: Path, app: Flask) -> None:
    own = app.extensions["lms_keys"]
    folder = app.config["SETTINGS"].keys_dir
    seal, audit = (bytes.fromhex((folder / f"{n}.key").read_text()) for n in ("seal", "audit"))
    try:
        app.extensions["lms_keys"] = vault.Keys(seal, bytes(32))
        assert fault_of(made) == CHANGED
        app.extensions["lms_keys"] = vault.Keys(bytes(32), audit)
        assert fault_of(made) == "what is sealed in it does not open with this seal key"
    finally:
        app.extensions["lms_keys"] = own


def archive(path: Path, *members: tuple[tarfile.TarInfo, bytes], sealed: bool) -> Path:
    """An archive of somebody else's making."""
    with gzip.GzipFile(path, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as made:
        for member, content in members:
            member.size = len(content) if member.isreg() else 0
            made.addfile(member, io.BytesIO(content))
    if sealed:
        with path.open("r+b") as file:
            file.write(backup_archive._seal_of(file, path.stat().st_size))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


HOSTILE = {
    "a path upwards": member("../../etc/cron.d/own"),
    "an absolute path": member("/etc/cron.d/own"),
    "a symbolic link": member("manifest.json", tarfile.SYMTYPE, "/etc/passwd"),
    "a hard link": member("manifest.json", tarfile.LNKTYPE, "/etc/passwd"),
    "a device": member("manifest.json", tarfile.CHRTYPE),
    "a pipe": member("manifest.json", tarfile.FIFOTYPE),
    "a folder": member("manifest.json", tarfile.DIRTYPE),
}


@pytest.mark.parametrize("sealed", [False, True], ids=["not ours", "under our own seal"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_and_nothing_of_it_reaches_the_disk(
    kind: str, sealed: bool, tmp_path: Path
) -> None:
    path = archive(tmp_path / "evil", (HOSTILE[kind], b"{}"), sealed=sealed)
    before = sorted(each for each in tmp_path.rglob("*"))
    fault = fault_of(path)
    assert fault == CUT if not sealed else "ought to" in fault
    with pytest.raises(BadBackup):
        backup_restore.restore(path)
    assert sorted(each for each in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("where", ["between", "after"])
def test_a_member_that_the_manifest_does_not_name_is_refused_even_under_our_seal(
    where: str, made: Path, tmp_path: Path
) -> None:
    with gzip.open(made) as packed, tarfile.open(fileobj=packed) as whole:
        members = [(each, whole.extractfile(each).read()) for each in whole.getmembers()]  # type: ignore[union-attr]
    members.insert(2 if where == "between" else len(members), (member("../own"), b"own"))
    fault = fault_of(archive(tmp_path / "evil", *members, sealed=True))
    assert "../own stands where" in fault or fault == "../own does not belong in it"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    size = 1 << 28
    path = tmp_path / "bomb"
    with gzip.GzipFile(path, "wb", 1) as packed:
        header = member("manifest.json")
        header.size = size
        packed.write(header.tobuf())
        for _ in range(size >> 20):
            packed.write(bytes(1 << 20))
    assert path.stat().st_size < size / 100
    began = time.process_time()
    assert fault_of(path) == CUT
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), os.urandom(300), b"{}"])
def test_something_else_is_no_backup(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(content)
    assert fault_of(tmp_path / "other") == CUT


def remade(made: Path, change: Callable[[str, bytes], bytes], target: Path) -> Path:
    """The same backup with some of its tables changed by somebody who holds the keys."""
    with gzip.open(made) as packed, tarfile.open(fileobj=packed) as whole:
        members = [(each, whole.extractfile(each).read()) for each in whole.getmembers()]  # type: ignore[union-attr]
    changed = [(each, change(each.name, content)) for each, content in members]
    return archive(target, *changed, sealed=True)


def test_a_table_that_differs_from_its_manifest_is_named(made: Path, tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        return (
            content.replace(b"invited@", b"another@") if name == "tables/account.jsonl" else content
        )

    path = remade(made, change, tmp_path / "other")
    assert fault_of(path) == "tables/account.jsonl was changed"


def test_a_chain_that_was_broken_before_the_backup_is_found_at_its_entry(
    app: Flask, tmp_path: Path
) -> None:
    own = app.extensions["lms_keys"]
    make_account()
    broken = head().seq + 1
    app.extensions["lms_keys"] = vault.Keys(bytes(32), bytes(32))
    make_account()
    app.extensions["lms_keys"] = own
    backup.make(tmp_path / "backup")
    said = fault_of(tmp_path / "backup")
    assert said == f"the audit chain, at entry {broken}: its content is not what was recorded"


def test_a_stored_file_that_was_lost_is_named_by_every_command(
    app: Flask, busy: Busy, tmp_path: Path
) -> None:
    key = busy.submission.file_key
    (app.config["SETTINGS"].storage_dir / key[:2] / key).unlink()
    run = app.test_cli_runner().invoke
    path = str(tmp_path / "backup")
    for words in (["create", path], ["verify", path]):
        done = run(backup.backup, words)
        assert done.exit_code == 1
        assert f"missing or changed, so not in it: {key}" in done.output


def test_a_backup_without_a_file_that_its_rows_name_is_refused(
    busy: Busy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = min(storage.store().all_keys())
    monkeypatch.setattr(backup_tables, "file_keys", lambda connection: set())
    backup.make(tmp_path / "backup")
    monkeypatch.undo()
    assert fault_of(tmp_path / "backup") == f"a file is named and is not in it: {key}"
    assert storage.store().intact(key)


def test_a_backup_older_than_an_exported_head_is_told_apart(made: Path, app: Flask) -> None:
    reached = head()
    assert backup_restore.verify(made, reached).head_seq == reached.seq
    sign = vault.keys().sign
    later, other = (Head(reached.seq + n, "0" * 64).exported(clock.now(), sign) for n in (1, 0))
    with pytest.raises(BadBackup, match=f"behind the exported head {reached.seq + 1}"):
        backup_restore.verify(made, later)
    with pytest.raises(BadBackup, match="not that of the exported head"):
        backup_restore.verify(made, other)


def test_verifying_needs_no_database(made: Path, app: Flask, tmp_path: Path) -> None:
    keys = str(app.config["SETTINGS"].keys_dir)
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    done = installation(tmp_path).here(
        "backup", "verify", made, LMS_KEYS_DIR=keys, LMS_DATABASE_URL=nowhere
    )
    assert done.status == 0, done.error
    assert f"{made}: whole; " in done.out
