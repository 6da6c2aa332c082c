"""Markdown of another origin becomes a module of ours, and a report says what didn't come along."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms.content import reading
from lms.errors import RuleBroken
from lms.foreign import importing, sources
from lms.foreign.blocks import taken_over
from lms.foreign.importing import Import, imported, write
from lms.foreign.inline import Around, NotTaken
from tests.catalogue.folder import a_folder, change
from tests.exchange.folder import PNG, SVG
from tests.foreign.folder import a_foreign_folder
from tests.support.installation import Installation

SECOND = """\
## A part

/// caution | Be careful
What to mind.

    print("[not a link](x.md)")

///

/// practice | A good way
Do it
like this.
///

/// details | By the way
More of it.

**Deep**

Deeper.

///
"""


@dataclass(frozen=True)
class Taken:
    """What came of the folder."""

    whole: Import

    def page(self, name: str) -> str:
        return self.whole.files[name].decode().split("---\n", 2)[2].lstrip()

    def said(self, file: str) -> list[str]:
        return [f"{each.line} {each.message}" for each in self.whole.report if each.file == file]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return Taken(imported(a_foreign_folder(tmp_path_factory.mktemp("foreign")), "A module"))


def test_pages_come_in_reading_order_under_names_of_ours(taken: Taken) -> None:
    assert list(taken.whole.files) == [
        "01-welcome-start-here.md",
        "02-second.md",
        "03-third-page.md",
        "files/dot.png",
        "files/path-one.svg",
        "module.yml",
    ]
    assert taken.whole.files["files/dot.png"] == PNG
    assert taken.whole.files["files/path-one.svg"] == SVG


def test_boxes_code_and_headings_become_ours(taken: Taken) -> None:
    assert taken.page("02-second.md").startswith(SECOND)


def test_links_lead_to_pages_of_ours_or_are_kept_as_words(taken: Taken) -> None:
    page = taken.page("01-welcome-start-here.md")
    assert "[the second](02-second.md), elsewhere (https://example.org/x) or" in page
    assert "[the third](03-third-page.md). See https://example.org/y, nowhere and" in page
    said = taken.said("index.md")
    assert "9 the link to gone.md was taken off its words: no such page came along" in said
    assert any(each.startswith("8 the link to https://example.org/x was kept") for each in said)


def test_pictures_become_figures_that_say_what_they_show(taken: Taken) -> None:
    page = taken.page("01-welcome-start-here.md")
    assert '/// figure | path-one.svg\n    alt: "Two paths"\n\nThe paths\n///\n' in page
    assert '/// figure | dot.png\n    alt: ""\n///' in taken.page("02-second.md")
    assert "36 the picture dot.png has no words: say what it shows (alt)" in taken.said(
        "notes/second.md"
    )


def test_notes_marks_and_tags_become_text(taken: Taken) -> None:
    page = taken.page("01-welcome-start-here.md")
    assert "**Bold** and red, struck words. (note 1)" in page
    assert page.endswith("## Notes\n\n1. Said in a note of two lines.\n")
    assert "`[[kept]]`" in taken.page("03-third-page.md")


def test_every_line_that_was_not_understood_is_reported_with_what_became_of_it(taken) -> None:
    said = taken.said("notes/second.md")
    for line, words in (
        (4, "“draft” of the front matter was left out"),
        (12, "kept without its language, python"),
        (24, "a box within a box (danger) became text"),
        (27, "a shortcode was left out: {{< youtube abc >}}"),
        (29, "a shortcode was left out: {% include"),
        (31, "puts in was left out"),
        (33, "a line of slashes was kept as code"),
        (35, "nothing is fetched"),
        (37, "what ![[Welcome]] puts in was left out"),
        (39, "<script> was left out with all it holds"),
        (43, "a task was kept as text"),
    ):
        assert any(each.startswith(f"{line} ") and words in each for each in said), (line, words)
    assert "alert" not in taken.page("02-second.md")
    assert "4 “date” of the front matter was left out" in taken.said("index.md")


def test_nothing_outside_the_folder_is_read_and_no_link_is_followed(taken: Taken) -> None:
    said = taken.said("notes/Third page.md")
    assert (
        "8 the picture ../../outside.png was left out: there is no such file in the folder" in said
    )
    assert taken.said("linked.png") == ["1 a link of the file system was not followed"]
    assert not any("outside" in name or "linked" in name for name in taken.whole.files)


def test_what_is_no_picture_and_what_no_page_shows_stays_behind(taken: Taken) -> None:
    assert any(
        "fake.png was left out: this is not a picture" in e
        for e in taken.said("notes/Third page.md")
    )
    assert taken.said("orphan.docx") == [
        "1 the file was left out: no page shows it, and it is no Markdown"
    ]


def test_what_nobody_knows_is_found_by_the_check_and_never_made_up(taken, tmp_path) -> None:
    folder = a_folder(tmp_path / "content")
    write(taken.whole.files, folder / "modules/03-third")
    change(folder, "programme.yml", "  - 02-second\n", "  - 02-second\n  - 03-third\n")
    content, findings = reading.examine(folder)
    assert content is None
    found = {(each.file, each.message.split(":")[0]) for each in findings}
    module = "modules/03-third/module.yml"
    unknown = "code level credits nations law_as_at review_by outcomes summary".split()
    assert {(module, key) for key in unknown} <= found
    for name in ("01-welcome-start-here.md", "02-second.md", "03-third-page.md"):
        for key in ("minutes", "outcomes", "law_as_at", "review_by"):
            assert (f"modules/03-third/{name}", key) in found


def test_once_the_unknown_is_known_the_module_is_in_order(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "one.md").write_text("# One\n\n## A part\n\n:::tip\nDo *it*.\n:::\n\n![Two](a.svg)\n")
    (theirs / "a.svg").write_bytes(SVG)
    folder = a_folder(tmp_path / "content")
    ours = folder / "modules/03-third"
    write(imported(theirs, "A third module").files, ours)
    (ours / "module.yml").write_bytes((folder / "modules/02-second/module.yml").read_bytes())
    change(ours, "module.yml", "AL702", "AL703")
    for name in ("essay.yml", "essay.md"):
        (ours / "assessments").mkdir(exist_ok=True)
        source = folder / "modules/02-second/assessments" / name
        (ours / "assessments" / name).write_bytes(source.read_bytes())
    change(folder, "programme.yml", "  - 02-second\n", "  - 02-second\n  - 03-third\n")
    change(folder, "programme.yml", "credits: 20", "credits: 30")
    for key, value in (
        ("minutes", "5"),
        ("outcomes", "[LO1]"),
        ("law_as_at", "2026-04-07"),
        ("review_by", "2027-01-31"),
    ):
        change(ours, "01-one.md", f"{key}: UNKNOWN", f"{key}: {value}")
    (module,) = reading.read(folder).modules[2:]
    assert [page.slug for page in module.pages] == ["one"]
    html = module.pages[0].shown.html
    assert 'src="files/a.svg"' in html
    assert 'alt="Two"' in html
    assert "callout c-practice" in html


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"# A\n\ntext \xff\n", 3, "this is not UTF-8"),
        (b"---\ntitle: a\n\tb: c\n---\ntext\n", 3, "the front matter was left out"),
        (b"---\n- a\n---\ntext\n", 2, "the front matter was left out"),
        (b"+++\ntitle = \n+++\ntext\n", 2, "it is no TOML"),
        (b"text\n", 1, "the page has no title"),
        (b"# A\n\n" + b"x" * (1 << 20), 1, "the file was cut"),
        (b"# A\n" + b"\n" * 300, 200, "the file was cut here"),
        (b"# A\n\n" + b"[" * 2000, 1, "too much for one page"),
        (b"# A\n\n:::note\nnever ended\n", 3, "it is no box that ends"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_broken_is_reported_and_taken_as_far_as_it_goes(
    tmp_path: Path, monkeypatch, raw: bytes, line: int, words: str
) -> None:
    monkeypatch.setattr(sources, "MOST_LINES", 200)
    (tmp_path / "a.md").write_bytes(raw)
    found = imported(tmp_path, "A module")
    assert any(each.line == line and words in each.message for each in found.report)
    assert "01-a.md" in found.files


def test_a_module_that_is_there_is_never_touched(taken: Taken, tmp_path: Path) -> None:
    (tmp_path / "03-third").mkdir()
    with pytest.raises(RuleBroken, match="is there already"):
        write(taken.whole.files, tmp_path / "03-third")
    assert not list((tmp_path / "03-third").iterdir())


def test_a_folder_may_hold_so_much_and_no_more(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(RuleBroken, match="no Markdown"):
        imported(tmp_path, "A module")
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text("# A page\n")
    monkeypatch.setattr(importing, "MOST_PAGES", 2)
    with pytest.raises(RuleBroken, match="at most 2 pages; there are 3"):
        imported(tmp_path, "A module")
    monkeypatch.setattr(importing, "MOST_FILES", 2)
    with pytest.raises(RuleBroken, match="more than 2 files"):
        imported(tmp_path, "A module")


def test_no_file_takes_the_import_long() -> None:
    def nothing(address: str) -> str:
        raise NotTaken(address)

    for seed in ("[", "![", "[[x", ":::a\n", "!!! a\n\n", "> [!x]\n", "<a b=", "{{", "`", "///\n"):
        text = seed * (20_000 // len(seed))
        began = time.process_time()
        taken_over(text, 1, "", Around(nothing, lambda _address: None))
        assert time.process_time() - began < 1, seed


def test_the_command_reports_first_and_writes_once(tmp_path: Path) -> None:
    theirs, content = a_foreign_folder(tmp_path), a_folder(tmp_path / "content")
    place = Installation(tmp_path, {"LMS_CONTENT_DIR": str(content)})
    words = ["catalogue", "import", theirs, "--as", "03-third-thing"]
    tried = place.here(*words, "--dry-run")
    assert tried.status == 0, tried.error
    assert "notes/second.md:39: warning: <script> was left out with all it holds\n" in tried.out
    assert tried.out.endswith("Nothing was written: 3 pages, 2 pictures, 31 findings.\n")
    assert not (content / "modules/03-third-thing").exists()

    done = place.here(*words)
    assert done.status == 0, done.error
    assert (content / "modules/03-third-thing/files/dot.png").read_bytes() == PNG
    assert 'title: "Third thing"' in (content / "modules/03-third-thing/module.yml").read_text()
    assert "is there already" in place.here(*words).refusal
    assert place.here("catalogue", "import", theirs, "--as", "../x").status == 2


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_that_no_terminal_shows_is_named_without_harm(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n")
    (tmp_path / os.fsdecode(b"b\xff\x1b.txt")).write_text("")
    (each,) = imported(tmp_path, "A module").report
    str(each).encode()
    assert "\x1b" not in each.file
