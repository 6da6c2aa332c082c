"""Text that came from odd programs: it is shown, cleaned or refused, and never breaks anything."""

import pytest

from lms import documents, markup
from lms.documents import Kind, Unreadable
from lms.markup_marks import Surroundings
from tests.markup.reading import found_in, tags_in


def words(html: str) -> str:
    return "".join(found_in(html).words).strip()


def test_text_that_is_not_utf_8_is_refused_with_what_to_do() -> None:
    for content in (b"caf\xe9", b"\xff\xfe# \x00", b"\xed\xa0\x80", b"\xc0\xaf"):
        with pytest.raises(Unreadable, match="not UTF-8"):
            documents.read(Kind.TEXT, content)


@pytest.mark.parametrize("sign", [chr(code) for code in range(32) if chr(code) not in "\t\n\r\f"])
def test_a_control_character_never_comes_through(sign: str) -> None:
    for text in (f"a{sign}b", f"# a{sign}b", f"<scr{sign}ipt>", f"[x](http://a{sign}b)"):
        assert sign not in markup.render(text)
        assert sign not in markup.render_teaching(text, Surroundings()).html


def test_lines_may_end_as_windows_ends_them() -> None:
    text = "# A\n\n- one\n- two\n\n| a |\n|---|\n| 1 |\n"
    assert markup.render(text.replace("\n", "\r\n")) == markup.render(text)
    assert markup.render(text.replace("\n", "\r")) == markup.render(text)


def test_a_mark_at_the_beginning_of_a_file_hides_no_heading() -> None:
    assert tags_in(markup.render("\ufeff# A\n\nb")) == ["h3", "p"]


@pytest.mark.parametrize(
    "text", ["سلام به همه", "שלום", "a\u200fb", "\u202eab\u202c", "e\u0301", "👩🏽‍🏫"]
)
def test_any_script_and_direction_is_shown_as_written(text: str) -> None:
    assert words(markup.render(text)) == text


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t", "\ufeff"])
def test_nothing_is_shown_as_nothing(text: str) -> None:
    assert words(markup.render(text)) == ""
    assert words(markup.render_teaching(text, Surroundings()).html) == ""


def test_words_are_counted_as_a_person_would() -> None:
    reading = documents.read(
        Kind.TEXT, "# Two words\n\nand *three* more — [here](https://a.b)".encode()
    )
    assert reading.words == 7


def test_words_do_not_run_together_where_a_paragraph_or_a_cell_ends() -> None:
    text = "One\n\n- two\n- three\n\n| a | b |\n|---|---|\n| c | d |\n\none  \nline"
    assert documents.read(Kind.TEXT, text.encode()).words == 9
