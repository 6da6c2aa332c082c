"""A module as an EPUB 3.3 publication: https://www.w3.org/TR/epub-33/

What a book says of its accessibility is in the words of the EPUB Accessibility vocabulary. It
makes no claim of conformance: somebody would have to have looked.
"""

from collections.abc import Iterator
from datetime import UTC
from io import BytesIO
from itertools import chain
from typing import BinaryIO
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
    without_answer,
)
from lms.exchange.webpage import STYLE
from lms.exchange.writing import as_xml, element, moved
from lms.packing import write_zip

MEDIA_TYPE = "application/epub+zip"
_XHTML = "http://www.w3.org/1999/xhtml"
_OPS = "http://www.idpf.org/2007/ops"
_OPF = "http://www.idpf.org/2007/opf"
_DC = "http://purl.org/dc/elements/1.1/"
_OCF = "urn:oasis:names:tc:opendocument:xmlns:container"
_PAGE_TYPE = "application/xhtml+xml"


def write_epub(copy: ModuleCopy, out: BinaryIO) -> None:
    """The module as an EPUB. The same version of it always makes the same bytes."""
    pictures = {f"OPS/files/{each.name}": each for each in copy.pictures}
    texts = ((name, BytesIO(raw)) for name, raw in _texts(copy))
    files = ((name, each.open()) for name, each in pictures.items())
    write_zip(out, chain(texts, files), bare={"mimetype", *pictures})


def _texts(copy: ModuleCopy) -> Iterator[tuple[str, bytes]]:
    yield "mimetype", MEDIA_TYPE.encode()
    yield "META-INF/container.xml", _container()
    yield "OPS/package.opf", _package(copy)
    yield "OPS/nav.xhtml", _nav(copy)
    yield "OPS/about.xhtml", _document(copy.title, *about(copy, "h2"))
    for page in copy.pages:
        yield f"OPS/{_file(page.slug)}", _page(page, copy)
    yield "OPS/copy.css", STYLE.encode()


def _container() -> bytes:
    root = element(
        "rootfile", full_path="OPS/package.opf", media_type="application/oebps-package+xml"
    )
    return as_xml(element("container", element("rootfiles", root), version="1.0", xmlns=_OCF))


def _package(copy: ModuleCopy) -> bytes:
    items, spine = [], []
    for name, (path, kind, properties) in _manifest(copy).items():
        item = element("item", id=name, href=path, media_type=kind)
        if properties:
            item.set("properties", properties)
        items.append(item)
        if kind == _PAGE_TYPE:
            spine.append(element("itemref", idref=name))
    whole = element(
        "package",
        element("metadata", *_metadata(copy), **{"xmlns:dc": _DC}),
        element("manifest", *items),
        element("spine", *spine),
        xmlns=_OPF,
        version="3.0",  # of the package document: EPUB 3.3 keeps it
        unique_identifier="identifier",
    )
    whole.set("xml:lang", LANGUAGE)
    return as_xml(whole, pretty=True)


def _manifest(copy: ModuleCopy) -> dict[str, tuple[str, str, str]]:
    """By id: path, media type, properties; what is read stands in reading order."""
    found = {
        "about": ("about.xhtml", _PAGE_TYPE, ""),
        "nav": ("nav.xhtml", _PAGE_TYPE, "nav"),
    }
    for number, page in enumerate(copy.pages, start=1):
        found[f"page-{number}"] = (_file(page.slug), _PAGE_TYPE, "")
    found["style"] = ("copy.css", "text/css", "")
    for number, each in enumerate(copy.pictures, start=1):
        found[f"picture-{number}"] = (f"files/{each.name}", each.kind, "")
    return found


def _metadata(copy: ModuleCopy) -> Iterator[Element]:
    yield element("dc:identifier", copy.identifier, id="identifier")
    yield element("dc:title", copy.neutral_title)
    yield element("dc:language", LANGUAGE)
    yield element("dc:publisher", copy.service)
    yield _meta("dcterms:modified", f"{copy.published_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    yield _meta("schema:accessMode", "textual")
    if copy.pictures:
        yield _meta("schema:accessMode", "visual")
    yield _meta("schema:accessModeSufficient", "textual")
    for feature in ("tableOfContents", "structuralNavigation", "readingOrder", "alternativeText"):
        yield _meta("schema:accessibilityFeature", feature)
    moving = any(each.kind in {"image/gif", "image/webp"} for each in copy.pictures)
    yield _meta("schema:accessibilityHazard", "unknown" if moving else "none")
    yield _meta(
        "schema:accessibilitySummary",
        "Every picture that says something says it in words too. Films are left out, and their "
        "transcripts are here. Knowledge checks are answered online.",
    )


def _meta(name: str, value: str) -> Element:
    return element("meta", value, property=name)


def _nav(copy: ModuleCopy) -> bytes:
    lines = [element("li", element("a", "About this module", href="about.xhtml"))]
    for page in copy.pages:
        lines.append(element("li", element("a", page.title, href=_file(page.slug))))
    contents = _typed(element("nav", element("h1", "Contents", id="contents-h")), "toc")
    contents.append(element("ol", *lines))
    contents.set("id", "toc")
    contents.set("role", "doc-toc")
    contents.set("aria-labelledby", "contents-h")
    places = [
        _typed(element("a", "Contents", href="nav.xhtml#toc"), "toc"),
        _typed(element("a", "Start of the text", href=_file(copy.pages[0].slug)), "bodymatter"),
    ]
    landmarks = _typed(element("nav", element("h2", "Landmarks"), hidden="hidden"), "landmarks")
    landmarks.append(element("ol", *(element("li", place) for place in places)))
    return _xhtml("Contents", element("body", contents, landmarks))


def _page(page: PageCopy, copy: ModuleCopy) -> bytes:
    setting = Setting(
        anchor=lambda _slug, part: f"x-{part}",  # an id of XML doesn't begin with a digit
        address=lambda slug, part: (_file(slug) if slug else "") + (f"#{part}" if part else ""),
        picture={each.name: f"files/{each.name}" for each in copy.pictures}.get,
        question=without_answer,
    )
    text = moved(set_in(page, copy, setting), element("div"))
    return _document(page.title, *before(page, setting.address, "h2"), *text, *after(page, "h2"))


def _document(title: str, *parts: Element) -> bytes:
    return _xhtml(title, element("body", element("h1", title), *parts))


def _xhtml(title: str, body: Element) -> bytes:
    head = element(
        "head",
        element("title", title),
        element("link", rel="stylesheet", type="text/css", href="copy.css"),
    )
    whole = element("html", head, body, xmlns=_XHTML, lang=LANGUAGE)
    whole.set("xml:lang", LANGUAGE)
    if body.find("nav") is not None:
        whole.set("xmlns:epub", _OPS)
    return as_xml(whole)


def _typed(made: Element, kind: str) -> Element:
    made.set("epub:type", kind)
    return made


def _file(slug: str) -> str:
    return f"page-{slug}.xhtml"  # a page may be called nav
