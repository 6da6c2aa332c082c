"""Text that would keep the parser busy is answered or refused, quickly. SECURITY 0.2.

Times are of the processor, in a process of the text's own, and generous: they are a limit that
keeps a server alive, not a measurement.
"""

import json
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from lms import documents, markup
from lms.documents import Kind, Unreadable
from lms.errors import RuleBroken
from lms.markup_marks import Surroundings

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 2.0
SLACK = 3  # a machine shared by others counts the same work up to this many times
HARD = {
    "brackets": "[" * 100_000,
    "pictures": "![" * 50_000,
    "footnote marks": "[^1]" * 25_000,
    "tags begun": "<a " * 33_000,
    "tags begun, as many as are allowed": "<a " * 600,
    "quotations": "> " * 50_000,
    "quotations in quotations": ">" * 50_000,
    "quoted lines": "> a\n" * 25_000,
    "stars": "*" * 100_000,
    "stars and letters": "*a" * 50_000,
    "stars and spaces": "**a " * 25_000,
    "underscores": "_a" * 50_000,
    "backticks": "`a" * 50_000,
    "runs of backticks": "".join("`" * length + " " for length in range(1, 440)),
    "ampersands": "&" * 100_000,
    "entities": "&#1;" * 25_000,
    "backslashes": "\\" * 100_000,
    "a list moved in and in": "".join("    " * depth + "- a\n" for depth in range(220)),
    "a list on one line": "1. " * 33_000,
    "another list on one line": "+ " * 50_000,
    "list and quotation in turn": "- > " * 25_000,
    "short lists": "- a\n" * 25_000,
    "loose lists": "- a\n\n" * 20_000,
    "headings": "# a\n" * 25_000,
    "underlined headings": "a\n=\n" * 25_000,
    "rules": "---\n" * 25_000,
    "headings and lists": "# a\n- b\n" * 12_000,
    "a long table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 16_000,
    "a wide table": "\n".join(["|".join("a" * 3000), "|".join("-" * 3000)] + ["a|" * 3000] * 10),
    "paragraphs": "a\n\n" * 33_000,
    "empty lines": "\n" * 100_000,
    "spaces": " " * 100_000,
    "links begun": "[a](" * 25_000,
    "links begun, as many as are allowed": ("[a](<" + "b" * 60) * 1500,
    "words and stars": ("**" + "a" * 30) * 3000,
    "links and brackets": "[a](" + "(" * 99_000,
    "titles": '[a](b "' * 14_000,
    "addresses": "[a]: b\n" * 14_000,
    "comments": "<!--" * 25_000,
    "character data": "<![CDATA[" * 500,
    "instructions": "<?" * 50_000,
    "blocks begun": "/// law\n" * 12_000,
    "blocks": "/// law | x\na\n///\n\n" * 5_000,
    "blocks in blocks": "".join("/" * (200 - n) + " law\n\n" for n in range(190)),
    "the parser's own marks": "\x02klzzwxh:0000\x03" * 6_000,
}


# Renders what it is sent, and says how each text went and how long it took.
PROGRAM = """
import json, resource, sys
from lms import documents, markup
from lms.errors import RuleBroken
from lms.markup_marks import Surroundings

def spent():
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(each).ru_utime for each in who)

def timed(read):
    before = spent()
    try:
        read()
        answer = "shown"
    except RuleBroken as refusal:
        answer = refusal.sentence
    return spent() - before, answer

print(json.dumps({
    name: [
        timed(lambda: documents.read(documents.Kind.TEXT, text.encode())),
        timed(lambda: markup.render_teaching(text, Surroundings())),
    ]
    for name, text in json.load(sys.stdin).items()
}))
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, list[tuple[float, str]]]:
    """For each hard text how it went, as somebody's work and as a page of a module."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(HARD).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: dict[str, list[tuple[float, str]]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", HARD)
def test_a_hard_text_is_shown_or_refused_in_time(
    name: str, answers: dict[str, list[tuple[float, str]]]
) -> None:
    for seconds, answer in answers[name]:
        assert seconds < SECONDS * SLACK, f"{name}: {answer}"
        assert answer == "shown" or answer.startswith("This text "), answer


UNITS = ["\n", "\n\n", "- ", "1. ", "> ", "    ", "# ", "---", "===", "|", "a", "*", "**", "_", "`"]
UNITS += ["[", "]", "](", "![", "<", "<a ", "<div>", "<!--", "<![CDATA[", "&", "&amp;", "\\", '"']
UNITS += ["/// law\n", "///\n", "[[NRM]]", "[@x 1]", "http://a", "a" * 40, "\n\n- a", "\n# a"]


def repeated(seed: int) -> str:
    """A few signs, repeated until the text is as long as a light one may be."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    unit = "".join(chance.choices(UNITS, k=chance.randint(1, 6)))
    fewest, most = 0, 200_000 // len(unit)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        fewest, most = (middle, most) if is_light(unit * middle) else (fewest, middle - 1)
    return unit * fewest


def is_light(text: str) -> bool:
    try:
        markup.check_bounded(text)
    except RuleBroken:
        return False
    return not markup.is_heavy(text)


def test_whatever_counts_as_light_is_rendered_in_time(long: bool) -> None:
    for seed in range(2000 if long else 12):
        text = repeated(seed)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        markup.render(text)
        spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
        assert spent < SECONDS * SLACK, f"{seed}: {text[:60]!r}"


def test_a_heavy_text_is_rendered_apart_and_stopped() -> None:
    text = ("[" + "a" * 130) * 1500
    markup.check_bounded(text)
    assert markup.is_heavy(text)
    with pytest.raises(Unreadable, match="takes too long to show"):
        documents.read(Kind.TEXT, text.encode())


def test_a_long_honest_text_is_shown_even_as_one_paragraph() -> None:
    line = (
        "The advocate met them (Home Office, 2024, p. 3) and “said”: *so*; it’s in para 14.2 [1].\n"
    )
    text = line * 1450
    assert markup.is_heavy(text)
    reading = documents.read(Kind.TEXT, text.encode())
    assert reading.words > 20_000
    assert reading.html.count("<em>so</em>") == 1450


def test_twenty_thousand_words_in_paragraphs_are_light() -> None:
    paragraph = "The advocate met them (Home Office, 2024, p. 3) and “said”: *so*; it’s [1]. " * 10
    assert is_light((paragraph + "\n\n") * 150)


def test_text_that_is_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(RuleBroken, match="longer than 200,000 characters"):
        markup.render("a" * 200_001)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 1501, "more than 1,500 of the sign “\\[”"),
        ("&" * 3001, "more than 3,000 of the sign “&”"),
        ("a\n" * 4000, "more than 4,000 lines"),
        ("> " * 12 + "a", "nested too deeply"),
        ("- " * 12 + "a", "nested too deeply"),
        (" " * 48 + "- a", "nested too deeply"),
        ("\t" * 12 + "1. a", "nested too deeply"),
    ],
)
def test_a_refusal_says_what_to_take_out(text: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        markup.render(text)


@pytest.mark.parametrize(
    "text", ["-" * 80, "* " * 40, "=" * 60, "> > > a", "- - - a", "a\n" * 3999, " " * 60 + "x - y"]
)
def test_rules_and_ordinary_nesting_are_not_taken_for_hostile(text: str) -> None:
    markup.render(text)


def nestings() -> Iterator[str]:
    """As deep as is allowed, each line moved in under the one before."""
    for sign in ("- ", "1. ", "> ", "* > "):
        first = sign * (11 if len(sign) < 4 else 5) + "a"
        yield "\n".join([first, *("    " * depth + first for depth in range(1, 11))])


def test_the_deepest_allowed_nesting_is_rendered() -> None:
    for text in nestings():
        assert "a" in markup.render(text)


@pytest.mark.parametrize("outer", ["practice", "tutor"])
def test_the_deepest_blocks_that_fit_into_a_text_are_rendered(outer: str) -> None:
    depth = 600
    inner = "".join(f"{'/' * (depth + 3 - each)} practice\n\n" for each in range(depth))
    text = f"{'/' * (depth + 4)} {outer}\n\n{inner}Reached."
    page = markup.render_teaching(text, Surroundings())
    assert "Reached." in (page.staff_html or page.html)
    assert ("Reached." in page.html) == (outer == "practice")


@pytest.mark.parametrize(
    "text",
    [
        "> /// law\n> x\n> ///\n/// law\ny\n///",
        "- /// law\n  x\n  ///\n/// law\ny\n///",
        "> /// law\n> ///\n/// law",
        "> > /// law\n> x\n/// law\n///",
        "1. /// law\n/// law\n///",
        "- a\n\n    /// law\n    x\n    ///\n/// law\ny\n///",
        "- > /// law\n  > x\n  > ///\n/// law\ny\n///",
        "1. - > /// law\n/// law\n///",
        "\ufeff> /// law\n> x\n> ///\n/// law\ny\n///",
        "> /// law\r> x\r> ///\r/// law\ry\r///",
        "> \0/// law\n> x\n> ///\n/// law\ny\n///",
    ],
)
def test_a_block_within_a_part_is_text_and_the_parser_comes_to_an_end(text: str) -> None:
    page = markup.render_teaching(text, Surroundings())
    assert "/// law" in unescape(page.html)
    assert len(page.html) < 1000
