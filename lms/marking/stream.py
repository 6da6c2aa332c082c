"""Adding to a script's stream of events: the only place where one is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms import clock, refs
from lms.access.actor import Actor
from lms.assessment.models import Submission
from lms.catalogue.queries import rubric_of
from lms.db import db
from lms.marking import events, queries, rules
from lms.marking.events import What
from lms.marking.models import Claim, CriterionMark, MarkComment, MarkEvent


@dataclass(frozen=True)
class Marks:
    """What a marker says: points by criterion key, comments by what they are about."""

    points: Mapping[str, int]
    comments: Mapping[str, str]


def append(
    submission: Submission,
    what: What,
    actor: Actor,
    marks: Marks | None = None,
    *,
    claim: Claim | None = None,
    facts: dict[str, Any] | None = None,
) -> MarkEvent:
    """Add the next event to a script's stream, with its marks and comments.

    claim  for a mark that is given
    facts  for a release: raw, mark, lines

    Raises Conflict for what has happened already, RuleBroken for what comes too early, or while a
    criterion has no mark or no comment.
    """
    happened = queries.events_of(submission.id)
    events.check_follows(events.fold(happened), what, actor.person_id)
    event = MarkEvent(
        ref=refs.new("MRK"),
        submission_id=submission.id,
        seq=happened[-1].seq + 1 if happened else 1,
        what=what,
        by_id=actor.person_id,
        claim_id=claim.id if claim else None,
        facts=facts or {},
        at=clock.now(),
    )
    db.session.add(event)
    db.session.flush()
    if marks is not None:
        _write_down(event, submission, marks)
    return event


def _write_down(event: MarkEvent, submission: Submission, marks: Marks) -> None:
    rubric = rubric_of(submission.assessment.brief_id)
    rules.check_complete(marks.points, marks.comments, [each.key for each in rubric])
    db.session.add_all(
        CriterionMark(event_id=event.id, criterion_id=each.id, points=marks.points[each.key])
        for each in rubric
    )
    db.session.add_all(
        MarkComment(event_id=event.id, about=about, text=text)
        for about, text in marks.comments.items()
        if text
    )
