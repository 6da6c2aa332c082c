"""Writing in the browser: a draft, its files, findings and preview; nothing typed is lost."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from lms.access.actor import Role
from lms.accounts.queries import account_by_id
from lms.authoring import queries
from lms.db import db
from tests import factories
from tests.authoring.conftest import OTHER, PAGE, Editor, words
from tests.support.pages import Visitor
from tests.support.together import at_once

Open = Callable[..., Editor]


def a_picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(kept, "PNG")
    return kept.getvalue()


def test_an_author_writes_sees_a_finding_with_its_line_mends_it_and_sees_the_page(
    editor: Open,
) -> None:
    author = editor()
    assert author.change("[[NRM]]", "[[NRN]]").status_code == 302
    page = words(author.open())
    assert "Line 11 [[NRN]] is not in the glossary" in page
    assert "1 in this file" in page
    assert author.change("[[NRN]]", "plainly [[NRM]]").status_code == 302
    page = author.open()
    assert "Nothing was found in this file." in words(page)
    assert "plainly <a" in page.text.split('id="look"')[1]
    assert "How people are identified" in words(page)


def test_broken_front_matter_is_kept_and_found(editor: Open) -> None:
    author = editor()
    assert author.change("minutes: 20", "minutes: [20").status_code == 302
    page = words(author.open())
    assert "minutes: [20" in author.text()
    assert "Line 4 expected ',' or ']'" in page
    assert "It can be shown once what stands above is mended." in page


def test_the_preview_shows_as_whom_and_where_and_never_a_tutors_note_to_an_advocate(
    editor: Open,
) -> None:
    author = editor()
    more = "/// tutor\nAsk them why.\n///\n\n/// nation | scotland\nNorth.\n///\n"
    answer = author.save(f"{author.text()}\n{more}", viewer="tutor", nation="scotland")
    assert "as=tutor" in answer.location
    look = author.open(query="?as=tutor&nation=scotland").text.split('id="look"')[1]
    assert "Ask them why." in look
    assert '<details class="fold" open' in look
    look = author.open(query="?nation=northern-ireland").text.split('id="look"')[1]
    assert "Ask them why." not in look.split("Saved before")[0]
    assert re.search(r'<details class="fold">\s*<summary><span class="code">SCO', look)


def test_what_is_typed_never_runs(editor: Open) -> None:
    author = editor()
    attack = "<script>alert(1)</script> [x](javascript:alert(1)) </textarea><b>"
    author.save(f"{author.text()}\n{attack}\n")
    page = author.open().text
    assert "<script>alert" not in page
    assert "javascript:alert" not in page.split('id="look"')[1].split("Saved before")[0]
    assert attack in author.text()


def test_two_windows_on_one_file_see_both_texts_and_either_or_both_can_be_kept(
    editor: Open,
) -> None:
    author = editor()
    form = author.form()
    author.save(form["text"] + "\nFrom the first window.\n")
    typed = form["text"] + "\nFrom the second.\n"
    second = {**form, "text": typed, "viewer": "advocate", "nation": ""}
    page = author.post(f"files/{PAGE}", **second)
    assert page.status_code == 409
    assert "first window." in page.text.split("<del>")[1].split("</del>")[0]
    assert "second." in page.text.split("<ins>")[1].split("</ins>")[0]
    assert "From the first window." in author.text()
    merged = author.post(f"files/{PAGE}", **{**second, "number": "1", "keep": "merge"})
    assert merged.status_code == 200
    both = merged.text.split("<textarea")[1].split("</textarea>")[0]
    assert "From the first window." in both
    assert "From the second." in both
    answer = author.post(f"files/{PAGE}", **{**second, "number": "1", "keep": "mine"})
    assert answer.status_code == 302
    assert "From the second." in author.text()
    history = queries.history_of(author.draft.id, PAGE)
    assert [each.number for each in history] == [2, 1]
    assert "From the first window." in history[1].text


def test_two_people_who_save_at_the_same_moment_lose_nothing(app: Flask, editor: Open) -> None:
    author = editor()
    form = {**author.form(), "viewer": "advocate", "nation": ""}
    path, account_id = f"{author.at}/files/{PAGE}", author.account.id

    def save(text: str) -> int:
        visitor = Visitor.signed_in(app, account_by_id(account_id))
        return int(visitor.post(path, **{**form, "text": text}).status_code)

    answers = at_once(app, [lambda: save("One."), lambda: save("Two.")])
    assert sorted(map(str, answers)) == ["302", "409"]
    db.session.rollback()
    assert len(queries.history_of(author.draft.id, PAGE)) == 1


def test_pages_are_added_taken_out_and_put_back(editor: Open) -> None:
    author = editor()
    answer = author.post("add", kind="page", module="01-first", name="03-new-words")
    assert answer.location.endswith("/files/modules/01-first/03-new-words.md")
    new = "modules/01-first/03-new-words.md"
    assert "law_as_at: input should be" in words(author.open(new)).lower()
    again = author.post("add", kind="page", module="01-first", name="03-new-words")
    assert again.status_code == 422
    assert "There is one already" in words(again)
    for name in ("../../etc", "Big", "x/y", "a.b"):
        assert author.post("add", kind="page", module="01-first", name=name).status_code == 422

    assert author.post("delete", name=OTHER).status_code == 302
    page = words(author.visitor.get(author.at))
    assert "02-end.md Taken out" in page
    assert "2 files are changed" in page
    assert author.post("restore", name=OTHER).status_code == 302
    assert "Taken out" not in words(author.visitor.get(author.at))
    assert author.post("delete", name="modules/01-first/no-such.md").status_code == 404
    for name in ("modules/../../etc/passwd", "regulations/example-2026.yml", "modules/x/01-a.md"):
        assert author.open(name).status_code == 404


def test_a_picture_is_known_by_its_bytes_shown_and_nothing_else_is_taken(editor: Open) -> None:
    author = editor()
    sent = author.visitor.post(
        f"{author.at}/upload", folder="01-first", file=(io.BytesIO(a_picture()), "My Map.png")
    )
    assert sent.status_code == 302
    author.save(
        f"{author.text()}\n/// figure | my-map.png\n    alt: A map of it.\n"
        "    source: Our own.\n\nA map.\n///\n"
    )
    page = author.open()
    assert "Nothing was found in this file." in words(page)
    address = f"{author.at}/files/modules/01-first/files/my-map.png"
    assert f'src="{address}"' in page.text
    picture = author.visitor.get(address)
    assert (picture.mimetype, picture.data) == ("image/png", a_picture())
    assert "Take out my-map.png" in words(author.visitor.get(author.at)).replace("files/", "")
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    for raw, name in ((b"<svg onload='x'/>", "a.svg"), (b"MZ", "a.png"), (a_picture(), "a.gif")):
        sent = author.visitor.post(
            f"{author.at}/upload", folder="01-first", file=(io.BytesIO(raw), name)
        )
        assert sent.status_code == 422, name
    sent = author.visitor.post(
        f"{author.at}/upload", folder="../..", file=(io.BytesIO(a_picture()), "a.png")
    )
    assert sent.status_code == 404


def test_the_archive_holds_the_same_files_and_is_the_same_each_time(editor: Open) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    packed = []
    for _ in range(2):
        with author.visitor.get(f"{author.at}/content.zip") as got:
            assert got.content_length == len(got.data)
            packed.append(got.data)
    assert packed[0] == packed[1]
    with zipfile.ZipFile(io.BytesIO(packed[0])) as archive:
        assert archive.testzip() is None
        assert archive.read(PAGE).decode() == f"{author.text()}\n"
        assert len(archive.namelist()) == 13


def test_a_draft_stands_on_the_folder_until_something_is_published(editor: Open) -> None:
    author = editor(published=False)
    assert author.draft.base_version_id is None
    assert "What it says." in author.text()


@pytest.mark.parametrize("size", ["front", "yaml", "long"])
def test_what_would_take_seconds_to_read_is_refused_with_what_was_typed(
    editor: Open, size: str
) -> None:
    author = editor()
    name, text = {
        "front": (PAGE, "---\n" + "a: [1]\n" * 4000 + "---\n\nText\n"),
        "yaml": ("glossary.yml", "a: [1]\n" * 15_000),
        "long": (PAGE, "x" * 200_001),
    }[size]
    answer = author.save(text, name)
    assert answer.status_code == 422
    assert "longer than" in words(answer) or "too long" in words(answer)
    assert text[-40:].strip() in answer.text
    assert not queries.history_of(author.draft.id, name)


def test_a_put_away_draft_can_be_read_and_not_changed(editor: Open) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    form = author.form()
    assert author.post("close").status_code == 302
    answer = author.post(
        f"files/{PAGE}", **{**form, "text": "Late.", "viewer": "advocate", "nation": ""}
    )
    assert answer.status_code == 422
    assert "This draft has ended" in words(answer)
    page = author.open()
    assert "Another part" in page.text
    assert "Save and check" not in page.text


def test_others_open_no_draft_and_what_they_do_is_noted(
    editor: Open, browser: Callable[..., object]
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    assert factories.trail_of(author.ref) == ["draft opened", "draft changed"]
    for role in (Role.TUTOR, Role.ADVOCATE, Role.ADMIN, Role.CHAIR):
        visitor = browser(factories.make_account(role))
        for path in ("", f"/files/{PAGE}", "/review", "/content.zip"):
            assert visitor.get(f"{author.at}{path}").status_code == 404
        assert visitor.post(f"{author.at}/files/{PAGE}", text="x", number="1").status_code == 404
    registrar = browser(factories.make_account(Role.REGISTRAR))
    assert registrar.get(f"{author.at}/files/{PAGE}").status_code == 200
    assert registrar.post(f"{author.at}/files/{PAGE}", text="x", number="1").status_code == 404
    db.session.rollback()
    assert len(queries.history_of(author.draft.id, PAGE)) == 1


def test_only_files_of_modules_are_taken_out_or_undone(editor: Open, folder: Path) -> None:
    (folder / "regulations").mkdir()
    for name in ("regulations/example.yml", "notes.txt", "modules/01-first/odd name.md"):
        (folder / name).write_text("kept")
    author = editor(published=False)
    names = ("regulations/example.yml", "notes.txt", "modules/01-first/odd name.md")
    for name in (*names, "programme.yml", "glossary.yml", "../x", "", "a\0b", "x" * 5000):
        for act in ("delete", "restore"):
            assert author.post(act, name=name).status_code in {302, 404}, (act, name)
        assert author.post("delete", name=name).status_code == 404, name
    assert not queries.newest_revisions(author.draft.id)
    assert author.visitor.post(f"{author.at}/delete").status_code == 404
    assert author.post("delete", name=OTHER).status_code == 302
