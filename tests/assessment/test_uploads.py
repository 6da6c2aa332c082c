"""Files as people send them, and as nobody should: refused with what to do, and nothing lost."""

import io
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings, strategies as st
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from lms import clock, storage, worker
from lms.assessment import queries
from lms.assessment.models import Assessment, Submission
from lms.assessment.uploads import file_work, shown_name
from lms.cohorts.models import Enrolment
from lms.db import db
from lms.documents import Kind, Unreadable
from tests.factories import make_assessment, make_cohort, make_enrolment
from tests.support import documents as files

START = datetime(2026, 10, 5, 9, tzinfo=UTC)
DECLARED = {"own_work": "y", "fit": "y"}
MOST_BYTES = 20 * 1024 * 1024
TYPED = "What I typed beside the file."
PDF = files.a_pdf()
BAD = {
    "empty": (b"", "a.pdf", "The file is empty."),
    "a web page called PDF": (files.a_web_page(), "a.pdf", "Choose a PDF or Word"),
    "a program called PDF": (files.a_program(), "essay.pdf", "Choose a PDF or Word"),
    "a zip called Word": (files.a_zip(), "essay.docx", "Choose a PDF or Word"),
    "old Word": (files.an_old_word_file(), "essay.docx", "Choose a PDF or Word"),
    "text as a file": (b"My work.", "essay.txt", "Choose a PDF or Word"),
    "a web page behind PDF's first bytes": (
        files.a_web_page_posing_as_pdf(),
        "a.pdf",
        "We can’t open this",
    ),
    "half a PDF": (files.a_truncated_pdf(), "a.pdf", "We can’t open this"),
    "a locked PDF": (files.an_encrypted_pdf(), "a.pdf", "If it has a password"),
    "a PDF of pictures": (files.a_pdf_without_text(), "a.pdf", "no text in it"),
    "Word with macros": (files.a_docx_with_macro(), "a.docx", "carries macros"),
    "macros under another name": (files.a_docx_with_macro(), "a.pdf", "carries macros"),
    "Word that loads from elsewhere": (
        files.a_docx_with_remote_template(),
        "a.docx",
        "loads something from another place",
    ),
    "Word that unpacks to far too much": (
        files.a_zip_bomb_docx(unpacked_megabytes=201),
        "a.docx",
        "too large when it is unpacked",
    ),
    "one byte more than 20 MB": (
        PDF.ljust(MOST_BYTES + 1),
        "a.pdf",
        "This file is larger than 20 MB. Make it smaller, or hand in a PDF.",
    ),
}
# Over HTTP one of each sort is enough.
SENT = [
    "empty",
    "a program called PDF",
    "half a PDF",
    "Word with macros",
    "one byte more than 20 MB",
]


@pytest.fixture(autouse=True)
def _stopped() -> object:
    with clock.stopped(START):
        yield


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return make_enrolment(make_cohort())


@pytest.fixture
def assessment(enrolment: Enrolment) -> Assessment:
    return make_assessment(enrolment.cohort)


@pytest.fixture
def send(browser, enrolment: Enrolment, assessment: Assessment) -> Any:  # type: ignore[no-untyped-def]
    def hand_in(content: bytes, name: str, **fields: str) -> TestResponse:
        visitor = browser(enrolment.advocate)
        answer: TestResponse = visitor.client.post(
            f"/assessments/{assessment.ref}/submit",
            data=as_sent(content, name, csrf_token=visitor.token(), **DECLARED, **fields),
            content_type="multipart/form-data; boundary=----edge",
            follow_redirects=True,
        )
        return answer

    return hand_in


def as_sent(content: bytes, name: str, **fields: str) -> bytes:
    """A form with a file, as browsers put it on the wire."""
    called = name.replace('"', "%22").replace("\r\n", "%0D%0A")
    parts = [(f'name="{field}"', value.encode()) for field, value in fields.items()]
    parts += [(f'name="work"; filename="{called}"\r\nContent-Type: text/plain', content)]
    return (
        b"".join(
            b"------edge\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n"
            % (head.encode(), body)
            for head, body in parts
        )
        + b"------edge--\r\n"
    )


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def handed_in() -> list[Submission]:
    return list(db.session.scalars(select(Submission)))


@pytest.mark.parametrize("what", sorted(BAD))
def test_a_bad_file_is_refused_before_anything_is_kept(what: str) -> None:
    content, name, sentence = BAD[what]
    with pytest.raises(Unreadable, match=re.escape(sentence)):
        file_work("token", FileStorage(io.BytesIO(content), name), 0)


@pytest.mark.parametrize("what", SENT)
def test_a_page_says_what_is_wrong_with_a_file_and_nothing_typed_is_lost(
    send: Any, enrolment: Enrolment, assessment: Assessment, what: str
) -> None:
    content, name, sentence = BAD[what]
    before = set(storage.store().all_keys())
    page = send(content, name, text=TYPED)
    assert page.status_code == 422
    said = words(page)
    assert said.count(sentence) == 2  # above, and beside the field
    assert "Browsers don’t keep a chosen file: choose it again." in said
    assert f"{TYPED}</textarea>" in page.text
    assert handed_in() == []
    assert set(storage.store().all_keys()) == before
    draft = queries.draft(enrolment, assessment)
    assert draft is not None
    assert draft.text == TYPED
    assert "Your text is saved as a draft." in said


def test_a_file_of_20_megabytes_is_taken(send: Any) -> None:
    assert "We have your work" in send(PDF.ljust(MOST_BYTES), "a.pdf").text
    assert [each.size for each in handed_in()] == [MOST_BYTES]


def test_a_request_that_is_far_too_large_gets_a_page_with_what_to_do(send: Any) -> None:
    page = send(PDF + bytes(5 << 20) * 5, "a.pdf")
    assert page.status_code == 413
    said = words(page)
    assert "A file may have up to 20 MB." in said
    assert "save the document with smaller ones" in said
    assert handed_in() == []


def test_a_word_file_reaches_nothing_outside_itself(send: Any, app: Flask) -> None:
    send(files.a_docx_with_a_path_outside(), "a.docx")
    send(files.a_docx_with_entities(), "a.docx")
    home = app.config["SETTINGS"].storage_dir.parent
    assert not list(home.rglob("outside.txt"))
    worker.work_once()
    for made in handed_in():
        reading = queries.reading_of(made.id)
        assert reading is not None
        assert "root:" not in reading.html


@pytest.mark.parametrize(("name", "kind"), [("essay.docx", "pdf"), ("essay.exe", "pdf"), ("", "")])
def test_what_a_file_is_says_its_content_and_never_its_name(
    send: Any, name: str, kind: str
) -> None:
    page = send(PDF, name)
    assert [each.kind for each in handed_in()] == ([kind] if kind else [])
    assert page.status_code == (200 if kind else 422)


def test_text_that_the_renderer_could_choke_on_is_refused_and_kept(
    browser: Any, enrolment: Enrolment, assessment: Assessment
) -> None:
    page = browser(enrolment.advocate).fill_in(
        f"/assessments/{assessment.ref}/submit", text="[" * 8000, **DECLARED
    )
    assert page.status_code == 422
    assert "[" * 8000 in page.text
    assert handed_in() == []


@pytest.mark.parametrize("text", ["before\x00after", "bell\x07", "x" * 200_001])
def test_text_that_can_not_be_kept_is_said_to_be_and_shown_again(
    browser: Any, enrolment: Enrolment, assessment: Assessment, text: str
) -> None:
    path = f"/assessments/{assessment.ref}/submit"
    for button in ({}, {"draft": "1"}):
        page = browser(enrolment.advocate).fill_in(path, text=text, **DECLARED, **button)
        assert page.status_code == 422
        said = words(page)
        assert "is saved" not in said
        assert "Your text is below; it is not saved." in said
        assert "after" in said or "bell" in said or "x" * 200_001 in page.text
    assert handed_in() == []
    assert queries.draft(enrolment, assessment) is None


XSS = [
    "<script>alert(1)</script>.pdf",
    '"><img src=x onerror=alert(1)>.pdf',
    "'; DROP TABLE submission; --.pdf",
    "{{ 7 * 7 }}.pdf",
    '=HYPERLINK("http://evil.example").pdf',
    "a.pdf\r\nSet-Cookie: stolen=1",
]


@pytest.mark.parametrize("name", XSS)
def test_a_hostile_file_name_is_shown_as_the_text_it_is(send: Any, name: str) -> None:
    page = send(PDF, name)
    assert page.status_code == 200
    (made,) = handed_in()
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert queries.file_name(made) in unescape(page.text)
    assert "49.pdf" not in page.text
    assert not set(queries.file_name(made)) & set("\r\n/\\")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("essay.pdf", "essay.pdf"),
        ("C:\\Users\\Asha Okoro\\essay.pdf", "essay.pdf"),
        ("../../etc/passwd", "passwd"),
        ("é\u0301ssai – 作文 🕊.pdf", "é\u0301ssai – 作文 🕊.pdf"),
        ("harmless\u202efdp.exe", "harmlessfdp.exe"),  # a mark that turns the reading direction
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("tab\there\x00.pdf", "tabhere.pdf"),
        ("line\u2028end.pdf", "lineend.pdf"),
        ("   ", "work.pdf"),
        ("\u202e", "work.pdf"),
        ("", "work.pdf"),
        (
            "..",
            "..",
        ),
    ],
)
def test_a_file_name_is_kept_as_harmless_text(sent: str, shown: str) -> None:
    assert shown_name(sent, Kind.PDF) == shown


def test_of_a_long_file_name_the_end_is_shown() -> None:
    assert shown_name("a" * 4000 + "-final.pdf", Kind.PDF).endswith("-final.pdf")
    assert len(shown_name("字" * 4000, Kind.PDF)) == 120


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_whatever_a_file_is_called_its_shown_name_is_one_short_printable_line(sent: str) -> None:
    shown = shown_name(sent, Kind.WORD)
    assert 1 <= len(shown) <= 120
    assert "/" not in shown
    assert "\\" not in shown
    assert shown.isprintable()
    assert shown == shown.strip()


def test_a_long_and_odd_file_name_is_handed_in_and_downloaded_over_http(
    send: Any, browser: Any, enrolment: Enrolment
) -> None:
    page = send(PDF, "é" * 300 + " 🕊 作文\u202e.pdf")
    assert page.status_code == 200
    (made,) = handed_in()
    assert queries.file_name(made) == ("é" * 300 + " 🕊 作文.pdf")[-120:]
    with browser(enrolment.advocate).get(f"/submissions/{made.ref}/file") as answer:
        assert answer.data == PDF


def test_scripts_in_text_never_reach_a_page_as_scripts(
    browser: Any, enrolment: Enrolment, assessment: Assessment
) -> None:
    text = '<script>alert(1)</script> [x](javascript:alert(1)) <img src="http://t.example/a.png">'
    visitor = browser(enrolment.advocate)
    path = f"/assessments/{assessment.ref}/submit"
    again = visitor.fill_in(path, text=text)  # without declarations: shown again
    visitor.fill_in(path, text=text, **DECLARED)
    (made,) = handed_in()
    worker.work_once()
    reading = queries.reading_of(made.id)
    assert reading is not None
    for shown in (again.text, reading.html):
        assert "<script>alert" not in shown
        assert "<img src" not in shown
        assert 'href="javascript' not in shown
