"""What every answer carries, whoever asks for whatever; and whom we believe about the visitor."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from lms import vault
from lms.access.gate import public
from lms.app import create_app
from lms.db import db
from lms.sessions.models import FailedAttempt
from tests import factories
from tests.conftest import Site
from tests.support import postgres
from tests.support.asking import ask
from tests.support.installation import Installation, installation
from tests.support.pages import Visitor

# Written out, so that nothing that protects a page goes or changes by the way.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
SANDBOX = "default-src 'none'; sandbox"
KEPT = "public, max-age=31536000, immutable"
HTTPS = {"LMS_BASE_URL": "https://alongside.example.org", "LMS_TRUSTED_PROXIES": "1"}


@pytest.fixture(scope="module")
def running(
    site: Site, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, str]]:
    """An installation behind a proxy, serving: with its base address, which is the proxy's side."""
    home = tmp_path_factory.mktemp("serving")
    if site.engine == "sqlite":
        place = installation(home)
        place.init()
        with place.serving(**HTTPS) as address:
            yield place, address
        return
    server = request.getfixturevalue("postgres_server")
    with postgres.database(server, "lms_serving") as url:
        place = installation(home, url)
        place.init()
        with place.serving(**HTTPS) as address:
            yield place, address


def test_it_answers_that_it_lives_and_that_it_is_ready(running: tuple[Installation, str]) -> None:
    live, ready = (ask(running[1], f"/health/{kind}") for kind in ("live", "ready"))
    assert (live.status, live.text) == (200, "live\n")
    assert (ready.status, ready.text) == (200, "ready\n")
    assert "Sign in" in ask(running[1], "/").text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/health/ready", 200),
        ("GET", "/learn/", 302),
        ("GET", "/nowhere", 404),
        ("GET", "/static/0/none.css", 404),
        ("GET", "/invitation/forged", 404),
        ("POST", "/sign-in", 403),
        ("POST", "/help/", 405),
        ("TRACE", "/", 405),
        ("GET", "/leave", 302),
        ("GET", "/%00", 404),
    ],
)
def test_every_answer_carries_the_whole_set_of_headers_and_no_banner(
    method: str, path: str, status: int, running: tuple[Installation, str]
) -> None:
    answer = ask(running[1], path, method, X_Forwarded_Proto="https", X_Forwarded_For="10.0.0.9")
    assert answer.status == status
    for name, value in HEADERS.items():
        assert answer.headers.get_all(name) == [value], name
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert not any(letter.isdigit() for letter in answer.headers["Server"])
    assert answer.headers["X-Powered-By"] is None


def test_files_of_the_frame_carry_them_too_and_are_kept(running: tuple[Installation, str]) -> None:
    page = ask(running[1], "/").text
    style = next(part for part in page.split('"') if part.endswith(".css"))
    answer = ask(running[1], style, X_Forwarded_Proto="https")
    assert answer.status == 200
    for name, value in {**HEADERS, "Cache-Control": KEPT}.items():
        assert answer.headers.get_all(name) == [value], name


def test_cookies_are_bound_to_this_name_and_to_https(running: tuple[Installation, str]) -> None:
    cookie = ask(running[1], "/sign-in", X_Forwarded_Proto="https").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {
        part.strip() for part in cookie.split(";")
    }
    assert "Domain" not in cookie


def test_downloads_carry_them_and_open_in_a_sandbox(browser: Callable[..., Visitor]) -> None:
    assessment = factories.make_assessment()
    enrolment = factories.make_enrolment(assessment.cohort)
    submission = factories.hand_in(enrolment, assessment)
    answer = browser(enrolment.advocate).get(f"/submissions/{submission.ref}/file")
    answer.close()
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for name, value in {**HEADERS, "Content-Security-Policy": SANDBOX}.items():
        assert answer.headers.getlist(name) == [value], name


def test_a_page_that_broke_carries_them(
    app: Flask, browser: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "web.help_", public(lambda: 1 // 0))
    answer = browser().get("/help/")
    assert answer.status_code == 500
    for name, value in HEADERS.items():
        assert answer.headers.getlist(name) == [value], name


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "198.51.100.7, 203.0.113.5", "198.51.100.7"),
        (2, "10.6.6.6, 198.51.100.7, 203.0.113.5", "198.51.100.7"),
        (1, "", "192.0.2.1"),
    ],
)
def test_as_many_proxies_are_believed_as_the_settings_say_and_no_more(
    proxies: int, forwarded: str, seen: str, app: Flask
) -> None:
    behind = create_app(replace(app.config["SETTINGS"], trusted_proxies=proxies))
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example"}
    with behind.app_context():
        visitor = Visitor(behind)
        visitor.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
        fields = {"csrf_token": visitor.token(), "email": "nobody@example.org", "password": "x"}
        answer = visitor.client.post("/sign-in", data=fields, headers=headers)
        assert "evil.example" not in answer.text
        doors = set(db.session.scalars(select(FailedAttempt.door)))
        expected = vault.keys().sign(f"door:from:{seen}".encode())
        db.session.remove()
        db.engine.dispose()
    assert expected in doors
    assert len(doors) == 2  # that, and the account tried
