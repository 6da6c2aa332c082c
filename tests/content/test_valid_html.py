"""Every page of the content, as learners and as tutors see it: valid HTML, and no link astray."""

from collections import Counter
from posixpath import normpath

import html5lib

from lms import markup
from lms.content.foot import with_foot
from lms.content.source import Module, Page
from lms.markup import TeachingPage
from lms.markup_marks import Media, Reference, Surroundings, Term
from tests.content.test_modules import LIVE, PAGES, each_page
from tests.markup.reading import Found, found_in

DOCUMENT = '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{}</body></html>'
OFF = ("https://", "http://")  # only the foot of a page leads off it, to its sources


def faces(shown: TeachingPage) -> list[str]:
    """A page with its foot and its questions, for learners and for staff."""
    questions = "".join(
        str(question.ask) + "".join(option.html + option.why for option in question.options)
        for question in shown.questions
    )
    return [
        with_foot(shown, html, LIVE.glossary, LIVE.references) + questions
        for html in (shown.html, shown.staff_html or shown.html)
    ]


def ids(found: Found) -> list[str]:
    return [str(a["id"]) for _, a in found.elements if "id" in a]


def addresses() -> dict[str, set[str]]:
    return {
        f"{module.slug}/{page.slug}": set(ids(found_in(faces(page.shown)[0])))
        for module, page in PAGES
    }


KNOWN = addresses()


@each_page
def test_a_page_is_valid_and_no_link_of_it_leads_astray(module: Module, page: Page) -> None:
    for face in faces(page.shown):
        html5lib.HTMLParser(strict=True).parse(DOCUMENT.format(face))
        found = found_in(face)
        own = ids(found)
        assert [name for name, count in Counter(own).items() if count > 1] == []
        for tag, attributes in found.elements:
            if tag != "a":
                continue
            href = str(attributes["href"])
            if href.startswith(OFF):
                continue
            path, _, part = href.partition("#")
            there = KNOWN[normpath(f"{module.slug}/{path}")] if path else own
            assert not part or part in there, href


EVERYTHING = """\
## A part

The [[NRM]] again: [[NRM]] [@msa-2015 s.1].

/// objectives
- To tell.
///

//// case | Jo
/// safeguarding
First.
///

/// sensitive | Harm
Then.
///
////

/// details | More
| a | b |
|---|---|
| 1 | 2 |
///

/// figure | a.svg
    alt: A map.
    source: Ours.

A caption.
///

/// figure | a.svg
    decorative: true
///

/// video | a.mp4
    title: A talk

What is said in it.
///

/// tutor
Ask what [[CG]] means, and see [@ecat].
///

/// question | first
Which, by the [[FRO]]?

- [x] This
    By [@naba-2022].
- [ ] That
    It isn’t.
///

/// nation | scotland
There.
///
"""


def test_every_kind_of_block_is_valid_and_tutors_alone_find_their_sources_at_the_foot() -> None:
    terms = {key: Term(each.term, each.meaning) for key, each in LIVE.glossary.items()}
    references = {key: Reference(each.title) for key, each in LIVE.references.items()}
    media = {"a.svg": Media("image/svg+xml", 9, 9), "a.mp4": Media("video/mp4")}
    shown = markup.render_teaching(EVERYTHING, Surroundings(terms, references, media))
    assert (shown.faults, shown.unknown) == ((), ())
    learner, staff = faces(shown)
    for face in (learner, staff):
        html5lib.HTMLParser(strict=True).parse(DOCUMENT.format(face))
        found = found_in(face)
        own = ids(found)
        assert len(own) == len(set(own))
        for _, attributes in found.elements:
            href = str(attributes.get("href", OFF[0]))
            assert href.startswith(OFF) or href[1:] in own, href
    assert "term-cg" not in ids(found_in(learner))
    assert "ref-ecat" not in ids(found_in(learner))
    assert {"term-cg", "ref-ecat", "term-fro", "ref-naba-2022"} <= set(ids(found_in(staff)))
