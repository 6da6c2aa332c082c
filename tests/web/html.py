"""Reading a page as a browser would, and finding things in it."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib


def page(text: str) -> Element:
    """A whole page; an error in its HTML fails at the first."""
    tree: Element = _strict().parse(text)
    return tree


def piece(text: str) -> Element:
    """Part of a page, as it stands in the body."""
    tree: Element = _strict().parseFragment(text)
    return tree


def find(tree: Element, tag: str = "*", **wanted: str) -> list[Element]:
    """Elements with these attributes; `class_` asks for one class among others.

    An underline at the end is dropped (`for_`), others are hyphens (`aria_sort`).
    """
    return [
        element
        for element in tree.iter()
        if isinstance(element.tag, str)
        and element.tag != "DOCUMENT_FRAGMENT"
        and tag in {"*", element.tag.rpartition("}")[2]}
        and all(_has(element, name, value) for name, value in wanted.items())
    ]


def only(tree: Element, tag: str = "*", **wanted: str) -> Element:
    """The one element that fits; any other number is a failure."""
    found = find(tree, tag, **wanted)
    assert len(found) == 1, f"{len(found)} of {tag} {wanted}"
    return found[0]


def words(element: Element) -> str:
    """The text inside, spaces evened, no-break spaces as spaces."""
    return " ".join("".join(element.itertext()).split())


def described(tree: Element, element: Element) -> list[str]:
    """The texts that `aria-describedby` joins to an element; each id must be there once."""
    ids = element.get("aria-describedby", "").split()
    return [words(only(tree, id=each)) for each in ids]


def ids(tree: Element) -> Iterator[str]:
    """Every id, in order."""
    for element in find(tree):
        if "id" in element.attrib:
            yield element.attrib["id"]


def _strict() -> html5lib.HTMLParser:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)


def _has(element: Element, name: str, value: str) -> bool:
    if name == "class_":
        return value in element.get("class", "").split()
    return element.get(name.rstrip("_").replace("_", "-")) == value
