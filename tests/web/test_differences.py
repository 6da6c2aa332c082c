"""Two versions of a text, and where they differ."""

import time

from hypothesis import given, strategies as st

from lms.web.differences import Part, Typed, Version, parts, text_of

WORDS = st.lists(st.sampled_from(["one", "two", "three\n", " ", "four."]), max_size=30).map(
    " ".join
)


@given(st.text(), st.text())
def test_the_parts_of_a_text_are_the_text(shown: str, other: str) -> None:
    assert "".join(part.text for part in parts(shown, other)) == shown


@given(WORDS, WORDS)
def test_what_is_shared_is_shared_from_both_sides(one: str, other: str) -> None:
    here = [part.text.split() for part in parts(one, other) if part.shared]
    there = [part.text.split() for part in parts(other, one) if part.shared]
    assert len([w for words in here for w in words]) <= min(len(one.split()), len(other.split()))
    assert sum(map(len, here)) > 0 or sum(map(len, there)) == 0


@given(st.text())
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(part.shared for part in parts(text, text))


def test_words_that_changed_are_cut_out() -> None:
    assert parts("Knows where it begins. Could say who.", "Knows where it begins. Names one.") == [
        Part("Knows where it begins. ", shared=True),
        Part("Could say who.", shared=False),
    ]
    assert parts("a b c", "a b") == [Part("a b ", shared=True), Part("c", shared=False)]
    assert parts("", "x") == []


def test_two_long_rewritten_texts_are_compared_in_a_moment() -> None:
    few = ["of", "the", "and", "to", "a"]
    words = [few[place * place * 7 // 3 % 5] for place in range(20_000)]
    one, other = " ".join(words), " ".join(["new", *words[::-1], "new"])
    started = time.perf_counter()
    found = parts(one, other)
    assert time.perf_counter() - started < 2
    assert "".join(part.text for part in found) == one


def test_a_long_text_with_one_word_changed_shows_that_word() -> None:
    text = "word " * 20_000
    found = parts(f"{text}old {text}", f"{text}new {text}")
    assert [part.text for part in found if not part.shared] == ["old "]


def test_a_box_that_a_version_lacks_is_empty() -> None:
    version = Version("now", (Typed("a", "A", "text"),))
    assert text_of(version, "a") == "text"
    assert text_of(version, "b") == ""


def test_words_said_over_and_over_are_not_weighed_against_each_other() -> None:
    """Comparing each with each would take minutes; what was typed still stands there whole."""
    one = "a " * 1900
    other = " ".join("b" if n % 7 == 0 else "a" for n in range(1900))
    before = time.process_time()
    found = parts(one, other)
    assert time.process_time() - before < 2
    assert "".join(part.text for part in found) == one
