"""Files are opened in a process of their own, which is bounded, ended, and told no secrets."""

import contextlib
import json
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from lms import documents
from lms.documents import Kind, Unreadable
from tests.support import documents as files

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20


def a_pdf_of(stream: bytes, filters: str) -> bytes:
    """A page whose content is packed, with a table of contents that is right."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
        b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(stream), filters.encode(), stream),
    ]
    written, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\n" % table
    return written + head + b"startxref\n%d\n%%%%EOF" % len(written)


def packed_twice(megabytes: int) -> bytes:
    """So many megabytes of spaces, in a few kilobytes."""
    packer = zlib.compressobj(9)
    head = packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return zlib.compress(head + one * megabytes + packer.flush(), 9)


def test_a_file_is_read_and_its_words_are_counted() -> None:
    reading = documents.read(Kind.WORD, files.a_docx("One two\nthree"))
    assert (reading.html, reading.words) == ("<p>One two</p><p>three</p>", 3)


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.WORD])
def test_a_file_of_another_kind_ends_the_child_and_nothing_else(kind: Kind) -> None:
    with pytest.raises(Unreadable, match="can’t open this"):
        documents.read(kind, b"\x00" * 100)


def test_a_file_that_wants_all_memory_is_stopped_at_the_limit() -> None:
    program = (
        "import resource, sys\n"
        "from lms import documents\n"
        "try:\n"
        "    documents.read(documents.Kind.PDF, sys.stdin.buffer.read())\n"
        "except documents.Unreadable as refusal:\n"
        "    print(refusal.sentence)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=a_pdf_of(packed_twice(1500), "/FlateDecode/FlateDecode"),
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    said, kilobytes = done.stdout.decode().splitlines()
    assert said == "We can’t open this file. Save it again as PDF or .docx and try that."
    assert int(kilobytes) < 1.1 * MEGABYTE


def test_a_file_that_takes_too_long_is_given_up_and_its_child_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = children()
    monkeypatch.setattr(documents, "MOST_SECONDS", 0.05)
    with pytest.raises(Unreadable, match="takes too long to open"):
        documents.read(Kind.WORD, files.a_docx())
    assert children() <= before


def test_a_child_that_keeps_computing_is_ended_by_the_system() -> None:
    """Even one whose parent no longer waits for it."""
    program = (
        "from lms import documents_child\ndocuments_child.limit_self(1)\nwhile True:\n    pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert done.returncode < 0


def test_the_child_is_told_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever took it over through a hostile file would find no key and no database."""
    monkeypatch.setenv("LMS_SECRET_KEY", "a secret that must not be passed on")
    told: list[dict[str, str]] = []
    run = subprocess.run

    def noting(*args: object, **kwargs: object) -> object:
        program = "import json, os; print(json.dumps({'html': json.dumps(dict(os.environ)),"
        child = [sys.executable, "-c", f"{program} 'words': 1}}))"]
        done = run(child, **{**kwargs, "input": b""})  # type: ignore[call-overload]
        told.append(json.loads(json.loads(done.stdout)["html"]))
        return done

    monkeypatch.setattr(subprocess, "run", noting)
    documents.read(Kind.PDF, b"%PDF-")
    (environment,) = told
    assert not [name for name in environment if name.startswith("LMS_")]
    assert "a secret" not in json.dumps(environment)


def test_the_web_process_imports_no_library_that_opens_documents() -> None:
    """PERFORMANCE G7. Nor any that writes them: jobs do that work."""
    program = (
        "import json, sys, tempfile, pathlib\n"
        "from config import Mode, Settings\n"
        "from lms import vault\n"
        "from lms.app import create_app\n"
        "home = pathlib.Path(tempfile.mkdtemp())\n"
        "vault.Keys.make(home / 'keys')\n"
        "app = create_app(Settings(mode=Mode.TESTING, secret_key='x' * 40,\n"
        "    database_url=f'sqlite:///{home}/a.sqlite', storage_url=(home / 'f').as_uri(),\n"
        "    mail_url=(home / 'm').as_uri(), mail_from='a@example.org',\n"
        "    base_url='http://localhost', keys_dir=home / 'keys'))\n"
        "assert app.test_client().get('/help/').status_code == 200\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    loaded = set(json.loads(done.stdout))
    assert {"lms", "flask", "bleach"} <= loaded
    assert not loaded & {"mammoth", "pypdfium2", "docx", "fpdf", "lxml", "PIL", "cobble"}


def children() -> set[int]:
    """Processes of ours that run `lms.documents_child`."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            mine = re.search(r"^PPid:\t(\d+)$", status.read_text(), re.M)
            called = (status.parent / "cmdline").read_bytes()
            if mine and int(mine[1]) == os.getpid() and b"documents_child" in called:
                found.add(int(status.parent.name))
    return found
