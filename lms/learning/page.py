"""All that stands on a page as one reader sees it. It decides nothing about who may."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lms.catalogue.models import Page
from lms.learning import checks, own_notes, queries
from lms.learning.checks import Asked
from lms.learning.models import Answer
from lms.learning.parts import (
    Piece,
    not_reviewed_by,
    parts_of,
    pieces,
    signed_off,
    with_whole_addresses,
    without_pictures,
)
from lms.learning.queries import Opened, Reader, StandsFor
from lms.learning.rules import Stop
from lms.markup_blocks import NATIONS
from lms.markup_nations import differs_by_nation, opened_for
from lms.markup_questions import Question, question_of
from lms.texts.advice import about, is_grave


@dataclass(frozen=True)
class Settings:
    """How somebody reads.

    nation    key of the nation whose parts are open; empty for all
    open_all  whether all are open on this page alone
    warned    whether they asked for a page after its advice
    here      the address to come back to
    """

    nation: str
    hide_pictures: bool = False
    open_all: bool = False
    warned: bool = False
    here: str = "/learn/"

    @property
    def nations(self) -> dict[str, tuple[str, str]]:
        """What there is to choose from: code and name, by key."""
        return NATIONS

    @property
    def nation_name(self) -> str:
        """The nation's name; empty for all."""
        return NATIONS[self.nation][1] if self.nation else ""


def shown(
    reader: Reader,
    module: str,
    page: str,
    chosen: Settings,
    *,
    again: str = "",
    refused: Asked | None = None,
) -> dict[str, Any]:
    """What the template of a page takes. Raises NotFound. Three queries.

    again    key of a question that is to be answered once more
    refused  a question whose answer needs putting right
    """
    opened, way, stands_for = queries.page_on_its_way(reader, module, page)
    asked = _asked(reader, opened, again)
    found, html = opened.page, opened.html
    if refused is not None:
        asked[refused.question.key] = refused
        chosen = replace(chosen, warned=True)
        html = with_whole_addresses(html, f"/learn/{module}/{page}")
    held_back = is_grave(found.advice) and not chosen.warned
    notes, html = own_notes.on_page(reader, opened, _opened(html, chosen))
    return {
        "page": found,
        "module": opened.module,
        "reader": reader,
        "way": way,
        "here": _place(way, stands_for, found),
        "stands_for": stands_for,
        "held_back": held_back,
        "pieces": [] if held_back else _pieces(html, asked, chosen),
        "notes": notes,
        "parts": [] if held_back else parts_of(opened.html),
        "questions": [each for each in asked.values() if each.question.counts],
        "chosen": chosen,
        "differs": differs_by_nation(opened.html) and not held_back,
        **_about(found, chosen),
    }


def _about(page: Page, chosen: Settings) -> dict[str, Any]:
    """What is said of a page before it begins."""
    return {
        "topics": about(page.advice),
        "holds_in": _holds_in(page, chosen.nation),
        "signed": signed_off(page.reviewers),
        "missing": not_reviewed_by(page.reviewers),
    }


def _asked(reader: Reader, opened: Opened, again: str) -> dict[str, Asked]:
    questions = [question_of(each) for each in opened.questions]
    if reader.enrolment is None:
        return {each.key: checks.laid_open(each) for each in questions}
    page = opened.page.slug
    kept = queries.answers_on(reader, opened.module.slug, page) if questions else {}
    return {
        each.key: _stands(each, kept.get(each.asked), once_more=each.key == again)
        for each in questions
    }


def _stands(question: Question, kept: Answer | None, *, once_more: bool) -> Asked:
    if question.kind == "reflection":
        return checks.reflected(question, kept.text if kept else "")
    if kept is None or once_more:
        return checks.unanswered(question)
    return checks.answered(question, kept.chosen.split())


def _opened(html: str, chosen: Settings) -> str:
    return opened_for(chosen.nation, html) if chosen.nation and not chosen.open_all else html


def _pieces(html: str, asked: dict[str, Asked], chosen: Settings) -> list[Piece]:
    if chosen.hide_pictures:
        html = without_pictures(html)
    return list(pieces(html, asked))


def _place(way: Sequence[Stop], stands_for: StandsFor | None, page: Page) -> int:
    """Where a page stands on its way, or the one that it stands in for; else the beginning."""
    sought = stands_for.stop.page if stands_for else page.slug
    return next((i for i, stop in enumerate(way) if stop.page == sought), 0)


def _holds_in(page: Page, nation: str) -> str:
    """Where a page holds, when that is not in the nation its reader chose."""
    if not nation or nation in page.nations:
        return ""
    return " and ".join(NATIONS[each][1] for each in page.nations)
