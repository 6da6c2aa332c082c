"""What somebody sees who opens the demonstration as each of its people."""

import html
import re

import pytest

from config import DEMO_PASSWORD
from lms.accounts.queries import account_with_address
from lms.demo_people import SIGN_INS
from tests.demo.conftest import Told
from tests.support.pages import Visitor

BANNER = "Demonstration: all people and marks are fictional"
# What stands on each front page whatever the day: real things, not empty lists.
WORTH_OPENING = {
    "advocate": ["Carry on reading", "in 18 days", "In training"],
    "advocate2": ["Mark", "Provisional", "Everything is read and handed in"],
    "advocate3": ["Accredited", "Confirmed", "who looked"],
    "tutor": ["Board of", "Not ratified yet."],
    "tutor2": ["Board of", "Not ratified yet."],
    "moderator": ["Board of", "Not ratified yet."],
    "external": ["Board of", "Not ratified yet."],
    "registrar": ["Organisations (1)", "24 enrolled", "24 completed", "Roles to confirm (1)"],
    "registrar2": ["24 enrolled", "24 completed", "Board of"],
    "chair": ["Board of", "Not ratified yet."],
    "accreditor": ["Awards to decide on (1)"],
    "accreditor2": ["To confirm (1)", "Awards to decide on (1)"],
    "coordinator": ["Receipts (2)", "Advocates placed with you."],
    "coordinator2": ["Receipts (1)", "Advocates placed with you."],
    "supervisor": ["Advocates placed with you."],
    "author": ["published, the last on"],
    "admin": ["Roles to confirm (1)"],
}
# And what markers have once the first work of the newest intake is in.
ONCE_WORK_IS_IN = {
    "tutor": ["Marks to give (1)", "Case analysis: Sol (15)"],
    "tutor2": ["Case analysis: Sol (16)"],
    "moderator": ["Case analysis: Sol (16)"],
    "advocate": ["10 of 60 credits handed in", "3 of 9 pages done"],
}


def visitor(told: Told, local: str) -> Visitor:
    account = account_with_address(f"{local}@demo.example")
    assert account is not None
    return Visitor.signed_in(told.app, account)


def words(page: str) -> str:
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert main is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def test_everybody_who_can_sign_in_is_listed_with_what_they_are() -> None:
    assert [local for local, _ in SIGN_INS] == [*WORTH_OPENING]
    assert all(re.fullmatch(r"[a-zA-Z, ]+", word) for _, word in SIGN_INS)


@pytest.mark.parametrize("local", WORTH_OPENING)
def test_every_front_page_is_worth_opening(local: str, told: Told) -> None:
    with told.open():
        page = visitor(told, local).get("/")
        assert page.status_code == 200
        assert BANNER in page.text
        seen = words(page.text)
        has_work = told.day.month != 9 or told.day.day >= 22
        for each in WORTH_OPENING[local] + (ONCE_WORK_IS_IN.get(local, []) if has_work else []):
            assert each in seen, seen


@pytest.mark.parametrize("local", WORTH_OPENING)
def test_every_link_of_every_front_page_opens_under_the_banner(local: str, told: Told) -> None:
    with told.open():
        someone = visitor(told, local)
        links = set(re.findall(r'href="(/[^"#]*)', someone.get("/").text))
        links -= {each for each in links if each.startswith(("/static/", "/leave"))}
        assert len(links) > 5
        for link in sorted(links):
            page = someone.get(html.unescape(link), follow_redirects=True)
            assert page.status_code == 200, link
            assert BANNER in page.text, link


def test_the_banner_is_on_every_page_of_a_stranger_too(told: Told) -> None:
    with told.open():
        for path, status in (("/", 200), ("/sign-in", 200), ("/reset", 200), ("/nowhere", 404)):
            page = Visitor(told.app).get(path)
            assert (page.status_code, BANNER in page.text) == (status, True), path


def test_the_one_password_signs_everybody_in_without_a_second_factor(told: Told) -> None:
    with told.open():
        for local in ("registrar", "advocate"):
            page = Visitor(told.app).fill_in(
                "/sign-in", email=f"{local}@demo.example", password=DEMO_PASSWORD
            )
            assert "Hello, " in page.text


def test_an_employer_and_the_advocate_see_the_same_look(told: Told) -> None:
    with told.open():
        receipts = words(visitor(told, "coordinator2").get("/check").text)
        looks = words(visitor(told, "advocate3").get("/my/accreditation").text)
        assert "Quiet Mill Advocacy (fictional)" in looks
        assert "Harbour Lane Advocacy (fictional)" in looks
        year = told.day.year - (told.day.month < 9)
        assert f"19 May {year}" in looks
        assert f"19 May {year}" in receipts
