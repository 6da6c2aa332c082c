"""The components page and the error pages as a browser shows them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.support import axe, chromium
from tests.web.conftest import ERRORS

COMPONENTS = "/help/components"
LOOKED_AT = [
    COMPONENTS,
    *(f"/errors/{name}" for name in ERRORS),
    "/plain/503",
    "/errors/404?as=long",
]
WIDTHS = (320, 375, 640, 768, 960, 1280)
# WCAG 1.4.12: what a reader's own style sheet may ask for.
SPACED = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; "
    "word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"
)
SMALL_TARGETS = """
() => [...document.querySelectorAll("button, summary, nav a, .links a, .foot a, .brand, .leave")]
  .map(element => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
  .map(([html]) => html)
"""

INNER_EDGE = """
() => {
  const wrap = document.querySelector(".head .wrap")
  return wrap.getBoundingClientRect().right - parseFloat(getComputedStyle(wrap).paddingRight)
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as running:
        yield running


@contextmanager
def opened(
    browser: Browser,
    address: str,
    *,
    width: int = 1280,
    theme: str = "light",
    script: bool = True,
    bypass: bool = False,
) -> Iterator[Page]:
    """A page in a window of its own; anything the browser complains of is a failure."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=script,
        bypass_csp=bypass,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(address)
        yield page
        # An error page's own status is told on the console, and isn't a complaint.
        assert [words for words in complaints if "the server responded with" not in words] == []
    finally:
        context.close()


def sideways(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


@pytest.mark.parametrize("address", LOOKED_AT)
def test_axe_finds_nothing_and_the_policy_refuses_nothing(
    browser: Browser, tiny_server: str, address: str
) -> None:
    for width in (375, 1280):
        for theme in ("light", "dark"):
            with opened(browser, tiny_server + address, width=width, theme=theme) as page:
                assert axe.violations(page) == []


@pytest.mark.parametrize("address", LOOKED_AT)
def test_no_page_scrolls_sideways(browser: Browser, tiny_server: str, address: str) -> None:
    with opened(browser, tiny_server + address) as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert sideways(page) == 0, width


def test_wider_spacing_of_text_fits_on_a_phone(browser: Browser, tiny_server: str) -> None:
    with opened(browser, tiny_server + COMPONENTS, width=375, bypass=True) as page:
        page.add_style_tag(content=SPACED)
        assert sideways(page) == 0


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_to_press_is_too_small(browser: Browser, tiny_server: str, width: int) -> None:
    with opened(browser, tiny_server + COMPONENTS, width=width) as page:
        assert page.evaluate(SMALL_TARGETS) == []


def test_both_themes_are_drawn_and_the_readers_choice_comes_first(
    browser: Browser, tiny_server: str
) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = "rgb(245, 243, 238)", "rgb(15, 25, 26)"
    for device, chosen, seen in (
        ("light", "auto", light),
        ("dark", "auto", dark),
        ("light", "dark", dark),
        ("dark", "light", light),
    ):
        address = f"{tiny_server}/errors/404?theme={chosen}"
        with opened(browser, address, theme=device) as page:
            assert page.evaluate(ground) == seen


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_box(
    browser: Browser, tiny_server: str
) -> None:
    with opened(browser, tiny_server + COMPONENTS) as page:
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
        page.click("a[href='#wrong-due-time']")
        assert page.evaluate("document.activeElement.id") == "wrong-due-time"


def test_the_first_stop_of_the_keyboard_skips_to_the_text(
    browser: Browser, tiny_server: str
) -> None:
    with opened(browser, tiny_server + "/errors/404") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the main text"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_shift_three_times_leaves(browser: Browser, tiny_server: str) -> None:
    with opened(browser, tiny_server + "/errors/404") as page:
        page.route("**/leave", lambda route: route.fulfill(body="Weather"))
        for _ in range(3):
            page.keyboard.press("Shift")
        page.wait_for_url("**/leave")


def test_without_script_leave_is_still_a_link_and_errors_still_lead_to_boxes(
    browser: Browser, tiny_server: str
) -> None:
    with opened(browser, tiny_server + COMPONENTS, script=False) as page:
        assert not page.locator(".govuk-password-input__toggle").first.is_visible()
        page.click("a[href='#wrong-reason']")
        assert page.url.endswith("#wrong-reason")
        page.route("**/leave", lambda route: route.fulfill(body="Weather"))
        page.click(".leave")
        page.wait_for_url("**/leave")


def test_the_menu_of_a_phone_opens_over_the_page(browser: Browser, tiny_server: str) -> None:
    with opened(browser, tiny_server + "/errors/404", width=375) as page:
        assert not page.locator(".nav-wide").is_visible()
        page.click(".menu-phone > summary")
        assert page.locator(".menu-phone button").is_visible()
        assert sideways(page) == 0
        assert axe.violations(page) == []


def test_leave_stays_at_the_top_right_however_much_stands_beside_it(
    browser: Browser, tiny_server: str
) -> None:
    for address in ("/errors/404", "/errors/404?as=long", "/errors/404?as=nobody", "/plain/500"):
        with opened(browser, tiny_server + address) as page:
            for width in (*WIDTHS, 1000):
                page.set_viewport_size({"width": width, "height": 800})
                box = page.locator(".leave").bounding_box()
                assert box is not None
                right = page.evaluate(INNER_EDGE)
                assert box["x"] + box["width"] == pytest.approx(right, abs=2), (address, width)
