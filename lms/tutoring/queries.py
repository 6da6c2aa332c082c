"""Questions about how a cohort gets on. Each takes as many queries whatever the cohort's size."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from lms import clock
from lms.accounts.models import Account
from lms.assessment.due import due_for_all
from lms.catalogue.models import Module, Page, PageText
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.queries import active_in
from lms.db import db
from lms.learning.checks import is_right
from lms.learning.models import Answer, PageRead
from lms.markup_questions import Option, Question, question_of
from lms.tutoring.rules import (
    FEWEST,
    Leaf,
    PassedOver,
    Standing,
    State,
    Traces,
    is_due,
    passed_over,
    shown_of_any,
    shown_of_one,
    standing,
)

PAGE = 50


@dataclass(frozen=True)
class ModuleProgress:
    """A module, and how many people stand where with it.

    due_at   when its work is due for everybody; None where no date is set
    due      whether that has passed
    overdue  how many have pages to read since
    """

    position: int
    slug: str
    title: str
    way: tuple[Leaf, ...]
    due_at: datetime | None
    due: bool
    people: Mapping[State, int]
    overdue: int
    passed_over: list[PassedOver]


@dataclass(frozen=True)
class Person:
    """Somebody of a cohort, and how they stand with each module."""

    name: str
    modules: list[Standing]


@dataclass(frozen=True)
class Progress:
    """How a cohort gets on.

    people  one page of those who learn now, by name
    total   how many they are
    """

    modules: list[ModuleProgress]
    people: list[Person]
    total: int


@dataclass(frozen=True)
class FirstAnswers:
    """What people answered first to a question.

    people   how many; None when fewer than five
    options  each answer with how many gave it; None where that is not shown
    """

    module: str  # title
    page: Page
    slug: str
    question: Question
    people: int | None
    options: list[tuple[Option | None, int | None]]


def progress(cohort: Cohort, page: int) -> Progress:
    """How far a cohort is. Five queries."""
    outline = _outline(cohort)
    members = _members(cohort, page)
    total: int = members[0].total if members else 0
    traces = _traces(cohort)
    due_at = due_for_all(cohort)
    modules = [
        _module(module, leaves, traces[module.slug], total, due_at.get(module.slug))
        for module, leaves in outline
    ]
    return Progress(
        modules,
        [
            Person(
                row.name,
                [standing(m.way, traces[m.slug].get(row.id), due=m.due) for m in modules],
            )
            for row in members
        ],
        total,
    )


def _module(
    module: Module,
    way: Sequence[Leaf],
    here: Mapping[int, Traces],
    total: int,
    due_at: datetime | None,
) -> ModuleProgress:
    """Where everybody stands with a module, those included who have left nothing on its pages."""
    due = is_due(due_at, clock.now())
    known = [standing(way, each, due=due) for each in here.values()]
    everybody = [*known, *[standing(way, None, due=due)] * (total - len(known))]
    return ModuleProgress(
        module.position,
        module.slug,
        module.title,
        tuple(way),
        due_at,
        due,
        Counter(each.state for each in everybody),
        sum(each.overdue for each in everybody),
        passed_over(way, here.values()),
    )


def first_answers(cohort: Cohort) -> list[FirstAnswers]:
    """What people answered first to each question of a cohort's pages. Two queries."""
    given: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    rows = db.session.execute(
        select(Answer.module, Answer.page, Answer.asked, Answer.chosen, func.count())
        .where(Answer.enrolment_id.in_(active_in(cohort)))
        .where(Answer.attempt == 1, Answer.is_right.is_not(None))
        .group_by(Answer.module, Answer.page, Answer.asked, Answer.chosen)
    )
    for module, page, asked, chosen, count in rows:
        given[module, page, asked][chosen] += count
    pages = db.session.execute(
        select(Module.title, Module.slug, Page, PageText.questions)
        .join(Page, Page.module_id == Module.id)
        .join(PageText, PageText.page_id == Page.id)
        .where(Module.version_id == cohort.content_version_id)
        .options(defer(Page.source))
        .order_by(Module.position, Page.position)
    )
    return [
        _first(title, page, slug, question, given[slug, page.slug, question.asked])
        for title, slug, page, kept in pages
        for question in map(question_of, kept)
        if question.kind != "reflection"
    ]


def _first(
    title: str, page: Page, slug: str, question: Question, given: Counter[str]
) -> FirstAnswers:
    people = given.total()
    options: list[Option | None] = list(question.options)
    if question.kind == "ordering":
        right = sum(n for chosen, n in given.items() if is_right(question, chosen.split()))
        options, numbers = [None, None], [right, people - right]
    else:
        numbers = [
            sum(n for chosen, n in given.items() if option.key in chosen.split())
            for option in question.options
        ]
    several = question.kind == "multiple"
    shown = shown_of_any(numbers, people) if several else shown_of_one(numbers)
    enough = people >= FEWEST
    return FirstAnswers(
        title,
        page,
        slug,
        question,
        people if enough else None,
        list(zip(options, shown, strict=True)) if enough else [],
    )


def _outline(cohort: Cohort) -> list[tuple[Module, list[Leaf]]]:
    """The modules of a cohort's version with the pages on their way. One query."""
    rows = db.session.execute(
        select(Module, Page.slug, Page.title, Page.checks, Page.advice)
        .join(Page, Page.module_id == Module.id)
        .where(Module.version_id == cohort.content_version_id, Page.stands_in.is_(False))
        .order_by(Module.position, Page.position)
    )
    found: dict[int, tuple[Module, list[Leaf]]] = {}
    for module, slug, title, checks, advice in rows:
        leaves = found.setdefault(module.id, (module, []))[1]
        leaves.append(Leaf(module.slug, slug, title, checks, advice))
    return list(found.values())


def _members(cohort: Cohort, page: int) -> Sequence[Any]:
    """One page of those who learn now, by name, each with how many they are. One query."""
    return db.session.execute(
        select(Enrolment.id, Account.name, func.count().over().label("total"))
        .join(Enrolment.advocate)
        .where(Enrolment.id.in_(active_in(cohort)))
        .order_by(Account.name, Enrolment.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()


def _traces(cohort: Cohort) -> dict[str, dict[int, Traces]]:
    """What the people of a cohort have left on its pages, by module and enrolment. Two queries."""
    said: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for module, enrolment, page, how in db.session.execute(
        select(Module.slug, PageRead.enrolment_id, Page.slug, PageRead.how)
        .join(Page, Page.id == PageRead.page_id)
        .join(Module, Module.id == Page.module_id)
        .where(PageRead.enrolment_id.in_(active_in(cohort)))
    ):
        said[module, enrolment][page] = how
    asked: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for module, enrolment, page, what in db.session.execute(
        select(Answer.module, Answer.enrolment_id, Answer.page, Answer.asked)
        .where(Answer.enrolment_id.in_(active_in(cohort)), Answer.is_right.is_not(None))
        .distinct()
    ):
        asked[module, enrolment][page].add(what)
    found: dict[str, dict[int, Traces]] = defaultdict(dict)
    for module, enrolment in said.keys() | asked.keys():
        key = module, enrolment
        found[module][enrolment] = Traces(said.get(key, {}), asked.get(key, {}))
    return found
