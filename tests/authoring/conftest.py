"""An installation whose content is small, and somebody of each kind who works on it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms import worker
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.authoring import queries
from lms.authoring.models import Draft
from lms.authoring.working import snapshot
from lms.catalogue.models import ContentVersion
from tests import factories
from tests.catalogue.folder import a_folder
from tests.support.pages import Visitor

PAGE = "modules/01-first/01-beginning.md"
OTHER = "modules/02-second/02-end.md"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_TEXT = re.compile(r'<textarea[^>]*name="text"[^>]*>\n?(.*?)</textarea>', re.S)


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = a_folder(tmp_path / "content")
    monkeypatch.setitem(app.config, "CONTENT_DIR", found)
    return found


def publish(folder: Path) -> ContentVersion:
    """What the folder holds, published."""
    return factories.publish_folder(folder)


def words(page: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text.split("<main")[1])).split())


@dataclass
class Editor:
    """An author's browser, with one draft open."""

    visitor: Visitor
    account: Account
    ref: str

    @property
    def at(self) -> str:
        return f"/authoring/drafts/{self.ref}"

    @property
    def draft(self) -> Draft:
        return queries.draft(self.ref)

    def open(self, name: str = PAGE, query: str = "") -> TestResponse:
        return self.visitor.get(f"{self.at}/files/{name}{query}")

    def text(self, name: str = PAGE) -> str:
        """What stands in the box."""
        return unescape(_TEXT.search(self.open(name).text)[1])

    def form(self, name: str = PAGE) -> dict[str, str]:
        """The form as the page has it."""
        page = self.open(name).text
        hidden = dict(_HIDDEN.findall(page.split("<main")[1].split("</main>")[0]))
        return {"number": hidden["number"], "text": unescape(_TEXT.search(page)[1])}

    def save(self, text: str, name: str = PAGE, **fields: str) -> TestResponse:
        """Type something and save."""
        sent = {**self.form(name), "text": text, "viewer": "advocate", "nation": "", **fields}
        return self.visitor.post(f"{self.at}/files/{name}", **sent)

    def change(self, old: str, new: str, name: str = PAGE) -> TestResponse:
        text = self.text(name)
        assert old in text
        return self.save(text.replace(old, new, 1), name)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.visitor.post(f"{self.at}/{path}", **fields)

    def press_publish(self) -> TestResponse:
        """Ask for it to be published as it is now."""
        folder = Path(self.visitor.app.config["CONTENT_DIR"])
        return self.post("publish", seen=snapshot(self.draft, folder).fingerprint)

    def publish(self) -> TestResponse:
        """Ask for it, let the worker work, and look what came of it; or what the press answered."""
        pressed = self.press_publish()
        if pressed.status_code != 302:
            return pressed
        worker.work_once()
        return self.visitor.get(pressed.location)


@pytest.fixture
def editor(browser: Callable[..., Visitor], folder: Path) -> Callable[..., Editor]:
    """An author with a new draft: on what the folder holds, published first unless told not to."""

    def opened(*, published: bool = True) -> Editor:
        if published and not queries.latest_version():
            publish(folder)
        account = factories.make_account(Role.AUTHOR)
        visitor = browser(account)
        answer = visitor.post("/authoring/drafts/", title="Say it more plainly")
        assert answer.status_code == 302, answer.text
        return Editor(visitor, account, answer.location.rsplit("/", 1)[1])

    return opened
