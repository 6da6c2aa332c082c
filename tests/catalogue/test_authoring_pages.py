"""The authors' page: what waits, what is wrong with it, and publishing it."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from lms.access.actor import Role
from lms.catalogue import queries
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.performance.counting import counting

PAGE = "modules/01-first/01-beginning.md"


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = a_folder(tmp_path / "content")
    monkeypatch.setitem(app.config, "CONTENT_DIR", found)
    return found


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_an_author_sees_what_waits_publishes_it_and_sees_it_published(browser, folder) -> None:
    visitor = browser(factories.make_account(Role.AUTHOR))
    page = visitor.get("/authoring/")
    assert "AL701 Module 1 of the example" in words(page.text)
    assert "Nothing is published" in words(page.text)
    assert "Publish this content" in page.text
    with counting() as counted:
        visitor.get("/authoring/")
    assert not counted.writes

    assert visitor.post("/authoring/publish").status_code == 302
    page = visitor.get("/authoring/")
    assert "The content is published." in words(page.text)
    assert "Nothing in the folder has changed since." in words(page.text)
    assert "Publish this content" not in page.text
    assert len(queries.versions()) == 1


def test_broken_front_matter_is_refused_with_file_line_and_reason_and_what_is_live_stays(
    browser, folder
) -> None:
    visitor = browser(factories.make_account(Role.AUTHOR))
    visitor.post("/authoring/publish")
    (live,) = queries.versions()
    change(folder, PAGE, "minutes: 20", "minutes: [20")
    visitor.post("/authoring/publish")
    page = visitor.get("/authoring/")
    assert "Nothing was published: the content has findings." in words(page.text)
    assert "What is live stays as it is." in words(page.text)
    assert f"{PAGE} 4 expected ',' or ']'" in words(page.text)
    assert "Publish this content" not in page.text
    assert [each.ref for each in queries.versions()] == [live.ref]
    module = queries.module_of(live.id, "first")
    assert "What it says." in queries.text_of(queries.page_of(module, "beginning")).rendered.html


def test_findings_are_shown_as_text(browser, folder) -> None:
    change(folder, PAGE, "[[NRM]]", "[[<script>alert(1)</script>]]")
    page = browser(factories.make_account(Role.AUTHOR)).get("/authoring/")
    assert "<script>alert" not in page.text
    assert "[[<script>alert(1)</script>]] is not in the glossary" in words(page.text)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUTHOR, Role.REGISTRAR}))
def test_others_neither_see_nor_publish(browser, folder, role: Role) -> None:
    visitor = browser(factories.make_account(role))
    assert visitor.get("/authoring/").status_code in {403, 404}
    assert visitor.post("/authoring/publish").status_code in {403, 404}
    assert not queries.versions()


def test_somebody_signed_out_is_asked_to_sign_in(browser, folder) -> None:
    page = browser().get("/authoring/")
    assert (page.status_code, page.location.split("?")[0]) == (302, "/sign-in")
    assert browser().post("/authoring/publish").status_code == 401
    assert not queries.versions()


def test_publishing_is_no_link(browser, folder) -> None:
    visitor = browser(factories.make_account(Role.AUTHOR))
    assert visitor.get("/authoring/publish").status_code == 405
    assert visitor.client.post("/authoring/publish").status_code == 403  # without its token
    assert not queries.versions()
