"""A Word file made anew from what its text needs, and from nothing that says who wrote it.

Programs keep names in more places than anybody can list: properties, comments, the sharing of a
folder, the workbook behind a chart. So parts are not taken out: the document's text, look and
pictures are taken along, and the rest stays behind. Runs in the child of `documents_unsigned`.

Office Open XML: ECMA-376, parts 1 (relationships of a document) and 2 (packages).
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field

from lxml import etree

from lms import documents_child
from lms.packing import write_zip

# By the last word of a relationship's type, which the strict and the usual form have in common.
_TEXT = """
officeDocument styles stylesWithEffects numbering fontTable theme themeOverride settings
webSettings footnotes endnotes header footer comments commentsExtended commentsIds chart
chartStyle chartColorStyle chartUserShapes diagramData diagramLayout diagramQuickStyle
diagramColors diagramDrawing
""".split()
_BYTES = ("image", "font")
_LINK = "hyperlink"
_NOWHERE = "about:blank"
# Elements that name people, machines or other files, by their own name.
_ELEMENTS = {"docVars", "permStart", "permEnd", "mailMerge", "dataBinding", "signatureline"}
_NAMES = {"author", "initials", "userId", "providerId", "userName"}
_NOBODY = "Author"  # what Word itself writes, told to remove names
_PATH = re.compile(r"[A-Za-z]:[\\/]|\\\\|file:|/(?:Users|home)/")
_RELATIONS = "/officeDocument/2006/relationships", "/officeDocument/relationships"
_TYPES = "[Content_Types].xml"


@dataclass
class _Package:
    """What is taken along, by name; and what is there to take, by name in small letters."""

    there: dict[str, tuple[str, bytes]]
    taken: dict[str, bytes] = field(default_factory=dict)


def unsigned(content: bytes) -> bytes:
    """The copy. Raises RuleBroken or a fault of the libraries for what can't be copied."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        documents_child.check_archive(source)
        names = [each.filename for each in source.infolist()]
        package = _Package({name.lower(): (name, source.read(name)) for name in names})
    _take_relations(package, "", {"officeDocument"})
    package.taken[_TYPES] = _types(package)
    # The types come first: programs tell by the first bytes what kind of file it is.
    names = sorted(package.taken, key=lambda name: name != _TYPES)
    copy = io.BytesIO()
    write_zip(copy, ((name, io.BytesIO(package.taken[name])) for name in names))
    return copy.getvalue()


def _take(package: _Package, name: str, kind: str) -> None:
    content = package.there[name.lower()][1]
    if kind in _BYTES:
        package.taken[name] = _picture(content) if name.lower().endswith(".svg") else content
        return
    package.taken[name] = b""  # met: relations may lead in a circle
    kept = _take_relations(package, name, {*_TEXT, *_BYTES, _LINK})
    package.taken[name] = _part(content, kept)


def _take_relations(package: _Package, owner: str, kinds: set[str]) -> set[str]:
    """Take along what a part refers to; returns the ids of what was taken."""
    folder, base = posixpath.split(owner)
    where = posixpath.join(folder, "_rels", f"{base}.rels")
    if where.lower() not in package.there:
        return set()
    where, content = package.there[where.lower()]
    root = _parsed(content)
    for each in list(root):
        kind = each.get("Type", "").rsplit("/", 1)[-1]
        if kind not in kinds or not _is_taken(package, folder, each, kind):
            root.remove(each)
    package.taken[where] = _written(root)
    return {each.get("Id") for each in root}


def _is_taken(package: _Package, folder: str, relation: etree._Element, kind: str) -> bool:
    target = relation.get("Target", "")
    if kind == _LINK:
        if not target.lower().startswith(("http://", "https://", "#")):
            relation.set("Target", _NOWHERE)
            relation.set("TargetMode", "External")
        return True
    path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    if path.lower() not in package.there or relation.get("TargetMode") == "External":
        return False
    name = package.there[path.lower()][0]
    if name not in package.taken:
        _take(package, name, kind)
    return True


def _part(content: bytes, kept: set[str]) -> bytes:
    root = _parsed(content)
    for element in list(root.iter("*")):
        if etree.QName(element).localname in _ELEMENTS or not _related(element) <= kept:
            _cut(element)
            continue
        for name, value in element.attrib.items():
            if etree.QName(name).localname in _NAMES:
                element.set(name, _NOBODY)
            elif _PATH.match(value):
                element.set(name, "")  # such as the place a picture was taken from
    return _written(root)


def _related(element: etree._Element) -> set[str]:
    """Ids of the relationships that an element names."""
    return {
        value
        for name, value in element.attrib.items()
        if (etree.QName(name).namespace or "").endswith(_RELATIONS) and value
    }


def _cut(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _picture(content: bytes) -> bytes:
    root = _parsed(content)
    for element in list(root.iter("*")):
        if etree.QName(element).localname == "metadata":
            _cut(element)
    return _written(root)


def _types(package: _Package) -> bytes:
    root = _parsed(package.there[_TYPES.lower()][1])
    taken = {f"/{name}".lower() for name in package.taken}
    for each in list(root):
        if each.get("PartName") and each.get("PartName").lower() not in taken:
            root.remove(each)
    return _written(root)


def _parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _written(root: etree._Element) -> bytes:
    for comment in [each for each in root.iter() if not isinstance(each.tag, str)]:
        _cut(comment)
    return bytes(
        etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)
    )
