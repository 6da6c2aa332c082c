"""HTML and XML as trees of elements."""

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder, indent, tostring

_VOID = frozenset("area br col embed hr img input link meta source track wbr".split())
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Part = Element | str | None


def element(tag: str, *parts: Part, **attributes: str) -> Element:
    """An element with its text and elements in order.

    attributes  an underline at the end is dropped (class_), one within stands for a hyphen
    """
    made = Element(tag, {n.rstrip("_").replace("_", "-"): v for n, v in attributes.items()})
    return filled(made, *parts)


def filled(made: Element, *parts: Part) -> Element:
    """The same element, with more text and elements at its end."""
    for part in parts:
        if isinstance(part, Element):
            made.append(part)
        elif part and len(made):
            made[-1].tail = (made[-1].tail or "") + part
        elif part:
            made.text = (made.text or "") + part
    return made


def moved(inner: Element, into: Element) -> Element:
    """All that an element holds, at the end of another; returns the other."""
    return filled(into, inner.text, *inner)


def parsed(html: str) -> Element:
    """Our own stored HTML, which closes what it opens, below a div."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.whole()


def as_html(whole: Element) -> bytes:
    """A whole document as HTML."""
    said: str = tostring(whole, "unicode", method="html")
    return f"<!DOCTYPE html>\n{said}\n".encode()


def fragment(inner: Element) -> str:
    """What an element holds, as HTML."""
    return (inner.text or "") + "".join(tostring(e, "unicode", method="html") for e in inner)


def as_xml(whole: Element, *, pretty: bool = False) -> bytes:
    """A whole document as XML.

    pretty  lines and indents, where space between elements means nothing
    """
    if pretty:
        indent(whole)
    said = _UNSAYABLE.sub("\N{REPLACEMENT CHARACTER}", tostring(whole, "unicode"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{said}\n'.encode()


class _Reader(HTMLParser):
    """Every tag was written by a serialiser, so none is left open or closed twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._builder = TreeBuilder()
        self._builder.start("div", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # open and its like stand without a value; in XML everything has one
        self._builder.start(tag, {name: name if value is None else value for name, value in attrs})
        if tag in _VOID:
            self._builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._builder.end(tag)

    def handle_data(self, data: str) -> None:
        self._builder.data(data)

    def whole(self) -> Element:
        self._builder.end("div")
        return self._builder.close()
