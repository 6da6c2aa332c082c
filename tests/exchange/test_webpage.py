"""One HTML file holds a whole module, needs nothing else, and gives nothing away."""

import base64
import itertools
import re
from collections import Counter
from dataclasses import replace

import html5lib
import pytest

from lms.exchange.copies import ModuleCopy
from lms.exchange.webpage import write_webpage
from lms.exchange.writing import as_xml, element, parsed
from tests.exchange.folder import PNG, made

SECRETS = ("SECRET", "WHY-", "A. NAMED", "secret.svg", "c-tutor")


@pytest.fixture(scope="module")
def page(full: ModuleCopy) -> str:
    return made(write_webpage, full).decode()


def test_it_is_valid_html_with_unique_ids_and_every_fragment_resolves(page: str) -> None:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    ids = Counter(each.get("id") for each in tree.iter() if each.get("id"))
    assert max(ids.values()) == 1
    links = [each.get("href") for each in tree.iter("a")]
    assert {each[1:] for each in links if each.startswith("#")} <= set(ids)
    assert not [each for each in links if not each.startswith(("#", "https://"))]
    for each in tree.iter():
        assert set(each.get("aria-labelledby", "").split()) <= set(ids)


def test_what_it_shows_it_holds_and_it_runs_nothing(page: str) -> None:
    sources = re.findall(r'\bsrc="([^"]*)"', page)
    assert len(sources) == 2
    assert all(each.startswith("data:image/") for each in sources)
    assert f"data:image/png;base64,{base64.b64encode(PNG).decode()}" in sources
    assert not re.search(r"<(script|link|iframe|object|video|form)\b|url\(|@import|\bon\w+=", page)


def test_neither_tutor_notes_nor_answers_nor_names_are_in_it(page: str) -> None:
    assert not [each for each in SECRETS if each in page]
    assert "Reasonable grounds" in page
    assert "Conclusive grounds" in page
    assert page.count("Answers are checked online") == 3
    steps = page.split("In which order?")[1].split("</ul>", maxsplit=1)[0]
    assert re.findall("Ask|Listen|Note", steps) != ["Ask", "Listen", "Note"]
    assert sorted(re.findall("Ask|Listen|Note", steps)) == ["Ask", "Listen", "Note"]


def test_links_between_its_pages_become_links_within_it(page: str) -> None:
    assert '<a href="#end--another-part">the end</a>' in page
    assert '<a href="#page-end">' in page
    assert "<span>elsewhere</span>" in page  # another module isn't in this file
    assert '<a href="#page-gentler">there is another page to read instead</a>' in page


def test_a_word_that_stands_in_an_explanation_only_has_no_way_back_to_it(page: str) -> None:
    word = page.split("<dt>single decision</dt>")[1].split("</dd>", maxsplit=1)[0]
    assert "in an explanation only" in word
    assert "Back to the text" not in word


def test_headings_descend_one_by_one_below_the_modules_title(page: str) -> None:
    levels = [int(each) for each in re.findall(r"<h([1-6])[ >]", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(there <= here + 1 for here, there in itertools.pairwise(levels))


def test_all_nations_stand_open_and_what_is_hard_to_read_stays_shut(page: str) -> None:
    for name in ("Scotland", "Northern Ireland"):
        fold = page.split(f"</span> {name}</summary>", maxsplit=1)[0].rsplit("<details", 1)[1]
        assert 'open="open"' in fold
    assert '<details class="fold fold-keep">' in page


def test_a_film_stays_behind_and_its_transcript_comes(page: str) -> None:
    assert "The film “A talk” is not in this copy; its transcript is." in page
    assert "What is said in the talk." in page


def test_what_advice_speaks_of_stays_shut_until_it_is_opened(page: str) -> None:
    advised = page.split('id="page-beginning"')[1].split("A part</h3>", maxsplit=1)[0]
    assert "An invented case of building work." in advised
    assert '<a href="#page-end">Skip this page</a>' in advised
    assert advised.rsplit("<details", 1)[1].startswith(' class="fold fold-keep"><summary>Open this')
    assert "Open this page" not in page.split('id="page-end"')[1]


def test_what_nobody_checked_is_said(page: str) -> None:
    assert "Whether this still stands." in page
    assert "Not yet reviewed by a lawyer or people with lived experience." in page


def test_the_tabs_title_and_the_files_name_tell_nobody_what_it_is_about(full, page: str) -> None:
    told = replace(full, title="MODERN SLAVERY", slug="modern-slavery")
    assert "<title>Alongside: module 1, AL701</title>" in made(write_webpage, told).decode()
    assert told.name == "al701-con-test-test-test-test"


def test_the_same_copy_makes_the_same_bytes(full: ModuleCopy, page: str) -> None:
    assert made(write_webpage, full) == page.encode()


def test_what_xml_cannot_say_is_replaced() -> None:
    assert b"a\xef\xbf\xbdb" in as_xml(element("p", "a\ufffeb"))


def test_stored_html_is_read_as_a_browser_reads_it(full: ModuleCopy) -> None:
    for each in full.pages:
        ours = parsed(each.html)
        theirs = html5lib.parseFragment(each.html, container="div", namespaceHTMLElements=False)
        assert [(e.tag, e.attrib, e.text) for e in ours.iter()][1:] == [
            (e.tag, _whole(dict(e.attrib)), e.text) for e in theirs.iter()
        ][1:]


def _whole(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value or ("" if name == "alt" else name) for name, value in attributes.items()}
