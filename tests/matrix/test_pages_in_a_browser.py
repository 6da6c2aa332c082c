"""Every page there is, as a browser shows it to somebody who may open it."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.factories import real_content
from tests.matrix.conftest import on_sqlite
from tests.matrix.table import PUBLIC, Line, lines
from tests.matrix.world import World
from tests.support import axe, chromium
from tests.support.cache import CACHE

# Files, answers to machines, and addresses that lead on to another page.
_NO_PAGE = (
    *("{figure}", "{picture}", "{submission}/file", " claim}/file", "/html", "/epub", "/cartridge"),
    *(".csv", ".zip", "notes.md", "/static/", "/health/", "/leave", "/sign-in/"),
)
PAGES = [
    each
    for each in lines()
    if each.method == "GET"
    and not any(part in each.address for part in _NO_PAGE)
    and "200" in each.answers.values()
]
NARROWEST, PHONE, DESK = 320, 375, 1280
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """The world and the address at which it is served."""
    with on_sqlite(tmp_path_factory.mktemp("pages")) as world:
        server = make_server("127.0.0.1", 0, world.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield world, f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One Chromium for all pages."""
    with chromium.started() as running:
        yield running


def _window(served: tuple[World, str], chrome: Browser, name: str, *, script: bool = True) -> Page:
    world, address = served
    context = chrome.new_context(reduced_motion="reduce", java_script_enabled=script)
    if name != PUBLIC:
        cookie = world.visitor(name).client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    return context.new_page()


def test_words_that_are_selected_are_ready_to_be_highlighted_and_script_is_not_needed(
    served: tuple[World, str], chrome: Browser
) -> None:
    address = served[1] + "/learn/{module}/{page}".format(**served[0].things)
    page = _window(served, chrome, "oth")
    page.goto(address)
    first = page.locator("article .read > p").first
    said = first.inner_text()
    first.select_text()
    page.get_by_role("link", name="Highlight a passage").click()
    assert page.get_by_label("Words to highlight").input_value() == said
    page.context.close()

    plain = _window(served, chrome, "oth", script=False)
    plain.goto(address)
    plain.get_by_role("link", name="Highlight a passage").click()
    assert plain.get_by_label("Words to highlight").input_value() == ""
    plain.get_by_label("Words to highlight").fill(said)
    plain.get_by_role("button", name="Highlight it").click()
    assert "".join(plain.locator("mark").all_inner_texts()) == said
    plain.context.close()


@pytest.fixture(scope="module")
def windows(served: tuple[World, str], chrome: Browser) -> Callable[[str], Page]:
    """The window of each kind of person, who goes from page to page."""
    return cache(lambda name: _window(served, chrome, name))


@pytest.mark.parametrize("line", PAGES, ids=str)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    served: tuple[World, str], windows: Callable[[str], Page], line: Line, long: bool
) -> None:
    world, address = served
    name = next(each for each, answer in line.answers.items() if answer == "200")
    page = windows(name)
    looks = [(PHONE, "light"), (DESK, "dark")]
    if long:
        looks += [(PHONE, "dark"), (DESK, "light")]
    page.goto(address + line.at(world.things))
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert axe.violations(page) == [], (width, theme)
        if os.environ.get("LMS_PICTURES"):
            number = f"{PAGES.index(line):03d}-{width}-{theme}.png"
            page.screenshot(path=CACHE / "pictures" / "pages" / number, full_page=True)
    for width in (NARROWEST, PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(_TOO_WIDE) <= 0, width


def test_axe_finds_nothing_on_any_page_of_the_content(
    served: tuple[World, str], windows: Callable[[str], Page]
) -> None:
    """As an advocate reads it, questions and all; the table above meets one of them."""
    page = windows("oth")
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.emulate_media(color_scheme="light")
    for module in real_content().modules:
        for each in module.pages:
            address = f"/learn/{module.slug}/{each.slug}?show=1"
            answer = page.goto(served[1] + address)
            assert answer is not None
            assert answer.status == 200, address
            assert axe.violations(page) == [], address
            assert page.evaluate(_TOO_WIDE) <= 0, address


def test_a_page_that_breaks_the_rules_would_be_found(chrome: Browser) -> None:
    page = chrome.new_page()
    page.set_content("<main><img src='x.png'><input><p style='color:#bbb'>Pale</p></main>")
    assert {each.rule for each in axe.violations(page)} >= {"image-alt", "label", "color-contrast"}
    page.close()
