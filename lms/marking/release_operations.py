"""Releasing marks as provisional, and confirming them after a board."""

from typing import Any

from lms import outbox
from lms.access import gate
from lms.access.actor import Actor
from lms.access.conditions import Chaired
from lms.access.permissions import Permission as P
from lms.assessment.models import Assessment, Submission
from lms.assessment.rules import days_late
from lms.audit.trail import Event, record
from lms.catalogue.queries import rubric_of
from lms.db import lock
from lms.errors import RuleBroken
from lms.marking import events, queries, rules
from lms.marking.events import What
from lms.marking.rules import Worked
from lms.marking.stream import append


def release(assessment: Assessment, *, actor: Actor) -> int:
    """Release every reconciled mark of an assessment as provisional, with its comments.

    returns  how many were released

    Raises RuleBroken naming the candidates whose marks are not reconciled.
    """
    gate.require(actor, P.RELEASE_MARKS)
    lock(assessment)
    scripts = queries.scripts_of(assessment)
    _check_releasable(scripts)
    ready = [s for s in scripts if s.marking.progress is events.Progress.RECONCILED]
    for script in ready:
        worked = _worked(script.submission)
        event = append(script.submission, What.RELEASED, actor, facts=_as_facts(worked))
        record(actor, Event.MARK_RELEASED, script.submission.ref, mark=event.ref)
        outbox.send(
            outbox.MessageKind.NEUTRAL, script.submission.enrolment.advocate.ref, key=event.ref
        )
    return len(ready)


def confirm_mark(submission: Submission, warrant: Chaired, *, authority: str, actor: Actor) -> None:
    """Note that a board confirmed a mark; nothing follows it in the script's stream.

    warrant    the meeting of the board
    authority  reference of its decision on this person
    """
    gate.require(actor, P.RATIFY_RESULTS, warrant)
    lock(submission)
    event = append(submission, What.CONFIRMED, actor, facts={"decision": authority})
    record(actor, Event.MARK_CONFIRMED, submission.ref, mark=event.ref, by=authority)


def _check_releasable(scripts: list[queries.Script]) -> None:
    done = {events.Progress.RECONCILED, events.Progress.RELEASED, events.Progress.CONFIRMED}
    missing = [s for s in scripts if s.marking.progress not in done]
    if missing:
        raise RuleBroken(
            "Nothing was released: some marks are not reconciled.",
            missing=[f"Candidate {script.number}" for script in missing],
        )
    if all(s.marking.progress is not events.Progress.RECONCILED for s in scripts):
        raise RuleBroken("There is no reconciled mark to release.")


def _worked(submission: Submission) -> Worked:
    reconciled = queries.reconciled_mark(submission)
    rubric = rubric_of(submission.assessment.brief_id)
    regulations = submission.enrolment.cohort.regulations
    late = days_late(submission.due_at, submission.received_at, regulations)
    criteria = rules.weighed(rubric, reconciled.marks)
    return rules.worked(criteria, late, submission.attempt, regulations)


def _as_facts(worked: Worked) -> dict[str, Any]:
    lines = [{"said": line.said, "sum": line.sum, "source": line.source} for line in worked.lines]
    return {"raw": str(worked.raw), "mark": str(worked.mark), "lines": lines}
