"""Notes, highlights, bookmarks and one's place: kept for one person, shown to nobody else."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock
from lms.access.actor import SYSTEM, Actor, Role
from lms.accounts.queries import actor_for
from lms.catalogue import queries as contents
from lms.catalogue.models import Page
from lms.cohorts import operations as cohorts
from lms.cohorts.models import Enrolment
from lms.cohorts.rules import State
from lms.db import db, unit_of_work
from lms.errors import NotFound
from lms.notebook import operations, queries
from lms.notebook.models import Jotting
from lms.notebook.operations import Spot
from lms.notebook.passages import Passages
from lms.notebook.rules import Full, Kind, Notebook
from tests import factories
from tests.catalogue.folder import a_folder, change
from tests.learning.places import a_cohort, words
from tests.learning.taught import GRAVE, OTHER, a_taught_folder
from tests.performance.counting import counting
from tests.support.together import at_once

NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 1)
PAGE = "/learn/first/beginning"
BOOK = "/learn/notebook"
ABOUT = f"{BOOK}/first/beginning"
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _stopped() -> Any:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


@pytest.fixture
def enrolment(folder: Path) -> Enrolment:
    return factories.make_enrolment(a_cohort(folder, SEPTEMBER))


def own(enrolment: Enrolment) -> Notebook:
    return Notebook(enrolment.advocate_id)


def me(enrolment: Enrolment) -> Actor:
    return actor_for(enrolment.advocate)


def a_page(enrolment: Enrolment, slug: str = "beginning") -> Page:
    module = contents.module_of(enrolment.cohort.content_version_id, "first")
    return contents.page_of(module, slug)


def a_note(enrolment: Enrolment, text: str = "Ask about the date.", token: str = "t") -> Jotting:
    with unit_of_work():
        spot = Spot(a_page(enrolment))
        return operations.write_note(own(enrolment), spot, text, token, actor=me(enrolment))


def kept(kind: Kind | None = None) -> list[Jotting]:
    db.session.rollback()
    found = db.session.scalars(select(Jotting).order_by(Jotting.id)).all()
    return [each for each in found if kind is None or each.kind == kind]


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def jottings(page: str) -> str:
    """What the part of a page that is its reader's own says."""
    return words(page.split('id="jottings"', 1)[1].split("</section>", 1)[0])


def test_a_note_is_written_below_the_page_and_stands_there(browser: Any, enrolment: Any) -> None:
    reader = browser(enrolment.advocate)
    token = field(reader.get(f"{ABOUT}/note").text, "token")
    typed = {"note": "<b>Ask</b> & note\r\nthe date.", "about": "a-part", "token": token}
    for _ in range(2):  # pressed twice
        answer = reader.post(f"{ABOUT}/note", **typed)
        assert (answer.status_code, answer.location) == (302, f"{PAGE}#jottings")
    (note,) = kept()
    assert (note.kind, note.text, note.anchor) == ("note", "<b>Ask</b> & note\nthe date.", "a-part")
    page = reader.get(PAGE).text
    assert "&lt;b&gt;Ask&lt;/b&gt; &amp; note" in page
    assert 'href="#a-part">A part</a>' in page.split('id="jottings"')[1]
    other_words = {**typed, "note": "Another thing."}
    reader.post(f"{ABOUT}/note", **other_words)
    assert len(kept()) == 2


def test_a_passage_is_highlighted_and_marked_where_it_stands(browser: Any, enrolment: Any) -> None:
    reader = browser(enrolment.advocate)
    for typed in ("what IT  says.", "What it says."):  # the second is the same passage
        assert reader.post(f"{ABOUT}/highlight", words=typed).status_code == 302
    (passage,) = kept()
    assert (passage.text, passage.anchor) == ("What it says.", "a-part")
    page = reader.get(PAGE).text
    assert page.count("<mark>What it says.</mark>") == 1
    assert words(page).count("What it says.") == 2  # in the text, and in the list
    for_staff = browser(factories.make_account(Role.TUTOR)).get(PAGE)
    assert for_staff.status_code == 200
    assert "<mark>" not in for_staff.text
    assert "jottings" not in for_staff.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Copy the words from the page, or type them"),
        ("Never <said> so", "These words don’t stand on the page"),
        ("sample", "These words stand on the page 2 times"),
        ("x" * 1001, "A highlight has up to 1,000 characters"),
    ],
)
def test_words_that_can_not_be_marked_are_kept_with_the_reason_beside_them(
    browser: Any, folder: Path, typed: str, sentence: str
) -> None:
    change(folder, "modules/01-first/01-beginning.md", "What it says.", "A sample. A sample.")
    reader = browser(factories.make_enrolment(a_cohort(folder, SEPTEMBER)).advocate)
    answer = reader.post(f"{ABOUT}/highlight", words=typed)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert sentence in words(answer.text.split('id="jot-words-error"')[1].split("</p>")[0])
    assert typed in words(answer.text)
    assert not kept()


def test_a_note_that_is_too_long_is_shown_again_whole(browser: Any, enrolment: Any) -> None:
    reader = browser(enrolment.advocate)
    typed = {"note": "y" * 10_001, "about": "a-part", "token": "one"}
    answer = reader.post(f"{ABOUT}/note", **typed)
    assert answer.status_code == 422
    assert typed["note"] in answer.text
    assert 'value="a-part" selected' in answer.text
    assert field(answer.text, "token") == "one"
    assert "up to 10,000 characters" in answer.text
    assert reader.post(f"{ABOUT}/note", **(typed | {"note": " \n "})).status_code == 422
    assert reader.post(f"{ABOUT}/note", **(typed | {"note": "y" * 10_000})).status_code == 302


def test_a_page_and_a_notebook_have_room_for_so_much(
    browser: Any, enrolment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.notebook.rules.MOST_ON_A_PAGE", 2)
    monkeypatch.setattr("lms.notebook.rules.MOST_IN_ALL", 3)
    a_note(enrolment, "one")
    a_note(enrolment, "two")
    assert a_note(enrolment, "two").text == "two"  # there already, so it takes no room
    answer = browser(enrolment.advocate).post(f"{ABOUT}/note", note="three", token="t")
    assert answer.status_code == 422
    assert "You have 2 notes and highlights on this page" in words(answer.text)
    assert "three</textarea>" in answer.text
    end = Spot(a_page(enrolment, "end"))
    with unit_of_work():
        operations.write_note(own(enrolment), end, "three", "t", actor=me(enrolment))
    with pytest.raises(Full), unit_of_work():
        operations.write_note(own(enrolment), end, "four", "t", actor=me(enrolment))
    assert browser(enrolment.advocate).post(f"{ABOUT}/bookmark").status_code == 302


def test_a_page_is_bookmarked_once_and_the_bookmark_taken_away(
    browser: Any, enrolment: Any
) -> None:
    reader = browser(enrolment.advocate)
    for _ in range(2):
        assert reader.post(f"{ABOUT}/bookmark").status_code == 302
    (made,) = kept(Kind.BOOKMARK)
    assert "Take the bookmark away" in jottings(reader.get(PAGE).text)
    back = {"back": f"{PAGE}#jottings"}
    answer = reader.post(f"{BOOK}/{made.ref}/erase", **back)
    assert answer.location == back["back"]
    assert not kept()
    assert "Bookmark this page" in jottings(reader.get(PAGE).text)
    elsewhere = {"back": "https://example.org/"}
    reader.post(f"{ABOUT}/bookmark")
    (again,) = kept()
    assert reader.post(f"{BOOK}/{again.ref}/erase", **elsewhere).location == f"{BOOK}/"


def test_where_one_was_is_where_one_did_something_last(browser: Any, enrolment: Any) -> None:
    reader = browser(enrolment.advocate)

    def was(minutes: int, path: str = "", **typed: str) -> str:
        with clock.stopped(NOW + timedelta(minutes=minutes)):
            if path:
                assert reader.post(path, **typed).status_code == 302
            page = reader.get(f"{BOOK}/").text
        return words(page.split('id="was-h"')[1].split("</section>")[0]) if "was-h" in page else ""

    reader.get(PAGE)
    assert was(0) == ""  # opening a page is nobody's business
    assert "You said that you have read “The end of it”" in was(1, "/learn/first/end/read")
    assert "You wrote a note on “The beginning”" in was(2, f"{ABOUT}/note", note="x", token="t")
    assert "You bookmarked “The beginning”" in was(3, f"{BOOK}/second/beginning/bookmark")
    kept_there = was(4, f"{BOOK}/first/end/place")
    assert "You kept your place on “The end of it”" in kept_there
    assert "You kept your place on “The beginning”" in was(5, f"{ABOUT}/place")
    (place,) = kept(Kind.PLACE)  # there is one, and it moved
    assert place.page_slug == "beginning"
    assert "Keep my place no longer" in reader.get(PAGE).text
    assert "You said that you have read" in was(6, "/learn/second/end/read")


def test_what_one_wrote_for_oneself_is_listed_with_its_page_and_can_be_taken_along(
    browser: Any, tmp_path: Path
) -> None:
    folder = a_taught_folder(tmp_path / "taught")
    reader = browser(factories.make_enrolment(a_cohort(folder, SEPTEMBER)).advocate)
    reader.post(f"{PAGE}/questions/for-me", text="A first thought.\n\nAnd another.")
    page = reader.get(f"{BOOK}/").text
    listed = page.split('id="reflections-h"')[1]
    assert '<p class="lines">A first thought.\n\nAnd another.</p>' in listed
    assert f'<a href="{PAGE}#question-for-me">The beginning</a>' in listed
    assert f'href="{BOOK}/notes.md"' in page
    assert "No notes yet" in words(page)
    assert "Nothing is in it yet" not in words(page)
    reader.post(f"{ABOUT}/bookmark")
    assert 'href="#reflections-h"' in reader.get(f"{BOOK}/").text


def test_the_notebook_lists_what_one_put_down_by_page_and_by_kind(
    browser: Any, enrolment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = browser(enrolment.advocate)
    assert "Nothing is in it yet" in words(reader.get(f"{BOOK}/").text)
    a_note(enrolment, "About the beginning.")
    reader.post(f"{ABOUT}/highlight", words="What it says.")
    reader.post(f"{BOOK}/second/end/bookmark")
    reader.post(f"{BOOK}/first/end/place")
    everything = reader.get(f"{BOOK}/").text
    assert "3 entries. No filter is on." in words(everything)
    heads = re.findall(r'<h2 id="group-\d+">.*?href="([^"]+)"', everything)
    assert heads == [PAGE, "/learn/second/end"]
    found = words(reader.get(f"{BOOK}/?module=first&kind=highlight").text)
    assert "1 entry." in found
    assert "What it says." in found
    assert "About the beginning." not in found
    assert "Nothing here matches" in reader.get(f"{BOOK}/?module=never").text
    monkeypatch.setattr("lms.study.notebook_views._A_PAGE", 2)
    assert "Module 2 of the example" in words(reader.get(f"{BOOK}/?page=2").text.split("<main")[1])


def test_a_copy_of_everything_is_theirs_as_a_text_file(browser: Any, enrolment: Any) -> None:
    reader = browser(enrolment.advocate)
    a_note(enrolment, "# Mine\n\n<b>Ask.</b>")
    reader.post(f"{ABOUT}/highlight", words="What it says.")
    reader.post(f"{ABOUT}/bookmark")
    with reader.client.get(f"{BOOK}/notes.md") as answer:
        assert answer.content_type == "text/markdown; charset=utf-8"
        assert answer.headers["Content-Disposition"] == "attachment; filename=notes.md"
        assert answer.headers["Cache-Control"] == "no-store"
        text = answer.text.replace("\xa0", " ")
    assert text == (
        "# Your notes\n\nSaved on 5 October 2026. Only you can save this copy.\n\n"
        "## Module 1 of the example: The beginning\n\n"
        "# Mine\n\n<b>Ask.</b>\n\n(Note of 5 October 2026)\n\n"
        "> What it says.\n\n(Bookmarked)\n"
    )


def test_a_note_is_changed_and_erased(browser: Any, enrolment: Any) -> None:
    reader, note = browser(enrolment.advocate), a_note(enrolment)
    page = reader.get(f"{BOOK}/{note.ref}").text
    typed = {"note": "Other words.", "about": "a-part", "seen": field(page, "seen")}
    with clock.stopped(NOW + timedelta(minutes=1)):
        assert reader.post(f"{BOOK}/{note.ref}", **typed).location == f"{BOOK}/#{note.ref}"
    (changed,) = kept()
    assert (changed.text, changed.anchor) == ("Other words.", "a-part")
    assert changed.changed_at > changed.made_at
    assert reader.post(f"{BOOK}/{note.ref}", **(typed | {"note": ""})).status_code == 422
    asked = words(reader.get(f"{BOOK}/{note.ref}/erase").text)
    assert "Other words." in asked
    assert "erased for good" in asked
    assert reader.post(f"{BOOK}/{note.ref}/erase").status_code == 302
    assert not kept()
    for path in ("", "/erase"):
        assert reader.post(f"{BOOK}/{note.ref}{path}", **typed).status_code == 404


def test_what_another_window_saved_is_never_written_over_unseen(
    browser: Any, enrolment: Any
) -> None:
    reader, note = browser(enrolment.advocate), a_note(enrolment)
    seen = field(reader.get(f"{BOOK}/{note.ref}").text, "seen")
    with clock.stopped(NOW + timedelta(minutes=1)):
        reader.post(f"{BOOK}/{note.ref}", note="From one window.", seen=seen)
    late = reader.post(f"{BOOK}/{note.ref}", note="From the other.", seen=seen)
    assert late.status_code == 409
    assert "From one window." in late.text
    assert "From the other.</textarea>" in late.text
    assert [each.text for each in kept()] == ["From one window."]
    same = reader.post(f"{BOOK}/{note.ref}", note="From one window.", seen=seen)
    assert same.status_code == 302  # pressed twice
    typed = {"note": "Both together.", "seen": field(late.text, "seen")}
    assert reader.post(f"{BOOK}/{note.ref}", **typed).status_code == 302
    assert [each.text for each in kept()] == ["Both together."]


def test_in_a_newer_version_notes_stay_and_a_lost_passage_says_so(
    browser: Any, folder: Path, enrolment: Any
) -> None:
    a_note(enrolment)
    reader = browser(enrolment.advocate)
    reader.post(f"{ABOUT}/highlight", words="What it says.")
    reader.post(f"{BOOK}/first/end/bookmark")
    change(folder, "modules/01-first/01-beginning.md", "What it says.", "What it says now.")
    (folder / "modules/01-first/02-end.md").rename(folder / "modules/01-first/02-new.md")
    later = a_cohort(folder, date(2025, 9, 1))
    with unit_of_work():
        cohorts.change_state(enrolment, State.TRANSFERRED, actor=SYSTEM)
    again = factories.make_enrolment(later, again=enrolment.advocate)
    assert again.id != enrolment.id
    said = jottings(reader.get(PAGE).text)
    assert "Ask about the date." in said
    assert "What it says. No longer on this page" in said
    listed = words(reader.get(f"{BOOK}/").text)
    assert "The end of it This page isn’t open to you now." in listed


def test_whoever_has_no_module_open_keeps_their_notebook(browser: Any, enrolment: Any) -> None:
    a_note(enrolment)
    with unit_of_work():
        cohorts.change_state(enrolment, State.WITHDRAWN, actor=SYSTEM)
    reader = browser(enrolment.advocate)
    assert "Ask about the date." in reader.get(f"{BOOK}/").text
    assert "Ask about the date." in reader.get(f"{BOOK}/notes.md").text
    assert reader.get(f"{BOOK}/{kept()[0].ref}").status_code == 200
    for path, typed in (("note", {"note": "x"}), ("highlight", {"words": "x"}), ("bookmark", {})):
        assert reader.post(f"{ABOUT}/{path}", **typed).status_code == 404


@pytest.mark.parametrize("role", [Role.TUTOR, Role.REGISTRAR, Role.ADMIN, Role.AUTHOR])
def test_nobody_else_opens_changes_or_sees_any_of_it(
    browser: Any, enrolment: Any, role: Role
) -> None:
    note = a_note(enrolment, "Nobody else’s business.")
    other = factories.make_enrolment(enrolment.cohort)
    staff = factories.make_account(role)
    for visitor in (browser(other.advocate), browser(staff)):
        for path in ("", "/erase"):
            assert visitor.get(f"{BOOK}/{note.ref}{path}").status_code == 404
            assert visitor.post(f"{BOOK}/{note.ref}{path}", note="x").status_code == 404
        for path in (PAGE, f"{BOOK}/", f"{BOOK}/notes.md"):
            assert "Nobody else" not in visitor.get(path).text
    assert browser(staff).get(f"{BOOK}/").status_code == 403
    for somebody in (me(other), actor_for(staff)):
        for act in (
            lambda who: operations.erase(note, actor=who),
            lambda who: operations.change_note(note, "x", "", "", actor=who),
            lambda who: operations.bookmark(own(enrolment), a_page(enrolment), actor=who),
            lambda who: operations.write_note(
                own(enrolment), Spot(a_page(enrolment)), "x", "t", actor=who
            ),
            lambda who: operations.keep_place(own(enrolment), Spot(a_page(enrolment)), actor=who),
            lambda who: operations.highlight(
                own(enrolment), a_page(enrolment), "x", Passages("<p>x</p>"), actor=who
            ),
        ):
            with pytest.raises(NotFound), unit_of_work():
                act(somebody)
    assert [each.text for each in kept()] == ["Nobody else’s business."]


def test_a_page_of_another_version_takes_no_note_and_tells_nothing(
    browser: Any, folder: Path, enrolment: Any
) -> None:
    (folder / "modules/01-first/02-end.md").rename(folder / "modules/01-first/02-new.md")
    a_cohort(folder, date(2025, 9, 1))
    reader = browser(enrolment.advocate)
    for page in ("new", "never"):
        for what in ("note", "highlight", "bookmark", "place"):
            typed = {"note": "x", "words": "What it says."}
            assert reader.post(f"{BOOK}/first/{page}/{what}", **typed).status_code == 404


def test_a_page_asks_once_for_its_notes_and_reading_writes_nothing(
    browser: Any, enrolment: Any
) -> None:
    reader = browser(enrolment.advocate)
    reader.get(PAGE)
    with counting() as empty:
        reader.get(PAGE)
    for number in range(3):
        a_note(enrolment, f"Note {number}")
    reader.post(f"{ABOUT}/highlight", words="What it says.")
    reader.get(PAGE)
    with counting() as full:
        reader.get(PAGE)
    assert len(full.queries) == len(empty.queries)
    assert sum("FROM jotting" in each.replace("\n", " ") for each in full.queries) == 1
    assert full.commits == 0
    assert not full.writes


def test_only_the_newest_stand_below_a_page(
    browser: Any, enrolment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.learning.own_notes.MOST_SHOWN", 2)
    for number in range(3):
        a_note(enrolment, f"Note number {number}.")
    said = jottings(browser(enrolment.advocate).get(PAGE).text)
    assert "1 earlier one is in your notebook" in said
    assert "Note number 0." not in said
    assert said.index("Note number 1.") < said.index("Note number 2.")


def test_two_windows_at_one_moment_put_it_down_once(app: Flask, enrolment: Any) -> None:
    notebook, actor, page_id = own(enrolment), me(enrolment), a_page(enrolment).id

    def write() -> str:
        with unit_of_work():
            spot = Spot(db.session.get_one(Page, page_id))
            operations.bookmark(notebook, spot.page, actor=actor)
            operations.keep_place(notebook, spot, actor=actor)
            return operations.write_note(notebook, spot, "Once.", "t", actor=actor).ref

    answers = at_once(app, [write] * 3)
    assert len(set(answers)) == 1, answers
    assert sorted(each.kind for each in kept()) == ["bookmark", "note", "place"]


def test_no_other_room_asks_for_the_table() -> None:
    lms = Path(queries.__file__).parents[1]
    named = re.compile(r"\bJotting\b|[\"']jotting[\"']|\bFROM jotting\b")
    users = {
        path.relative_to(lms).as_posix()
        for path in lms.rglob("*.py")
        if named.search(path.read_text(encoding="utf-8"))
    }
    # The two of learning hand on what the notebook's queries gave them, for one owner.
    outside = {name for name in users if not name.startswith("notebook/")}
    assert outside == {"learning/own_notes.py", "study/notebook_views.py"}
    for name in outside:
        assert "select(" not in (lms / name).read_text(encoding="utf-8")


def test_erasing_leaves_no_row_behind(enrolment: Any) -> None:
    note = a_note(enrolment)
    with unit_of_work():
        operations.erase(note, actor=me(enrolment))
    assert db.session.scalar(select(func.count()).select_from(Jotting)) == 0
    with pytest.raises(NotFound), unit_of_work():
        operations.erase(note, actor=me(enrolment))


def test_what_one_put_down_about_a_grave_or_another_page_stays_at_its_page(
    browser: Any, tmp_path: Path
) -> None:
    cohort = a_cohort(a_taught_folder(tmp_path / "taught"), SEPTEMBER)
    reader = browser(factories.make_enrolment(cohort).advocate)
    shown = re.sub(r"<[^>]+>", " ", reader.get(f"{GRAVE}?show=1").text)
    said = "What it says."
    assert said in shown
    module, page = GRAVE.split("/")[2:]
    assert reader.post(f"{BOOK}/{module}/{page}/highlight", words=said).status_code == 302
    held_back = jottings(reader.get(GRAVE).text)
    assert said in held_back
    assert "No longer on this page" not in held_back
    module, page = OTHER.split("/")[2:]
    reader.post(f"{BOOK}/{module}/{page}/bookmark")
    assert "isn’t open to you now" not in reader.get(f"{BOOK}/").text
