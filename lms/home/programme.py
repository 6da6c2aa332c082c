"""What waits for tutors, registrars, authors and administrators."""

from collections.abc import Iterator

from lms import clock
from lms.access.actor import Actor
from lms.accounts.queries import grants_to_confirm
from lms.authoring.queries import waiting_for
from lms.catalogue.queries import publications
from lms.cohorts.queries import intakes, tallies
from lms.cohorts.rules import NOBODY, State
from lms.home.tasks import Task
from lms.marking.queries import claims_of
from lms.marking.rules import STAGE_WORDS
from lms.marking.staffing import queues_of
from lms.organisations.queries import to_approve
from lms.regulations.queries import versions as rulebooks
from lms.reports.queries import waiting
from lms.web.filters import day


def for_markers(someone: Actor) -> Iterator[Task]:
    """Scripts to take, and marks begun."""
    begun = [each for each, _, given in claims_of(someone.person_id) if not given]
    if begun:
        said = "You have these scripts. Their marks are not given yet."
        yield Task("Marks to give", said, "/marking/", "Go on marking", len(begun))
    queues = [each for each in queues_of(someone.person_id, clock.now()) if each.waiting]
    for queue in queues:
        said = f"{STAGE_WORDS[queue.stage]}. Scripts that nobody has taken."
        yield Task(queue.title, said, "/marking/", "Take the next one", queue.waiting)
    if not begun and not queues:
        yield Task(
            "Marking", "Scripts come here once their deadline has passed.", "/marking/", "Open"
        )


def for_registrars(someone: Actor) -> Iterator[Task]:
    """What the programme needs before it can run, and each intake."""
    if not rulebooks():
        yield Task("Rulebook", "None is published yet.", "/regulations/", "Publish a rulebook")
    waiting = [each for each in to_approve() if each.proposed_by_id != someone.person_id]
    if waiting:
        said = "Another registrar entered them; you approve."
        yield Task("Organisations", said, "/organisations/", "Approve", len(waiting))
    cohorts = intakes()
    spread = tallies(each.id for each in cohorts)
    for cohort in cohorts:
        states = spread.get(cohort.id, NOBODY).states
        offered, enrolled = states.get(State.OFFERED, 0), states.get(State.ENROLLED, 0)
        said = (
            f"{enrolled} enrolled, {offered} offered, {states.get(State.COMPLETED, 0)} completed."
        )
        href = f"/programme/cohorts/{cohort.ref}"
        yield Task(f"Intake of {cohort.intake.year}", said, href, "Open the intake")
    yield Task("Next intake", "Dates, rulebook and content.", "/programme/intakes/new", "Open one")


def for_authors(_someone: Actor) -> Iterator[Task]:
    """What was published last."""
    published = publications()
    said = "Nothing is published yet."
    if published:
        last = day(clock.day_of(published[0].published_at))
        versions = len({each.version_id for each in published})
        count = "One version is" if versions == 1 else f"{versions} versions are"
        said = f"{count} published, the last on {last}."
    yield Task("Content", said, "/authoring/", "Check and publish")
    reported = waiting()
    if reported:
        said = "Advocates reported problems with pages."
        yield Task("Problems with pages", said, "/authoring/reports/", "Answer them", reported)


def for_reviewers(someone: Actor) -> Iterator[Task]:
    """Drafts of what is taught that they are asked to review."""
    asked = waiting_for(someone.person_id)
    if asked:
        said = "You are asked to review what will be taught."
        yield Task("Drafts to review", said, "/authoring/drafts/", "Review them", asked)


def for_people(someone: Actor) -> Iterator[Task]:
    """Roles that wait for a second registrar, and the list of people."""
    waiting = [
        each
        for each in grants_to_confirm()
        if someone.person_id not in {each.proposed_by_id, each.account_id}
    ]
    if waiting:
        said = "A registrar’s role waits for a second registrar."
        yield Task("Roles to confirm", said, "/people/", "Look at them", len(waiting))
    yield Task("People", "Invitations, roles and accounts.", "/people/", "Open the list")
