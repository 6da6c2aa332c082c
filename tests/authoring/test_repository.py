"""What is published in the browser is committed to the content repository, where there is one."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lms import repository
from lms.authoring import queries
from lms.repository import NotCommitted
from tests.authoring.conftest import OTHER, PAGE, Editor, words
from tests.authoring.test_editor import a_picture

Open = Callable[..., Editor]
NEW = "modules/01-first/03-more.md"


def git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


@pytest.fixture
def copy(folder: Path, tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working copy with the content in a folder of its own, set as the content repository."""
    home = tmp_path / "curriculum"
    shutil.copytree(folder, home / "content")
    git(tmp_path, "init", "--quiet", str(home))
    git(home, "add", ".")
    author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    git(home, *author, "commit", "--quiet", "--message=As it was")
    monkeypatch.setitem(app.config, "CONTENT_REPOSITORY", home / "content")
    return home


def test_publishing_commits_the_changed_files_in_the_authors_name_without_an_address(
    editor: Open, copy: Path
) -> None:
    (copy / "unrelated.txt").write_text("Not ours to commit.")
    git(copy, "add", "unrelated.txt")
    author = editor()
    author.change("## A part", "## Another part")
    author.post("delete", name=OTHER)
    sent = (io.BytesIO(a_picture()), "a.png")
    author.visitor.post(f"{author.at}/upload", folder="01-first", file=sent)
    assert "The draft is published." in words(author.publish())
    version = queries.latest_version()
    said = git(copy, "log", "-1", "--format=%an|%ae|%cn|%ce|%s")
    assert said == f"{author.account.ref}||Alongside||Publish {version.ref}"
    assert set(git(copy, "show", "--name-status", "--format=", "HEAD").splitlines()) == {
        f"M\tcontent/{PAGE}",
        f"D\tcontent/{OTHER}",
        "A\tcontent/modules/01-first/files/a.png",
    }
    assert (copy / "content/modules/01-first/files/a.png").read_bytes() == a_picture()
    assert "## Another part" in git(copy, "show", f"HEAD:content/{PAGE}")
    assert git(copy, "status", "--porcelain") == "A  unrelated.txt"
    author.publish()
    assert git(copy, "rev-list", "--count", "HEAD") == "2"


def test_a_repository_that_fails_is_told_and_undoes_nothing(
    editor: Open, copy: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (copy / ".git" / "index.lock").touch()
    author = editor()
    author.change("## A part", "## Another part")
    before = queries.latest_version().ref
    page = words(author.publish())
    assert "The draft is published." in page
    assert "The content repository could not be written." in page
    assert queries.latest_version().ref != before
    assert "not in the content repository: git add" in caplog.text


def test_hooks_do_not_run_and_names_are_no_patterns(copy: Path) -> None:
    hook = copy / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert repository.commit(
        copy / "content", {NEW: b"New.\n", "modules/*": None}, author="ACC", words="x"
    )
    assert (copy / "content" / PAGE).exists()
    assert not repository.commit(copy / "content", {NEW: b"New.\n"}, author="ACC", words="x")


@pytest.mark.parametrize("name", ["../outside.md", "link/outside.md", "link"])
def test_nothing_is_written_outside_of_it(copy: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (copy / "content" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotCommitted, match="leads out"):
        repository.commit(copy / "content", {name: b"x"}, author="ACC", words="x")
    assert not (tmp_path / "elsewhere" / "outside.md").exists()
    assert not (copy / "outside.md").exists()


def test_a_folder_that_is_no_working_copy_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotCommitted):
            repository.commit(folder, {"a.md": b"x"}, author="ACC", words="x")
        assert not (folder / "a.md").exists()
