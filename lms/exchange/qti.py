"""Knowledge checks as QTI 1.2, in the profile that Common Cartridge allows.

The profile knows six kinds of question; ours become three of them. A single or multiple choice
keeps its answer and every explanation. Steps to put in order are none of the six: they become an
essay, whose solution is the right order. A reflection becomes an essay without one.

Structure after the 1EdTech Common Cartridge Profile: Implementation, version 1.3, 30 May 2014
(https://www.imsglobal.org/cc/ccv1p3/), and the changes that its QTI schema lists: an assessment has
one section, an item has metadata, presentation, processing and feedback in that order, and one
variable, SCORE, which is only ever set. Its tests hold it to that by hand, not by the schema.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from lms.exchange.copies import PageCopy
from lms.exchange.writing import as_xml, element, fragment, parsed
from lms.markup_questions import question_of

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
SCHEMA = "http://www.imsglobal.org/profile/cc/ccv1p3/ccv1p3_qtiasiv1p2p1_v1p0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PROFILES = {
    "single": "cc.multiple_choice.v0p1",
    "multiple": "cc.multiple_response.v0p1",
    "ordering": "cc.essay.v0p1",
    "reflection": "cc.essay.v0p1",
}
_FORMATIVE = (
    "<p>For practice: these questions were written to learn from, and were never a mark.</p>"
)
_ANSWER, _SOLUTION = "response", "solution"


def as_quiz(page: PageCopy) -> bytes:
    """The questions of a page, with their answers."""
    whole = element(
        "assessment",
        _metadata(
            cc_profile="cc.exam.v0p1",
            qmd_assessmenttype="Examination",
            qmd_scoretype="Percentage",
            qmd_feedbackpermitted="Yes",
            qmd_solutionspermitted="Yes",
            cc_maxattempts="unlimited",
        ),
        element("rubric", _material(_FORMATIVE)),
        element("section", *_items(page), ident=f"section-{page.slug}"),
        ident=f"quiz-{page.slug}",
        title=f"Check yourself: {page.title}",
    )
    root = element("questestinterop", whole, xmlns=NAMESPACE)
    root.set("xmlns:xsi", XSI)
    root.set("xsi:schemaLocation", f"{NAMESPACE} {SCHEMA}")
    return as_xml(root)


def _items(page: PageCopy) -> Iterator[Element]:
    for number, question in enumerate(page.questions, start=1):
        essay = question["kind"] in {"ordering", "reflection"}
        asked = _essay(question) if essay else _choice(question)
        # Two pages may each have a question of one key; platforms keep one list of all.
        name = f"question-{page.slug}-{question['key']}"
        yield element("item", *asked, ident=name, title=f"Question {number}")


def _choice(question: Mapping[str, Any]) -> Iterator[Element]:
    options = question["options"]
    yield element("itemmetadata", _metadata(cc_profile=_PROFILES[question["kind"]]))
    labels = (
        element("response_label", _material(_plain(each["html"])), ident=_name(each))
        for each in options
    )
    answer = element("response_lid", element("render_choice", *labels), ident=_ANSWER)
    answer.set("rcardinality", "Single" if question["kind"] == "single" else "Multiple")
    yield element("presentation", _material(_plain(question["ask"])), answer)
    said = (
        _condition(
            _is(each), element("displayfeedback", feedbacktype="Response", linkrefid=_why(each))
        )
        for each in options
    )
    score = element("setvar", "100", varname="SCORE", action="Set")
    yield element(
        "resprocessing", _outcomes(), *said, _condition(_right(question), score, last=True)
    )
    for each in options:
        yield element(
            "itemfeedback", element("flow_mat", _material(_plain(each["why"]))), ident=_why(each)
        )


def _right(question: Mapping[str, Any]) -> Element:
    """What is true of a wholly right answer."""
    options = question["options"]
    if question["kind"] == "single":
        return next(_is(each) for each in options if each["right"])
    tests = (_is(each) if each["right"] else element("not", _is(each)) for each in options)
    return element("and", *tests)


def _essay(question: Mapping[str, Any]) -> Iterator[Element]:
    yield element(
        "itemmetadata",
        _metadata(
            cc_profile=_PROFILES[question["kind"]],
            qmd_scoringpermitted="Yes",
            qmd_computerscored="No",
        ),
    )
    steps = question_of(question).offered
    listed = "".join(f"<li>{_plain(each.html)}</li>" for each in steps)
    ask = _plain(question["ask"]) + (f"<ul>{listed}</ul>" if steps else "")
    box = element("render_fib", rows="6", prompt="Box", fibtype="String")
    answer = element("response_str", box, ident=_ANSWER, rcardinality="Single")
    yield element("presentation", _material(ask), answer)
    shown = element("displayfeedback", feedbacktype="Solution", linkrefid=_SOLUTION)
    always = _condition(element("other"), *([shown] if steps else []), last=True)
    yield element("resprocessing", _outcomes(), always)
    if steps:
        order = "".join(
            f"<li>{_plain(each['html'])}{_plain(each['why'])}</li>" for each in question["options"]
        )
        material = element("solutionmaterial", element("flow_mat", _material(f"<ol>{order}</ol>")))
        yield element("itemfeedback", element("solution", material), ident=_SOLUTION)


def _metadata(**fields: str) -> Element:
    return element(
        "qtimetadata",
        *(
            element(
                "qtimetadatafield",
                element("fieldlabel", label),
                element("fieldentry", value),
            )
            for label, value in fields.items()
        ),
    )


def _material(html: str) -> Element:
    return element("material", element("mattext", html, texttype="text/html"))


def _outcomes() -> Element:
    score = element("decvar", varname="SCORE", vartype="Decimal", minvalue="0", maxvalue="100")
    return element("outcomes", score)


def _condition(test: Element, *does: Element, last: bool = False) -> Element:
    found = element("respcondition", element("conditionvar", test), *does)
    found.set("continue", "No" if last else "Yes")
    return found


def _is(option: Mapping[str, Any]) -> Element:
    return element("varequal", _name(option), respident=_ANSWER)


def _why(option: Mapping[str, Any]) -> str:
    return f"{_name(option)}-why"


def _name(option: Mapping[str, Any]) -> str:
    return f"option-{option['key']}"  # a name of XML doesn't begin with a digit


def _plain(html: str) -> str:
    """Words and links to elsewhere: the page's own words and references don't come along."""
    whole = parsed(html)
    for each in whole.iter():
        address = each.get("href", "")
        each.attrib.clear()
        if ":" in address:
            each.set("href", address)
        elif each.tag == "a":
            each.tag = "span"
    return fragment(whole)
