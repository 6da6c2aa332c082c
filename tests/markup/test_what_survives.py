"""What a text may hold comes through whole: a sanitiser that eats work would be no help either."""

import pytest
from hypothesis import given, strategies as st

from lms import markup
from lms.markup_blocks import BLOCKS, NATIONS
from lms.markup_marks import Reference, Surroundings, Term
from tests.markup.reading import found_in, tags_in

GLOSSARY = {"NRM": Term("NRM", "A meaning."), "duty to notify": Term("duty", "A meaning.")}
REFERENCES = {"msa-2015": Reference("Modern Slavery Act 2015")}


def teaching(text: str) -> markup.TeachingPage:
    return markup.render_teaching(text, Surroundings(GLOSSARY, REFERENCES))


def words(html: str) -> str:
    return " ".join("".join(found_in(html).words).split())


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("One.\n\nTwo.", ["p", "p"]),
        ("*so* and **very** `then`", ["p", "em", "strong", "code"]),
        ("- one\n- two\n    - three", ["ul", "li", "li", "ul", "li"]),
        ("3. three\n4. four", ["ol", "li", "li"]),
        ("> said\n>\n> twice", ["blockquote", "p", "p"]),
        ("    as typed\n", ["pre", "code"]),
        ("one  \ntwo", ["p", "br"]),
        ("one\n\n---\n\ntwo", ["p", "hr", "p"]),
        ("[x](https://www.gov.uk/a?b=1&c=2#d)", ["p", "a"]),
        ("<https://www.gov.uk>", ["p", "a"]),
        ("[x](mailto:name@example.org)", ["p", "a"]),
        (
            "| a | b |\n|---|---|\n| 1 | 2 |",
            ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"],
        ),
        ("m<sup>2</sup> and H<sub>2</sub>O, <del>no</del>", ["p", "sup", "sub", "del"]),
    ],
)
def test_what_people_write_keeps_its_shape(text: str, tags: list[str]) -> None:
    assert tags_in(markup.render(text)) == tags


def test_a_list_begins_where_the_writer_began_it() -> None:
    assert found_in(markup.render("3. three\n4. four")).elements[0] == ("ol", {"start": "3"})


def test_headings_of_a_text_stand_below_those_of_the_page_that_shows_it() -> None:
    text = "\n\n".join(f"{'#' * level} Level {level}" for level in range(1, 7))
    assert tags_in(markup.render(text)) == ["h3", "h4", "h5", "h6", "h6", "h6"]


def test_signs_that_mean_something_in_html_are_read_as_written() -> None:
    said = "Fish & chips < 5 > 3 \"so\" 'too' &amp; © — 50%"
    assert words(markup.render(said)) == said.replace("&amp;", "&")


def test_what_markdown_of_other_houses_has_beside_stays_readable_as_text() -> None:
    for text in ("- [ ] to do\n- [x] done", "term\n: what it means", "~~no~~", "said.[^1]"):
        for word in ("to do", "done", "term", "what it means", "no", "said."):
            if word in text:
                assert word in words(markup.render(text))


FOLDS = {"nation", "sensitive", "details"}
FIGURES = {"figure", "video"}


@pytest.mark.parametrize("name", sorted({block.NAME for block in BLOCKS} - {"question"}))
def test_each_of_our_blocks_is_drawn_and_says_its_kind(name: str) -> None:
    title = "scotland" if name == "nation" else "A title"
    page = teaching(f"/// {name} | {title}\nWhat it *says*.\n\n- one\n///\n\nAfter.")
    shown = page.staff_html or page.html
    assert {"em", "ul", "li"} <= set(tags_in(shown))
    assert "What it says." in words(shown)
    assert "///" not in shown
    first, second = found_in(shown).elements[:2]
    if name in FOLDS:
        assert (first[0], second) == ("details", ("summary", {}))
    elif name in FIGURES:
        assert (first, second[0]) == (
            ("figure", {"class": "figure"}),
            {"figure": "img"}.get(name, name),
        )
    else:
        assert first == ("div", {"class": f"callout c-{name}"})
        assert second == ("p", {"class": "callout-title"})


def test_of_a_tutors_note_a_learner_is_shown_nothing() -> None:
    page = teaching("Before.\n\n/// tutor\nThe [[NRM]] and [@msa-2015 s.1], in *confidence*.\n///")
    assert page.html == "<p>Before.</p>"
    assert (page.terms, page.references) == ((), ())
    assert (page.staff_terms, page.staff_references) == (("NRM",), ("msa-2015",))


NOTE = "/// tutor\n## One\n\nThe [[NRM]], [@msa-2015 s.1].\n\n| a | b |\n|---|---|\n| 1 | 2 |\n///"
PARTS = (
    "## One",
    "The [[NRM]] and the [[NRM]] of [@msa-2015 s.2].",
    "| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |",
    "/// details | More\nOf it.\n///",
    "- one\n- two",
    "> said",
    "    as typed",
    "[on](#one)",
)


@given(parts=st.lists(st.sampled_from([*PARTS, NOTE, NOTE]), max_size=12))
def test_a_page_is_for_learners_the_same_whatever_its_notes_say(parts: list[str]) -> None:
    page = teaching("\n\n".join(parts))
    bare = teaching("\n\n".join(parts).replace(NOTE, "/// tutor\nAsk.\n///"))
    assert page.html == bare.html
    assert "c-tutor" not in page.html
    assert (page.terms, page.references) == (bare.terms, bare.references)
    assert (page.staff_html is None) == (NOTE not in parts)
    for html in filter(None, (page.html, page.staff_html)):
        ids = [
            attributes["id"] for _tag, attributes in found_in(html).elements if "id" in attributes
        ]
        assert len(ids) == len(set(ids))


def test_notes_stand_where_they_were_written_for_staff() -> None:
    page = teaching(
        f"Before.\n\n{NOTE}\n\n//// case | Jo\n/// tutor\nWithin.\n///\n////\n\n| a |\n|---|\n| 1 |"
    )
    said = words(page.staff_html or "")
    assert said.index("Before.") < said.index("One") < said.index("Jo") < said.index("Within.")
    tables = [
        attributes.get("aria-label")
        for _tag, attributes in found_in(page.staff_html or "").elements
    ]
    assert {"Table 1", "Table 2"} <= set(tables)


def test_a_question_in_a_note_is_asked_of_nobody() -> None:
    body = "Which?\n\n- [x] This\n    Because.\n- [ ] That\n    Not.\n"
    page = teaching(
        f"//// tutor\n/// question | hidden\n{body}///\n////\n\n/// question | own\n{body}///"
    )
    assert [each.key for each in page.questions] == ["own"]


def test_nobody_can_write_the_place_of_a_note() -> None:
    place = '<div class="callout c-tutor"></div>'
    page = teaching(
        f"{place} `{place}`\n\n| {place} | b |\n|---|---|\n| 1 | 2 |\n\n/// figure | a.svg\n"
        f"    alt: '{place}'\n///\n\n/// details | {place}\nx\n///\n\n/// tutor\nKept back.\n///"
    )
    assert "Kept back" not in page.html
    assert words(page.staff_html or "").endswith("For tutors Kept back.")
    assert words(page.staff_html or "").count("Kept back.") == 1


def test_of_a_question_a_page_holds_its_place_alone() -> None:
    body = "Which?\n\n- [x] This *one*\n    Because.\n- [ ] That [[NRM]]\n    It isn’t.\n"
    page = teaching(f"/// question | first\n{body}///\n\nAfter.")
    assert page.html == '<div class="question" id="question-first"></div>\n<p>After.</p>'
    (question,) = page.questions
    assert [(option.right, words(option.why)) for option in question.options] == [
        (True, "Because."),
        (False, "It isn’t."),
    ]
    assert "<em>one</em>" in question.options[0].html
    assert page.terms == ("NRM",)
    assert "id=" not in question.options[1].html  # the page can't lead back into a question


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("/// law\nx\n///", "Law"),
        ("/// law | Section 1\nx\n///", "Law: Section 1"),
        ("/// practice\nx\n///", "In practice"),
        ("/// caution\nx\n///", "Take care"),
        ("/// case | Jo\nx\n///", "Fictional case: Jo"),
        ("/// reflection\nx\n///", "Reflect"),
        ("/// keypoints\nx\n///", "Key points"),
    ],
)
def test_a_callout_says_in_words_what_it_is(text: str, title: str) -> None:
    assert words(teaching(text).html) == f"{title} x"


def test_a_block_holds_others_and_a_table() -> None:
    page = teaching("//// case | Jo\n/// law\n| a |\n|---|\n| 1 |\n///\n////")
    assert tags_in(page.html)[:4] == ["div", "p", "div", "p"]
    assert "table" in tags_in(page.html)


@pytest.mark.parametrize("nation", NATIONS)
def test_a_nations_part_is_open_and_names_it(nation: str) -> None:
    page = teaching(f"/// nation | {nation}\nx\n///")
    tag, attributes = found_in(page.html).elements[0]
    assert (tag, attributes["class"], "open" in attributes) == ("details", "fold", True)
    assert words(page.html).endswith(f"{NATIONS[nation][1]} x")


def test_a_sensitive_part_is_closed_says_what_it_is_about_and_prints_only_open() -> None:
    tag, attributes = found_in(teaching("/// sensitive | Harm\nx\n///").html).elements[0]
    assert (tag, attributes) == ("details", {"class": "fold fold-keep"})


def test_tags_that_an_author_typed_are_read_as_text() -> None:
    page = teaching("<details open><summary>More</summary>\n\nx\n\n</details>")
    assert set(tags_in(page.html)) == {"p"}
    assert "<summary>More</summary>" in words(page.html)


def test_a_wide_table_scrolls_in_a_box_that_the_keyboard_reaches() -> None:
    found = found_in(teaching("| a | b |\n|---|---|\n| 1 | 2 |").html).elements
    box = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Table 1"}
    assert found[0] == ("div", box)
    assert found[1] == ("table", {"class": "table"})
    assert [a for tag, a in found if tag == "th"] == [{"scope": "col"}, {"scope": "col"}]


def test_a_table_of_three_columns_becomes_cards_on_a_phone() -> None:
    text = "| Who | *What* it is | Why |\n|---|---|---|\n| a | 2 | [[NRM]] |"
    found = found_in(teaching(text).html).elements
    assert found[1] == ("table", {"class": "table stack"})
    heads = [a for tag, a in found if tag == "th"]
    assert heads == [{"scope": "col"}] * 3 + [{"scope": "row"}]
    cells = [a for tag, a in found if tag == "td"]
    assert cells == [{"data-label": "What it is"}, {"data-label": "Why"}]


def test_a_sheet_to_be_filled_in_stays_a_table_on_a_phone() -> None:
    text = "| Part | In their words | Whose task |\n|---|---|---|\n| What I go on doing | | |"
    found = found_in(teaching(text).html).elements
    assert found[1] == ("table", {"class": "table"})


def test_a_heading_can_be_linked_to_on_its_page() -> None:
    page = teaching("## Why be fussy\n\n[up](#why-be-fussy)")
    assert found_in(page.html).elements == [
        ("h2", {"id": "why-be-fussy"}),
        ("p", {}),
        ("a", {"href": "#why-be-fussy"}),
    ]


def test_a_term_leads_to_its_meaning_and_its_first_use_can_be_led_back_to() -> None:
    page = teaching("The [[NRM]] and again the [[NRM]], by [[duty to notify]].")
    links = [a for tag, a in found_in(page.html).elements if tag == "a"]
    assert links == [
        {"class": "term", "href": "#term-nrm", "id": "use-nrm"},
        {"class": "term", "href": "#term-nrm"},
        {"class": "term", "href": "#term-duty-to-notify", "id": "use-duty-to-notify"},
    ]
    assert page.terms == ("NRM", "duty to notify")


def test_a_reference_reads_as_its_title_and_the_place_in_it() -> None:
    page = teaching("So it says [@msa-2015 s.45(1)], and elsewhere [@msa-2015].")
    assert words(page.html) == (
        "So it says (Modern Slavery Act 2015, s.45(1)), and elsewhere (Modern Slavery Act 2015)."
    )
    assert page.references == ("msa-2015",)


def test_what_nobody_defined_is_told_and_stays_readable() -> None:
    page = teaching("The [[XYZ]] of [@nobody p. 3]; `[[NRM]]` is code.")
    assert set(page.unknown) == {"[[XYZ]]", "[@nobody p. 3]"}
    assert "XYZ" in words(page.html)
    assert "[[NRM]]" in words(page.html)
