"""A rulebook is published once and kept for good: what people entered under never moves."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lms.access.actor import SYSTEM, Actor, Role
from lms.db import db, unit_of_work
from lms.errors import NotFound
from lms.regulations import operations, queries, source
from lms.regulations.models import RegulationsVersion
from tests import factories
from tests.factories import CONTENT
from tests.performance.counting import counting

EXAMPLE = "regulations/example-2026.yml"
COLLEGE = "regulations/example-college-2026.yml"
READERS = {Role.REGISTRAR, Role.CHAIR, Role.TUTOR, Role.EXTERNAL_EXAMINER, Role.ADVOCATE}
pytestmark = pytest.mark.usefixtures("app")


def publish(file: str = EXAMPLE, actor: Actor = SYSTEM) -> RegulationsVersion:
    book = source.read(CONTENT, file)
    with unit_of_work():
        return operations.publish(book, actor=actor)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_the_whole_text_is_kept_as_it_was_written() -> None:
    version = publish()
    assert version.text == (CONTENT / EXAMPLE).read_text(encoding="utf-8")
    assert version.regulations == source.read(CONTENT, EXAMPLE).regulations
    assert factories.trail_of(version.ref) == ["regulations published"]


def test_the_same_text_again_is_the_same_version_and_another_stands_beside_it() -> None:
    first = publish()
    assert publish().ref == first.ref
    second = publish(COLLEGE)
    assert {each.ref for each in queries.versions()} == {first.ref, second.ref}
    assert factories.trail_of(first.ref) == ["regulations published"]


def test_changing_the_file_changes_nothing_that_was_published(tmp_path: Path) -> None:
    (tmp_path / "regulations").mkdir()
    path = tmp_path / EXAMPLE
    text = (CONTENT / EXAMPLE).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    with unit_of_work():
        first = operations.publish(source.read(tmp_path, EXAMPLE), actor=SYSTEM)
    path.write_text(text.replace("points: 50", "points: 40"), encoding="utf-8")
    with unit_of_work():
        second = operations.publish(source.read(tmp_path, EXAMPLE), actor=SYSTEM)
    path.unlink()
    db.session.expire_all()
    assert (first.regulations.pass_mark.points, second.regulations.pass_mark.points) == (50, 40)
    assert first.key == second.key


def test_what_was_published_can_be_neither_changed_nor_removed() -> None:
    version = publish()
    for statement in (
        "UPDATE regulations_version SET text = text || ' '",
        "DELETE FROM regulations_version",
    ):
        with pytest.raises(DBAPIError, match="never changed or removed"):
            run(statement)
    kept = db.session.scalar(select(RegulationsVersion.text))
    assert kept == source.read(CONTENT, EXAMPLE).text
    assert queries.version(version.ref).sha256 == source.read(CONTENT, EXAMPLE).sha256


def run(statement: str) -> None:
    """A statement behind the application's back."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTRAR}))
def test_nobody_but_a_registrar_publishes(role: Role) -> None:
    with pytest.raises(NotFound):
        publish(actor=factories.make_actor(role))
    assert not queries.versions()


def test_a_registrar_publishes_from_the_page_and_each_rule_shows_paragraph_and_source(
    browser,
) -> None:
    visitor = browser(factories.make_account(Role.REGISTRAR))
    waiting = visitor.get("/regulations/")
    assert "Example assessment regulations, 2026" in waiting.text
    assert "Example college regulations, 2026" in waiting.text
    answer = visitor.post(f"/regulations/publish/{EXAMPLE}")
    assert answer.status_code == 302
    page = visitor.get(answer.location)
    assert "The rulebook is published. It never changes from now on." in words(page.text)
    (version,) = queries.versions()
    for rule in version.regulations.rules:
        row = f"{rule.paragraph} {' '.join(rule.says.split())}"
        assert row in words(page.text)
        assert " ".join(rule.source.split()) in words(page.text)
    assert version.regulations.note in words(page.text)
    assert (
        "Example assessment regulations"
        not in visitor.get("/regulations/").text.split("Published</h2>")[0]
    )


@pytest.mark.parametrize("role", sorted(Role))
def test_those_who_live_under_a_rulebook_read_it_and_nobody_else(browser, role: Role) -> None:
    version = publish()
    visitor = browser(factories.make_account(role))
    with counting() as counted:
        page = visitor.get(f"/regulations/{version.ref}")
    assert page.status_code == (200 if role in READERS else 404)
    assert bool(counted.writes) == (role not in READERS)  # who was refused is noted, no more
    assert visitor.get("/regulations/").status_code == (200 if role in READERS else 403)
    assert (
        "Publish this rulebook" not in visitor.get("/regulations/").text or role is Role.REGISTRAR
    )


def test_a_rulebook_that_is_not_there_is_not_found(browser) -> None:
    visitor = browser(factories.make_account(Role.REGISTRAR))
    for path in ("/regulations/REG-0000", "/regulations/REG-0000-0000-0000-0000"):
        assert visitor.get(path).status_code == 404


def test_a_file_with_a_fault_is_not_published_and_its_line_is_shown(
    app: Flask, browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "regulations").mkdir()
    text = (CONTENT / EXAMPLE).read_text(encoding="utf-8")
    broken = text.replace("minutes: 5", "minutes: -5")
    (tmp_path / EXAMPLE).write_text(broken, encoding="utf-8")
    monkeypatch.setitem(app.config, "CONTENT_DIR", tmp_path)
    live = publish()
    visitor = browser(factories.make_account(Role.REGISTRAR))
    visitor.post(f"/regulations/publish/{EXAMPLE}")
    page = words(visitor.get("/regulations/").text)
    assert "This file can’t be published" in page
    assert f"{EXAMPLE} Line 25: grace.minutes: Input should be greater than or equal to 0" in page
    assert [each.ref for each in queries.versions()] == [live.ref]


@pytest.mark.parametrize(
    "file", ["../config.py", "regulations/../programme.yml", "programme.yml", "regulations/x.yml"]
)
def test_only_a_rulebook_of_the_folder_can_be_named(browser, file: str) -> None:
    visitor = browser(factories.make_account(Role.REGISTRAR))
    assert visitor.post(f"/regulations/publish/{file}").status_code == 404
    assert not queries.versions()
