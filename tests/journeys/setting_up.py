"""First part: an empty installation becomes a programme, through pages alone."""

import csv
import io
from datetime import date

from tests.journeys.cast import AMINA, BRYN, CLEO, DARA, HARBOUR, IDENTITIES, NORTH, Candidate, Cast
from tests.journeys.person import Person, download

STAFF = [
    ("Tobias", "tobias@tutors.example", "Tutor"),
    ("Tamsin", "tamsin@tutors.example", "Tutor"),
    ("Esi", "esi@examiners.example", "External examiner"),
    ("Cedric", "cedric@board.example", "Chair of the board"),
    ("Ottoline", "ottoline@authors.example", "Author"),
]
COLUMNS = [
    "email",
    "certificate name",
    "display name",
    "date of birth",
    "organisation",
    "role title",
    "nation",
    "kind of enrolment",
    "qualify-by date",
]


def the_first_four_come_in(cast: Cast) -> None:
    """Two registrars and two accreditors, each by the link that `lms init` printed."""
    for name in ("Rhian", "Ravi", "Adeola", "Anders"):
        address = next(each for each in cast.house.links if each.startswith(f"{name.lower()}@"))
        person = Person(cast.house, cast.browser, name.lower(), address)
        cast.people[name] = person
        person.accept(cast.house.links[address])
        person.sign_in()
        person.open("/account/name")
        person.fill("Name", name)
        person.press("Change name")
        person.name = name


def staff_are_invited(cast: Cast) -> None:
    """A registrar invites; a wrong address is put right, a link cancelled and sent again."""
    rhian = cast["Rhian"]
    for name, address, role in STAFF:
        _invites(rhian, name, address, role)
    _invites(rhian, "Marlow", "marlow@tutros.example", "Tutor")
    rhian.fill("New email address", "marlow@tutors.example")
    rhian.press("Correct the address")
    rhian.sees("The address is corrected")
    rhian.press("Send a new invitation")
    rhian.press("Cancel the invitation")
    rhian.sees("There is no link that works")
    rhian.press("Send a new invitation")
    cast.house.work()
    for name, address, _ in STAFF:
        person = cast.enters(name, address)
        if name in ("Tobias", "Tamsin", "Cedric", "Esi"):
            person.unseen = IDENTITIES


def a_registrars_role_takes_two(cast: Cast) -> None:
    """Rhian proposes Ottoline as a registrar; it counts for nothing before Ravi agrees."""
    rhian, ravi, ottoline = cast["Rhian"], cast["Ravi"], cast["Ottoline"]
    _opens_person(rhian, "Ottoline")
    rhian.tick("Registrar")
    rhian.press("Give the role")
    rhian.sees("The role waits for a second registrar")
    ottoline.open("/programme/")
    ottoline.sees("Your role here doesn’t open this page")
    _opens_person(ravi, "Ottoline")
    ravi.press("Confirm the role")
    ottoline.open("/programme/")
    ottoline.sees("No intake yet")
    _opens_person(ravi, "Ottoline")
    ravi.press("End the role of Registrar")
    ottoline.open("/programme/")
    ottoline.sees("Your role here doesn’t open this page")
    _opens_person(rhian, "Rhian")
    rhian.sees("This is your own account")
    rhian.sees_not("Give a role")


def organisations_are_approved(cast: Cast) -> None:
    """One registrar enters, another approves; then people are appointed there."""
    rhian, ravi = cast["Rhian"], cast["Ravi"]
    for name, nation in ((NORTH, "Scotland"), (HARBOUR, "England and Wales")):
        rhian.open("/organisations/new")
        rhian.fill("Name of the organisation", name)
        rhian.tick(nation)
        rhian.press("Enter the organisation")
        rhian.sees("another registrar approves it")
        _opens_organisation(ravi, name)
        ravi.press("Approve the organisation")
        ravi.sees("The organisation is approved")
    for who, address, role, where in (
        ("Colm", "colm@lantern.example", "Coordinator: checks accreditation", NORTH),
        ("Sunniva", "sunniva@lantern.example", "Supervisor: signs practice", NORTH),
        ("Hana", "hana@harbour.example", "Coordinator: checks accreditation", HARBOUR),
    ):
        _opens_organisation(rhian, where)
        rhian.follow("Appoint somebody")
        rhian.fill("Name", who)
        rhian.fill("Email address", address)
        rhian.tick(role)
        rhian.press("Appoint")
        rhian.sees("The appointment is made")
        cast.enters(who, address)


def rules_and_content_are_published(cast: Cast, book: str) -> None:
    """The author publishes what is taught, a registrar by which rules."""
    ottoline, rhian = cast["Ottoline"], cast["Rhian"]
    ottoline.open("/authoring/")
    ottoline.press("Publish this content")
    ottoline.sees("It waits for its turn.")
    cast.house.work()
    ottoline.follow("Look again")
    ottoline.sees("The content is published")
    rhian.open("/regulations/")
    card = rhian.page.locator(".card").filter(has_text=f"{book}.yml")
    rhian.press("Publish this rulebook", within=card)
    rhian.sees("It never changes from now on")


def two_intakes_stand_side_by_side(cast: Cast) -> None:
    """Next September's intake gets its roster; a late joiner enters the one under way."""
    rhian = cast["Rhian"]
    for year in (2026, 2027):
        rhian.open("/programme/intakes/new")
        rhian.fill("Year of the intake", str(year))
        rhian.date("First day", date(year, 9, 1))
        rhian.press("Open the intake")
        rhian.sees("The intake is open")
    download_of_the_template(rhian)
    wrong = [_row(AMINA), [*_row(BRYN)[:3], "1979-02-30", *_row(BRYN)[4:]], _row(DARA)]
    _looks_at_roster(rhian, 2027, wrong)
    rhian.sees("One line can’t be taken", "Line 3")
    right = [_row(AMINA), _row(BRYN), _row(DARA)]
    _imports(rhian, 2027, right, "3 places offered")
    _looks_at_roster(rhian, 2027, right)
    rhian.sees("Everybody in this file has their place already")
    _imports(rhian, 2026, [CLEO.row("2028-08-31")], "1 place offered")
    for year in (2026, 2027):
        _opens_intake(rhian, year)
        rhian.press("Send invitations")
        rhian.sees("on its way" if year == 2026 else "on their way")


def advocates_take_their_places(cast: Cast) -> None:
    """Each by a link of their own, on a phone; their number in the register comes with it."""
    for who in (AMINA, BRYN, DARA, CLEO):
        person = cast.enters(who.name, who.address, phone=True)
        person.sees("You are offered a place")
        person.follow("See your place")
        person.sees(who.certificate_name, who.organisation)
        person.press("Accept my place")
        person.sees("The place is yours")
        person.open("/my/accreditation")
        person.sees("In training")
        cast.seen[who.name] = person.page.locator(".own-number").inner_text()
    cast["Amina"].open("/learn/")
    cast["Amina"].sees("Your modules open on")
    cast["Cleo"].open("/learn/")
    cast["Cleo"].sees("The modules of your intake")
    numbers = {cast.seen[each.name] for each in (AMINA, BRYN, DARA, CLEO)}
    assert len(numbers) == 4


def download_of_the_template(rhian: Person) -> None:
    """The template has the columns that the import asks for."""
    _opens_intake(rhian, 2027)
    rhian.follow("Import a roster")
    content = download(rhian, "Download an empty roster", rhian.house.home / "template.csv")
    header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert header == COLUMNS


def _invites(rhian: Person, name: str, address: str, role: str) -> None:
    rhian.open("/people/new")
    rhian.fill("Name", name)
    rhian.fill("Email address", address)
    rhian.choose("Role (optional)", role)
    rhian.press("Send the invitation")
    rhian.sees(f"An invitation is on its way to {address}")


def _opens_person(somebody: Person, name: str) -> None:
    somebody.open("/people/")
    somebody.follow(name)


def _opens_organisation(somebody: Person, name: str) -> None:
    somebody.open("/organisations/")
    somebody.follow(name)


def _opens_intake(somebody: Person, year: int) -> None:
    somebody.open("/programme/")
    somebody.follow(f"September {year}")


def _row(who: Candidate) -> list[str]:
    return who.row("2029-08-31")


def _looks_at_roster(rhian: Person, year: int, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    _opens_intake(rhian, year)
    rhian.follow("Import a roster")
    rhian.attach("Roster", "roster.csv", out.getvalue().encode(), "text/csv")
    rhian.press("Look at the roster")


def _imports(rhian: Person, year: int, rows: list[list[str]], said: str) -> None:
    _looks_at_roster(rhian, year, rows)
    rhian.press("Import the roster")
    rhian.sees(said)
