"""What can be found on a page: from its HTML as learners see it, heading by heading."""

import pytest

from lms.content.foot import with_foot
from lms.content.shapes import ReferenceShape, TermShape
from lms.markup import render_teaching
from lms.markup_blocks import NATIONS
from lms.markup_marks import Reference, Surroundings, Term
from lms.texts.passages import Passage, passages_of

TEXT = """\
Before any heading, by Łukasz.

## A duty & a power

It says so [@act s.1] of the [[NRM]].

/// nation | scotland
Ministers must.
///

Everywhere again.

/// tutor
Answers for the tutor alone.
///

/// sensitive | About a death
What happened.
///

/// question | first
    kind: single

Which comes first?

- [x] Rightful
    Explained rightly.
- [ ] Wrongful
    Explained wrongly.
///

### Deeper

| One | Two |
|---|---|
| here | there |
"""
TERMS = {"NRM": TermShape(term="NRM", meaning="How people are identified.", source="act")}
SOURCES = {
    "act": ReferenceShape(
        kind="act",
        title="An Act. Of 2015",
        address="https://www.legislation.gov.uk/ukpga/2015/30",
        law_as_at="2026-04-07",
        checked_on="2026-04-08",
        read=True,
    )
}


@pytest.fixture(scope="module")
def found() -> tuple[Passage, ...]:
    shown = render_teaching(
        TEXT,
        Surroundings(
            glossary={"NRM": Term("NRM", "How people are identified.")},
            references={"act": Reference("An Act. Of 2015")},
        ),
    )
    assert not shown.faults
    assert shown.staff_html
    return passages_of("A page", str(with_foot(shown, shown.html, TERMS, SOURCES)), tuple(NATIONS))


def test_a_page_is_parted_by_headings_nations_and_what_is_closed(found) -> None:
    said = [
        (p.heading, p.anchor, p.nations, p.sensitive, p.text) for p in found if p.kind == "page"
    ]
    duty = ("A duty & a power", "a-duty-a-power")
    assert said == [
        ("", "", "", "", "Before any heading, by Łukasz."),
        (*duty, "", "", "It says so (An Act. Of 2015, s.1) of the NRM. Everywhere again."),
        (*duty, "scotland", "", "Ministers must."),
        (*duty, "", "About a death", "What happened."),
        ("Deeper", "deeper", "", "", "One Two here there"),
    ]


def test_sources_and_words_below_it_are_found_by_themselves(found) -> None:
    below = [(p.kind, p.title, p.anchor, p.text) for p in found if p.kind != "page"]
    assert below == [
        (
            "reference",
            "An Act. Of 2015",
            "ref-act",
            "Act, law as at 7 April 2026, read 8 April 2026.",
        ),
        ("term", "NRM", "term-nrm", "How people are identified."),
    ]


def test_nothing_of_a_tutors_note_or_a_questions_answers_is_in_any_of_them(found) -> None:
    everything = repr([(p.text, p.words, p.heading, p.headwords, p.spelt) for p in found]).lower()
    for word in ("tutor", "comes first", "right", "wrong", "explained"):
        assert word not in everything


def test_a_page_for_some_nations_says_so_in_each_of_its_passages() -> None:
    html = '<p>Text.</p><details class="fold"><summary>More</summary><div>Of it.</div></details>'
    (passage,) = passages_of("T", html, ("scotland", "northern-ireland"))
    assert (passage.nations, passage.text) == ("scotland northern-ireland", "Text. More Of it.")
