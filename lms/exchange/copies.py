"""A module as it leaves this house: its pages as learners see them, without anything else of ours.

Tutor notes, answers and people's names never come so far: see queries. Only a cartridge, which
goes to the staff of another university, is made with the answers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element

from lms.content.signing import REVIEWS
from lms.exchange.writing import Part, element, moved, parsed
from lms.markup_blocks import NATIONS
from lms.markup_questions import question_of
from lms.web.filters import day

LANGUAGE = "en-GB"
_HEADING = re.compile(r"h[1-6]")
_HOW_MANY = {
    "single": "One of these is right.",
    "multiple": "More than one of these may be right.",
    "ordering": "Put these in order.",
}
CHECKED_ONLINE = "Answers are checked online: open this page in your account to try it."
FOR_YOURSELF = "This one is for your own notes."


@dataclass(frozen=True)
class MediaCopy:
    """A picture or film, as it lies in storage.

    key   SHA-256 of its bytes, hex
    open  its bytes from their beginning, anew each time; whoever opens them closes them
    """

    name: str
    kind: str
    key: str
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)

    @property
    def is_film(self) -> bool:
        """Whether it moves and sounds."""
        return self.kind.startswith("video/")


@dataclass(frozen=True)
class PageCopy:
    """One page, as learners see it.

    for_review  what a lawyer still has to look at
    stands_in   whether it may be read instead of another
    questions   with their answers, as stored; what is written for learners leaves these out
    """

    slug: str
    title: str
    minutes: int
    law_as_at: date
    review_by: date
    advice: Mapping[str, Any] | None
    for_review: Sequence[str]
    stands_in: bool
    html: str
    questions: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ModuleCopy:
    """One module of a published version.

    service  what this installation is called
    version  the version's reference; a version never changes, so its copies never do
    missing  kinds of review that nobody has done
    media    by name: those that a page shows
    """

    service: str
    version: str
    published_at: datetime
    position: int
    slug: str
    code: str
    title: str
    level: int
    credits: int
    summary: str
    outcomes: Sequence[Mapping[str, str]]
    nations: Sequence[str]
    law_as_at: date
    review_by: date
    missing: Sequence[str]
    pages: Sequence[PageCopy]
    media: Mapping[str, MediaCopy]

    @property
    def name(self) -> str:
        """What its file is called, without an ending: nothing of what it is about."""
        return f"{self.code}-{self.version}".lower()

    @property
    def neutral_title(self) -> str:
        """What may stand on a screen that others see, as the tab's title or on a bookshelf."""
        return f"{self.service}: module {self.position}, {self.code}"

    @property
    def identifier(self) -> str:
        """Always the same for this module of this version."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self.version}/{self.slug}')}"

    @cached_property
    def by_slug(self) -> Mapping[str, PageCopy]:
        """Its pages, by their names in addresses."""
        return {each.slug: each for each in self.pages}

    @property
    def pictures(self) -> list[MediaCopy]:
        """Those that stand still, by name."""
        return [each for _name, each in sorted(self.media.items()) if not each.is_film]


@dataclass(frozen=True)
class Setting:
    """How one kind of copy calls things.

    anchor    what becomes of an id on a page
    address   where a page of the module is, or a part of it; the part is empty for its beginning
    picture   where a picture or film is; empty where it is left out
    question  what stands in the place of a question
    sunk      levels by which a page's headings sink
    """

    anchor: Callable[[str, str], str]
    address: Callable[[str, str], str]
    picture: Callable[[str], str | None]
    question: Callable[[PageCopy, Mapping[str, Any]], Element]
    sunk: int = 0


def set_in(page: PageCopy, copy: ModuleCopy, setting: Setting) -> Element:
    """A page's text, below a div, as this kind of copy has it.

    A link that leads out of the module, or to what a learner's page doesn't hold, keeps its words.
    """
    whole = parsed(page.html)
    _put_questions(whole, page, setting)
    _put_media(whole, setting)
    _put_names(whole, page, copy, setting)
    for each in whole.iter():
        if _HEADING.fullmatch(each.tag):
            each.tag = f"h{min(int(each.tag[1]) + setting.sunk, 6)}"
    return whole


def about(copy: ModuleCopy, heading: str) -> list[Element]:
    """What the module is, how current, and who has looked it over: no names.

    heading  the tag of headings within
    """
    where = ", ".join(NATIONS[key][1] for key in copy.nations)
    lines = [
        f"{copy.code}. {copy.credits} credits, level {copy.level}.",
        f"It covers {where}.",
        f"Law as at {day(copy.law_as_at)}. To be reviewed by {day(copy.review_by)}.",
    ]
    if copy.missing:
        words = [review.who for kind, review in REVIEWS.items() if kind in copy.missing]
        listed = " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
        lines.append(f"Not yet reviewed by {listed}.")
    outcomes = (element("li", f"{each['text']} ({each['key']})") for each in copy.outcomes)
    return [
        element("p", copy.summary, class_="lead"),
        element("ul", *(element("li", line) for line in lines), class_="facts"),
        element(heading, "When you have worked through it, you can"),
        element("ul", *outcomes),
        element(
            "p",
            f"This copy was made from version {copy.version}, published on "
            f"{day(copy.published_at)}. It doesn’t change when the law does: before you rely on "
            f"it, look at the page in {copy.service}.",
        ),
    ]


def before(page: PageCopy, address: Callable[[str, str], str], heading: str) -> list[Element]:
    """What stands between a page's title and its text: time, law, and content advice."""
    facts = (
        f"About {page.minutes} minutes. Law as at {day(page.law_as_at)}, "
        f"to be reviewed by {day(page.review_by)}."
    )
    found = [element("p", facts, class_="facts")]
    if page.stands_in:
        found.append(element("p", "You may read this page instead of another.", class_="facts"))
    if page.advice:
        title = element(heading, "Before you read on")
        parts: list[Part] = [title, element("p", page.advice["note"])]
        instead = page.advice.get("alternative")
        if instead:
            link = element("a", "there is another page to read instead", href=address(instead, ""))
            parts.append(element("p", "If you would rather not, ", link, "."))
        found.append(element("div", *parts, class_="advice"))
    return found


def after(page: PageCopy, heading: str) -> list[Element]:
    """What stands below a page's text: what nobody has checked yet."""
    if not page.for_review:
        return []
    statements = (element("li", each) for each in page.for_review)
    title = element(heading, "Still to be checked by a lawyer")
    return [element("section", title, element("ul", *statements), class_="refs")]


def without_answer(page: PageCopy, kept: Mapping[str, Any]) -> Element:
    """A question as somebody sees it who has not answered: steps to order don't stand in order."""
    question = question_of(kept)
    chosen = [moved(parsed(option.html), Element("li")) for option in question.offered]
    asked = [
        element("p", "Check yourself", class_="callout-title"),
        *parsed(question.ask),
        element("p", _HOW_MANY[question.kind]) if chosen else None,
        element("ul", *chosen) if chosen else None,
        element("p", CHECKED_ONLINE if chosen else FOR_YOURSELF, class_="facts"),
    ]
    return element("div", *asked, class_="callout c-check")


def _put_questions(whole: Element, page: PageCopy, setting: Setting) -> None:
    by_key = {f"question-{each['key']}": each for each in page.questions}
    for parent in list(whole.iter()):
        for number, place in enumerate(list(parent)):
            found = by_key.get(place.get("id", "")) if place.get("class") == "question" else None
            if found is not None:
                asked = setting.question(page, found)
                asked.set("id", place.get("id", ""))
                asked.tail = place.tail
                parent[number] = asked


def _put_media(whole: Element, setting: Setting) -> None:
    for box in whole.iter("figure"):
        film = box.find("video")
        if film is not None and not setting.picture(film.get("src", "").removeprefix("files/")):
            said = f"The film “{film.get('aria-label')}” is not in this copy; its transcript is."
            box[list(box).index(film)] = element("p", said, class_="facts")
            for fold in box.findall("details"):
                fold.set("open", "open")
    for each in [*whole.iter("img"), *whole.iter("video")]:
        each.set("src", setting.picture(each.get("src", "").removeprefix("files/")) or "")
        each.attrib.pop("loading", None)


def _put_names(whole: Element, page: PageCopy, copy: ModuleCopy, setting: Setting) -> None:
    """Ids of one page don't meet those of another, and every link arrives."""
    known: set[str] = set()
    for each in whole.iter():
        name = each.attrib.pop("id", "")
        if name and name not in known:
            known.add(name)
            each.set("id", name)
        if "aria-labelledby" in each.attrib:
            each.set("aria-labelledby", setting.anchor(page.slug, each.get("aria-labelledby", "")))
    for each in whole.iter():
        if "href" in each.attrib:
            _put_link(each, page, copy, known, setting)
    for each in whole.iter():
        if "id" in each.attrib:
            each.set("id", setting.anchor(page.slug, each.get("id", "")))


def _put_link(
    link: Element, page: PageCopy, copy: ModuleCopy, known: set[str], setting: Setting
) -> None:
    target, _hash, part = link.get("href", "").partition("#")
    if ":" in target:
        return
    if not target and part in known:
        link.set("href", setting.address("", setting.anchor(page.slug, part)))
    elif target in copy.by_slug:
        known_there = part and f'id="{part}"' in copy.by_slug[target].html
        there = setting.anchor(target, part) if known_there else ""
        link.set("href", setting.address(target, there))
    elif part.startswith("use-") and not target:
        _take_words(link)  # "Back to the text", where the word stands in an explanation
    else:
        del link.attrib["href"]
        link.tag = "span"


def _take_words(link: Element) -> None:
    tail = link.tail
    link.clear()
    link.tag, link.tail = "span", tail
