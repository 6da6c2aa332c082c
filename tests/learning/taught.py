"""A small module with every kind of question, a picture, and advice of each severity."""

from pathlib import Path

from lms.cohorts.models import Enrolment
from lms.db import unit_of_work
from lms.learning import operations, queries
from lms.markup_questions import question_of
from tests.catalogue.folder import a_folder, change
from tests.factories import actor_of

FIRST = "modules/01-first/01-beginning.md"
SECOND = "modules/01-first/02-end.md"
PAGE = "/learn/first/beginning"
GRAVE = "/learn/first/end"
OTHER = "/learn/first/gently"
QUESTIONS = """
/// question | first-decision
    kind: single

Which decision comes **first**?

- [x] Reasonable grounds
    WHY-IT-IS: it is the first of the two.
- [ ] Conclusive grounds
    WHY-IT-IS-NOT: that is the second.
- [ ] A judge's
    WHY-NO-JUDGE: no court takes part.
///

/// question | who-may
    kind: multiple

Who may refer somebody?

- [x] The police
    They are a first responder.
- [ ] Any advocate
    An advocate asks one who may.
- [x] A local authority
    So is a local authority.
///

/// question | in-order
    kind: ordering

Put these in order.

1. You listen
    Nothing comes before it.
2. They decide
    Consent comes before a referral.
3. A form is sent
    The referral itself.
4. A decision comes
    At the end.
///

/// question | for-me
    kind: reflection

What would you find hard?
///

/// figure | path.svg
    alt: Two paths beside each other
    source: Drawn for a test.

How two people walk.
///
"""
ADVICE = """
content_advice:
  topics: [violence, threats, coercive-control]
  severity: {severity}
  note: One paragraph tells of a threat. Nothing later depends on it.
  alternative: gently
  counts: [{counts}]
"""
GENTLY = """\
---
title: The same, gently
minutes: 5
outcomes: []
law_as_at: 2026-04-07
review_by: 2027-01-31
---

What you need of it, without the account.

/// details | More about it
Folded away.
///

/// sensitive | An account
Kept shut.
///
"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 120">'
    '<path d="M20 100C100 100 100 20 300 20" fill="none" stroke="black"/></svg>'
)


def a_taught_folder(home: Path, severity: str = "high", counts: str = "alternative, pause") -> Path:
    """The small folder, its first page with questions, its second with advice."""
    folder = a_folder(home)
    for name, text in (
        ("modules/01-first/files/path.svg", DRAWING),
        ("modules/01-first/alternatives/gently.md", GENTLY),
    ):
        path = folder / name
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    first = folder / FIRST
    first.write_text(first.read_text(encoding="utf-8") + QUESTIONS, encoding="utf-8")
    said = ADVICE.format(severity=severity, counts=counts)
    change(folder, SECOND, "review_by: 2027-01-31\n", f"review_by: 2027-01-31{said}")
    return folder


def answer_page(enrolment: Enrolment, module: str, page: str) -> None:
    """Answer rightly whatever a page asks and lets count."""
    reader = queries.Reader(enrolment.cohort.content_version_id, enrolment)
    opened = queries.page_for(reader, module, page)
    with unit_of_work():
        for question in map(question_of, opened.questions):
            right = [option.key for option in question.options if option.right]
            if question.counts:
                me = actor_of(enrolment.advocate)
                operations.answer(enrolment, opened.page, question, right, actor=me)
