"""Checks of what was read: each page by itself, each module, and all of it together."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from pathlib import PurePosixPath

from lms.authored import Severity
from lms.content import faults, prose, rules, shapes, signing
from lms.content.faults import Fault
from lms.content.files import Files
from lms.content.source import Brief, Content, Module, Page, SessionPlan
from lms.markup import TeachingPage

REVIEW_NEAR = timedelta(days=60)  # what a reviewer is asked to read, and when, takes two months
_WARNING = Severity.WARNING
MOST_FILES = 200  # pictures and films of a module


class Checks:
    """Notes what is wrong with a tree's content as it is read.

    today  the day on which it is checked; without it nothing is said of days that have passed
    """

    def __init__(self, files: Files, today: date | None) -> None:
        self._files = files
        self._today = today

    def text(
        self,
        name: str,
        text: str,
        shown: TeachingPage,
        references: dict[str, shapes.ReferenceShape],
        covered: Collection[str],
    ) -> None:
        """A page's or brief's text by itself.

        covered  the nations that it is about
        """
        for unknown in shown.unknown:
            what = "the glossary" if unknown.startswith("[[") else "the references"
            message = f"{unknown} is not in {what}: add it there, or mend the key"
            self._files.find_words(name, message, unknown, "key")
        for sought, fault in (*shown.faults, *faults.link_faults(shown)):
            self._files.find_words(name, fault, sought)
        found, broken = faults.blocks(text)
        broken += faults.block_faults(found, set(covered))
        dated = {key for key, each in references.items() if each.law_as_at}
        everywhere: Iterator[Fault] = (
            fault
            for each in (
                broken,
                faults.shown_as_text(text, shown, {fault.line for fault in broken}),
                faults.nation_block_faults(found, covered),
                faults.undated_law(found, dated),
                faults.sign_faults(text),
                faults.heading_faults(text, shown),
                faults.anchor_faults(text, shown),
                prose.prose_faults(text, "\n".join(shown.parts)),
            )
            for fault in each
        )
        self._files.find_below(name, text, everywhere)

    def content(self, content: Content) -> None:
        """Everything together."""
        credits_ = (module.file.credits for module in content.modules)
        for fault in rules.credit_faults(content.programme.credits, credits_):
            self._files.find("programme.yml", fault, "credits", rule="credits")
        self._once("programme.yml", "module code", (m.file.code for m in content.modules))
        self._once("programme.yml", "module name", (m.slug for m in content.modules))
        needs = {module.folder: module.file.prerequisites for module in content.modules}
        for folder, fault in rules.prerequisite_faults(needs):
            self._files.find(_file(folder), fault, "prerequisites", rule="prerequisite")
        for module in content.modules:
            self._module(module)
        self._competencies(content)
        self._dates(content)
        self._said_twice(content)
        self._unused(content)
        self._links(content)
        self._left_out(content)

    def _module(self, module: Module) -> None:
        name = _file(module.folder)
        if not module.way:
            self._files.find(name, "the module has no pages: write 01-first-things.md")
        assessed = [rules.Assessed(b.file.weighting, b.file.outcomes) for b in module.briefs]
        for fault in (
            *rules.weighting_faults(assessed),
            *rules.outcome_faults(
                (outcome.key for outcome in module.file.outcomes),
                (key for page in module.pages for key in page.front.outcomes),
                (key for each in assessed for key in each.outcomes),
            ),
        ):
            self._files.find(name, fault, "outcomes", rule="outcome")
        self._once(name, "page name", (page.slug for page in module.pages))
        for fault in rules.name_faults(module.slug, rules.TAKEN_BY_MODULES):
            self._files.find(name, fault)
        self._review(name, module.file)
        self._days_of_reviews(name, module.file.reviewers)
        for page in module.pages:
            self._page(page)
        self._nations(module)
        self._alternatives(module)
        self._media(module)

    def _page(self, page: Page) -> None:
        for fault in rules.name_faults(page.slug, rules.TAKEN_BY_PAGES):
            self._files.find(page.name, fault)
        for fault in prose.minutes_faults(page.shown.html, page.front.minutes):
            place = (page.name, fault, "minutes")
            self._files.find(*place, severity=_WARNING, rule="minutes")
        self._review(page.name, page.front)
        self._signed(page)

    def _nations(self, module: Module) -> None:
        for fault in rules.untaught_nations(module):
            self._files.find(_file(module.folder), fault, "nations", rule="nation")
        for page in module.pages:
            for nation in sorted(set(page.front.nations or ()) - set(module.file.nations)):
                message = f"the module is not about {nation}: add it to module.yml, or take it out"
                self._files.find(page.name, message, "nations", rule="nation")

    def _alternatives(self, module: Module) -> None:
        there = {page.slug: page for page in module.pages if page.stands_in}
        offered = set()
        for page in module.pages:
            advice = page.front.content_advice
            place = ("content_advice", "alternative")
            if advice is None:
                continue
            if advice.alternative is None:
                if "alternative" in advice.counts:
                    message = "an alternative counts, and none is named: add alternative: its-name"
                    self._files.find(page.name, message, *place, rule="alternative")
            elif advice.alternative not in there:
                message = f"there is no alternatives/{advice.alternative}.md: write it, or name one"
                self._files.find(page.name, message, *place, rule="alternative")
            elif page.stands_in:
                message = "a page that stands in for another has no alternative: take it out"
                self._files.find(page.name, message, *place, rule="alternative")
            else:
                offered.add(advice.alternative)
        for slug in sorted(set(there) - offered):
            message = "no page offers this alternative: name it in a page’s content_advice"
            self._files.find(there[slug].name, message, rule="alternative")

    def _media(self, module: Module) -> None:
        base = f"modules/{module.folder}"
        if len(module.media) > MOST_FILES:
            message = f"the module has more than {MOST_FILES} pictures and films: take some out"
            self._files.find(_file(module.folder), message, rule="media")
        shown = {name for page in module.pages for name in page.shown.media}
        for each in module.media:
            if each.name not in shown:
                message = "no page shows this file: show it in a figure or video, or take it out"
                name = f"{base}/files/{each.name}"
                self._files.find(name, message, severity=_WARNING, rule="unused")

    def _review(self, name: str, dated: shapes.Dated) -> None:
        if self._today is None or dated.review_by - self._today > REVIEW_NEAR:
            return
        past = dated.review_by < self._today
        message = f"the review {'was' if past else 'is'} due by {dated.review_by}: look at the "
        message += "law again, then move law_as_at and review_by"
        self._files.find(name, message, "review_by", severity=_WARNING, rule="review")

    def _days_of_reviews(self, name: str, reviewers: shapes.Reviewers) -> None:
        for kind in signing.Kind:
            signed = getattr(reviewers, kind)
            if signed and self._today and signed.on > self._today:
                message = f"signed off on {signed.on}, which has not come: write the day it was"
                self._files.find(name, message, "reviewers", kind, rule="sign-off")

    def _signed(self, page: Page) -> None:
        reviewers = page.front.reviewers
        self._days_of_reviews(page.name, reviewers)
        missing = [each.reviewer for each in reviewers.missing]
        if missing:
            message = (
                f"not yet reviewed by a {', '.join(missing)} reviewer, and the page says so: "
                "when one has, write by and on under reviewers"
            )
            self._files.find(page.name, message, "reviewers", severity=_WARNING, rule="sign-off")

    def _competencies(self, content: Content) -> None:
        frameworks = content.frameworks
        for module, key, message in rules.competency_faults(content.modules, frameworks):
            place = [outcome.key for outcome in module.file.outcomes].index(key)
            where = (_file(module.folder), message, "outcomes", place)
            self._files.find(*where, rule="competency")
        for name, key, message in rules.unserved(content.modules, frameworks):
            part = ("frameworks", name, "competencies", key)
            file = "competencies.yml"
            self._files.find(file, message, *part, severity=_WARNING, rule="competency")

    def _dates(self, content: Content) -> None:
        for page in _pages(content):
            for sought, message, weight in rules.dated_later(page, content.references):
                self._files.find_words(page.name, message, sought, "date", weight)

    def _said_twice(self, content: Content) -> None:
        ways = (page for module in content.modules for page in module.way)
        for page, fault in rules.said_twice(ways):
            self._files.find_below(page.name, page.source, [fault])

    def _unused(self, content: Content) -> None:
        shown = [each.shown for each in _texts(content)]
        used = {key for each in shown for key in each.staff_terms}
        cited = {key for each in shown for key in each.staff_references}
        cited |= {term.source for term in content.glossary.values() if term.source}
        cited |= {framework.source for framework in content.frameworks.values()}
        for key in sorted(set(content.glossary) - used):
            message = f"no page uses this word: write [[{key}]] on one, or take it out"
            self._files.find("glossary.yml", message, "terms", key, rule="unused")
        for key in sorted(set(content.references) - cited):
            message = f"no page cites this source: write [@{key}] on one, or take it out"
            place = ("references", key)
            self._files.find("references.yml", message, *place, severity=_WARNING, rule="unused")

    def _links(self, content: Content) -> None:
        pages = list(_pages(content))
        known = {page.name: faults.anchors(page.shown) for page in pages}
        for page in pages:
            module = PurePosixPath(*PurePosixPath(page.name).parts[:2])
            for link in page.shown.links:
                name, _hash, part = link.partition("#")
                whole = name.removeprefix("../") if name.startswith("../") else ""
                target = f"modules/{whole}" if whole else str(module / name)
                if part and part not in known.get(target, ()):
                    message = f"{name} has no part #{part}: name a heading of it in small letters"
                    self._files.find_words(page.name, message, link, "link")

    def _left_out(self, content: Content) -> None:
        taught = {module.folder for module in content.modules}
        for folder in sorted({n.split("/")[1] for n in self._files.names if n.count("/") > 1}):
            if folder not in taught:
                message = f"modules/{folder} is taught nowhere: add it to modules, or take it out"
                place = "programme.yml", message, "modules"
                self._files.find(*place, severity=_WARNING, rule="unused")

    def _once(self, name: str, what: str, values: Iterable[str]) -> None:
        for value, count in Counter(values).items():
            if count > 1:
                self._files.find(name, f"the {what} “{value}” stands twice: change one")


def _file(folder: str) -> str:
    return f"modules/{folder}/module.yml"


def _pages(content: Content) -> Iterator[Page]:
    for module in content.modules:
        yield from module.pages


def _texts(content: Content) -> Iterator[Page | Brief | SessionPlan]:
    for module in content.modules:
        yield from module.pages
        yield from module.briefs
        if module.session is not None:
            yield module.session
