"""A module as a Common Cartridge 1.3, which another university's learning platform takes in.

A cartridge holds the answers of its questions, so it goes to staff alone. Its pages are web
content, with a quiz after each page that asks something. Namespaces and resource types are those
of the 1EdTech Common Cartridge Profile, version 1.3 (https://www.imsglobal.org/cc/ccv1p3/).
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from lms.exchange.copies import (
    LANGUAGE,
    ModuleCopy,
    PageCopy,
    Setting,
    about,
    after,
    before,
    set_in,
)
from lms.exchange.qti import XSI, as_quiz
from lms.exchange.webpage import STYLE
from lms.exchange.writing import as_html, as_xml, element, moved
from lms.packing import write_zip

MEDIA_TYPE = "application/zip"  # nobody registered one for cartridges
_PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
_PROFILE = "http://www.imsglobal.org/profile/cc/ccv1p3"
_SCHEMAS = (
    f"{_PACKAGE} {_PROFILE}/ccv1p3_imscp_v1p2_v1p0.xsd "
    f"{_LOM} {_PROFILE}/LOM/ccv1p3_lommanifest_v1p0.xsd"
)
_WEB, _QUIZ = "webcontent", "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"


def write_cartridge(copy: ModuleCopy, out: BinaryIO) -> None:
    """The module as a cartridge. The same version of it always makes the same bytes."""
    media = {_media_file(name): each for name, each in sorted(copy.media.items())}
    texts = ((name, BytesIO(raw)) for name, raw in _texts(copy))
    files = ((name, each.open()) for name, each in media.items())
    write_zip(out, chain(texts, files), bare=media)


def _texts(copy: ModuleCopy) -> Iterator[tuple[str, bytes]]:
    yield "imsmanifest.xml", _manifest(copy)
    yield "web/about.html", _document(copy.title, *about(copy, "h2"))
    for page in copy.pages:
        yield _page_file(page), _page(page, copy)
        if page.questions:
            yield _quiz_file(page), as_quiz(page)
    yield "web/copy.css", STYLE.encode()


def _manifest(copy: ModuleCopy) -> bytes:
    whole = element(
        "manifest",
        element(
            "metadata",
            element("schema", "IMS Common Cartridge"),
            element("schemaversion", "1.3.0"),
            element("lomimscc:lom", _general(copy)),
        ),
        element("organizations", _organisation(copy)),
        element("resources", *_resources(copy)),
        identifier=f"module-{copy.slug}",
        xmlns=_PACKAGE,
    )
    whole.set("xmlns:lomimscc", _LOM)
    whole.set("xmlns:xsi", XSI)
    whole.set("xsi:schemaLocation", _SCHEMAS)
    return as_xml(whole, pretty=True)


def _general(copy: ModuleCopy) -> Element:
    return element(
        "lomimscc:general",
        element("lomimscc:title", _said(f"{copy.code} {copy.title}")),
        element("lomimscc:language", LANGUAGE),
        element("lomimscc:description", _said(copy.summary)),
    )


def _said(words: str) -> Element:
    return element("lomimscc:string", words, language=LANGUAGE)


def _organisation(copy: ModuleCopy) -> Element:
    module = element("item", element("title", copy.title), *_items(copy), identifier="module")
    root = element("item", module, identifier="root")
    return element("organization", root, identifier="contents", structure="rooted-hierarchy")


def _items(copy: ModuleCopy) -> Iterator[Element]:
    yield _item("About this module", "about")
    for number, page in enumerate(copy.pages, start=1):
        yield _item(page.title, f"page-{number}")
        if page.questions:
            yield _item(f"Check yourself: {page.title}", f"quiz-{number}")


def _item(title: str, resource: str) -> Element:
    return element(
        "item", element("title", title), identifier=f"item-{resource}", identifierref=resource
    )


def _resources(copy: ModuleCopy) -> Iterator[Element]:
    yield _resource("about", _WEB, "web/about.html", "style")
    names = {name: f"media-{number}" for number, name in enumerate(sorted(copy.media), start=1)}
    for number, page in enumerate(copy.pages, start=1):
        shown = [names[name] for name in sorted(names) if f'src="files/{name}"' in page.html]
        yield _resource(f"page-{number}", _WEB, _page_file(page), "style", *shown)
        if page.questions:
            yield _resource(f"quiz-{number}", _QUIZ, _quiz_file(page))
    yield _resource("style", _WEB, "web/copy.css")
    for name, resource in names.items():
        yield _resource(resource, _WEB, _media_file(name))


def _resource(name: str, kind: str, path: str, *needs: str) -> Element:
    return element(
        "resource",
        element("file", href=path),
        *(element("dependency", identifierref=each) for each in needs),
        identifier=name,
        type=kind,
        href=path,
    )


def _page(page: PageCopy, copy: ModuleCopy) -> bytes:
    setting = Setting(
        anchor=lambda _slug, part: part,
        address=_address,
        picture={name: f"files/{name}" for name in copy.media}.get,
        question=_in_the_quiz,
    )
    text = moved(set_in(page, copy, setting), element("div"))
    return _document(page.title, *before(page, setting.address, "h2"), *text, *after(page, "h2"))


def _document(title: str, *parts: Element) -> bytes:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="stylesheet", href="copy.css"),
    )
    body = element("body", element("main", element("h1", title), *parts))
    return as_html(element("html", head, body, lang=LANGUAGE))


def _in_the_quiz(page: PageCopy, question: Mapping[str, Any]) -> Element:
    number = [each["key"] for each in page.questions].index(question["key"]) + 1
    said = f"Question {number} of “Check yourself: {page.title}” belongs here."
    return element("p", said, class_="facts")


def _address(slug: str, part: str) -> str:
    return (f"page-{slug}.html" if slug else "") + (f"#{part}" if part else "")


def _page_file(page: PageCopy) -> str:
    return f"web/page-{page.slug}.html"


def _quiz_file(page: PageCopy) -> str:
    return f"quiz/{page.slug}.xml"


def _media_file(name: str) -> str:
    return f"web/files/{name}"
