"""Reporting a problem with a page, and answering."""

from dataclasses import dataclass

from lms import clock, outbox, refs
from lms.access import gate
from lms.access.actor import PUBLIC, Actor
from lms.access.permissions import Permission as P
from lms.audit.trail import Event, record
from lms.catalogue.models import Page
from lms.cohorts.models import Enrolment
from lms.db import db, lock
from lms.errors import Conflict
from lms.reports import queries
from lms.reports.models import ProblemReport
from lms.reports.rules import Kind, check_room


@dataclass(frozen=True)
class Problem:
    """What is wrong with a page.

    token  of the form: the same form sent twice reports once
    """

    token: str
    kind: Kind
    words: str


def report_problem(
    enrolment: Enrolment, page: Page, problem: Problem, *, actor: Actor
) -> ProblemReport:
    """Say what is wrong with a page of one's own version. The same form again is the same report.

    The trail names the report and the page, not the reader: it is read by many. Raises RuleBroken
    where too many of theirs wait for an answer.
    """
    gate.require(actor, P.REPORT_PROBLEM, enrolment)
    lock(enrolment)
    again = queries.report_with(problem.token)
    if again is not None and again.advocate_id == enrolment.advocate_id:
        return again
    check_room(queries.waiting_of(enrolment.advocate_id))
    report = ProblemReport(
        ref=refs.new("PRB"),
        page_id=page.id,
        version_id=enrolment.cohort.content_version_id,
        advocate_id=enrolment.advocate_id,
        token=problem.token,
        kind=problem.kind,
        words=problem.words,
        reported_at=clock.now(),
        answer="",
    )
    db.session.add(report)
    # Those who answer read the trail as well: who reported stands in the report, and nowhere else.
    record(PUBLIC, Event.PROBLEM_REPORTED, report.ref, kind=problem.kind)
    return report


def answer_problem(report: ProblemReport, words: str, *, actor: Actor) -> None:
    """Answer a report; its reader gets a message that says only to sign in.

    Raises Conflict when it was answered already.
    """
    gate.require(actor, P.ANSWER_REPORTS)
    lock(report)
    if report.answered_at is not None:
        raise Conflict("This was answered already. Nothing was changed.")
    report.answer, report.answered_by_id = words, actor.person_id
    report.answered_at = clock.now()
    outbox.send(outbox.MessageKind.NEUTRAL, report.advocate.ref, key=report.ref)
    record(actor, Event.PROBLEM_ANSWERED, report.ref)
