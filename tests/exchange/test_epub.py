"""An e-book keeps the rules of EPUB 3.3: EPUBCheck has nothing to say against it.

EPUBCheck takes seconds for a book. What its main messages are about is held here besides, in
milliseconds, and says where to look (github.com/w3c/epubcheck, MessageBundle.properties):

PKG-005  the mimetype entry has no extra field
PKG-006  it is the first
PKG-007  it says application/epub+zip, and is not compressed
PKG-009, PKG-010, PKG-012  names have no odd characters, no spaces, and are ASCII
PKG-025  no resource of the publication lies in META-INF
OPF-003  what lies in the archive stands in the manifest
OPF-014, OPF-015  a property stands in the manifest where it is due, and nowhere else
OPF-027, OPF-028  every property is a known one, with a reserved prefix
OPF-029  a file is what the manifest says it is
OPF-030, OPF-048  the package names its identifier, which is there
OPF-033, OPF-034, OPF-043, OPF-049  the spine leads to pages of the manifest, to each once
OPF-058  every page of the spine stands in the contents, but for the contents themselves
OPF-060, OPF-074  nothing stands twice, in the archive or in the manifest
OPF-072  no metadata is empty
OPF-085  the identifier that says it is a UUID is one
RSC-001  what the manifest names lies in the archive
RSC-002, RSC-003  the container is there, and names the package by its type
RSC-005  in part: well-formed, one namespace, unique ids, dcterms:modified once and in full, and
         what the navigation document must hold
RSC-006  nothing is fetched from elsewhere
RSC-007, RSC-008, RSC-011, RSC-012, RSC-026  links arrive, within the book, on pages of the spine
NAV-010, NAV-011  contents stay within the book, in reading order
SCP-005, SCP-006, SCP-010  there is no script
HTM-003, HTM-004, HTM-009  no document type of another time
HTM-017  both ways to say a page's language agree
ACC-001  every picture has an alternative text
"""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree

from lms.content.source import Module
from lms.exchange.copies import ModuleCopy
from lms.exchange.epub import write_epub
from tests.exchange.folder import PNG, SVG, copy_of, made
from tests.factories import real_content
from tests.support.conformance import wrong_in_epub

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"
PAGE = "application/xhtml+xml"


class Book:
    """An EPUB, opened."""

    def __init__(self, raw: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(raw))
        self.entries = self.archive.infolist()
        self.names = [each.filename for each in self.entries]
        self.package = self.xml("OPS/package.opf")
        self.items = list(self.package.iter(f"{OPF}item"))
        self.by_id = {each.get("id"): each for each in self.items}
        self.spine = [self.by_id[each.get("idref")] for each in self.package.iter(f"{OPF}itemref")]

    def xml(self, name: str) -> Element:
        return ElementTree.fromstring(self.archive.read(name))

    @property
    def pages(self) -> dict[str, Element]:
        """By name, as links within OPS have it."""
        return {each.get("href"): self.xml(f"OPS/{each.get('href')}") for each in self.spine}

    def metas(self, name: str) -> list[str]:
        found = self.package.iter(f"{OPF}meta")
        return [each.text or "" for each in found if each.get("property") == name]


@pytest.fixture(scope="module")
def raw(full: ModuleCopy) -> bytes:
    return made(write_epub, full)


@pytest.fixture(scope="module")
def book(raw: bytes) -> Book:
    return Book(raw)


def test_the_archive_begins_with_its_bare_type(book: Book, raw: bytes) -> None:
    first = book.entries[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", 0, b"")
    assert raw[30:58] == b"mimetypeapplication/epub+zip"
    assert len(set(book.names)) == len(book.names)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", name) for name in book.names)
    assert [name for name in book.names if name.startswith("META-INF/")] == [
        "META-INF/container.xml"
    ]


def test_the_container_leads_to_the_package(book: Book) -> None:
    (root,) = book.xml("META-INF/container.xml").iter(
        "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
    )
    assert root.get("full-path") == "OPS/package.opf"
    assert root.get("media-type") == "application/oebps-package+xml"


def test_the_manifest_names_all_there_is_once_and_nothing_else(book: Book) -> None:
    named = [f"OPS/{each.get('href')}" for each in book.items]
    assert len(set(named)) == len(named) == len(book.by_id)
    assert set(named) | {"mimetype", "META-INF/container.xml", "OPS/package.opf"} == set(book.names)
    assert not [name for name in named if "#" in name or ".." in name or ":" in name]


def test_every_file_is_what_the_manifest_says(book: Book) -> None:
    kinds = {each.get("href"): each.get("media-type") for each in book.items}
    assert kinds["files/dot.png"] == "image/png"
    assert kinds["files/path.svg"] == "image/svg+xml"
    assert kinds["copy.css"] == "text/css"
    assert book.archive.read("OPS/files/dot.png") == PNG
    assert book.archive.read("OPS/files/path.svg") == SVG
    assert all(kind == PAGE for name, kind in kinds.items() if name.endswith(".xhtml"))
    properties = {each.get("href"): each.get("properties") for each in book.items}
    assert {name: said for name, said in properties.items() if said} == {"nav.xhtml": "nav"}


def test_the_package_says_what_it_must(book: Book, full: ModuleCopy) -> None:
    assert book.package.get("version") == "3.0"
    (identifier,) = book.package.iter(f"{DC}identifier")
    assert identifier.get("id") == book.package.get("unique-identifier")
    assert UUID((identifier.text or "").removeprefix("urn:uuid:")).version == 5
    assert [each.text for each in book.package.iter(f"{DC}language")] == ["en-GB"]
    assert [each.text for each in book.package.iter(f"{DC}title")] == [
        "Alongside: module 1, AL701"  # on a bookshelf that others see
    ]
    assert book.metas("dcterms:modified") == ["2026-10-05T11:00:00Z"]
    assert all((each.text or "").strip() for each in book.package.find(f"{OPF}metadata") or [])
    known = {each.get("property", "") for each in book.package.iter(f"{OPF}meta")}
    assert {each.split(":")[0] for each in known} <= {"dcterms", "schema"}


def test_it_says_how_accessible_it_is_and_claims_no_conformance(book: Book, full) -> None:
    assert book.metas("schema:accessMode") == ["textual", "visual"]
    assert book.metas("schema:accessModeSufficient") == ["textual"]
    assert "alternativeText" in book.metas("schema:accessibilityFeature")
    assert book.metas("schema:accessibilityHazard") == ["none"]
    assert book.metas("schema:accessibilitySummary")
    assert not book.metas("dcterms:conformsTo")
    plain = Book(made(write_epub, replace(full, media={}, pages=full.pages[1:])))
    assert plain.metas("schema:accessMode") == ["textual"]


def test_the_spine_leads_through_every_page_once_and_the_contents_follow_it(book: Book) -> None:
    path = [each.get("href") for each in book.spine]
    assert len(set(path)) == len(path)
    assert {each.get("media-type") for each in book.spine} == {PAGE}
    nav = book.pages["nav.xhtml"]
    contents, landmarks = nav.iter(f"{XHTML}nav")
    assert contents.get(f"{OPS}type") == "toc"
    assert [child.tag for child in contents] == [f"{XHTML}h1", f"{XHTML}ol"]
    listed = [each.get("href") for each in contents.iter(f"{XHTML}a")]
    assert listed == [name for name in path if name != "nav.xhtml"]
    assert all("".join(each.itertext()).strip() for each in nav.iter(f"{XHTML}a"))
    assert landmarks.get(f"{OPS}type") == "landmarks"
    assert landmarks.get("hidden") is not None
    kinds = [each.get(f"{OPS}type") for each in landmarks.iter(f"{XHTML}a")]
    assert kinds == ["toc", "bodymatter"]


def test_every_page_is_xhtml_of_one_language_without_script_or_document_type(book: Book) -> None:
    for name, page in book.pages.items():
        text = book.archive.read(f"OPS/{name}").decode()
        assert "<!DOCTYPE" not in text
        assert "<!ENTITY" not in text
        assert page.tag == f"{XHTML}html"
        assert {each.tag.partition("}")[0] for each in page.iter()} == {XHTML[:-1]}
        assert page.get("lang") == page.get("{http://www.w3.org/XML/1998/namespace}lang")
        assert "".join(page.find(f"{XHTML}head/{XHTML}title").itertext()).strip()
        tags = {each.tag.removeprefix(XHTML) for each in page.iter()}
        assert not tags & {"script", "form", "input", "iframe", "object", "video", "audio", "style"}
        assert not [n for each in page.iter() for n in each.attrib if n.startswith(("on", "style"))]
        assert all("alt" in each.attrib for each in page.iter(f"{XHTML}img"))


def test_ids_are_names_of_xml_and_unique_and_every_link_arrives(book: Book) -> None:
    ids = {
        name: [each.get("id", "") for each in page.iter() if "id" in each.attrib]
        for name, page in book.pages.items()
    }
    declared = {each.get("href") for each in book.items}
    for name, page in book.pages.items():
        assert len(set(ids[name])) == len(ids[name])
        assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", each) for each in ids[name])
        for each in page.iter():
            assert set(each.get("aria-labelledby", "").split()) <= set(ids[name])
            source = each.get("src") or (each.get("href") if each.tag.endswith("link") else None)
            assert source is None or source in declared
        for link in page.iter(f"{XHTML}a"):
            target, _hash, part = link.get("href", "").partition("#")
            if target.startswith("https://"):
                continue
            assert (target or name) in ids, f"{name} leads to {target}"
            assert not part or part in ids[target or name], f"{name} leads to {target}#{part}"


def test_the_style_sheet_fetches_nothing(book: Book) -> None:
    assert not re.search(
        rb"url\(|@import|@font-face|position: fixed", book.archive.read("OPS/copy.css")
    )


def test_neither_tutor_notes_nor_answers_nor_names_are_in_it(book: Book) -> None:
    everything = b"".join(book.archive.read(name) for name in book.names).decode("utf-8", "replace")
    assert not [each for each in ("SECRET", "WHY-", "A. NAMED", "talk.mp4") if each in everything]
    assert "Reasonable grounds" in everything


def test_the_same_copy_makes_the_same_bytes_and_another_version_another_book(full, raw) -> None:
    assert made(write_epub, full) == raw
    other = Book(made(write_epub, replace(full, version="CON-ANOTHER")))
    (identifier,) = other.package.iter(f"{DC}identifier")
    assert identifier.text != full.identifier


def test_a_page_may_be_called_as_our_own_are(full: ModuleCopy) -> None:
    pages = [replace(full.pages[1], slug=slug, html="<p>x</p>") for slug in ("nav", "about", "1")]
    book = Book(made(write_epub, replace(full, pages=pages)))
    assert len(book.pages) == 5


def test_epubcheck_finds_nothing_in_a_book_with_one_of_everything(
    raw: bytes, tmp_path: Path
) -> None:
    (tmp_path / "book.epub").write_bytes(raw)
    assert wrong_in_epub(tmp_path / "book.epub") == []


@pytest.mark.parametrize("module", real_content().modules, ids=lambda module: module.slug)
def test_epubcheck_finds_nothing_in_a_module_of_the_content(module: Module, tmp_path: Path) -> None:
    (tmp_path / "book.epub").write_bytes(made(write_epub, copy_of(module, real_content())))
    assert wrong_in_epub(tmp_path / "book.epub") == []


def test_epubcheck_would_find_a_book_without_its_container(raw: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.epub", "w") as book:
        book.writestr("mimetype", raw[38:58])
    assert [each[:7] for each in wrong_in_epub(tmp_path / "book.epub")] == ["RSC-002"]
