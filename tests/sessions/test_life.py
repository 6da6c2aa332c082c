"""How long a session lasts, by itself, and what a cookie is worth."""

from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from lms import clock, refs
from lms.access.actor import Role
from lms.access.gate import SignInNeeded
from lms.accounts.models import Account
from lms.db import unit_of_work
from lms.sessions import current, operations
from tests.factories import make_account
from tests.sessions.coming_in import (
    cookie_of,
    is_in,
    read,
    sign_in,
    visitor_with,
    with_password,
)
from tests.support.pages import Client, Visitor

pytestmark = pytest.mark.usefixtures("app")
NOON = (clock.now() + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)
RESTS = [(Role.ADVOCATE, 60), (Role.TUTOR, 30), (Role.REGISTRAR, 30), (Role.ADMIN, 30)]


def signed_in(browser, role: Role = Role.ADVOCATE) -> Visitor:
    """A visitor who signed in at noon."""
    with clock.stopped(NOON):
        return browser(make_account(role))


def opens_at(visitor: Visitor, moment: object) -> bool:
    with clock.stopped(moment):  # type: ignore[arg-type]
        return is_in(visitor)


@pytest.mark.parametrize(("role", "minutes"), RESTS)
def test_a_session_ends_when_nobody_has_touched_it_for_its_rest(browser, role, minutes) -> None:
    assert opens_at(signed_in(browser, role), NOON + minutes * MINUTE)
    assert not opens_at(signed_in(browser, role), NOON + minutes * MINUTE + SECOND)


@pytest.mark.parametrize("role", [Role.ADVOCATE, Role.TUTOR])
def test_twelve_hours_after_the_sign_in_it_ends_however_busy_it_is(browser, role) -> None:
    visitor, moment = signed_in(browser, role), NOON
    while moment < NOON + timedelta(hours=11, minutes=45):
        moment += 15 * MINUTE
        assert opens_at(visitor, moment), moment
    assert opens_at(visitor, NOON + 12 * HOUR - SECOND)
    assert not opens_at(visitor, NOON + 12 * HOUR)


def test_a_session_that_rested_too_long_does_not_come_back_by_itself(browser) -> None:
    visitor = signed_in(browser)
    assert not opens_at(visitor, NOON + 61 * MINUTE)
    assert not opens_at(visitor, NOON + 62 * MINUTE)


def test_a_clock_put_back_an_hour_ends_no_session_and_lengthens_no_rest(browser) -> None:
    visitor = signed_in(browser)
    assert opens_at(visitor, NOON - HOUR)
    assert opens_at(visitor, NOON - HOUR + MINUTE)
    # Rest counts from what was seen by the clock that was put right.
    assert not opens_at(visitor, NOON + MINUTE + SECOND)


def test_a_clock_put_forward_less_than_the_rest_ends_no_session(browser) -> None:
    visitor = signed_in(browser)
    assert opens_at(visitor, NOON + HOUR)
    assert opens_at(visitor, NOON)


@pytest.mark.parametrize("role", [Role.ADVOCATE, Role.TUTOR])
@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_jump_of_the_clock_brings_no_ended_session_back(browser, role, jump) -> None:
    visitor = signed_in(browser, role)
    before = cookie_of(visitor)
    with clock.stopped(NOON + MINUTE):
        visitor.post("/sign-out")
    assert not opens_at(visitor_with(visitor.app, before), NOON + jump)


def test_being_seen_is_noted_in_the_cookie_once_a_minute_and_never_in_the_database(browser):
    visitor = signed_in(browser)
    with clock.stopped(NOON):
        visitor.get("/account/")  # the first form puts its token into the cookie
    with clock.stopped(NOON + timedelta(seconds=59)):
        assert "Set-Cookie" not in visitor.get("/account/").headers
    with clock.stopped(NOON + MINUTE):
        assert "Set-Cookie" in visitor.get("/account/").headers
    assert read(cookie_of(visitor))["seen"] == int((NOON + MINUTE).timestamp())


def signed(real: str, key: str, salt: str, **changes: object) -> str:
    """A cookie that says what the real one says, with these changes, under this key."""
    signer = URLSafeTimedSerializer(key, salt=salt, signer_kwargs={"key_derivation": "hmac"})
    return str(signer.dumps({**read(real), **changes}))


def forged(browser, account: Account) -> list[str]:
    """Cookies that somebody could make up, or make of a real one."""
    visitor = browser(account)
    real, key = cookie_of(visitor), str(visitor.app.secret_key)
    token = read(real)["_user_id"]
    body, stamp, signature = real.rsplit(".", 2)
    return [
        "",
        ".",
        "..",
        "...",
        "x",
        "null",
        "a" * 5000,
        "\x00",
        "é",
        token,
        body,
        f"{body}.{stamp}",
        f"{body}.{stamp}.",
        f"{body}.{stamp}.{signature[:-2]}",
        f"{body}.{stamp}.{signature[::-1]}",
        f"{body[:-1]}.{stamp}.{signature}",
        f"{body}.{stamp[::-1]}.{signature}",
        real.upper(),
        signed(real, "another key", "cookie-session"),
        signed(real, "", "cookie-session"),
        signed(real, key, "another-salt"),
        signed(real, key, "cookie-session", _user_id=str(account.id)),
        signed(real, key, "cookie-session", _user_id=account.ref),
        signed(real, key, "cookie-session", _user_id=""),
        signed(real, key, "cookie-session", _user_id=token[:-1]),
        signed(real, key, "cookie-session", _user_id=token + "\x00"),
        signed(real, key, "cookie-session", _user_id=refs.token()),
        signed(real, key, "cookie-session", _user_id="%"),
        signed(real, key, "cookie-session", seen=None),
        signed(real, key, "cookie-session", seen="now"),
        signed(real, key, "cookie-session", seen=0),
    ]


def sent_raw(browser, path: str, cookie: str) -> TestResponse:
    """Ask with this cookie as it stands: a client that keeps cookies would send its own."""
    app = browser().app
    client = Client(app, app.response_class, use_cookies=False)
    return client.get(path, headers={"Cookie": f"session={cookie}"})


def test_a_forged_or_garbled_cookie_is_no_session_and_no_fault(browser) -> None:
    account = make_account(Role.REGISTRAR)
    for cookie in forged(browser, account):
        page = sent_raw(browser, "/people/", cookie)
        assert page.status_code == 302, repr(cookie)[:60]
        assert page.headers["Location"].startswith("/sign-in"), repr(cookie)[:60]
        page = sent_raw(browser, "/sign-in/code", cookie)
        assert page.headers["Location"] == "/sign-in", repr(cookie)[:60]


def test_the_real_cookie_would_have_opened_it(browser) -> None:
    visitor = browser(make_account(Role.REGISTRAR))
    real = cookie_of(visitor)
    for cookie in (real, signed(real, str(visitor.app.secret_key), "cookie-session")):
        assert sent_raw(browser, "/people/", cookie).status_code == 200


def test_a_cookie_that_promises_to_be_remembered_is_not(browser) -> None:
    visitor = browser(make_account(Role.ADVOCATE))
    token = read(cookie_of(visitor))["_user_id"]
    stranger = browser()
    stranger.client.set_cookie("remember_token", f"{token}|{'0' * 128}")
    assert not is_in(stranger)
    page = sign_in(browser(), with_password(make_account(Role.ADVOCATE)))
    assert "remember_token" not in str(page.headers)


def test_scripts_and_other_sites_do_not_get_the_cookie(browser) -> None:
    account, visitor = with_password(make_account(Role.ADVOCATE)), browser()
    fields = {"email": account.address, "password": "three odd words: heron, gravel, Tuesday"}
    said = visitor.post("/sign-in", **fields).headers["Set-Cookie"]
    assert said.startswith("session=")
    for word in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in said
    for word in ("Expires", "Max-Age", "Domain"):
        assert word not in said, "it ends with the browser, and belongs to this host alone"


def test_over_https_the_cookie_is_bound_to_host_and_connection(browser) -> None:
    settings = browser().app.config["SETTINGS"]
    secure = type(settings)(**{**vars(settings), "base_url": "https://alongside.example"})
    flask = secure.as_flask()
    assert flask["SESSION_COOKIE_NAME"] == "__Host-session"
    assert flask["SESSION_COOKIE_SECURE"] is True
    assert flask["SESSION_COOKIE_PATH"] == "/"


def test_a_session_that_ended_in_this_very_moment_lets_nobody_in(app) -> None:
    account = make_account(Role.ADVOCATE)
    with unit_of_work():
        token = operations.sign_in(account, complete=True)
        account.epoch += 1
    with app.test_request_context("/"), pytest.raises(SignInNeeded):
        current.begin(token)
