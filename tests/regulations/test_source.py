"""A rulebook is data whose every value says where it comes from; nothing in it is guessed."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lms.authored import Faulty
from lms.regulations import source
from lms.regulations.profile import Regulations, Rule
from tests.factories import CONTENT

EXAMPLE = "regulations/example-2026.yml"
COLLEGE = "regulations/example-college-2026.yml"
TEXT = (CONTENT / EXAMPLE).read_text(encoding="utf-8")
GRACE = "  source: example, to be replaced by the awarding body; made up\n  minutes: 5\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "regulations").mkdir()
    return tmp_path


def findings(content: Path, old: str, new: str) -> list[str]:
    """What is told about the example with one thing in it put wrong."""
    assert old in TEXT
    (content / EXAMPLE).write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Faulty) as faults:
        source.read(content, EXAMPLE)
    return [str(each) for each in faults.value.findings]


def test_both_rulebooks_of_the_house_are_found_and_read() -> None:
    assert source.rulebook_files(CONTENT) == [EXAMPLE, COLLEGE]
    for file in source.rulebook_files(CONTENT):
        book = source.read(CONTENT, file)
        assert book.text == (CONTENT / file).read_text(encoding="utf-8")
        assert book.regulations == source.parsed(book.text)


def test_they_differ_in_how_lateness_cap_and_rounding_are_worked_out() -> None:
    first, second = (source.read(CONTENT, file).regulations for file in (EXAMPLE, COLLEGE))
    assert type(first.late_work) is not type(second.late_work)
    assert type(first.second_attempt) is not type(second.second_attempt)
    assert type(first.rounding) is not type(second.rounding)
    assert first.key != second.key


@pytest.mark.parametrize("file", [EXAMPLE, COLLEGE])
def test_every_value_names_a_source_or_says_that_it_is_an_example(file: str) -> None:
    book = source.read(CONTENT, file).regulations
    assert len(book.rules) == 10
    for rule in book.rules:
        assert rule.source.startswith("example, to be replaced by the awarding body; "), rule
        assert "made up" in rule.source or re.search(r"\(https?://\S+\)", rule.source), rule
    assert "example" in book.title.lower()
    assert "not the rulebook of any" in book.note


@pytest.mark.parametrize("file", [EXAMPLE, COLLEGE])
def test_no_value_stands_outside_a_rule(file: str) -> None:
    data = yaml.safe_load((CONTENT / file).read_text(encoding="utf-8"))
    plain = {name for name, value in data.items() if not isinstance(value, dict)}
    assert plain == {"key", "title", "note"}
    assert all({"paragraph", "says", "source"} <= set(data[name]) for name in set(data) - plain)


@pytest.mark.parametrize("file", [EXAMPLE, COLLEGE])
def test_what_a_rule_says_in_words_names_its_number(file: str) -> None:
    """People are shown the words and are judged by the number."""
    book = source.read(CONTENT, file).regulations
    words = {"attempts": {"2": "twice"}, "grace": {"0": "no time of grace"}}
    for name, rule in ((n, getattr(book, n)) for n in Regulations.model_fields):
        if not isinstance(rule, Rule):
            continue
        numbers = [
            value
            for field, value in rule.model_dump().items()
            if isinstance(value, int | Decimal)
            and not isinstance(value, bool)
            and field != "places"
        ]
        for number in numbers:
            said = words.get(name, {}).get(str(number), str(number))
            assert said in rule.says, (name, number)


WRONG = {
    "a value without a source": (GRACE, "  minutes: 5\n", ":21: error: grace.source: Field req"),
    "a source of blanks": (
        GRACE,
        '  source: "               "\n  minutes: 5\n',
        ":24: error: grace.source: String should have at least 10",
    ),
    "a rule without a paragraph": (
        '  paragraph: "6.1"\n',
        "",
        ":21: error: grace.paragraph: Field required",
    ),
    "an empty paragraph": (
        'paragraph: "6.1"',
        'paragraph: " "',
        ":22: error: grace.paragraph: String should have at least 1",
    ),
    "a paragraph twice": ('"6.1"', '"4.1"', ": error: the file: two rules have the same paragr"),
    "a rule left out": ("grace:", "grease:", ":3: error: grace: Field required"),
    "a rule nobody knows": ("grace:", "grease:", ":21: error: grease: Extra inputs"),
    "a value nobody knows": ("minutes: 5", "minutes: 5\n  hours: 1", ":26: error: grace.hours: "),
    "a negative number": ("minutes: 5", "minutes: -5", ":25: error: grace.minutes: Input should"),
    "a negative mark": ("points: 50", "points: -50", ":14: error: pass_mark.points: Input should"),
    "a mark over 100": ("points: 50", "points: 500", ":14: error: pass_mark.points: Input should"),
    "no number": ("points: 50", "points: fifty", ":14: error: pass_mark.points: Input should"),
    "yes for a number": ("minutes: 5", "minutes: yes", ":25: error: grace.minutes: Input should"),
    "yes for a mark": ("points: 50", "points: yes", ":14: error: pass_mark.points: "),
    "a number for yes": (
        "external_examiner: true",
        "external_examiner: 1",
        ": error: quorum.external_examiner: Input should be a valid boolean",
    ),
    "part of a minute": ("minutes: 5", "minutes: 5.5", ":25: error: grace.minutes: Input should"),
    "not a number at all": ("points: 50", "points: .nan", ":14: error: pass_mark.points: "),
    "a kind nobody knows": (
        "kind: points_per_day",
        "kind: per_hour",
        ": error: late_work: Input tag 'per_hour' found",
    ),
    "a kind of another rule": (
        "kind: half_up",
        "kind: capped",
        ": error: rounding: Input tag 'capped' found",
    ),
    "no kind": ("  kind: points_per_day\n", "", ": error: late_work: Unable to extract tag"),
    "a value of another kind": (
        "kind: points_per_day\n  points: 3",
        "kind: percent_per_day\n  points: 3",
        ": error: late_work.percent: Field required",
    ),
    "days of no kind": ("days: working", "days: sunny", ": error: late_work.days: Input should be"),
    "no attempt": ("most: 2", "most: 0", ": error: attempts.most: Input should be greater"),
    "a day that is in no calendar": (
        "2026-12-24",
        "2026-02-30",
        ": error: there is no such day as 2026-02-30",
    ),
    "a day that is no day": ("2026-12-24", "Christmas", ": error: working_days.closed.0: "),
    "a key twice": ("minutes: 5", "minutes: 5\n  minutes: 6", ":26: error: the key “minutes” st"),
    "a tab": ("  minutes: 5", "\tminutes: 5", ":25: error: found character '\\t'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_with_file_line_and_reason(content: Path, name: str) -> None:
    old, new, told = WRONG[name]
    found = findings(content, old, new)
    assert all(each.startswith(f"{EXAMPLE}:") for each in found)
    assert any(told in each for each in found), found


def test_a_rulebook_that_is_missing_or_empty_is_named(content: Path) -> None:
    with pytest.raises(Faulty, match=r"regulations/none\.yml:1: error: the file is missing"):
        source.read(content, "regulations/none.yml")
    (content / EXAMPLE).write_text("", encoding="utf-8")
    with pytest.raises(Faulty, match=r"example-2026\.yml:1: error: the file: "):
        source.read(content, EXAMPLE)


def test_marks_are_exact_and_days_are_days(content: Path) -> None:
    (content / EXAMPLE).write_text(TEXT.replace("points: 3", "points: 2.1"), encoding="utf-8")
    book = source.read(content, EXAMPLE).regulations
    assert book.late_work.points == Decimal("2.1")  # type: ignore[union-attr]
    assert book.working_days.closed[0] == date(2026, 12, 24)


def test_a_rule_is_cited_by_its_paragraph() -> None:
    assert source.read(CONTENT, EXAMPLE).regulations.late_work.cited == "regulation 6.2"


def test_a_rulebook_that_is_read_cannot_be_changed() -> None:
    book = source.read(CONTENT, EXAMPLE).regulations
    with pytest.raises(ValueError, match="frozen"):
        book.grace.minutes = 60


def test_rules_stand_in_the_order_of_their_paragraphs(content: Path) -> None:
    """Whatever stands first in the file; and a number counts as a number."""
    text = TEXT.replace('paragraph: "4.1"', 'paragraph: "6.10"')
    text = text.replace('paragraph: "4.2"', 'paragraph: "6.2b"')
    (content / EXAMPLE).write_text(text, encoding="utf-8")
    numbers = [rule.paragraph for rule in source.read(content, EXAMPLE).regulations.rules]
    assert numbers == ["4.3", "6.1", "6.2", "6.2b", "6.3", "6.10", "7.1", "7.2", "9.1", "10"]
