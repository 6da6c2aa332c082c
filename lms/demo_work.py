"""The work of the demonstration's intakes: handed in, marked, decided, accredited."""

import io
from datetime import date, datetime, time, timedelta

import click

from lms import clock, refs, storage
from lms.access.actor import Actor
from lms.accounts import queries as people
from lms.accreditation import operations as register, queries as entries
from lms.accreditation.models import Entry
from lms.accreditation.rules import Kind, Reason, Standing, Terms
from lms.accrediting import operations as accrediting
from lms.accrediting.operations import Proposed
from lms.assessment import operations as assessments
from lms.assessment.models import Assessment
from lms.assessment.operations import Work
from lms.board import operations as board
from lms.board.models import Meeting
from lms.catalogue import queries as catalogue
from lms.cohorts import queries as enrolments
from lms.demo_people import advocates
from lms.demo_story import Beginning, Intake, on
from lms.demo_texts import FEEDBACK, OVERALL, REASON, essay
from lms.documents import Kind as FileKind
from lms.learning import operations as learning, queries as reading
from lms.marking import operations as marking, queries as marks, release_operations
from lms.marking.models import Claim
from lms.marking.rules import Stage
from lms.marking.stream import Marks

_DUE = time(17, 0)
_SCOPE = "Independent advocacy with adult survivors of modern slavery"


def set_work(start: Beginning, intake: Intake, set_on: date, due: list[date]) -> list[Assessment]:
    """Set each module's assessment with its deadline, and allocate markers."""
    staff = start.staff
    briefs = catalogue.briefs_of(intake.cohort.content_version_id)
    with on(set_on):
        found = []
        for brief, day in zip(briefs, due, strict=True):
            due_at = datetime.combine(day, _DUE, clock.LONDON)
            one = assessments.set_assessment(intake.cohort, brief, due_at, actor=staff["registrar"])
            for local, stage in (("tutor", Stage.FIRST), ("tutor2", Stage.SECOND)):
                marker = people.account(staff[local].ref)
                marking.allocate(one, marker, stage, actor=staff["registrar"])
            found.append(one)
    return found


def hand_in(intake: Intake, assessment: Assessment, day: date, who: range) -> None:
    """Hand in for these people; one of them a day late, for the sake of the rule."""
    for number in who:
        late = number == 7
        with on(day + timedelta(days=1) if late else day - timedelta(days=number % 3), time(11, 5)):
            actor = intake.people[number]
            place = enrolments.enrolled_in(intake.cohort, [actor.person_id])[actor.person_id]
            text = essay(number).encode()
            work = Work(
                token=refs.token(),
                kind=FileKind.TEXT,
                file=storage.put(io.BytesIO(text)),
                file_name="text.md",
                received_at=clock.now(),
            )
            assessments.submit_work(place, assessment, work, actor=actor)


def mark(start: Beginning, intake: Intake, assessment: Assessment, day: date) -> None:
    """First and second mark, reconciled and released as provisional."""
    first, second = start.staff["tutor"], start.staff["tutor2"]
    for actor, stage, after in ((first, Stage.FIRST, 0), (second, Stage.SECOND, 3)):
        with on(day + timedelta(days=after)):
            for number in range(len(intake.people)):
                claim = marking.take_next(assessment, stage, actor=actor)
                marking.give_mark(claim, _marks(claim, number, stage), actor=actor)
    with on(day + timedelta(days=8)):
        for script in marks.scripts_of(assessment):
            given = marks.given_marks(script.submission)[0]
            said = Marks(given.marks, {**given.comments, "reason": REASON})
            proposal = marking.propose(script.submission, said, actor=first)
            marking.agree(script.submission, proposal.ref, actor=second)
    with on(day + timedelta(days=12)):
        release_operations.release(assessment, actor=start.staff["registrar"])
    click.echo(f"intake of {intake.cohort.intake.year}: {assessment.brief.title} is marked")


def convene(start: Beginning, intake: Intake, day: date, held_on: date) -> Meeting:
    """Convene the board of an intake."""
    staff = start.staff
    seats = {
        local: people.account(staff[local].ref) for local in ("chair", "moderator", "external")
    }
    with on(day):
        return board.convene(
            intake.cohort,
            held_on,
            seats["chair"],
            [seats["moderator"]],
            [seats["external"]],
            actor=staff["registrar"],
        )


def decide(start: Beginning, meeting: Meeting) -> None:
    """Record who is there, and ratify."""
    staff = start.staff
    present = [staff[local].person_id for local in ("chair", "moderator", "external")]
    with on(meeting.held_on):
        board.record_presence(meeting, present, actor=staff["registrar"])
    with on(meeting.held_on, time(15, 0)):
        board.ratify(meeting, None, actor=staff["chair"])


def accredit(start: Beginning, intake: Intake, day: date) -> None:
    """Accredit all but one, whose proposal waits; one with conditions, one suspended later."""
    until = date(day.year + 3, day.month, day.day) - timedelta(days=1)
    for number, actor in enumerate(intake.people):
        terms = Terms(Standing.ACCREDITED, day, until, _SCOPE)
        if number == 4:
            condition = "Practice is signed by a named supervisor at least every two weeks."
            terms = Terms(Standing.ACCREDITED_WITH_CONDITIONS, day, until, _SCOPE, (condition,))
        _two_decide(start, actor, terms, day, confirm=number != 23)
    review = day + timedelta(days=200)
    _two_decide(
        start,
        intake.people[9],
        Terms(Standing.SUSPENDED, day + timedelta(days=60), review),
        day + timedelta(days=60),
    )
    click.echo(f"intake of {intake.cohort.intake.year}: accredited")


def check_somebody(start: Beginning, intake: Intake, day: date) -> None:
    """An employer looks two people up."""
    for number, reason in ((0, Reason.OFFER), (4, Reason.REGULAR)):
        entry = _entry(intake.people[number])
        proofs = register.Proofs(entry.number, advocates(2)[number].born_on)
        with on(day + timedelta(days=number)):
            register.check(start.organisations[0], proofs, reason, actor=start.staff["coordinator"])


def read_pages(intake: Intake, day: date) -> None:
    """Advocates in their first term have read some pages: some more, some none."""
    for number, actor in enumerate(intake.people):
        place = enrolments.enrolled_in(intake.cohort, [actor.person_id])[actor.person_id]
        reader = reading.Reader(intake.cohort.content_version_id, place)
        stops = [(m.module.slug, s) for m in reading.programme_way(reader) for s in m.way]
        with on(day):
            for module, stop in stops[: number * 5 % 9 if number else 3]:
                page, _ = reading.page_for(reader, module, stop.page)
                learning.mark_read(place, page, actor=actor)


def _entry(person: Actor) -> Entry:
    return entries.entries_of([person.person_id])[person.person_id]


def _two_decide(
    start: Beginning, person: Actor, terms: Terms, day: date, *, confirm: bool = True
) -> None:
    entry = _entry(person)
    said = "The evidence is complete; see the board’s decision."
    with on(day):
        proposal = accrediting.propose(
            entry, Proposed(Kind.STANDING, terms, said), actor=start.staff["accreditor"]
        )
    if confirm:
        with on(day, time(14, 30)):
            accrediting.confirm(proposal, actor=start.staff["accreditor2"])


def _marks(claim: Claim, number: int, stage: Stage) -> Marks:
    low = 44 if number == 11 else 54
    base = low + number * 7 % 24 + (2 if stage is Stage.SECOND else 0)
    rubric = marks.desk_rubric(claim)
    points = {each.key: min(base + place * 2, 78) for place, each in enumerate(rubric)}
    comments = {each.key: FEEDBACK[min((80 - points[each.key]) // 10, 3)] for each in rubric}
    return Marks(points, {**comments, "overall": OVERALL})
