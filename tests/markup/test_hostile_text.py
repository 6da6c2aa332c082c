"""Nothing that somebody writes runs, fetches, or leaves its place on the page."""

import pytest

from lms import markup
from lms.markup_marks import Reference, Surroundings, Term
from tests.markup import reading
from tests.markup.payloads import FAR, payloads
from tests.markup.reading import found_in

ALL = sorted(set(payloads()))
GLOSSARY = {"x": Term("x", "A meaning."), "NRM": Term("<b>NRM</b>", "A meaning.")}
REFERENCES = {"x": Reference('An "Act" <2015>')}


def teaching(text: str) -> str:
    return str(markup.render_teaching(text, Surroundings(GLOSSARY, REFERENCES)).html)


def test_the_list_of_payloads_is_long() -> None:
    assert len(ALL) > 500


def test_of_peoples_text_only_plain_elements_come_through() -> None:
    for text in ALL:
        found = found_in(markup.render(text))
        assert not found.others, text
        for tag, attributes in found.elements:
            assert tag in reading.PLAIN, text
            for name, value in attributes.items():
                assert (tag, name) in reading.PLAIN_ATTRIBUTES, text
                if name == "href":
                    assert str(value).startswith(("https://", "http://", "mailto:")), text


def test_of_authored_text_only_our_own_blocks_come_through_beside() -> None:
    for text in ALL:
        found = found_in(teaching(text))
        assert not found.others, text
        for tag, attributes in found.elements:
            assert tag in reading.TEACHING, text
            for name, value in attributes.items():
                plain = (tag, name) in reading.PLAIN_ATTRIBUTES
                assert plain or name in reading.TEACHING_ATTRIBUTES, text
                if name == "href":
                    assert str(value).startswith("#"), text


def test_html_of_a_word_file_is_held_to_the_same() -> None:
    for text in ALL:
        found = found_in(markup.clean(text))
        assert not found.others, text
        for tag, attributes in found.elements:
            assert tag in reading.PLAIN, text
            assert {(tag, name) for name in attributes} <= reading.PLAIN_ATTRIBUTES, text


def test_sanitising_a_second_time_finds_nothing_left_to_do() -> None:
    for text in ALL:
        once = markup.clean(text)
        again = markup.clean(once)
        assert [tag.replace("h6", "h5") for tag in reading.tags_in(again)] == [
            tag.replace("h6", "h5") for tag in reading.tags_in(once)
        ], text


def test_what_is_taken_away_as_an_element_is_still_read_as_text() -> None:
    shown = "".join(found_in(markup.render("She wrote <script>alert(1)</script> there.")).words)
    assert shown.strip() == "She wrote <script>alert(1)</script> there."


@pytest.mark.parametrize("text", [f"![A map]({FAR})", f"<img src={FAR}>", f"[![x]({FAR})]({FAR})"])
def test_no_picture_is_fetched_from_anywhere(text: str) -> None:
    for html in (markup.render(text), teaching(text)):
        assert "img" not in reading.tags_in(html)
        for _tag, attributes in found_in(html).elements:
            assert "src" not in attributes


@pytest.mark.parametrize("path", ["/leave", "//tracker.example", "sign-out", "?x=1", "#main"])
def test_a_link_in_somebodys_text_never_leads_to_a_page_of_ours(path: str) -> None:
    assert found_in(markup.render(f"[x]({path})")).elements == [("p", {}), ("a", {})]


def test_titles_of_terms_and_references_are_text() -> None:
    found = found_in(teaching("[[NRM]] and [@x s.<1>]"))
    assert "<b>NRM</b>" in "".join(found.words)
    assert 'An "Act" <2015>, s.<1>' in "".join(found.words)
    assert {tag for tag, _ in found.elements} == {"p", "a", "span"}


def test_classes_and_ids_of_the_page_cannot_be_borrowed() -> None:
    assert found_in(markup.render('<p id="main" class="leave">x</p>')).elements == [("p", {})]
    assert found_in(teaching('<p class="leave">x</p>')).elements == [("p", {})]
    assert found_in(teaching('<p class="callout leave">x</p>')).elements == [("p", {})]
