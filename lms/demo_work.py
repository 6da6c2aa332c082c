"""The work of the demonstration's intakes: handed in, marked, decided, accredited."""

import io
from collections.abc import Generator, Iterator, Mapping
from datetime import date, datetime, time, timedelta

import click

from lms import clock, refs, storage
from lms.access.actor import Actor
from lms.accounts import queries as people
from lms.accreditation import operations as register, queries as entries
from lms.accreditation.models import Entry
from lms.accreditation.rules import Kind, Reason, Standing, Terms
from lms.accrediting import operations as accrediting
from lms.accrediting.models import Proposal
from lms.accrediting.operations import Proposed
from lms.assessment import operations as assessments
from lms.assessment.models import Assessment, Submission
from lms.assessment.operations import Work
from lms.board import operations as board
from lms.board.models import Meeting
from lms.catalogue import queries as catalogue
from lms.cohorts import operations as cohorts, queries as enrolments
from lms.db import db, unit_of_work
from lms.demo_people import PEOPLE, advocates
from lms.demo_story import Beginning, Intake, at
from lms.demo_texts import FEEDBACK, OVERALL, REASON, essay
from lms.documents import Kind as FileKind
from lms.learning import operations as learning, queries as reading
from lms.marking import operations as marking, queries as marks, release_operations
from lms.marking.models import Allocation, Claim
from lms.marking.rules import Stage
from lms.marking.stream import Marks
from lms.markup_questions import Question, question_of

BOARD = ("chair", "moderator", "tutor", "tutor2", "external")
_DUE = time(17, 0)
# Whom, by which organisation, and why.
_CHECKS = ((0, 0, Reason.OFFER), (4, 0, Reason.REGULAR), (0, 1, Reason.OFFER))
_MOVED = "The page on identification says now what the Regulations of 2022 added."
_SCOPE = "Independent advocacy with adult survivors of modern slavery"


def set_work(
    start: Beginning, intake: Intake, set_on: date, due: list[date]
) -> Generator[datetime, None, list[Assessment]]:
    """Set each module's assessment with its deadline.

    due  for each in turn
    """
    registrar = start.staff["registrar"]
    briefs = catalogue.briefs_of(intake.cohort.content_version_id)
    yield at(set_on)
    with unit_of_work():
        return [
            assessments.set_assessment(intake.cohort, brief, at(day, _DUE), actor=registrar)
            for brief, day in zip(briefs, due, strict=True)
        ]


def hand_in(intake: Intake, assessment: Assessment, day: date, who: range) -> Iterator[datetime]:
    """Hand in for these people; one of them a day late, for the sake of the rule."""
    days = {n: day + timedelta(days=1) if n == 7 else day - timedelta(days=n % 3) for n in who}
    for number in sorted(who, key=lambda each: (days[each], each)):
        yield at(days[number], time(11, 5))
        actor = intake.people[number]
        place = enrolments.enrolled_in(intake.cohort, [actor.person_id])[actor.person_id]
        work = Work(
            token=refs.token(),
            kind=FileKind.TEXT,
            file=storage.put(io.BytesIO(essay(number).encode())),
            file_name="text.md",
            received_at=clock.now(),
        )
        with unit_of_work():
            assessments.submit_work(place, assessment, work, actor=actor)


def mark(start: Beginning, intake: Intake, assessment: Assessment, day: date) -> Iterator[datetime]:
    """First and second mark, reconciled and released as provisional; then the markers are free."""
    first, second = start.staff["tutor"], start.staff["tutor2"]
    registrar = start.staff["registrar"]
    yield at(day)
    allocations = _allocate(start, assessment, "tutor", "tutor2")
    for actor, stage, after in ((first, Stage.FIRST, 0), (second, Stage.SECOND, 3)):
        yield at(day + timedelta(days=after))
        with unit_of_work():
            for _ in intake.people:
                _take_and_mark(intake, assessment, stage, actor)
    yield at(day + timedelta(days=8))
    with unit_of_work():
        for script in marks.scripts_of(assessment):
            given = marks.given_marks(script.submission)[0]
            said = Marks(given.marks, {**given.comments, "reason": REASON})
            proposal = marking.propose(script.submission, said, actor=first)
            marking.agree(script.submission, proposal.ref, actor=second)
    yield at(day + timedelta(days=12))
    with unit_of_work():
        release_operations.release(assessment, actor=registrar)
        for each in allocations:
            marking.end_allocation(each, actor=registrar)
    click.echo(f"intake of {intake.cohort.intake.year}: {assessment.brief.title} is marked")


def begin_marking(
    start: Beginning, intake: Intake, assessment: Assessment, day: date
) -> Iterator[datetime]:
    """Some scripts marked once, fewer twice, and one in the first marker's hands."""
    tutor = start.staff["tutor"]
    yield at(day)
    _allocate(start, assessment, "tutor", "tutor2", "moderator")
    with unit_of_work():
        for _ in range(6):
            _take_and_mark(intake, assessment, Stage.FIRST, tutor)
        claim = marking.take_next(assessment, Stage.FIRST, actor=tutor)
        marking.save_draft(claim, _marks(intake, claim), 0, actor=tutor)
    yield at(day + timedelta(days=1))
    with unit_of_work():
        for local, count in (("tutor2", 4), ("moderator", 2)):
            for _ in range(count):
                _take_and_mark(intake, assessment, Stage.SECOND, start.staff[local])


def convene(
    start: Beginning, intake: Intake, day: date, held_on: date
) -> Generator[datetime, None, Meeting]:
    """Convene the board of an intake: a chair who marked nothing, tutors, an external examiner."""
    chair, *tutors, external = (people.account(start.staff[local].ref) for local in BOARD)
    yield at(day)
    with unit_of_work():
        return board.convene(
            intake.cohort, held_on, chair, tutors, [external], actor=start.staff["registrar"]
        )


def decide(start: Beginning, meeting: Meeting) -> Iterator[datetime]:
    """Record who is there, and ratify."""
    staff = start.staff
    present = [staff[local].person_id for local in BOARD]
    yield at(meeting.held_on)
    with unit_of_work():
        board.record_presence(meeting, present, actor=staff["registrar"])
    yield at(meeting.held_on, time(15, 0))
    with unit_of_work():
        board.ratify(meeting, None, actor=staff["chair"])


def accredit(start: Beginning, intake: Intake, day: date) -> Iterator[datetime]:
    """Accredit all but one, whose proposal waits; one with conditions, one suspended later."""
    until = date(day.year + 3, day.month, day.day) - timedelta(days=1)
    plain = Terms(Standing.ACCREDITED, day, until, _SCOPE)
    conditional = Terms(
        Standing.ACCREDITED_WITH_CONDITIONS,
        day,
        until,
        _SCOPE,
        ("Practice is signed by a named supervisor at least every two weeks.",),
    )
    yield at(day)
    terms = {number: conditional if number == 4 else plain for number in range(PEOPLE)}
    proposals = [_propose(start, intake.people[number], terms[number]) for number in terms]
    yield at(day, time(14, 30))
    for proposal in proposals[:-1]:
        _confirm(start, proposal)
    later = day + timedelta(days=60)
    suspended = Terms(Standing.SUSPENDED, later, day + timedelta(days=200))
    yield at(later)
    proposal = _propose(start, intake.people[9], suspended)
    yield at(later, time(14, 30))
    _confirm(start, proposal)
    click.echo(f"intake of {intake.cohort.intake.year}: accredited")


def check_people(start: Beginning, intake: Intake, day: date) -> Iterator[datetime]:
    """Employers look people up."""
    for number, (who, place, reason) in enumerate(_CHECKS):
        yield at(day + timedelta(days=4 * number))
        proofs = register.Proofs(_entry(intake.people[who]).number, advocates(2)[who].born_on)
        coordinator = start.staff[("coordinator", "coordinator2")[place]]
        with unit_of_work():
            register.check(start.organisations[place], proofs, reason, actor=coordinator)


def move(start: Beginning, intake: Intake, day: date) -> Iterator[datetime]:
    """Teach an intake from now on what was published last."""
    yield at(day)
    with unit_of_work():
        newest = catalogue.version_numbered(catalogue.newest_id() or 0)
        cohorts.move_content(intake.cohort, newest, _MOVED, seen=0, actor=start.staff["registrar"])


def read_pages(intake: Intake, day: date, pages: Mapping[int, int]) -> Iterator[datetime]:
    """Advocates have read the first pages of their programme, and answered what these ask.

    pages  how many, by the place of the advocate in the intake
    """
    yield at(day)
    for number, count in pages.items():
        actor = intake.people[number]
        place = enrolments.enrolled_in(intake.cohort, [actor.person_id])[actor.person_id]
        reader = reading.Reader(intake.cohort.content_version_id, place)
        stops = [(m.module.slug, s) for m in reading.programme_way(reader) for s in m.way]
        with unit_of_work():
            for module, stop in stops[:count]:
                opened = reading.page_for(reader, module, stop.page)
                learning.mark_read(place, opened.page, actor=actor)
                for question in map(question_of, opened.questions):
                    if question.counts:
                        chosen = _answer_of(number, question)
                        learning.answer(place, opened.page, question, chosen, actor=actor)


def _answer_of(number: int, question: Question) -> list[str]:
    """Mostly the right answer; every fourth person takes the first wrong one there is."""
    wrong = [option.key for option in question.options if not option.right]
    if number % 4 == 3 and wrong:
        return wrong[:1]
    return [option.key for option in question.options if option.right]


def _entry(person: Actor) -> Entry:
    return entries.entries_of([person.person_id])[person.person_id]


def _propose(start: Beginning, person: Actor, terms: Terms) -> Proposal:
    said = "The evidence is complete; see the board’s decision."
    with unit_of_work():
        return accrediting.propose(
            _entry(person), Proposed(Kind.STANDING, terms, said), actor=start.staff["accreditor"]
        )


def _confirm(start: Beginning, proposal: Proposal) -> None:
    with unit_of_work():
        accrediting.confirm(proposal, actor=start.staff["accreditor2"])


def _allocate(start: Beginning, assessment: Assessment, *markers: str) -> list[Allocation]:
    """The first of these markers marks first, the others second."""
    found = [people.account(start.staff[local].ref) for local in markers]
    with unit_of_work():
        return [
            marking.allocate(
                assessment,
                each,
                Stage.SECOND if number else Stage.FIRST,
                actor=start.staff["registrar"],
            )
            for number, each in enumerate(found)
        ]


def _take_and_mark(intake: Intake, assessment: Assessment, stage: Stage, actor: Actor) -> None:
    claim = marking.take_next(assessment, stage, actor=actor)
    marking.give_mark(claim, _marks(intake, claim), actor=actor)


def _marks(intake: Intake, claim: Claim) -> Marks:
    # By person, not by the order of the draw: whoever was late must still pass, each time.
    author = db.session.get_one(Submission, claim.submission_id).enrolment.advocate_id
    number = [each.person_id for each in intake.people].index(author)
    low = 44 if number == 11 else 54
    base = low + number * 7 % 24 + (2 if claim.stage == Stage.SECOND else 0)
    rubric = marks.desk_rubric(claim)
    points = {each.key: min(base + place * 2, 78) for place, each in enumerate(rubric)}
    comments = {each.key: FEEDBACK[min((80 - points[each.key]) // 10, 3)] for each in rubric}
    return Marks(points, {**comments, "overall": OVERALL})
