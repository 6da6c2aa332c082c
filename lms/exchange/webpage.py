"""A module as one HTML file that needs nothing else: no network, no script, no second file."""

import base64
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4
from xml.etree.ElementTree import Element

from lms.exchange.copies import (
    LANGUAGE,
    MediaCopy,
    ModuleCopy,
    PageCopy,
    Setting,
    about,
    after,
    before,
    set_in,
    without_answer,
)
from lms.exchange.writing import as_html, element, filled, moved

STYLE = Path(__file__).with_name("copy.css").read_text(encoding="utf-8")
_SCREEN = Path(__file__).with_name("screen.css").read_text(encoding="utf-8")


# Bytes of a picture that are turned into base64 at once: threes become fours without a rest.
_THREES = 3 << 18


def write_webpage(copy: ModuleCopy, out: BinaryIO) -> None:
    """The module as one HTML file, pictures and all. Films stay behind; their transcripts don't.

    The text is put together whole, and each picture written into it bit by bit.
    """
    mark = uuid4().hex  # nothing that a page says holds it
    places = {each.name: f"{mark}{at}{mark}" for at, each in enumerate(copy.pictures)}
    for at, part in enumerate(_text(copy, places).split(mark.encode())):
        if at % 2:
            _write_data(copy.pictures[int(part)], out)
        else:
            out.write(part)


def _text(copy: ModuleCopy, places: Mapping[str, str]) -> bytes:
    setting = Setting(
        anchor=lambda slug, part: f"{slug}--{part}",  # a slug has no two hyphens in a row
        address=lambda slug, part: f"#{part or _page(slug)}",
        picture=places.get,
        question=without_answer,
        sunk=1,
    )
    return as_html(element("html", _head(copy), _body(copy, setting), lang=LANGUAGE))


def _head(copy: ModuleCopy) -> Element:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", copy.neutral_title),
        element("style", STYLE + _SCREEN),
    )


def _body(copy: ModuleCopy, setting: Setting) -> Element:
    return element(
        "body",
        element("a", "Skip to the main text", class_="skip", href="#main"),
        element(
            "header",
            element("p", copy.service, class_="facts"),
            element("h1", copy.title),
            *about(copy, "h2"),
        ),
        element(
            "nav",
            element("h2", "Pages of this module", id="contents"),
            element("ol", *(_line(page) for page in copy.pages if not page.stands_in)),
            aria_labelledby="contents",
        ),
        element("main", *_articles(copy, setting), id="main", tabindex="-1"),
        element("footer", element("p", f"Module {copy.position}, {copy.code}, {copy.version}")),
    )


def _line(page: PageCopy) -> Element:
    return element("li", element("a", page.title, href=f"#{_page(page.slug)}"))


def _articles(copy: ModuleCopy, setting: Setting) -> Iterator[Element]:
    for page, beyond in zip_longest(copy.pages, copy.pages[1:]):
        text = set_in(page, copy, setting)
        _tell_tables_apart(text, page)
        article = element(
            "article",
            element("h2", page.title, id=f"{page.slug}--title"),
            *before(page, setting.address, "h3"),
            id=_page(page.slug),
            aria_labelledby=f"{page.slug}--title",
        )
        if page.advice:
            text = _folded(text, _page(beyond.slug) if beyond else "contents")
        back = element("a", "Back to the pages of this module", href="#contents")
        foot = element("p", back, class_="facts back")
        yield filled(moved(text, article), *after(page, "h3"), foot)


def _folded(text: Element, beyond: str) -> Element:
    """The text below content advice: nobody meets it without opening it. It prints only if open."""
    past = element("a", "Skip this page", href=f"#{beyond}")
    fold = element("details", element("summary", "Open this page"), class_="fold fold-keep")
    return element("div", element("p", past), filled(fold, moved(text, element("div"))))


def _tell_tables_apart(text: Element, page: PageCopy) -> None:
    """Each page counts its tables from one, and calls its last part References."""
    for each in text.iter():
        if each.get("role") == "region":
            each.set("aria-label", f"{page.title}: {each.get('aria-label', '')}")
        if each.tag == "section":
            each.attrib.pop("aria-labelledby", None)


def _page(slug: str) -> str:
    return f"page-{slug}"


def _write_data(picture: MediaCopy, out: BinaryIO) -> None:
    out.write(f"data:{picture.kind};base64,".encode())
    with picture.open() as file:
        while some := file.read(_THREES):
            out.write(base64.b64encode(some))
