"""What stands on an advocate's first page. Questions only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms import clock
from lms.accreditation.queries import standings_of
from lms.accreditation.rules import Terms
from lms.assessment.due import Due, due_for
from lms.assessment.rules import closes_at
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import enrolments_of
from lms.cohorts.rules import Kind, State
from lms.learning.queries import ModuleWay, Reader, programme_way, reader_among
from lms.learning.rules import Stop, next_stop
from lms.marking.queries import Result, results_of

# Work that is due within this time comes before reading.
_SOON = timedelta(days=7)


@dataclass(frozen=True)
class AdvocateFront:
    """An advocate's first page.

    offered   a place that waits to be accepted
    way       the programme map; empty before the intake starts
    carry_on  where to read on; None when all is read
    due       everything set for the advocate; empty for somebody who only attends
    hand_in   what to hand in next, while it is accepted
    presses   whether handing in comes before reading: soon due, late, or a further attempt
    results   released marks, by submission
    """

    offered: Enrolment | None
    reader: Reader | None
    opens_later: bool
    way: list[ModuleWay]
    carry_on: Stop | None
    due: list[Due]
    hand_in: Due | None
    presses: bool
    results: dict[int, Result]
    standing: Terms | None

    @property
    def dates(self) -> list[tuple[date, Due]]:
        """Deadlines that lie ahead, by their London day, the nearest first."""
        ahead = [each for each in self.due if each.due_at > clock.now()]
        return [
            (clock.day_of(each.due_at), each) for each in sorted(ahead, key=lambda one: one.due_at)
        ]


def advocate_front(person_id: int, today: date) -> AdvocateFront:
    """Everything on an advocate's first page. Five queries, whatever the number of modules."""
    places = enrolments_of(person_id, with_rulebooks=True)
    offered = next((each for each, state in places if state is State.OFFERED), None)
    reader = reader_among(places)
    opens_later = reader is not None and reader.opens_on is not None and today < reader.opens_on
    way = programme_way(reader) if reader and not opens_later else []
    due = _set_for(reader)
    hand_in = _next_to_hand_in(due, clock.now())
    return AdvocateFront(
        offered,
        reader,
        opens_later,
        way,
        next_stop([stop for module in way for stop in module.way]),
        due,
        hand_in,
        hand_in is not None and _presses(hand_in, clock.now()),
        _results(due),
        standings_of([person_id], today).get(person_id),
    )


def _set_for(reader: Reader | None) -> list[Due]:
    if reader is None or reader.enrolment is None or reader.enrolment.kind != Kind.ASSESSED:
        return []
    return due_for(reader.enrolment)


def _results(due: list[Due]) -> dict[int, Result]:
    return results_of([each.submission.id for each in due if each.submission])


def _next_to_hand_in(due: list[Due], now: datetime) -> Due | None:
    missing = [each for each in due if each.submission is None and _is_accepted(each, now)]
    return min(missing, key=lambda each: each.due_at, default=None)


def _is_accepted(each: Due, now: datetime) -> bool:
    return now <= each.due_at or now <= closes_at(each.due_at, each.assessment.cohort.regulations)


def _presses(each: Due, now: datetime) -> bool:
    return each.attempt > 1 or each.due_at - now <= _SOON
