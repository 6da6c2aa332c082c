"""Somebody at a browser of their own, doing what people do: open, read, fill in, press."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.house import House
from tests.support import axe

PASSWORD = "gravel heron, Tuesday kettle"
PHONE, DESK = 375, 1280
_VARIES = re.compile(r"[A-Z]{3}(-[0-9A-Z]{4}){4}|/(invitation|reset)/\S+|candidates/\S+|\?.*")
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Person:
    """Somebody with an address and a password; staff have a second factor too.

    script  whether their browser runs scripts
    unseen  words that no page of theirs may ever show, such as the names behind the numbers
    """

    def __init__(
        self,
        house: House,
        browser: Browser,
        name: str,
        address: str,
        *,
        phone: bool = False,
        script: bool = True,
    ) -> None:
        self.house, self.name, self.address, self.phone = house, name, address, phone
        self.script = script
        self.unseen: Sequence[str] = ()
        self.seed = ""
        self._browser = browser
        self.page = self._window()

    # coming and going

    def accept(self, link: str) -> None:
        """Open an invitation, and set a password. The link works once."""
        self.open(link)
        self.fill("Password", PASSWORD)
        self.press("Set password")
        self.sees("Your password is set")
        self.open(link)
        self.sees("This link doesn’t work")

    def sign_in(self) -> None:
        """Sign in; somebody who has none yet sets up a second factor where it is asked for."""
        self.page.context.clear_cookies()
        self.open("/sign-in")
        self.fill("Email address", self.address)
        self.fill("Password", PASSWORD)
        self.press("Sign in")
        if "/sign-in/set-up" in self.page.url:
            self.seed = (self.page.locator(".qr-key").text_content() or "").replace(" ", "")
            self.fill("Code", self.code())
            self.press("Finish set-up")
            self.sees("Keep these recovery codes")
            self.follow("I have kept them")
        elif self.seed:
            self.fill("Code", self.code())
            self.press("Sign in")
        self.sees(f"Hello, {self.name}")

    def sign_out(self) -> None:
        """Sign out; the page before is not to be had again."""
        self._menu_button("Sign out")
        self.sees("Sign in")

    def code(self) -> str:
        """A code that was not used before."""
        self.house.passes(31)
        return pyotp.TOTP(self.seed).at(self.house.now())

    # looking

    def open(self, address: str) -> None:
        """Go to an address of the house."""
        whole = address if address.startswith("http") else self.house.address + address
        self.page.goto(whole)
        self._arrived()

    def sees(self, *words: str) -> None:
        """Each of these stands on the page."""
        for each in words:
            expect(self.page.get_by_text(each).filter(visible=True).first).to_be_visible()

    def sees_not(self, *words: str) -> None:
        """None of these stands anywhere on the page."""
        text = self.page.content()
        for each in words:
            assert each not in text, f"{self.name} sees {each!r} on {self.page.url}"

    def text(self) -> str:
        """What the main part of the page says, with plain spaces."""
        return self.page.locator("main").inner_text().replace("\u00a0", " ")

    def row(self, words: str) -> Locator:
        """The row of a table that holds these words."""
        return self.page.get_by_role("row").filter(has_text=words)

    # doing

    def follow(self, words: str, within: Locator | None = None) -> None:
        """Follow a link."""
        self._click((within or self.page.locator("main")).get_by_role("link", name=words).first)

    def press(self, words: str, within: Locator | None = None) -> None:
        """Press a button."""
        self._click((within or self.page.locator("main")).get_by_role("button", name=words).first)

    def fill(self, label: str, text: str) -> None:
        """Type into a box, by its label."""
        box = self.page.locator("main").get_by_label(label, exact=True)
        assert box.count(), f"no box {label!r} on:\n{self.page.locator('main').aria_snapshot()}"
        box.fill(text)

    def choose(self, label: str, *words: str) -> None:
        """Choose in a list, by its label and the words of the choices."""
        self.page.locator("main").get_by_label(label, exact=True).select_option(label=list(words))

    def tick(self, words: str) -> None:
        """Tick a box, or take a choice, by its words."""
        self.page.locator("main").get_by_label(words, exact=True).check()

    def date(self, legend: str, day: date, time: str = "") -> None:
        """Fill in a day, and a time where there is a box for it."""
        group = self.page.get_by_role("group", name=legend)
        for box, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(box, exact=True).fill(str(value))
        if time:
            group.get_by_label("Time (UK)", exact=True).fill(time)

    def attach(self, label: str, name: str, content: bytes, media: str) -> None:
        """Choose a file."""
        box = self.page.locator("main").get_by_label(label, exact=True)
        box.set_input_files({"name": name, "mimeType": media, "buffer": content})

    # behind the scenes

    def _menu_button(self, words: str) -> None:
        menu = self.page.locator(".menu-phone" if self.phone else ".menu-account")
        menu.locator("summary").click()
        self.press(words, within=menu)

    def _click(self, what: Locator) -> None:
        with self.page.expect_navigation():
            what.click()
        self._arrived()

    def _arrived(self) -> None:
        if self.page.get_by_role("heading", name="Is it still you?", level=1).count():
            self._prove()
        self.sees_not(*self.unseen)
        kind = _VARIES.sub("*", self.page.url.removeprefix(self.house.address))
        kind += f" {self.page.title().startswith('Error: ')}"
        if self.script and kind not in self.house.looked:
            self.house.looked.add(kind)
            self._look(kind)

    def _prove(self) -> None:
        self.fill("Password", PASSWORD)
        if self.seed:
            self.fill("Code", self.code())
        self.press("Go on")
        if self.page.get_by_role("button", name="Send it now").count():
            self.press("Send it now")

    def _look(self, kind: str) -> None:
        """Check the page as it stands: no wider than the window, and accessible in both themes."""
        assert self.page.evaluate(_TOO_WIDE) <= 0, f"{kind} scrolls sideways"
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            found = axe.violations(self.page)
            assert not found, f"{kind} in {theme}: {found}"
        self.page.emulate_media(color_scheme="light")
        self._picture()

    def _picture(self) -> None:
        folder = self.house.home / "pictures"
        if folder.is_dir():
            number = len(self.house.looked)
            self.page.screenshot(path=folder / f"{number:03d}.png", full_page=True)

    def _window(self) -> Page:
        width = PHONE if self.phone else DESK
        context = self._browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="light",
            java_script_enabled=self.script,
            # A colour on its way to another is no colour to measure.
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page


def download(person: Person, words: str, into: Path) -> bytes:
    """Follow a link that hands over a file; returns its bytes."""
    with person.page.expect_download() as waiting:
        person.page.get_by_role("link", name=words).first.click()
    waiting.value.save_as(into)
    return into.read_bytes()
