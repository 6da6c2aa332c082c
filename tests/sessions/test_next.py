"""Where a sign-in leads: to a page of ours, or home, and never to a stranger's."""

from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, strategies as st

from lms.access.actor import Role
from lms.web.safe import local_path
from tests.factories import make_account
from tests.sessions.coming_in import (
    code_of,
    set_up,
    sign_in,
    with_password,
    with_second_factor,
)
from tests.web.html import find, only, page as parsed

OURS = "https://alongside.example"
EVIL = [
    "https://evil.example",
    "http://evil.example/",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/%2f..",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/ /evil.example",
    "/path\\..\\..\\evil",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "mailto:evil@evil.example",
    "ftp://evil.example",
    "evil.example",
    "evil.example/path",
    "www.evil.example",
    "@evil.example",
    ".evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "http://localhost@evil.example",
    "http://localhost:80@evil.example/",
    "//localhost@evil.example",
    "//[::1]/",
    "//evil.example:443/account/",
    "/\r\nLocation: https://evil.example",
    "/account/\r\nSet-Cookie: session=x",
    "/" + "a" * 2000,
    "",
]
GOOD = [
    "/",
    "/account/",
    "/learn/standing-in-law/four-words?part=2&x=1#foot",
    "/people/?q=a%20b",
    "/check/ABC%2F%2Fevil.example",
    "/@evil.example",
    "/..//evil.example",
]


@pytest.mark.parametrize("value", EVIL, ids=repr)
def test_a_strangers_address_is_no_place_to_go(value) -> None:
    assert local_path(value) == ""


@pytest.mark.parametrize("value", GOOD)
def test_a_path_of_our_own_is(value) -> None:
    assert local_path(value) == value
    assert urlsplit(urljoin(f"{OURS}/sign-in", value)).netloc == "alongside.example"


def test_nothing_is_no_place_to_go() -> None:
    assert local_path(None) == ""


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2100)).map(lambda t: "/" + t))
def test_whatever_is_taken_stays_with_us_as_browsers_read_it(value) -> None:
    taken = local_path(value)
    if taken:
        # Browsers drop tabs and line ends, and read a backslash as a slash.
        read = taken.replace("\\", "/")
        assert not any(ord(each) <= 0x20 for each in taken)
        assert urlsplit(urljoin(f"{OURS}/sign-in", read)).netloc == "alongside.example"


def test_the_sign_in_page_carries_no_strangers_address(browser) -> None:
    visitor = browser()
    for value in EVIL:
        text = visitor.get("/sign-in", query_string={"next": value}).text
        assert text.count('name="next" value=""') == 1, value
        assert 'href="//evil' not in text
        assert "evil" not in text.partition('name="next"')[2].partition("<footer")[0]
    for value in GOOD:
        tree = parsed(visitor.get("/sign-in", query_string={"next": value}).text)
        assert only(tree, "input", name="next").get("value") == value


@pytest.mark.parametrize("value", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_with_a_strangers_address_leads_home(browser, value) -> None:
    account = with_password(make_account(Role.ADVOCATE))
    for path in ("/sign-in", f"/sign-in?next={value}"):
        visitor = browser()
        fields = {"email": account.address, "password": "three odd words: heron, gravel, Tuesday"}
        page = visitor.post(path, next=value, **fields)
        assert (page.status_code, page.headers["Location"]) == (302, "/")


def test_signing_in_leads_back_to_the_page_that_asked_for_it(browser) -> None:
    account, visitor = with_password(make_account(Role.ADVOCATE)), browser()
    page = visitor.get("/account/name?x=1&y=2")
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/sign-in?next=/account/name")
    asked = visitor.get(page.headers["Location"])
    (box,) = find(parsed(asked.text), "input", name="next")
    assert unescape(box.get("value", "")) == "/account/name?x=1&y=2"
    page = sign_in(visitor, account, next=box.get("value"))
    assert page.request.full_path == "/account/name?x=1&y=2"


def test_the_way_on_is_kept_over_the_code_page(browser) -> None:
    account, visitor = with_password(make_account(Role.TUTOR)), browser()
    seed = with_second_factor(account)
    page = sign_in(visitor, account, next="/account/name")
    assert page.request.full_path == "/sign-in/code?next=/account/name"
    page = visitor.fill_in("/sign-in/code?next=/account/name", code=code_of(seed))
    assert page.request.path == "/account/name"


@pytest.mark.parametrize("value", EVIL[::6], ids=repr)
def test_the_code_page_and_the_question_who_you_are_lead_nowhere_else(browser, value) -> None:
    account, visitor = with_password(make_account(Role.TUTOR)), browser()
    _, spare = set_up(account)
    sign_in(visitor, account)
    page = visitor.client.get("/sign-in/code", query_string={"next": value})
    assert only(parsed(page.text), "input", name="next").get("value", "") == ""
    fields = {"csrf_token": _token(page.text), "code": spare[0], "next": value}
    page = visitor.client.post("/sign-in/code", data=fields)
    assert (page.status_code, page.headers["Location"]) == (302, "/")
    page = visitor.post(
        "/account/confirm",
        password="three odd words: heron, gravel, Tuesday",
        code=spare[1],
        next=value,
    )
    assert (page.status_code, page.headers["Location"]) == (302, "/")


def test_choosing_light_or_dark_leads_back_to_a_page_of_ours_alone(browser) -> None:
    visitor = browser()
    token = visitor.token()
    for value in EVIL:
        data = {"csrf_token": token, "theme": "dark", "back": value}
        page = visitor.client.post("/account/display", data=data)
        assert (page.status_code, page.headers["Location"]) == (302, "/"), value
        assert "evil" not in str(page.headers)


def _token(text: str) -> str:
    tree = parsed(text)
    return str(find(tree, "input", name="csrf_token")[0].get("value"))
