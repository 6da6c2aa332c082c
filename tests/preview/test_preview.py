"""An author sees the working copy as readers would, with what was found in it beside it."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.access.actor import Role
from lms.preview.desk import Desk, Seat
from lms.preview.views import served
from tests.catalogue.folder import a_folder, change

PAGE = "modules/01-first/01-beginning.md"
NOTE = "It is in [@act s.1].\n///\n\n/// tutor | T\nAsk twice.\n"
ADDRESS = "/learn/first/beginning"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("desk")
    made = Desk(a_folder(tmp_path_factory.mktemp("content")), home, 5001)
    served(made)
    return made


@pytest.fixture
def author(desk: Desk, tmp_path: Path) -> FlaskClient:
    """A browser before a working copy that is in order, in the advocate's seat."""
    for path in desk.folder.rglob("*.md"):
        path.unlink()
    a_folder(desk.folder)
    desk.sit(Seat(Role.ADVOCATE, date(2026, 11, 2)))
    return desk.app.test_client()


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_page_is_shown_as_it_stands_now_and_anew_after_each_change(desk, author) -> None:
    assert "What it says." in author.get(ADDRESS).text
    before = author.get("/preview/state").text
    change(desk.folder, PAGE, "What it says.", "What it says today.")
    assert author.get("/preview/state").text != before
    assert "What it says today." in author.get(ADDRESS).text


def test_what_was_found_stands_beside_the_page_it_was_found_in(desk, author) -> None:
    change(desk.folder, PAGE, "[[NRM]]", "[[nrm-of-old]]")
    page = words(author.get(ADDRESS).text)
    assert f"Error {PAGE}:11 [[nrm-of-old]] is not in the glossary" in page
    assert "What it says." in page  # a page with an error is shown all the same
    other = words(author.get("/learn/first/end").text)
    here, elsewhere = other.split("In other files")
    assert "[[nrm-of-old]]" not in here.split("On this page")[-1]
    assert "[[nrm-of-old]] is not in the glossary" in elsewhere


def test_files_that_cannot_be_shown_leave_the_page_as_it_was_and_say_so(desk, author) -> None:
    author.get(ADDRESS)
    change(desk.folder, PAGE, "minutes: 20", "minutes: [20")
    page = words(author.get(ADDRESS).text)
    assert "The files can’t be shown as they stand." in page
    assert f"{PAGE}:4" in page
    assert "What it says." in page
    change(desk.folder, PAGE, "minutes: [20", "minutes: 20")
    assert "can’t be shown" not in words(author.get(ADDRESS).text)


def test_two_pages_of_one_name_are_a_finding_and_no_fall(desk, author) -> None:
    twice = desk.folder / "modules/01-first/03-beginning.md"
    twice.write_bytes((desk.folder / PAGE).read_bytes())
    page = words(author.get(ADDRESS).text)
    assert "the page name “beginning” stands twice" in page


def test_files_that_were_never_in_order_leave_only_their_findings(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "content")
    change(folder, PAGE, "minutes: 20", "minutes: [20")
    (tmp_path / "home").mkdir()
    desk = Desk(folder, tmp_path / "home", 5001)
    author = served(desk).test_client()
    page = words(author.get(ADDRESS).text)
    assert "Nothing to show yet" in page
    assert f"{PAGE}:4" in page


def test_tutors_see_their_notes_and_advocates_never_do(desk, author) -> None:
    change(desk.folder, PAGE, "It is in [@act s.1].\n", NOTE)
    assert "Ask twice." not in author.get(ADDRESS).text
    assert choose(author, role="tutor").status_code == 302
    assert "Ask twice." in author.get(ADDRESS).text


def test_every_role_finds_a_seat(desk, author) -> None:
    for role in Role:
        choose(author, role=role.value)
        page = author.get("/")
        assert page.status_code == 200, role
        assert f'value="{role.value}" selected' in page.text


def test_a_page_is_seen_on_the_day_that_was_chosen(desk, author) -> None:
    late = "This page was to be reviewed by"
    assert late not in author.get(ADDRESS).text
    choose(author, day="2027-02-01")
    assert late in author.get(ADDRESS).text
    choose(author, day="no day at all")
    assert author.get(ADDRESS).status_code == 200


def test_parts_of_other_nations_are_folded_for_the_chosen_one(desk, author) -> None:
    folds = "".join(
        f"\n/// nation | {nation}\nHere.\n///\n" for nation in ("scotland", "northern-ireland")
    )
    change(desk.folder, PAGE, "It is in [@act s.1].\n///\n", f"It is in [@act s.1].\n///\n{folds}")
    assert author.get(ADDRESS).text.count('<details class="fold" open') == 2
    choose(author, nation="scotland")
    assert author.get(ADDRESS).text.count('<details class="fold" open') == 1


def test_a_name_of_somebody_elses_for_this_machine_opens_nothing(author) -> None:
    for host in ("localhost:5001", "127.0.0.1:5001"):
        assert author.get(ADDRESS, headers={"Host": host}).status_code == 200
    for path in (ADDRESS, "/preview/state", "/static/theme.css"):
        answer = author.get(path, headers={"Host": "elsewhere.example:5001"})
        assert answer.status_code == 400
        assert "The NRM is explained" not in words(answer.text)


def test_the_bars_own_files_are_served_and_nothing_else(author) -> None:
    assert author.get("/preview/live.js").status_code == 200
    assert author.get("/preview/bar.css").status_code == 200
    assert author.get("/preview/desk.py").status_code == 404


def choose(author: FlaskClient, **fields: str):
    """Take another seat by the form on the page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', author.get("/learn/").text)[1]
    form = {"role": "advocate", "nation": "", "day": "2026-11-02", **fields}
    return author.post("/preview/seat", data={"csrf_token": token, "back": ADDRESS, **form})
