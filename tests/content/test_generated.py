"""Whatever is written: the check answers, always the same, and nothing unsafe is shown."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from lms import markup
from lms.authored import Severity
from lms.content import reading
from lms.content.tree import Drafted, Folder
from lms.errors import RuleBroken
from lms.markup import TeachingPage
from lms.markup_marks import Reference, Surroundings, Term
from tests.catalogue.folder import a_folder
from tests.content.generated import ANSWER, FILES, SECRET, SOUND, TEXTS
from tests.markup.reading import TEACHING, found_in

PAGE = "modules/01-first/01-beginning.md"
NAMES = ("programme.yml", "glossary.yml", "references.yml", PAGE, "modules/01-first/module.yml")
MORE = ("modules/01-first/assessments/essay.yml", "modules/01-first/files/a.svg", "modules/x")
AROUND = Surroundings(
    {"NRM": Term("NRM", "A meaning.")},
    {"act": Reference("An Act")},
    links={"02-end.md": "end"},
)
ELEMENTS = TEACHING | {"figure", "figcaption", "img", "video"}


@pytest.fixture(scope="module")
def tree() -> Folder:
    return Folder(a_folder(Path(tempfile.mkdtemp())))


def shown(text: str) -> TeachingPage | None:
    try:
        return markup.render_teaching(text, AROUND)
    except RuleBroken:
        return None


@given(name=st.sampled_from(NAMES + MORE), raw=FILES)
@settings(max_examples=30, deadline=None)
def test_the_check_answers_whatever_a_file_holds(tree: Folder, name: str, raw: bytes) -> None:
    content, found = reading.examine(Drafted(tree, {name: raw}))
    assert (content is None) == any(each.severity is Severity.ERROR for each in found)
    assert all(each.line >= 1 and each.message for each in found)


@given(text=TEXTS)
@settings(max_examples=15, deadline=None)
def test_a_page_is_always_checked_alike(tree: Folder, text: str) -> None:
    front, _, _ = tree.read(PAGE).partition(b"## A part")
    drafted = Drafted(tree, {PAGE: front + text.encode()})
    first, again = reading.examine(drafted), reading.examine(drafted)
    assert first == again


@given(text=TEXTS)
@settings(max_examples=80, deadline=None)
def test_nothing_unsafe_survives_and_a_page_is_always_shown_alike(text: str) -> None:
    page = shown(text)
    assert page == shown(text)
    for html in page.parts if page else ():
        found = found_in(html)
        assert not found.others
        for tag, attributes in found.elements:
            assert tag in ELEMENTS
            for name, value in attributes.items():
                assert not name.startswith("on")
                assert name not in {"style", "srcset", "action", "poster", "srcdoc"}
                if name == "href":
                    assert str(value).startswith("#") or str(value).partition("#")[0] == "end"
                if name == "src":
                    assert str(value).startswith("files/")
            assert tag != "a" or "href" in attributes or page.faults


@given(text=SOUND)
@settings(max_examples=80, deadline=None)
def test_of_tutors_notes_and_answers_no_page_says_anything(text: str) -> None:
    page = shown(text)
    assert page is not None
    assert SECRET not in page.html
    assert ANSWER not in page.html
    assert ANSWER not in (page.staff_html or "")
    assert (SECRET in text) == (SECRET in (page.staff_html or ""))
    for question in page.questions:
        assert ANSWER not in question.ask
        assert all(ANSWER in each.why and ANSWER not in each.html for each in question.options)
        assert not any(
            SECRET in part for part in (question.ask, *(o.why for o in question.options))
        )
