"""Authored YAML is read strictly: nothing is guessed, and each fault has its line."""

import contextlib

import pytest
from hypothesis import given, settings, strategies as st

from lms import authored
from lms.authored import Faulty


def fault(text: str) -> str:
    with pytest.raises(Faulty) as faults:
        authored.parse(text, "a.yml")
    (finding,) = faults.value.findings
    return str(finding)


def test_each_part_is_found_on_its_line() -> None:
    parsed = authored.parse("a: 1\nb:\n  c: 2\n  d:\n    - 3\n    - e: 4\n", "a.yml")
    assert parsed.data == {"a": 1, "b": {"c": 2, "d": [3, {"e": 4}]}}
    assert [
        parsed.line_of(place) for place in [("a",), ("b",), ("b", "c"), ("b", "d", 1, "e")]
    ] == [
        1,
        2,
        3,
        6,
    ]
    assert parsed.line_of(("b", "d", 7)) == 4  # the nearest part around it
    assert parsed.line_of(("z",)) == 1


def test_words_are_words_and_numbers_numbers() -> None:
    text = "on: off\nyes: 12:30\nno: [1, -2, 0.5, 1e3, 010, 0x1f, 1_0]\nTrue: true\n"
    assert authored.parse(text, "a.yml").data == {
        "on": "off",
        "yes": "12:30",
        "no": [1, -2, 0.5, "1e3", "010", "0x1f", "1_0"],
        "True": True,
    }


def test_lines_are_those_of_the_file_that_the_yaml_stands_in() -> None:
    assert authored.parse("a: 1\nb: 2\n", "a.md", first_line=2).line_of(("b",)) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\na: 2\n", "a.yml:2: error: the key “a” stands twice"),
        ("b:\n  a: 1\n  a: 2\n", "a.yml:3: error: the key “a” stands twice"),
        ("a: 1\nb: [1, 2\n", "a.yml:3: error: "),
        ("a: 1\n\tb: 2\n", "a.yml:2: error: found character '\\t'"),
        ("a: &x 1\nb: *x\n", "a.yml:1: error: write it out: aliases"),
        ("a: &x [*x]\n", "a.yml:1: error: "),
        ("? [a, b]\n: 1\n", "a.yml:1: error: a key must be a word"),
        ("a: 2026-13-01\n", "a.yml:1: error: there is no such day as 2026-13-01"),
        ("b: 1\na: 2025-02-29\n", "a.yml:2: error: there is no such day as 2025-02-29"),
        ("a: !!python/object/apply:os.system [x]\n", "a.yml:1: error: could not determine"),
        ("[" * 900, "a.yml:1: error: this is not YAML"),
        ("[" * 100_000, "a.yml:1: error: there are more than 1,000 of the sign “[” here"),
        ("a: 1" + ":1" * 20_000, "a.yml:1: error: there are more than 15,000 of the sign “:” here"),
        ("- " * 15_001, "a.yml:1: error: there are more than 15,000 of the sign “- ” here"),
        ("? " * 3001, "a.yml:1: error: there are more than 3,000 of the sign “? ” here"),
        ("- a\n" * 10_001, "a.yml:1: error: there are more than 10,000 lines here"),
        ("a: 1\n---\nb: 2\n", "a.yml:2: error: but found another document"),
    ],
)
def test_a_fault_has_its_line(text: str, told: str) -> None:
    assert fault(text).startswith(told)


def test_a_few_lines_that_would_mean_billions_are_refused_at_once() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "aliases" in fault("\n".join(lines))


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Faulty):
        assert authored.parse(text, "a.yml").line_of(("a",)) >= 1


_PIECES = st.sampled_from(
    "a: b|on: 12:30|- one|- [x, y]|{k: v, l: [1, 2.5]}|'it''s'|\"two\\twords\"|k:|  |\n|: |# said"
    "|>-|\\||!!x y|&a|*a|---|...|? a|é “—”|2026-02-28|%TAG|@|`|[|]|{|}|,".split("|")
)


@given(pieces=st.lists(_PIECES, max_size=30))
@settings(max_examples=300, deadline=None)
def test_the_quick_parser_reads_what_the_strict_one_reads_and_says_alike_what_is_wrong(
    pieces: list[str],
) -> None:
    text = "".join(pieces)

    def said() -> object:
        try:
            parsed = authored.parse(text, "a.yml")
        except Faulty as faults:
            return faults.findings
        # Where nothing stands, they differ over its line.
        keys = {
            place: line
            for place, line in parsed.lines.items()
            if place and isinstance(place[-1], str)
        }
        return parsed.data, keys

    quick = said()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authored, "_is_shallow", lambda _text: False)
        strict = said()
    read = isinstance(quick, tuple) and isinstance(strict, list)  # it minds stray signs less
    assert read or strict == quick


@pytest.mark.parametrize(
    "text", ["- " * 3000 + "a", "a: " + "[" * 1000 + "]" * 1000, "{a: " * 900 + "}" * 900]
)
def test_nothing_is_nested_so_deeply_that_the_process_ends(text: str) -> None:
    assert fault(text) == "a.yml:1: error: this is not YAML"
