"""The programme as a whole keeps what docs/content-style.md asks of every module."""

import re

import pytest

from lms.content import prose
from lms.content.source import Brief, Module, Page
from tests.content.test_modules import BRIEFS, LIVE, PAGES, blocks, each_module, each_page

MUST_PASS = {"safeguarding", "role-boundary"}
BANDS = [(70, 100), (60, 69), (50, 59), (0, 49)]
PEOPLE = ("Ash", "Dara", "Jo", "Kit", "Noa", "Remy")

each_brief = pytest.mark.parametrize("brief", [b for _, b in BRIEFS], ids=lambda b: b.file.key)


def questions(page: Page) -> list[str]:
    """Kinds of the questions of a page that have a right answer."""
    return re.findall(r"^    kind: (single|multiple|ordering)$", page.source, re.M)


def words_of_teaching(page: Page) -> int:
    return sum(len(sentence) for sentence in prose.running_text(page.shown.html))


def test_the_programme_has_six_modules_of_ten_credits_in_order() -> None:
    assert [module.folder[:2] for module in LIVE.modules] == ["01", "02", "03", "04", "05", "06"]
    assert [module.file.credits for module in LIVE.modules] == [10] * 6
    assert LIVE.programme.credits == 60


@each_module
def test_a_module_has_seven_to_eleven_pages_and_enough_to_read(module: Module) -> None:
    assert 7 <= len(module.way) <= 11
    assert sum(words_of_teaching(page) for page in module.way) >= 7500


@each_module
def test_a_module_asks_eight_questions_or_more(module: Module) -> None:
    assert sum(len(questions(page)) for page in module.way) >= 8


@each_page
def test_every_page_asks_a_question_that_has_an_answer(module: Module, page: Page) -> None:
    assert questions(page)


@each_page
def test_every_page_ends_with_one_note_for_tutors(module: Module, page: Page) -> None:
    (note,) = blocks(page, "tutor")
    assert page.source.rstrip().endswith(f"/// tutor{note}///")
    for part in ("Misconceptions", "Prompts", "Timing"):
        assert f"**{part}.**" in note
    assert re.search(r"\bminutes\b", note)


@each_module
def test_a_module_opens_with_what_one_will_be_able_to_do(module: Module) -> None:
    assert re.search(r"^/// objectives$", module.way[0].source, re.M)


@each_module
def test_a_module_closes_with_a_look_back_and_with_supervision(module: Module) -> None:
    last = module.way[-1].source
    assert re.search(r"^## .*([Cc]heck yourself|[Ss]elf-check)", last, re.M)
    assert re.search(r"^## .*([Ss]upervision|What to bring)", last, re.M)
    for outcome in module.file.outcomes:
        assert outcome.key in module.way[-1].front.outcomes or f"({outcome.key}" in last


@each_module
def test_one_page_teaches_how_its_assessment_is_read_and_written(module: Module) -> None:
    (brief,) = module.briefs
    teaching = [
        page
        for page in module.way
        if re.search(r"rubric", page.source, re.I)
        and re.search(r"\bweaker\b", page.source, re.I)
        and re.search(r"\bstronger\b", page.source, re.I)
    ]
    assert teaching, brief.file.key


@each_module
def test_a_module_has_an_evening_for_tutors_whose_parts_fill_it(module: Module) -> None:
    assert module.session is not None
    assert 60 <= module.session.front.minutes <= 240


@each_brief
def test_a_rubric_has_rows_that_must_be_passed_and_the_same_four_levels(brief: Brief) -> None:
    rows = {row.key: row for row in brief.file.criteria}
    assert 4 <= len(rows) <= 6
    assert {key for key, row in rows.items() if row.must_pass} == MUST_PASS
    assert sum(row.weight for row in rows.values()) == 100
    for row in rows.values():
        assert [(level.from_, level.to) for level in row.levels] == BANDS


@each_brief
def test_a_brief_says_how_many_rows_there_are_and_that_two_must_be_passed(brief: Brief) -> None:
    text = " ".join(brief.source.split())
    number = {4: "four", 5: "five", 6: "six"}[len(brief.file.criteria)]
    assert re.search(rf"\b{number}\b (criteria|rows)\b", text, re.I)
    assert re.search(r"\b(must|have to) be passed\b", text)


@each_page
def test_what_may_be_hard_to_read_has_another_page(module: Module, page: Page) -> None:
    advice = page.front.content_advice
    if advice and advice.severity != "low":
        assert advice.alternative
        assert "alternative" in advice.counts


@each_page
def test_a_page_that_names_suicide_as_its_subject_says_so_first(module: Module, page: Page) -> None:
    """Other pages may name the word in a list; one that tells what to say or do is advised of."""
    said = r"(thinking|thoughts?) of (suicide|ending (my|their|your) life)"
    taught = re.search(said, page.source)
    advice = page.front.content_advice
    assert not taught or (advice and "suicide" in advice.topics and advice.alternative)


@each_module
def test_a_page_that_is_named_by_its_number_is_there(module: Module) -> None:
    session = module.session.shown.html if module.session else ""
    for text in (*(page.source for page in module.pages), session):
        for number, other in re.findall(r"\bpages? (\d+)(?: of module (\d))?", text, re.I):
            there = LIVE.modules[int(other) - 1] if other else module
            assert 1 <= int(number) <= len(there.way), (number, other)
        for other, number in re.findall(r"\bmodule (\d), page (\d+)", text, re.I):
            assert 1 <= int(number) <= len(LIVE.modules[int(other) - 1].way), (number, other)


def test_six_people_go_through_the_programme_and_one_page_introduces_them() -> None:
    (page,) = [page for _, page in PAGES if page.slug == "people-in-these-pages"]
    for name in PEOPLE:
        assert re.search(rf"^\| {name}, \d\d \|", page.source, re.M)
    texts = [" ".join(page.source for page in module.way) for module in LIVE.modules]
    for name in PEOPLE:
        assert sum(bool(re.search(rf"\b{name}\b", text)) for text in texts) >= 5, name


def test_the_glossary_explains_more_than_a_hundred_and_twenty_words() -> None:
    assert len(LIVE.glossary) >= 120


def test_the_glossary_explains_nothing_under_two_keys() -> None:
    names = [term.term.casefold() for term in LIVE.glossary.values()]
    assert len(set(names)) == len(names)
    said = [re.split(r"[:.]", term.meaning)[0] for term in LIVE.glossary.values()]
    long = [each for each in said if len(each.split()) > 2]
    assert len(set(long)) == len(long)


def test_no_source_stands_in_the_list_twice() -> None:
    """One address may carry two keys where they were read in different parts or versions."""
    seen = [
        (each.address.rstrip("/"), each.law_as_at, each.read) for each in LIVE.references.values()
    ]
    assert len(set(seen)) == len(seen)


@each_page
def test_a_page_reads_as_the_style_asks(module: Module, page: Page) -> None:
    """The table of measures in docs/content-style.md."""
    found = prose.measures(page.shown.html, page.front.minutes)
    assert found.grade is not None
    assert found.grade <= 9
    assert 8 <= found.per_sentence <= 16
    assert found.least <= found.minutes <= 40
