"""Passages: words are found as somebody would type them, and marked without hurting the page."""

import re
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, strategies as st

from lms.notebook.passages import Passages, gone

PAGE = (
    '<h2 id="one">One &amp; all</h2>\n<p>A <a href="#x" aria-label="a > b">reasonable grounds</a> '
    "decision isn’t the end.</p>\n"
    '<details class="fold" open><summary><span class="code">SCO</span>Scotland</summary><div>'
    "<p>Ninety – or “fewer” – days.</p></div></details>\n"
    '<h2 id="two">Two</h2>\n<ul>\n<li>A rest.</li>\n<li>A doctor.</li>\n</ul>\n'
)
TEXTS = st.text("ab Bİß’'\"“&<>\n\xa0é", min_size=0, max_size=12)
INLINE = ("em", "strong", "a", "span", "sup", "mark")
BLOCKS = ("p", "ul", "li", "td", "div")


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    opened = st.tuples(
        st.sampled_from(INLINE[:-1] + BLOCKS),
        st.sampled_from(["", ' id="k"', ' role="a > &amp;b"']),
    )
    return st.builds(
        lambda tag, inner: f"<{tag[0]}{tag[1]}>{''.join(inner)}</{tag[0]}>",
        opened,
        st.lists(children, max_size=4),
    )


PAGES = st.lists(st.recursive(TEXTS.map(escape), _element, max_leaves=12), max_size=4).map("".join)


class Seen(HTMLParser):
    """Tags in order, their attributes, and the text; refuses tags that cross."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[object] = []
        self.text = ""
        self.in_marks = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag != "mark":
            self.tags.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag != "mark":
            self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.open:
            assert self.open[-1] == "mark", "a mark holds text alone"
            self.in_marks += data


def marks(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r"<mark>(.*?)</mark>", html)]


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("one & all", "one"),
        ("reasonable   grounds\ndecision", "one"),
        ("ISN'T the end", "one"),
        ('or "fewer" - days', "one"),
        ("the end. SCOScotland", "one"),
        ("a rest. a doctor", "two"),
    ],
)
def test_words_are_found_as_people_type_them(typed: str, part: str) -> None:
    page = Passages(PAGE)
    assert page.times(typed) == 1
    assert page.part_of(typed) == part
    assert page.as_printed(typed).casefold()[:3] == typed.casefold()[:3]


@pytest.mark.parametrize("typed", ["", " \n", "restA", "a > b", "href", "amp", "no such words"])
def test_what_only_stands_in_tags_or_nowhere_is_not_found(typed: str) -> None:
    page = Passages(PAGE)
    assert page.marked([typed]) == PAGE
    assert gone(page, [typed]) == {typed}


def test_a_passage_is_marked_across_tags_in_the_words_of_the_page() -> None:
    marked = Passages(PAGE).marked(["grounds decision isn't", "& all"])
    assert marks(marked) == ["& all", "grounds", " decision isn’t"]
    assert "One <mark>&amp; all</mark></h2>" in marked
    assert "reasonable <mark>grounds</mark></a><mark> decision isn’t</mark> the end" in marked


def test_passages_that_overlap_become_one_mark() -> None:
    marked = Passages("<p>one two three</p>").marked(["one two", "two three", "two"])
    assert marked == "<p><mark>one two three</mark></p>"


def test_words_that_stand_twice_are_counted() -> None:
    assert Passages("<p>rest</p><p>The rest, <b>rest</b></p>").times("rest") == 3


@given(PAGES, st.data())
def test_marking_changes_no_word_no_tag_and_no_id_and_twice_is_as_once(
    html: str, data: st.DataObject
) -> None:
    before = Seen(html)
    words = before.text
    start = data.draw(st.integers(0, len(words)))
    end = data.draw(st.integers(start, len(words)))
    passages = [words[start:end], data.draw(TEXTS)]
    marked = Passages(html).marked(passages)
    after = Seen(marked)
    assert after.text == before.text
    assert after.tags == before.tags
    assert marked.replace("<mark>", "").replace("</mark>", "") == html
    assert Passages(marked).marked(passages) == marked


@given(st.lists(TEXTS, min_size=1, max_size=5), st.data())
def test_whatever_is_copied_from_a_paragraph_is_found_and_marked(
    runs: list[str], data: st.DataObject
) -> None:
    html = "<p>" + "".join(f"<em>{escape(run)}</em>" for run in runs) + "</p>"
    text = "".join(runs)
    start = data.draw(st.integers(0, len(text)))
    copied = text[start : data.draw(st.integers(start, len(text)))]
    page = Passages(html)
    if copied.split():
        assert page.times(copied) >= 1
        printed = page.as_printed(copied)
        shown = Seen(page.marked([copied])).in_marks
        assert "".join(shown.split()) == "".join(printed.split())
        assert len(printed.split()) == len(copied.split())
