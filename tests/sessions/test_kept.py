"""An essay outlives its session: what was typed comes along over the sign-in, and stays whole."""

from datetime import timedelta

import pytest

from lms import clock
from lms.access.actor import Role
from lms.accounts import queries as accounts
from lms.accounts.models import Account
from lms.web.kept import Kept
from tests.factories import PASSWORD, make_account
from tests.sessions.coming_in import (
    SAME_ORIGIN,
    WRONG,
    code_of,
    is_in,
    set_up,
    with_password,
)
from tests.support.pages import Visitor
from tests.web.html import find, only, page as parsed

pytestmark = pytest.mark.usefixtures("app")
NOON = (clock.now() + timedelta(days=1)).replace(hour=12, minute=0, second=10, microsecond=0)
LATER = NOON + timedelta(hours=13)
ESSAY = "What I would do, & why: “listen” first.\r\n\r\n  Then <wait>. Ünïcode 雨 🐢\r\n" * 40
WHOLE = {"name": "A name & more", "text": ESSAY, "again": "x"}
PATH = "/account/name"


def fields_of(text: str) -> dict[str, str]:
    main = only(parsed(text), "main")
    return {box.get("name"): box.get("value", "") for box in find(main, "input", type="hidden")}


def expired(browser, account: Account) -> Visitor:
    """A visitor who signed in at noon and typed until after the session had ended."""
    with clock.stopped(NOON):
        visitor = browser(account)
        visitor.get(PATH)
    return visitor


def send(visitor: Visitor, headers: dict[str, str] | None = None) -> str:
    """Send the essay without a session; the page that answers."""
    data = {"csrf_token": "stale", **WHOLE}
    page = visitor.client.post(PATH, data=data, headers=SAME_ORIGIN if headers is None else headers)
    assert page.status_code == 401
    return page.text


def evened(text: str) -> str:
    """With line ends as a browser sends them."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def test_the_text_survives_signing_in_again_character_by_character(browser) -> None:
    account = with_password(make_account(Role.ADVOCATE))
    visitor = expired(browser, account)
    with clock.stopped(LATER):
        asked = send(visitor)
        assert "Your session had ended" in asked
        shown = only(parsed(asked), "textarea", id="typed-1")
        assert evened("".join(shown.itertext()).removeprefix("\n")) == evened(ESSAY)
        fields = {**fields_of(asked), "email": account.address, "password": PASSWORD}
        page = visitor.client.post("/sign-in", data=fields)
        assert page.status_code == 200
        assert "What you sent is still here" in page.text
        carried = fields_of(page.text)
        assert {name: evened(carried[name]) for name in WHOLE} == {
            name: evened(value) for name, value in WHOLE.items()
        }
        assert visitor.client.post(PATH, data=carried).status_code == 302
    assert accounts.account(account.ref).name == "A name & more"


def test_it_survives_a_wrong_password_and_the_code_page(browser) -> None:
    account = with_password(make_account(Role.TUTOR))
    with clock.stopped(NOON):
        seed, _ = set_up(account, NOON - timedelta(days=1))
    visitor = expired(browser, account)
    with clock.stopped(LATER):
        asked = send(visitor)
        fields = {**fields_of(asked), "email": account.address, "password": WRONG}
        asked = visitor.client.post("/sign-in", data=fields).text
        assert "What you sent comes along" in asked
        fields = {**fields_of(asked), "email": account.address, "password": PASSWORD}
        asked = visitor.client.post("/sign-in", data=fields).text
        assert "Enter a code" in asked
        fields = {**fields_of(asked), "code": "000000"}
        asked = visitor.client.post("/sign-in/code", data=fields).text
        fields = {**fields_of(asked), "code": code_of(seed)}
        page = visitor.client.post("/sign-in/code", data=fields)
        carried = fields_of(page.text)
        assert evened(carried["text"]) == evened(ESSAY)
        assert is_in(visitor)


def test_nothing_is_saved_before_the_person_has_signed_in_and_pressed_again(browser) -> None:
    account = with_password(make_account(Role.ADVOCATE))
    visitor = expired(browser, account)
    with clock.stopped(LATER):
        asked = send(visitor)
        fields = {**fields_of(asked), "email": account.address, "password": PASSWORD}
        visitor.client.post("/sign-in", data=fields)
    assert accounts.account(account.ref).name == account.name != "A name & more"


def test_a_browser_that_lost_its_cookie_altogether_loses_no_text(browser) -> None:
    account = with_password(make_account(Role.ADVOCATE))
    visitor = browser()
    asked = send(visitor, {"Origin": "http://localhost"})
    fields = {**fields_of(asked), "email": account.address, "password": PASSWORD}
    carried = fields_of(visitor.client.post("/sign-in", data=fields).text)
    assert evened(carried["text"]) == evened(ESSAY)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_what_a_strangers_page_sent_never_comes_back_as_ones_own_words(browser, headers) -> None:
    asked = send(browser(), headers)
    assert "What I would do" not in asked
    assert fields_of(asked).get("kept", "") == ""


@pytest.mark.parametrize("kept", ["x", "WyIvIixbXV0.forged", "a" * 5000, "\u202e", "null"])
def test_what_we_did_not_sign_is_not_carried(browser, kept) -> None:
    account, visitor = with_password(make_account(Role.ADVOCATE)), browser()
    fields = {"email": account.address, "password": PASSWORD, "kept": kept}
    page = visitor.post("/sign-in", **fields)
    assert (page.status_code, page.headers["Location"]) == (302, "/")


def test_no_password_code_or_token_is_ever_carried(browser) -> None:
    visitor = browser()
    secret = "gravel heron, Tuesday kettle"
    data = dict.fromkeys(("password", "new_password", "code", "csrf_token", "kept"), secret)
    page = visitor.client.post("/account/password", data={**data, **WHOLE}, headers=SAME_ORIGIN)
    account = with_password(make_account(Role.ADVOCATE))
    fields = {**fields_of(page.text), "email": account.address, "password": PASSWORD}
    page = visitor.client.post("/sign-in", data=fields)
    assert secret not in page.text
    assert set(fields_of(page.text)) == {"csrf_token", *WHOLE}


def test_what_travels_along_untyped_is_not_shown_as_typed() -> None:
    roster = "ZW1haWwsZGF0ZSBvZiBiaXJ0aA==" * 3
    sent = Kept("/import", (("content", roster), ("token", "t" * 32), ("reason", ESSAY)))
    assert sent.texts == [ESSAY]
    assert ("content", roster) in sent.fields
