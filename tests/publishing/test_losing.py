"""Publishing the folder says what it takes back of what drafts changed; that has to be meant."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from lms import worker
from lms.authoring import queries as drafts
from lms.catalogue.version_tree import tree_of
from lms.content.tree import Folder
from lms.db import db
from lms.publishing.cli import publish
from lms.publishing.losing import lost_by
from lms.publishing.rules import How
from tests.authoring.conftest import OTHER, PAGE, Editor
from tests.catalogue.folder import change
from tests.publishing.conftest import Publisher, standing_at, words

Open = Callable[..., Editor]
Made = Callable[..., Publisher]
MORE = "modules/01-first/03-more.md"


def lost(folder: Path) -> dict[str, tuple[How, str, str]]:
    db.session.rollback()
    found = lost_by(Folder(folder), drafts.latest_version())
    return {each.name: (each.how, each.module, each.title) for each in found}


@pytest.fixture
def drafted(editor: Open) -> Editor:
    """A draft is published that changes a page, adds one, and takes one out."""
    author = editor()
    author.change("## A part", "## Another part")
    author.post("add", kind="page", module="01-first", name="03-more")
    text = author.text().replace("The beginning", "More of it")
    author.save(text, MORE)
    author.post("delete", name=OTHER)
    assert "The draft is published." in words(author.publish())
    return author


def test_every_file_that_drafts_changed_is_named_and_what_the_folder_took_over_is_not(
    drafted: Editor, folder: Path
) -> None:
    first, second = "Module 1 of the example", "Module 2 of the example"
    assert lost(folder) == {
        PAGE: (How.CHANGED, first, "The beginning"),
        MORE: (How.ADDED, first, "More of it"),
        OTHER: (How.REMOVED, second, "The end of it"),
    }
    change(folder, PAGE, "## A part", "## A part of the folder's own")
    assert PAGE in lost(folder)
    change(folder, "glossary.yml", "made short", "made quite short")
    assert "glossary.yml" not in lost(folder)  # what the folder changed is no loss
    (folder / OTHER).unlink()
    (folder / PAGE).write_bytes(_published(PAGE).replace(b"\n", b"\r\n"))
    (folder / MORE).write_bytes(_published(MORE))
    assert lost(folder) == {}


def _published(name: str) -> bytes:
    version = drafts.latest_version()
    assert version is not None
    return tree_of(version.id).read(name)


def test_of_several_drafts_one_upon_another_all_counts_and_what_one_took_back_does_not(
    editor: Open, folder: Path
) -> None:
    one = editor()
    one.change("## A part", "## Another part")
    one.change("## A part", "## Another end", OTHER)
    one.publish()
    two = editor()
    two.change("## Another part", "## A part")
    two.publish()
    assert set(lost(folder)) == {OTHER}
    three = editor()
    three.change("## Another end", "## A part", OTHER)
    three.publish()
    assert lost(folder) == {}


def test_a_draft_on_the_folder_itself_counts_as_well(editor: Open, folder: Path) -> None:
    author = editor(published=False)
    author.change("## A part", "## Another part")
    author.publish()
    assert set(lost(folder)) == {PAGE}


def test_it_is_said_on_the_page_and_refused_beside_its_field_until_it_is_ticked(
    drafted: Editor, publisher: Made
) -> None:
    author = publisher()
    page = author.page()
    assert "What drafts changed, and this folder has not" in words(page)
    assert f"Module 1 of the example: The beginning {PAGE} Changed" in words(page)
    assert f"Module 1 of the example: More of it {MORE} Added" in words(page)
    assert f"Module 2 of the example: The end of it {OTHER} Taken out" in words(page)
    before = drafts.latest_version().ref

    refused = author.press()
    assert refused.status_code == 422
    assert "Tick this to take back 3 changes" in words(refused)
    assert re.search(r'id="over_drafts-error"', refused.text)
    assert 'href="#over_drafts"' in refused.text
    worker.work_once()
    assert drafts.latest_version().ref == before

    assert "The content is published." in words(author.publish(over_drafts="y"))
    assert drafts.latest_version().ref != before
    assert "What drafts changed" not in words(author.page())


def test_a_draft_published_meanwhile_keeps_the_folder_from_being_published(
    editor: Open, publisher: Made, folder: Path
) -> None:
    """Also one that was published after the press: nobody knew that it would be taken back."""
    draft, author = editor(), publisher()
    change(folder, OTHER, "What it says.", "What it said.")
    seen = author.seen()
    draft.change("## A part", "## Another part")
    asked = draft.press_publish()
    pressed = author.press(seen=seen)
    worker.work_once()
    assert standing_at(asked).state == "published"
    assert standing_at(pressed).state == "refused"
    assert "Somebody published since." in standing_at(pressed).outcome.refusal
    assert author.press(seen=seen, over_drafts="y").status_code == 409


def run(app: Flask, *arguments: str) -> Result:
    db.session.remove()
    return CliRunner().invoke(publish, arguments, obj=_Made(app))


class _Made:
    """What commands ask for their application."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def load_app(self) -> Flask:
        return self._app


def test_the_command_line_says_the_same_and_refuses(app: Flask, drafted: Editor) -> None:
    before = drafts.latest_version().ref
    said = (
        "Published from drafts, and not in the folder:\n"
        f"  {PAGE}: changed (Module 1 of the example, The beginning)\n"
        f"  {MORE}: added (Module 1 of the example, More of it)\n"
        f"  {OTHER}: taken out (Module 2 of the example, The end of it)\n"
    )
    for words_ in ((), ("--dry-run",)):
        refused = run(app, *words_)
        assert refused.exit_code == 1
        assert said in refused.output
        assert "Nothing was published." in refused.output
    assert drafts.latest_version().ref == before
    tried = run(app, "--over-drafts", "--dry-run")
    assert (tried.exit_code, "Would publish" in tried.output) == (0, True)
    assert drafts.latest_version().ref == before
    done = run(app, "--over-drafts", "--progress")
    assert done.exit_code == 0, done.output
    assert said in done.output
    assert "1 of 6: modules/01-first/01-beginning.md" in done.output
    db.session.rollback()
    assert drafts.latest_version().ref != before
