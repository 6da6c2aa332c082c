"""Which versions somebody was taught: those stay open to them for ever."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from lms import clock
from lms.catalogue.models import ContentVersion
from lms.catalogue.queries import version_numbered
from lms.cohorts.models import Cohort, Enrolment, EnrolmentEvent
from lms.cohorts.queries import enrolments_of, events_of, moves_of
from lms.cohorts.rules import ACTIVE

Spell = tuple[datetime, datetime | None]  # from, and until; None goes on


def versions_taught(advocate_id: int) -> list[tuple[ContentVersion, Enrolment]]:
    """The versions that somebody was taught, in which place; the last first."""
    found: dict[int, Enrolment] = {}
    for enrolment, _ in enrolments_of(advocate_id):
        cohort = enrolment.cohort
        opens = clock.start_of(cohort.intake.starts_on)
        learned = list(spells(events_of(enrolment)))
        for version_id, spell in reversed(list(_taught_in(cohort))):
            if any(_meet(spell, each, opens) for each in learned):
                found.setdefault(version_id, enrolment)
    return [(version_numbered(key), enrolment) for key, enrolment in found.items()]


def spells(events: Sequence[EnrolmentEvent]) -> Iterator[Spell]:
    """When somebody learned in a place, from its events in order."""
    since: datetime | None = None
    for event in events:
        active = event.state in ACTIVE
        if active and since is None:
            since = event.changed_at
        elif not active and since is not None:
            yield since, event.changed_at
            since = None
    if since is not None:
        yield since, None


def _taught_in(cohort: Cohort) -> Iterator[tuple[int, Spell]]:
    """Each version a cohort was taught, and when, in order."""
    version_id = cohort.began_with_id
    since = cohort.intake.opened_at
    for move in moves_of(cohort):
        yield version_id, (since, move.moved_at)
        version_id, since = move.version_id, move.moved_at
    yield version_id, (since, None)


def _meet(one: Spell, other: Spell, opens: datetime) -> bool:
    begins = max(one[0], other[0], opens)
    now = clock.now()
    return begins <= now and all(end is None or begins < end for end in (one[1], other[1]))
