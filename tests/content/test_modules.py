"""The six modules hold what the programme promises, and nothing that nobody knows."""

import re
from datetime import date, timedelta

import pytest

from lms import markup
from lms.content import shapes
from lms.content.foot import with_foot
from lms.content.signing import REVIEWS, Kind
from lms.content.source import Brief, Module, Page
from lms.markup_blocks import NATIONS
from lms.markup_marks import Surroundings
from tests.factories import real_content
from tests.markup.reading import found_in

LIVE = real_content()
PAGES = [(module, page) for module in LIVE.modules for page in module.way]
BRIEFS = [(module, brief) for module in LIVE.modules for brief in module.briefs]
PAGE_NAMES = [f"{module.slug}/{page.slug}" for module, page in PAGES]
BINDING = {"act", "secondary-legislation"}
PRIMARY = {*BINDING, "treaty", "case-law", "statutory-guidance", "guidance"}
# Law in copies that bear no day. No statement of law may rest on one alone.
UNDATED = {
    "asp-inquiries",
    "crimpr-17",
    "era-2025",
    "hsa-2025",
    "judicature-ni-1978",
    "la-1980",
    "order-2002",
    "ukba-2007",
}
# Where the person of an assignment may be named: pages that introduce people, or read the brief.
ABOUT_ASSIGNMENTS = {
    "people-in-these-pages",
    "the-assessment",
    "writing-the-portfolio-piece",
    "the-assignment",
    "the-policy-brief",
}

each_page = pytest.mark.parametrize(("module", "page"), PAGES, ids=PAGE_NAMES)
each_module = pytest.mark.parametrize("module", LIVE.modules, ids=lambda m: m.slug)
each_brief = pytest.mark.parametrize(
    ("module", "brief"), BRIEFS, ids=[b.file.key for _, b in BRIEFS]
)


def prose(page: Page | Brief) -> list[str]:
    """Words that a person reads: no front matter, no signs, no titles of sources."""
    cited = re.sub(r"\[@[^\]]*\]", "", page.source)
    shown = markup.render_teaching(cited, Surroundings()).html
    return re.findall(r"[\w’'-]+", " ".join(found_in(shown).words))


def blocks(page: Page | Brief, name: str) -> list[str]:
    """Texts of the blocks of a kind, each with its title."""
    return re.findall(rf"^/// {name}\b(.*?)^///$", page.source, re.M | re.S)


def test_there_are_the_six_modules_of_the_syllabus() -> None:
    assert [module.file.title for module in LIVE.modules] == [
        "Understanding modern slavery and the survivor's standing in law",
        "Identification, the NRM and decisions across the UK",
        "The independent advocate: role, ethics and boundaries",
        "A trauma-informed, culturally aware relationship",
        "Rights in practice: housing, health, subsistence, immigration, criminal and civil justice",
        "Safety, multi-agency work, outcomes and change",
    ]
    assert all(module.file.level == 7 for module in LIVE.modules)


@each_module
def test_a_module_has_at_least_six_pages_and_six_thousand_words_of_teaching(module: Module) -> None:
    assert len(module.way) >= 6
    assert sum(len(prose(page)) for page in module.way) >= 6000
    assert all(len(prose(page)) >= 700 for page in module.way)


@each_module
def test_a_module_says_what_one_will_be_able_to_do(module: Module) -> None:
    assert len(module.file.outcomes) >= 4
    taught = {key for page in module.pages for key in page.front.outcomes}
    assert taught == {outcome.key for outcome in module.file.outcomes}


@each_module
def test_a_module_teaches_what_an_advocate_may_and_may_not_do(module: Module) -> None:
    (_page,) = [p for p in module.pages if "hat you may and may not do" in p.front.title]
    columns = r"^\| (You may|May) \| (You may not|May not) \|$"
    assert sum(bool(re.search(columns, p.source, re.M)) for p in module.pages) == 1


@each_page
def test_every_page_says_what_differs_between_the_nations(module: Module, page: Page) -> None:
    said = {text.split("\n")[0].strip(" |") for text in blocks(page, "nation")}
    assert said == set(NATIONS)
    assert all(len(text.split()) > 25 for text in blocks(page, "nation"))


@each_page
def test_a_case_says_that_it_is_made_up_and_is_worked_through(module: Module, page: Page) -> None:
    for case in blocks(page, "case"):
        assert len(case.split()) > 20
    shown = " ".join(found_in(page.shown.html).words)
    assert shown.count("Fictional case") == len(blocks(page, "case"))


@each_module
def test_cases_are_worked_on_most_pages(module: Module) -> None:
    assert sum(bool(blocks(page, "case")) for page in module.pages) >= 6


@each_page
def test_a_statement_of_law_names_its_source(module: Module, page: Page) -> None:
    for law in blocks(page, "law"):
        assert re.search(r"\[@[a-z0-9-]+", law), law
    assert page.shown.unknown == ()


@each_page
def test_a_page_is_dated_and_comes_up_for_review_within_a_year(module: Module, page: Page) -> None:
    for dated in (page.front, module.file):
        assert dated.review_by - module.file.law_as_at < timedelta(days=366)
        assert dated.law_as_at <= date(2026, 11, 30)
    # A page whose copies are older than its module says which they were.
    older = page.front.law_as_at < module.file.law_as_at
    assert not older or any(re.search(r"\bcop(y|ies)\b", each) for each in page.front.for_review)
    # A statement that a lawyer has to look at is a whole sentence, not a mark.
    assert all(len(each.split()) >= 8 for each in page.front.for_review)


@each_module
def test_a_module_rests_on_primary_sources_and_says_as_at_when(module: Module) -> None:
    cited = {key for page in module.pages for key in page.shown.references}
    kinds = [LIVE.references[key].kind for key in cited]
    assert sum(kind in PRIMARY for kind in kinds) > len(kinds) / 2
    assert sum(kind in BINDING for kind in kinds) >= 5
    for key in cited:
        reference = LIVE.references[key]
        assert reference.kind not in BINDING or reference.law_as_at or key in UNDATED, key
        assert reference.law_as_at is None or reference.law_as_at <= reference.checked_on


def test_every_source_is_cited_and_every_word_explained_is_used() -> None:
    texts = [page.shown for _, page in PAGES] + [brief.shown for _, brief in BRIEFS]
    behind = {term.source for term in LIVE.glossary.values()}
    behind |= {framework.source for framework in LIVE.frameworks.values()}
    assert {key for text in texts for key in text.references} | behind >= set(LIVE.references)
    assert {key for text in texts for key in text.terms} == set(LIVE.glossary)


@each_page
def test_a_source_that_nobody_could_read_is_shown_as_cited_at_second_hand(
    module: Module, page: Page
) -> None:
    foot = with_foot(page.shown, page.shown.html, LIVE.glossary, LIVE.references)
    for key in page.shown.references:
        line = foot.split(f'<li id="ref-{key}">')[1].split("</li>")[0]
        assert ("cited at second hand" in line) == (not LIVE.references[key].read)


@each_module
def test_nobodys_review_is_made_up(module: Module) -> None:
    """A name goes in when its bearer has read the module, and not before."""
    reviewers = module.file.reviewers
    assert (reviewers.subject, reviewers.legal, reviewers.lived_experience) == (None, None, None)
    assert reviewers.missing == list(REVIEWS.values())
    assert set(shapes.Reviewers.model_fields) == set(REVIEWS) == set(Kind)


@each_brief
def test_each_module_has_one_assignment_with_brief_and_rubric(module: Module, brief: Brief) -> None:
    assert len(module.briefs) == 1
    assert brief.file.weighting == 100
    assert len(prose(brief)) > 500
    assert len(brief.file.criteria) >= 4
    for criterion in brief.file.criteria:
        assert len(criterion.levels) >= 4
        assert all(len(level.text.split()) >= 12 for level in criterion.levels)
        assert len({level.text for level in criterion.levels}) == len(criterion.levels)
    assert f"{brief.file.words:,} words" in brief.source
    assert {outcome.key for outcome in module.file.outcomes} == set(brief.file.outcomes)


@each_brief
def test_a_brief_uses_a_made_up_person_and_asks_nobody_for_their_story(
    module: Module, brief: Brief
) -> None:
    text = " ".join(brief.source.split())
    assert re.search(
        r"Nobody (in the (case|file) )?is real\.|No real person is described\."
        r"|nobody real is in it\.|is invented, a composite",
        text,
    )
    assert "Confidentiality and anonymity" in text
    assert re.search(
        r"another (one |case )?of the same (kind|difficulty)|an alternative case", text
    )


def test_the_person_of_one_assignment_is_nobody_else_in_the_modules() -> None:
    for _, brief in BRIEFS:
        (name,) = re.findall(
            r"\b([A-Z]\w+) (?:and everybody else in the file )?(?:is|are) (?:an? )?"
            r"(?:invented|composite)",
            brief.source,
        )
        assert not [
            page.slug
            for module, page in PAGES
            if re.search(rf"\b{name}\b", page.source)
            and page.slug not in ABOUT_ASSIGNMENTS
            and page is not module.way[-1]
        ]


# What nobody has published (the real award, scheme and university): never stated as a fact.
UNKNOWN = [
    r"\bSt Mary[’']?s\b",
    r"\bBakhita\b",
    r"\bHope for Justice\b",
    r"®",
    r"\bthree[- ]tier\b",
    r"\bNational Lottery\b",
    r"\bCPD hours?\b",
    r"accreditation (lasts|expires|is renewed|runs) ",
    r"(pass mark|to pass) (is|of) \d",
    r"\bhours of (supervised )?practice\b",
    r"\bcode of conduct of the scheme\b",
]


@pytest.mark.parametrize("pattern", UNKNOWN)
def test_what_is_published_nowhere_is_not_stated(pattern: str) -> None:
    for module, page in PAGES:
        assert not re.search(pattern, page.source), (module.slug, page.slug)
    for _, brief in BRIEFS:
        assert not re.search(pattern, brief.source)


def test_a_model_of_others_is_named_once_with_its_source() -> None:
    """One page says what is published of it; what it doesn't publish, nobody states."""
    for module, page in PAGES:
        text = re.sub(r"^/// tutor\b.*?^///$", "", page.source, flags=re.M | re.S)
        naming = [each for each in text.split("\n\n") if re.search(r"\bIMSAs?\b", each)]
        assert not naming or page.slug == "what-independence-means", (module.slug, page.slug)
        assert all("[@hfj-" in each or "keypoints" in each for each in naming)
    for _, brief in BRIEFS:
        assert "IMSA" not in brief.source


def test_the_programme_says_that_it_is_nobodys() -> None:
    assert "not the programme of any university" in " ".join(LIVE.programme.note.split())
    assert "no body has endorsed it" in " ".join(LIVE.programme.note.split())
