"""The same payloads as a real browser reads them, without the policy that stands behind."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from lms import markup
from lms.markup_marks import Surroundings
from tests.markup import reading
from tests.markup.payloads import payloads
from tests.support import chromium

SEEN = """
() => [...document.querySelectorAll("main *")].map(element => [
  element.localName, element.namespaceURI, element.getAttributeNames()
])
"""
PLACES = "[...document.querySelectorAll('main > section')].length"
AGAIN = """
texts => { for (const text of texts) {
  const place = document.createElement("section"); place.innerHTML = text;
  document.querySelector("main").append(place);
} }
"""
PRESS = (
    "document.querySelectorAll('main a').forEach(link => link.dispatchEvent(new Event('focus')))"
)
HTML = "http://www.w3.org/1999/xhtml"


@pytest.fixture(scope="module")
def rendered() -> list[str]:
    texts = sorted(set(payloads()))
    return [
        *(str(markup.render(text)) for text in texts),
        *(str(markup.render_teaching(text, Surroundings()).html) for text in texts),
    ]


@pytest.fixture
def page() -> Iterator[tuple[Page, list[str]]]:
    with chromium.started() as browser:
        context = browser.new_context()
        opened = context.new_page()
        asked: list[str] = []
        opened.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
        yield opened, asked
        context.close()


def test_a_browser_runs_nothing_fetches_nothing_and_keeps_each_text_in_its_place(
    page: tuple[Page, list[str]], rendered: list[str]
) -> None:
    opened, asked = page
    sections = "".join(f"<section>{html}</section>" for html in rendered)
    opened.set_content(f"<!doctype html><main>{sections}</main>")
    assert opened.evaluate(PLACES) == len(rendered)
    opened.evaluate(AGAIN, rendered)
    opened.evaluate(PRESS)
    opened.wait_for_timeout(200)
    assert opened.evaluate("window.hit") is None
    assert asked == []
    allowed = reading.TEACHING | {"section"}
    named = {name for _, name in reading.PLAIN_ATTRIBUTES} | reading.TEACHING_ATTRIBUTES
    for tag, namespace, attributes in opened.evaluate(SEEN):
        assert namespace == HTML
        assert tag in allowed
        assert set(attributes) <= named


def test_the_browser_would_run_the_payloads_as_they_are(page: tuple[Page, list[str]]) -> None:
    """Else the test above could not fail."""
    opened, asked = page
    opened.set_content("<!doctype html><main></main>")
    # A refreshing page would be gone before it could be asked.
    opened.evaluate(AGAIN, sorted(text for text in set(payloads()) if "<img" in text))
    opened.wait_for_timeout(200)
    assert opened.evaluate("window.hit") == 1
    assert asked
