"""Which files of a folder are content, and a draft upon them."""

from hashlib import sha256
from pathlib import Path

import pytest

from lms.authored import Faulty
from lms.content.tree import Drafted, Folder, digest_of, size_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "content"
    for name in (
        "b.yml",
        "modules/01-a/01-b.md",
        "modules/01-a/.b.swp",
        ".git/config",
        "a~",
        "#a#",
    ):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return home


def test_leftovers_of_editors_and_of_git_are_no_content(folder: Path) -> None:
    assert Folder(folder).names() == ["b.yml", "modules/01-a/01-b.md"]


def test_a_link_that_leads_out_or_nowhere_is_no_file_of_ours(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "nowhere.md").symlink_to(folder / "gone.md")
    (folder / "within.md").symlink_to(folder / "b.yml")
    (folder / "up").symlink_to(tmp_path)
    (folder / "round").symlink_to(folder)
    assert Folder(folder).names() == ["b.yml", "modules/01-a/01-b.md", "within.md"]


def test_a_draft_replaces_adds_and_takes_away(folder: Path) -> None:
    tree = Drafted(Folder(folder), {"b.yml": None, "c.yml": b"new", "modules/01-a/01-b.md": b"c"})
    assert tree.names() == ["c.yml", "modules/01-a/01-b.md"]
    assert [tree.read(name) for name in tree.names()] == [b"new", b"c"]
    for asked in (tree.read, tree.digest):
        with pytest.raises(Faulty, match=r"b\.yml:1: error: the file is missing"):
            asked("b.yml")


def test_a_digest_is_that_of_the_bytes_wherever_they_lie(folder: Path) -> None:
    tree = Drafted(Folder(folder), {"c.yml": b"new"})
    for name in tree.names():
        assert tree.digest(name) == sha256(tree.read(name)).hexdigest()
    assert size_of(b"new") == 3
    assert digest_of(None) == ""
    with pytest.raises(Faulty):
        Folder(folder).digest("gone.md")
