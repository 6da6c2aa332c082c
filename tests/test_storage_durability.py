"""Files: on the disk, with their names, before anybody is told; and what a crash may leave."""

import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lms.storage import Store
from tests.support.cache import ROOT

TEXT = b"What I would do, and why."

PUTTING = """
import io, os, random, sys
from pathlib import Path
from lms.storage import Store
store, chance = Store(Path(sys.argv[1])), random.Random(int(sys.argv[2]))
print("ready", flush=True)
while True:
    content = chance.randbytes(chance.choice([0, 10, 70_000, 3_000_000]))
    print(store.put(io.BytesIO(content)).key, flush=True)
"""
FULL = """
import io, resource, sys
from pathlib import Path
from lms.errors import Unavailable
from lms.storage import Store
store = Store(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
print(store.put(io.BytesIO(b"small")).size)
try:
    store.put(io.BytesIO(b"x" * 3_000_000))
except Unavailable as refusal:
    print(refusal.sentence)
print(len([path for path in Path(sys.argv[1]).rglob("*") if path.is_file()]))
print(store.put(io.BytesIO(b"small again")).size)
"""


def run(script: str, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def watched(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[tuple[str, str, bool]]:
    """What is synced and renamed, in order, and whether the file had its final name by then."""
    seen: list[tuple[str, str, bool]] = []
    fsync, replace = os.fsync, os.replace

    def named() -> bool:
        return any(folder.glob("??/*"))

    def whose(handle: int) -> str:
        found = os.fstat(handle)
        for path in (folder.parent, folder, *folder.glob("??")):
            if path.is_dir() and os.path.samestat(found, path.stat()):
                return path.relative_to(folder.parent).as_posix()
        return "file"

    def on_fsync(handle: int) -> None:
        fsync(handle)
        seen.append(("sync", whose(handle), named()))

    def on_replace(source: str, target: str) -> None:
        replace(source, target)
        seen.append(("name", "file", named()))

    monkeypatch.setattr(os, "fsync", on_fsync)
    monkeypatch.setattr(os, "replace", on_replace)
    return seen


def test_bytes_then_name_then_folders_reach_the_disk_before_anybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    store, key = Store(folder), hashlib.sha256(TEXT).hexdigest()
    seen = watched(monkeypatch, folder)
    assert store.put(io.BytesIO(TEXT)).key == key
    assert seen == [
        ("sync", "file", False),
        ("name", "file", True),
        ("sync", f"files/{key[:2]}", True),
        ("sync", "files", True),
        ("sync", ".", True),
    ]


def test_a_folder_that_another_process_made_is_not_taken_to_be_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have made it a moment ago, and not have come to syncing it."""
    folder, key = tmp_path / "files", hashlib.sha256(TEXT).hexdigest()
    (folder / key[:2]).mkdir(parents=True)
    seen = watched(monkeypatch, folder)
    Store(folder).put(io.BytesIO(TEXT))
    assert ("sync", "files", True) in seen


def test_later_files_sync_themselves_and_their_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "files")
    key = store.put(io.BytesIO(TEXT)).key
    seen = watched(monkeypatch, tmp_path / "files")
    store.put(io.BytesIO(TEXT))
    assert [(what, whose) for what, whose, _ in seen] == [
        ("sync", "file"),
        ("name", "file"),
        ("sync", f"files/{key[:2]}"),
    ]


def test_a_full_disk_is_said_and_nothing_is_kept_and_it_recovers(tmp_path: Path) -> None:
    with run(FULL, tmp_path / "files") as process:
        said, _ = process.communicate(timeout=60)
    small, sentence, files, again = said.splitlines()
    assert (small, again) == ("5", "11")
    assert "Nothing was kept" in sentence
    assert files == "1"


def test_a_process_killed_while_it_stores_leaves_no_wrong_file(tmp_path: Path, long: bool) -> None:
    chance, folder = random.Random(1), tmp_path / "files"  # noqa: S311 - when to kill
    promised: set[str] = set()
    for number in range(200 if long else 3):
        with run(PUTTING, folder, number) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 2 if long else 0.15))
            process.send_signal(signal.SIGKILL)
            promised |= {line.strip() for line in process.stdout if line.endswith("\n")}
    store = Store(folder)
    assert len(promised) > 3
    assert promised <= set(store.all_keys())
    assert [key for key in store.all_keys() if not store.intact(key)] == []
    store.sweep()
    assert not list(folder.glob("waiting-*"))
    assert promised <= set(store.all_keys())
