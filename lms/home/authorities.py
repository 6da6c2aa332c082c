"""What waits for the board, for accreditors, and for employers."""

from collections.abc import Iterator

from lms import clock
from lms.access.actor import Actor, Role
from lms.accreditation.queries import checks_by
from lms.accrediting.queries import awarded, waiting
from lms.board.queries import meetings, ratified_ids
from lms.home.tasks import Task
from lms.organisations.queries import approved_organisations_of, placed_at
from lms.web.filters import day


def for_boards(someone: Actor) -> Iterator[Task]:
    """Boards that have not decided yet."""
    convenes = Role.REGISTRAR in someone.roles
    found = meetings(None if convenes else someone.person_id)
    done = ratified_ids(found)
    for meeting in found:
        if meeting.id not in done:
            said = f"September {meeting.cohort.intake.year}. Not ratified yet."
            title = f"Board of {day(meeting.held_on)}"
            yield Task(title, said, f"/boards/{meeting.ref}", "Open the papers")
    if not convenes:
        yield Task("Boards", f"{len(done)} have decided.", "/boards/", "All boards")


def for_accreditors(someone: Actor) -> Iterator[Task]:
    """Awards to decide on, and proposals that wait for a second accreditor."""
    proposals = [each for each in waiting() if each.proposed_by_id != someone.person_id]
    said = "Another accreditor proposed them; you confirm or decline."
    yield Task("To confirm", said, "/accreditation/proposals", "See them", len(proposals))
    said = "The board made the award. The accrediting body decides next."
    count = len(awarded(clock.today()))
    yield Task("Awards to decide on", said, "/accreditation/proposals", "See them", count)


def for_checkers(someone: Actor) -> Iterator[Task]:
    """Checking somebody, and the checks that were made."""
    mine = approved_organisations_of(someone, Role.COORDINATOR)
    if not mine:
        said = "Your organisation is not approved at present, so nobody there can check."
        yield Task("Checks", said, "/organisations/own", "Your organisation")
        return
    said = "Before somebody starts work, and again when their role changes."
    yield Task("Check an accreditation", said, "/check", "Check")
    made = len(checks_by(each.id for each in mine))
    yield Task("Receipts", "Your organisation’s latest checks.", "/check", "See them", made)


def for_employers(someone: Actor) -> Iterator[Task]:
    """Who works at one's organisation."""
    today = clock.today()
    for role in (Role.COORDINATOR, Role.SUPERVISOR):
        for organisation in approved_organisations_of(someone, role):
            count = len(placed_at(organisation, today))
            said = "Advocates placed with you."
            yield Task(organisation.name, said, "/organisations/own", "See who", count)
