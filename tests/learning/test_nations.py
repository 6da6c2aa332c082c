"""The reader chooses whose nation's parts are open; nothing else decides it."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.access.actor import Role
from lms.cohorts.models import Enrolment
from lms.markup_blocks import NATIONS
from tests import factories
from tests.catalogue.folder import a_folder
from tests.learning.places import a_cohort
from tests.performance.counting import counting

PAGE = "/learn/standing-in-law/four-words"
FOLD = re.compile(
    r'<details class="fold"( open)?>\s*<summary><span class="code">[^<]+</span> ([^<]+)</summary>'
)


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return factories.make_enrolment()


def parts(page: str) -> dict[str, bool]:
    """Each nation's part of a page, and whether it is open."""
    return {name: bool(is_open) for is_open, name in FOLD.findall(page)}


def test_before_a_choice_all_three_are_open(browser: Any, enrolment: Enrolment) -> None:
    """Also for one who works in a known nation: an employer's place decides nothing here."""
    page = browser(enrolment.advocate).get(PAGE).text
    assert parts(page) == dict.fromkeys([name for _, name in NATIONS.values()], True)


@pytest.mark.parametrize("nation", NATIONS)
def test_a_chosen_nation_is_open_on_every_page_and_the_others_are_folded(
    browser: Any, enrolment: Enrolment, nation: str
) -> None:
    reader = browser(enrolment.advocate)
    answer = reader.post("/learn/nation", nation=nation, back=PAGE)
    assert (answer.status_code, answer.location) == (302, PAGE)
    for path in (PAGE, "/learn/standing-in-law/consent"):
        found = parts(reader.get(path).text)
        assert [name for name, is_open in found.items() if is_open] == [NATIONS[nation][1]]
        assert len(found) == 3


def test_one_page_can_be_opened_whole_without_changing_the_choice(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    reader.post("/learn/nation", nation="scotland", back=PAGE)
    assert '<a href="?nations=all">' in reader.get(PAGE).text
    whole = reader.get(PAGE + "?nations=all").text
    assert all(parts(whole).values())
    assert '<a href="?nations=all">' not in whole
    assert not all(parts(reader.get(PAGE).text).values())


def test_the_choice_is_shown_and_can_be_taken_back(browser: Any, enrolment: Enrolment) -> None:
    reader = browser(enrolment.advocate)
    reader.post("/learn/nation", nation="scotland", back=PAGE)
    assert 'value="scotland" aria-pressed="true"' in reader.get(PAGE).text
    reader.post("/learn/nation", nation="", back=PAGE)
    page = reader.get(PAGE).text
    assert 'value="scotland" aria-pressed="false"' in page
    assert all(parts(page).values())


def test_a_page_that_is_the_same_everywhere_keeps_the_choice_with_the_settings(
    browser: Any, enrolment: Enrolment, tmp_path: Path
) -> None:
    reader = browser(factories.make_account(Role.TUTOR))  # staff read the newest version
    fold = "<summary>How you read"
    assert "Parts that are open" in reader.get(PAGE).text
    assert fold not in reader.get(PAGE).text
    a_cohort(a_folder(tmp_path), date(2024, 9, 1))
    page = reader.get("/learn/first/beginning")
    assert page.status_code == 200
    before, after = page.text.split(fold)
    assert "Parts that are open" not in before
    assert "Parts that are open" in after


def test_looking_chooses_nothing(browser: Any, enrolment: Enrolment) -> None:
    reader = browser(enrolment.advocate)
    for query in ("nations=all", "nation=scotland", "nations=scotland"):
        answer = reader.get(f"{PAGE}?{query}")
        assert all(parts(answer.text).values())
        assert not any("nation" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("nation", ["wales", "", "<script>", "Scotland", "x" * 5000])
def test_a_nation_nobody_teaches_is_no_choice(
    browser: Any, enrolment: Enrolment, nation: str
) -> None:
    reader = browser(enrolment.advocate)
    assert reader.post("/learn/nation", nation=nation, back=PAGE).status_code == 302
    assert all(parts(reader.get(PAGE).text).values())
    reader.client.set_cookie("nation", nation[:1000].replace("<", ""))
    assert all(parts(reader.get(PAGE).text).values())


@pytest.mark.parametrize(
    "back", ["https://tracker.example/", "//tracker.example", "/\\tracker.example", "", "x"]
)
def test_the_choice_never_leads_off_to_somebody_elses_site(
    browser: Any, enrolment: Enrolment, back: str
) -> None:
    reader = browser(enrolment.advocate)
    assert reader.post("/learn/nation", nation="scotland", back=back).location == "/learn/"


def test_the_choice_is_kept_in_a_cookie_that_scripts_and_strangers_do_not_see(
    browser: Any, enrolment: Enrolment
) -> None:
    reader = browser(enrolment.advocate)
    token = reader.token()
    with counting() as counted:
        answer = reader.client.post(
            "/learn/nation", data={"csrf_token": token, "nation": "scotland"}
        )
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("nation=")]
    assert cookie.startswith("nation=scotland;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert not counted.writes  # nobody's record says what nation they read about


def test_a_choice_needs_its_token_and_a_reader(browser: Any, enrolment: Enrolment) -> None:
    assert browser(enrolment.advocate).client.post("/learn/nation").status_code == 403
    assert browser(enrolment.advocate).get("/learn/nation/").status_code == 404
    assert (
        browser(factories.make_account(Role.COORDINATOR)).post("/learn/nation").status_code == 403
    )
    assert browser().post("/learn/nation", nation="scotland").status_code == 401
