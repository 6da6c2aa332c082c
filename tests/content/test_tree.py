"""Which files of a folder are content, and a draft upon them."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from lms import authored, markup
from lms.authored import Faulty
from lms.content import reading
from lms.content.tree import Drafted, Folder, digest_as_meant, digest_of, size_of
from lms.markup_marks import Surroundings
from lms.markup_memory import Memory
from tests.catalogue.folder import a_folder, change


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


def test_what_describes_a_module_is_read_once_however_many_of_its_pages_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = Folder(a_folder(tmp_path / "content"))
    names = [name for name in tree.names() if name.startswith("modules/01-first/0")]
    assert len(names) > 1
    parsed: list[str] = []
    parse = authored.parse

    def counted(text: str, called: str, first_line: int = 1) -> authored.Authored:
        parsed.append(called)
        return parse(text, called, first_line)

    monkeypatch.setattr(authored, "parse", counted)
    reading.look_over(tree, names)
    assert parsed.count("modules/01-first/module.yml") == 1
    assert set(names) <= set(parsed)


def test_a_text_is_the_same_however_its_lines_end_and_a_picture_is_not() -> None:
    def digest(name: str, raw: bytes) -> str:
        return digest_as_meant(Drafted(Folder(Path("/nowhere")), {name: raw}), name)

    assert digest("a.md", b"\xef\xbb\xbfa\r\nb\r\n") == digest("a.md", b"a\nb\n")
    assert digest("a.md", b"a\nb\n") != digest("a.md", b"a\nb")
    assert digest("a.svg", b"a\r\n") != digest("a.svg", b"a\n")


def test_a_tree_that_is_read_again_renders_what_changed_alone_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, memory, rendered = a_folder(tmp_path / "content"), Memory(), list[str]()
    render = markup.render_teaching

    def counted(text: str, around: Surroundings) -> markup.TeachingPage:
        rendered.append(text)
        return render(text, around)

    def read(change_: Callable[[], None] = lambda: None) -> int:
        change_()
        rendered.clear()
        found = reading.examine(folder, memory=memory)
        count = len(rendered)
        afresh = reading.examine(folder)
        assert found[1] == afresh[1]
        assert found[0].modules == afresh[0].modules
        return count

    monkeypatch.setattr(markup, "render_teaching", counted)
    every = read()
    assert every == 6
    assert read() == 0
    page = "modules/01-first/02-end.md"
    assert read(lambda: change(folder, page, "The [[NRM]]", "More: the [[NRM]]")) == 1
    assert read(lambda: change(folder, "glossary.yml", "term: NRM", "term: the NRM")) == every
