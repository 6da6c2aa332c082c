"""A content folder, and people who publish it."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms import worker
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.publishing import queries
from lms.publishing.models import Wish
from lms.publishing.queries import Standing
from tests import factories
from tests.authoring.conftest import editor
from tests.catalogue.folder import a_folder
from tests.support.pages import Visitor

__all__ = ["editor"]
PAGE = "modules/01-first/01-beginning.md"
_SEEN = re.compile(r'name="seen" value="([^"]*)"')


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text.split("<main")[1])).split())


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = a_folder(tmp_path / "content")
    monkeypatch.setitem(app.config, "CONTENT_DIR", found)
    return found


class Publisher:
    """Somebody who publishes the content folder."""

    def __init__(self, visitor: Visitor, account: Account) -> None:
        self.visitor, self.account = visitor, account

    def page(self) -> TestResponse:
        return self.visitor.get("/authoring/")

    def seen(self) -> str:
        """What stands in the form of the page."""
        found = _SEEN.search(self.page().text)
        return unescape(found[1]) if found else ""

    def press(self, **fields: str) -> TestResponse:
        """Press the button of the page as it is now."""
        return self.visitor.post("/authoring/publish", **{"seen": self.seen(), **fields})

    def publish(self, **fields: str) -> TestResponse:
        """Press it, let the worker work, and look what came of it; or what the press answered."""
        return self._followed(self.press(**fields))

    def check(self) -> TestResponse:
        return self._followed(self.visitor.post("/authoring/check"))

    def _followed(self, pressed: TestResponse) -> TestResponse:
        if pressed.status_code != 302:
            return pressed
        worker.work_once()
        return self.visitor.get(pressed.location)


@pytest.fixture
def publisher(browser: Callable[..., Visitor], folder: Path) -> Callable[[], Publisher]:
    def made(role: Role = Role.AUTHOR) -> Publisher:
        account = factories.make_account(role)
        return Publisher(browser(account), account)

    return made


def wish_at(answer: TestResponse) -> Wish:
    """The wish to whose page somebody is sent."""
    assert answer.status_code == 302, words(answer)
    return queries.wish(answer.location.rsplit("/", 1)[1])


def standing_at(answer: TestResponse) -> Standing:
    return queries.standing(wish_at(answer))
