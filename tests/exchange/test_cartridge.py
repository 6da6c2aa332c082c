"""A cartridge is what the Common Cartridge 1.3 profile describes, with every answer in it."""

import io
import re
import zipfile
from xml.etree.ElementTree import Element

import html5lib
import pytest
from defusedxml import ElementTree

from lms.exchange.cartridge import write_cartridge
from lms.exchange.copies import ModuleCopy
from tests.exchange.folder import made

CP = "{http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1}"
QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# What each element of a quiz may hold, in order; from the profile's schema.
INSIDE = {
    "assessment": ["qtimetadata", "rubric", "section"],
    "item": ["itemmetadata", "presentation", "resprocessing", "itemfeedback"],
    "resprocessing": ["outcomes", "respcondition"],
    "respcondition": ["conditionvar", "setvar", "displayfeedback"],
}


@pytest.fixture(scope="module")
def archive(full: ModuleCopy) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(made(write_cartridge, full)))


@pytest.fixture(scope="module")
def manifest(archive: zipfile.ZipFile) -> Element:
    return ElementTree.fromstring(archive.read("imsmanifest.xml"))


@pytest.fixture(scope="module")
def items(archive: zipfile.ZipFile) -> dict[str, Element]:
    quiz = ElementTree.fromstring(archive.read("quiz/beginning.xml"))
    return {each.get("ident", "").split("beginning-")[1]: each for each in quiz.iter(f"{QTI}item")}


def test_the_manifest_says_its_standard_and_its_version(manifest: Element) -> None:
    assert manifest.tag == f"{CP}manifest"
    assert manifest.findtext(f"{CP}metadata/{CP}schema") == "IMS Common Cartridge"
    assert manifest.findtext(f"{CP}metadata/{CP}schemaversion") == "1.3.0"
    assert [each.tag for each in manifest] == [
        f"{CP}metadata",
        f"{CP}organizations",
        f"{CP}resources",
    ]
    pairs = manifest.get(f"{XSI}schemaLocation", "").split()
    assert pairs[0::2] == [CP[1:-1], "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"]


def test_all_that_lies_in_it_is_a_resource_and_every_name_leads_somewhere(
    manifest: Element, archive: zipfile.ZipFile
) -> None:
    resources = {each.get("identifier"): each for each in manifest.iter(f"{CP}resource")}
    files = [each.get("href") for each in manifest.iter(f"{CP}file")]
    assert sorted([*files, "imsmanifest.xml"]) == sorted(archive.namelist())
    assert {each.get("type") for each in resources.values()} == {
        "webcontent",
        "imsqti_xmlv1p2/imscc_xmlv1p3/assessment",
    }
    named = [each.get("identifierref") for each in manifest.iter() if each.get("identifierref")]
    assert set(named) <= set(resources)
    ids = [each.get("identifier", "") for each in manifest.iter() if each.get("identifier")]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", each) for each in ids)


def test_it_is_one_tree_of_pages_in_reading_order_each_with_its_quiz(manifest: Element) -> None:
    (tree,) = manifest.iter(f"{CP}organization")
    assert tree.get("structure") == "rooted-hierarchy"
    (root,) = tree
    assert root.find(f"{CP}title") is None
    (module,) = root
    assert [each.findtext(f"{CP}title") for each in module.findall(f"{CP}item")] == [
        "About this module",
        "The beginning",
        "Check yourself: The beginning",
        "The end of it",
        "A gentler one",
    ]


def test_pages_are_valid_and_show_what_lies_beside_them(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    for name in (each for each in names if each.endswith(".html")):
        text = archive.read(name).decode()
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        ids = [each.get("id") for each in tree.iter() if each.get("id")]
        assert len(set(ids)) == len(ids)
        for each in tree.iter():
            source = each.get("src")
            assert source is None or f"web/{source}" in names
            target, _hash, part = (each.get("href") or "").partition("#")
            assert not target or ":" in target or f"web/{target}" in names
            assert target or not part or part in ids
        assert "SECRET" not in text
        assert "WHY-" not in text  # a page is read before its quiz is answered
    assert "web/files/talk.mp4" in names
    assert "web/files/secret.svg" not in names


def test_a_quiz_keeps_to_the_profiles_structure(archive: zipfile.ZipFile) -> None:
    quiz = ElementTree.fromstring(archive.read("quiz/beginning.xml"))
    assert quiz.tag == f"{QTI}questestinterop"
    for name, order in INSIDE.items():
        for each in quiz.iter(QTI + name):
            held = [child.tag.removeprefix(QTI) for child in each]
            assert held == sorted(held, key=order.index), name
    (variable,) = {each.get("varname") for each in quiz.iter(f"{QTI}decvar")}
    assert variable == "SCORE"
    for item in quiz.iter(f"{QTI}item"):
        said = {each.get("ident") for each in item.iter(f"{QTI}itemfeedback")}
        shown = {each.get("linkrefid") for each in item.iter(f"{QTI}displayfeedback")}
        assert said == shown
        labels = {each.get("ident") for each in item.iter(f"{QTI}response_label")}
        assert {each.text for each in item.iter(f"{QTI}varequal")} == labels


def test_each_kind_of_question_becomes_what_the_profile_has(items: dict[str, Element]) -> None:
    profiles = {key: _field(item, "cc_profile") for key, item in items.items()}
    assert profiles == {
        "first-decision": "cc.multiple_choice.v0p1",
        "which-bodies": "cc.multiple_response.v0p1",
        "the-steps": "cc.essay.v0p1",
        "your-own": "cc.essay.v0p1",
    }
    assert _field(items["your-own"], "qmd_computerscored") == "No"


def test_the_right_answer_is_what_scores(items: dict[str, Element]) -> None:
    labels = {
        each.get("ident"): "".join(each.itertext())
        for key in ("first-decision", "which-bodies")
        for each in items[key].iter(f"{QTI}response_label")
    }
    (right,) = _scoring(items["first-decision"])
    assert labels[right.text] == "<p>Reasonable grounds</p>"
    (whole,) = _scoring(items["which-bodies"])
    wanted = [labels[each.text] for each in whole.findall(f"{QTI}varequal")]
    unwanted = [labels[each.text] for each in whole.findall(f"{QTI}not/{QTI}varequal")]
    assert (wanted, unwanted) == (["<p>Body A</p>", "<p>Body B</p>"], ["<p>Body C</p>"])


def test_every_explanation_comes_along_and_links_to_a_page_do_not(items) -> None:
    words = {key: "".join(each.itertext()) for key, each in items.items()}
    assert "WHY-RIGHT-ONE" in words["first-decision"]
    assert "WHY-WRONG-ONE" in words["first-decision"]
    assert "<span>NRM</span>" in words["first-decision"]
    assert "#term" not in words["first-decision"]
    (solution,) = items["the-steps"].iter(f"{QTI}solution")
    assert re.findall("Ask|Listen|Note", "".join(solution.itertext())) == ["Ask", "Listen", "Note"]


def test_the_same_copy_makes_the_same_bytes(full: ModuleCopy) -> None:
    assert made(write_cartridge, full) == made(write_cartridge, full)


def _field(item: Element, label: str) -> str | None:
    for each in item.iter(f"{QTI}qtimetadatafield"):
        if each.findtext(f"{QTI}fieldlabel") == label:
            return each.findtext(f"{QTI}fieldentry")
    return None


def _scoring(item: Element) -> list[Element]:
    conditions = item.iter(f"{QTI}respcondition")
    scored = [each for each in conditions if each.find(f"{QTI}setvar") is not None]
    return [test for each in scored for test in each.find(f"{QTI}conditionvar") or []]
