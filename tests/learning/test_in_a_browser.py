"""A page with everything on it, as a browser without scripts shows it, on a phone and on paper."""

import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests import factories
from tests.learning.places import a_cohort
from tests.learning.taught import GRAVE, OTHER, PAGE, a_taught_folder
from tests.support import chromium
from tests.support.cache import CACHE
from tests.support.pages import Visitor

_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.started() as running:
        yield running


@pytest.fixture
def page(app: Flask, address: str, chrome: Browser, tmp_path: Path) -> Iterator[Page]:
    """The browser of an advocate, without scripts."""
    enrolment = factories.make_enrolment(a_cohort(a_taught_folder(tmp_path), date(2026, 9, 1)))
    cookie = Visitor.signed_in(app, enrolment.advocate).client.get_cookie("session")
    assert cookie
    context = chrome.new_context(java_script_enabled=False, base_url=address)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()


def looked_at(page: Page, name: str) -> None:
    """Nothing sticks out, on the smallest screen either."""
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(_TOO_WIDE) <= 0, (name, width)
        if os.environ.get("LMS_PICTURES"):
            path = CACHE / "pictures" / "learning" / f"{name}-{width}.png"
            page.screenshot(path=path, full_page=True)


def test_one_answers_wrongly_then_rightly_and_goes_round_what_is_hard(page: Page) -> None:
    page.goto(PAGE)
    looked_at(page, "unanswered")
    question = page.locator("#question-first-decision")
    question.get_by_role("button").click()
    assert page.title().startswith("Error: ")
    looked_at(page, "error")
    question.get_by_label("Conclusive grounds").check()
    question.get_by_role("button").click()
    assert "WHY-IT-IS-NOT" in question.inner_text()
    looked_at(page, "wrong")
    question.get_by_role("link", name="Try again").click()
    question.get_by_label("Reasonable grounds").check()
    question.get_by_role("button").click()
    assert "That is right." in question.inner_text()
    order = page.locator("#question-in-order")
    for number, step in enumerate(("You listen", "They decide", "A form", "A decision"), start=1):
        order.locator("label", has_text=step).locator("input").fill(str(number))
    order.get_by_role("button").click()
    assert "You put it here too." in order.inner_text()
    looked_at(page, "right")
    page.get_by_text("How you read").click()
    page.get_by_role("button", name="Hide pictures").click()
    assert page.locator("img").count() == 0
    assert "Two paths beside each other" in page.locator(".picture-hidden").inner_text()
    looked_at(page, "pictures-hidden")
    page.goto(GRAVE)
    looked_at(page, "grave")
    page.get_by_role("link", name="Read the other page instead").click()
    looked_at(page, "another-way")
    page.get_by_role("button", name="I have read this instead").click()
    page.goto("/learn/")
    assert "1 of 2 pages done" in page.locator("main").inner_text()
    looked_at(page, "programme")
    page.goto("/learn/first/")
    looked_at(page, "module")


def test_on_paper_there_is_the_text_the_questions_and_the_addresses_and_no_forms(
    page: Page,
) -> None:
    page.goto(PAGE)
    page.emulate_media(media="print")
    for gone in (".check button", ".check input", ".check select", ".check textarea", ".turn"):
        for each in page.locator(gone).all():
            assert not each.is_visible(), gone
    assert page.get_by_text("Which decision comes first?").is_visible()
    assert page.get_by_text("Conclusive grounds").is_visible()
    assert page.locator(".refs a[href^='https']").first.inner_text().startswith("https://")
    page.goto(OTHER)
    assert page.get_by_text("Folded away.").is_visible()
    assert not page.get_by_text("Kept shut.").is_visible()
