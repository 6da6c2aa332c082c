"""The way back: an older version is published again, and nothing that came since is lost."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.access.actor import SYSTEM, Role
from lms.catalogue import operations, queries
from lms.catalogue.keeping import keep
from lms.catalogue.models import ContentVersion
from lms.content import reading
from lms.db import db, unit_of_work
from lms.errors import NotFound
from lms.learning.queries import staff_reader
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.support.together import at_once

PAGE = "modules/01-first/01-beginning.md"
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


@pytest.fixture
def two(folder: Path) -> tuple[ContentVersion, ContentVersion]:
    """A version, and a newer one that says something else of the law."""
    older = publish(folder)
    change(folder, PAGE, "What it says.", "What it says now.")
    return older, publish(folder)


def publish(folder: Path) -> ContentVersion:
    kept = keep(reading.read(folder))
    with unit_of_work():
        return operations.publish(kept, actor=SYSTEM)


def published() -> list[int]:
    return [each.version_id for each in queries.publications()]


def newest() -> int | None:
    reader = staff_reader()
    return reader and reader.version_id


def test_an_older_version_becomes_the_newest_and_the_other_stays(
    two: tuple[ContentVersion, ContentVersion],
) -> None:
    older, newer = two
    author = factories.make_actor(Role.AUTHOR)
    assert newest() == newer.id
    with unit_of_work():
        assert operations.publish_again(older, actor=author)
    assert newest() == older.id
    assert published() == [older.id, newer.id, older.id]
    assert queries.publications()[0].published_by == author.ref
    assert [each.id for each in queries.versions()] == [older.id, newer.id]
    assert factories.trail_of(older.ref) == ["content published", "older content published again"]


def test_publishing_the_folder_as_it_once_was_is_the_same_way_back(
    two: tuple[ContentVersion, ContentVersion], folder: Path
) -> None:
    change(folder, PAGE, "What it says now.", "What it says.")
    assert publish(folder).id == two[0].id
    assert published() == [two[0].id, two[1].id, two[0].id]
    assert publish(folder).id == two[0].id
    assert len(published()) == 3


def test_what_is_the_newest_is_not_published_again(
    two: tuple[ContentVersion, ContentVersion],
) -> None:
    with unit_of_work():
        assert not operations.publish_again(two[1], actor=SYSTEM)
    assert published() == [two[1].id, two[0].id]
    assert factories.trail_of(two[1].ref) == ["content published"]


def test_pressed_by_two_at_once_it_is_published_once(
    app: Flask, two: tuple[ContentVersion, ContentVersion]
) -> None:
    ref = two[0].ref

    def press() -> bool:
        with unit_of_work():
            return operations.publish_again(queries.version(ref), actor=SYSTEM)

    assert sorted(at_once(app, [press] * 2), key=str) == [False, True]
    db.session.rollback()
    assert len(published()) == 3


def test_nobody_but_authors_and_registrars_goes_back(
    two: tuple[ContentVersion, ContentVersion],
) -> None:
    for role in set(Role) - {Role.AUTHOR, Role.REGISTRAR}:
        actor = factories.make_actor(role)
        with pytest.raises(NotFound), unit_of_work():
            operations.publish_again(two[0], actor=actor)
    assert len(published()) == 2


def test_an_author_goes_back_from_the_list_of_versions(
    browser: Any, two: tuple[ContentVersion, ContentVersion]
) -> None:
    older, newer = two
    author = browser(factories.make_account(Role.AUTHOR))
    path = f"/authoring/versions/{older.ref}/publish"
    listed = author.get("/authoring/").text
    assert path in listed
    assert f"/authoring/versions/{newer.ref}/publish" not in listed
    page = author.get(path).text
    assert "1 page differs from what is newest now, 1 of them in what it says of the law" in page
    assert "This version is the newest again." in author.fill_in(path).text
    assert newest() == older.id
    assert "This version is the newest already." in author.get(path).text
