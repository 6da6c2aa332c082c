"""What readers do. It is theirs alone: nothing of it enters the trail."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from lms import clock
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.catalogue.models import Module, Page
from lms.cohorts.models import Enrolment
from lms.db import db, lock
from lms.errors import NotFound, RuleBroken
from lms.learning.checks import is_right
from lms.learning.models import Answer, PageRead
from lms.learning.reads import reads_like
from lms.learning.rules import LATEST_KEPT, How, counts
from lms.markup_questions import Question


def mark_read(enrolment: Enrolment, page: Page, how: How = How.READ, *, actor: Actor) -> None:
    """Note the advocate's own word that they have met with a page; a second time changes nothing.

    Reading takes the place of another way, and of what was said of the page in another version.
    Raises NotFound for a way that its author doesn't let count, and for a page that only stands
    in for another.
    """
    gate.require(actor, P.LEARN, enrolment)
    if page.stands_in or not counts(how, page.advice):
        raise NotFound
    lock(enrolment)  # pressed in two tabs at once, it is said once
    before = reads_like(enrolment.id, page)
    same = [each.page_id for each in before] == [page.id]
    if same and (how is not How.READ or before[0].how == How.READ):
        return
    for each in before:
        db.session.delete(each)
    db.session.flush()
    said = PageRead(enrolment_id=enrolment.id, page_id=page.id, how=how, read_at=clock.now())
    db.session.add(said)


def take_back(enrolment: Enrolment, page: Page, *, actor: Actor) -> None:
    """Take that word back, in whatever version it was said."""
    gate.require(actor, P.LEARN, enrolment)
    lock(enrolment)
    for each in reads_like(enrolment.id, page):
        db.session.delete(each)


def answer(
    enrolment: Enrolment, page: Page, question: Question, chosen: Sequence[str], *, actor: Actor
) -> None:
    """Keep an answer to a question on a page, beside those that went before.

    Of many, the first and the latest few are kept: these are what is read again.
    """
    gate.require(actor, P.LEARN, enrolment)
    lock(enrolment)
    before = db.session.scalar(
        select(func.max(Answer.attempt)).where(
            Answer.enrolment_id == enrolment.id,
            Answer.module == page.module.slug,
            Answer.page == page.slug,
            Answer.asked == question.asked,
        )
    )
    given = _answer(enrolment, page, page.module, question)
    given.attempt = (before or 0) + 1
    _let_go(given)
    given.chosen = " ".join(chosen)
    given.is_right = is_right(question, chosen)
    db.session.add(given)


def _let_go(given: Answer) -> None:
    """Erase what went before this answer, beyond what is kept. It is no fact, nor ever a mark."""
    db.session.execute(
        delete(Answer).where(
            Answer.enrolment_id == given.enrolment_id,
            Answer.module == given.module,
            Answer.page == given.page,
            Answer.asked == given.asked,
            Answer.attempt > 1,
            Answer.attempt <= given.attempt - LATEST_KEPT,
        )
    )


def reflect(
    enrolment: Enrolment, page: Page, question: Question, text: str, *, actor: Actor
) -> None:
    """Keep what an advocate wrote for themselves instead of what stood there; with no text it goes.

    Raises RuleBroken when there is neither.
    """
    gate.require(actor, P.LEARN, enrolment)
    lock(enrolment)
    kept = db.session.scalar(
        select(Answer).where(
            Answer.enrolment_id == enrolment.id,
            Answer.module == page.module.slug,
            Answer.page == page.slug,
            Answer.asked == question.asked,
        )
    )
    if kept is None and not text:
        raise RuleBroken("Write a line first, or read on: nothing waits for it.")
    if kept is None:
        kept = _answer(enrolment, page, page.module, question)
        db.session.add(kept)
    if text:
        kept.text, kept.answered_at = text, clock.now()
    else:
        db.session.delete(kept)


def _answer(enrolment: Enrolment, page: Page, module: Module, question: Question) -> Answer:
    return Answer(
        enrolment_id=enrolment.id,
        module=module.slug,
        page=page.slug,
        question=question.key,
        asked=question.asked,
        attempt=1,
        chosen="",
        text="",
        is_right=None,
        page_id=page.id,
        answered_at=clock.now(),
    )
