"""Builds the demonstration's past: three intakes, told through the same operations as in life."""

import heapq
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import click

from config import Settings
from lms import clock
from lms.access.actor import SYSTEM, Actor, Role
from lms.accounts import operations as accounts, queries as people
from lms.accounts.models import Account
from lms.accounts.passwords import hashed
from lms.catalogue import operations as catalogue
from lms.catalogue.keeping import Kept, keep
from lms.catalogue.queries import newest_id, version_numbered
from lms.cohorts import operations as cohorts, queries as enrolments, roster_operations
from lms.cohorts.models import Cohort
from lms.cohorts.roster import RosterRow
from lms.cohorts.rules import Kind
from lms.content import reading
from lms.db import unit_of_work
from lms.demo_people import DOMAIN, STAFF, Person, advocates, organisations
from lms.demo_versions import versions
from lms.markup_memory import Memory
from lms.organisations import operations as employers
from lms.organisations.models import Organisation
from lms.organisations.rules import Nation, name_key
from lms.regulations import operations as regulations, source as rulebooks
from lms.regulations.models import RegulationsVersion

_OFFICE = time(10, 0)


@dataclass(frozen=True)
class Beginning:
    """What stands before the first intake.

    staff          actors by the local part of their address
    organisations  in the order of demo_people.organisations
    content        three states of what is taught, the oldest first; the first is published
    """

    staff: dict[str, Actor]
    organisations: list[Organisation]
    book: RegulationsVersion
    content: list[Kept]
    password_hash: str
    base_url: str

    @property
    def modules(self) -> int:
        """How many modules are taught."""
        return len(self.content[-1].content.modules)


@dataclass(frozen=True)
class Intake:
    """One intake with its people, as actors in the order of demo_people.advocates."""

    cohort: Cohort
    people: list[Actor]


def at(day: date, hour: time = _OFFICE) -> datetime:
    """A London time of a day."""
    return datetime.combine(day, hour, clock.LONDON)


def play(*stories: Iterator[datetime]) -> None:
    """Tell stories side by side, so that the trail of all runs in the order of time.

    A story yields the moment of its next act, and goes on with it when its turn comes, with the
    clock stopped there. Nothing happens later than now.
    """
    now = clock.now()
    turns = [(next(story), number) for number, story in enumerate(stories)]
    heapq.heapify(turns)
    while turns:
        moment, number = heapq.heappop(turns)
        with clock.stopped(min(moment, now)):
            following = next(stories[number], None)
        if following is not None:
            heapq.heappush(turns, (following, number))


@contextmanager
def _on(day: date) -> Iterator[None]:
    with clock.stopped(at(day)), unit_of_work():
        yield


def first_year(today: date) -> int:
    """The year of the intake that is in its first term."""
    return today.year if (today.month, today.day) >= (9, 1) else today.year - 1


def begin(settings: Settings, today: date) -> Beginning:
    """Staff, organisations, a rulebook and the content, some years ago."""
    day, content = date(first_year(today) - 3, 4, 3), settings.content_dir
    password_hash = hashed(settings.demo_password)
    memory = Memory()
    kept = [keep(reading.read(each, memory=memory)) for each in versions(content)]
    with _on(day):
        staff = {local: _member(local, name, role, password_hash) for local, name, role in STAFF}
    with _on(day + timedelta(days=1)):
        named = [
            employers.name_organisation(name, nation, actor=staff["registrar"])
            for name, nation in organisations()
        ]
        book = rulebooks.read(content, rulebooks.rulebook_files(content)[0])
        version = regulations.publish(book, actor=staff["registrar"])
        catalogue.publish(kept[0], actor=staff["author"])
    with _on(day + timedelta(days=2)):
        for each in named:
            employers.approve(each, actor=staff["registrar2"])
    with _on(day + timedelta(days=3)):
        for local, first, organisation, role in (
            ("coordinator", "Corin", named[0], Role.COORDINATOR),
            ("coordinator2", "Casey", named[1], Role.COORDINATOR),
            ("supervisor", "Sasha", named[0], Role.SUPERVISOR),
        ):
            name = f"{first} {role.capitalize()}"
            staff[local] = _appointed(local, name, organisation, role, password_hash, staff)
    click.echo("staff, organisations, rulebook and content")
    return Beginning(staff, named, version, kept, password_hash, settings.base_url)


def publish(start: Beginning, state: int, day: date) -> Iterator[datetime]:
    """Publish a state of what is taught, from 0, by its author."""
    yield at(day)
    with unit_of_work():
        catalogue.publish(start.content[state], actor=start.staff["author"])


def open_intake(start: Beginning, number: int, year: int) -> Generator[datetime, None, Intake]:
    """Open an intake, import its roster, and let everybody accept their place.

    number  0 for the one in its first term, 1 before the board, 2 accredited
    """
    registrar = start.staff["registrar"]
    known = {name_key(each.name): each for each in start.organisations}
    made_up = advocates(number)
    rows = [
        _row(line, person, start.organisations[line % len(start.organisations)].name, year)
        for line, person in enumerate(made_up)
    ]
    yield at(date(year, 6, 15))
    with unit_of_work():
        newest = version_numbered(newest_id() or 0)
        cohort = cohorts.open_intake(year, date(year, 9, 1), start.book, newest, actor=registrar)
    yield at(date(year, 7, 3))
    with unit_of_work():
        roster_operations.import_roster(cohort, rows, known, actor=registrar)
        found = people.accounts_with_addresses(person.address for person in made_up)
        actors = [_with_password(found[p.address], start.password_hash) for p in made_up]
    yield at(date(year, 8, 20))
    with unit_of_work():
        for actor in actors:
            place = enrolments.enrolled_in(cohort, [actor.person_id])[actor.person_id]
            cohorts.accept_place(place, actor=actor)
    click.echo(f"intake of {year}: {len(actors)} advocates")
    return Intake(cohort, actors)


def office(start: Beginning, today: date) -> Iterator[datetime]:
    """What one registrar began in the last days, and another has to look at."""
    second = start.staff["registrar2"]
    yield at(today - timedelta(days=4))
    with unit_of_work():
        employers.name_organisation(
            "Thornfield Advocacy (fictional)", Nation.SCOTLAND, actor=second
        )
    yield at(today - timedelta(days=1))
    with unit_of_work():
        for local, name, role in (
            ("new.tutor", "Taylor Tutor", Role.TUTOR),
            ("new.registrar", "Rory Registrar", Role.REGISTRAR),
        ):
            account = accounts.open_account(f"{local}@{DOMAIN}", name, actor=second)
            accounts.grant_role(account, role, actor=second)
            accounts.invite(account, start.base_url, actor=second)


def _member(local: str, name: str, role: Role, password_hash: str) -> Actor:
    account = accounts.open_account(f"{local}@{DOMAIN}", name, actor=SYSTEM)
    accounts.grant_role(account, role, actor=SYSTEM)
    return _with_password(account, password_hash)


def _appointed(
    local: str,
    name: str,
    organisation: Organisation,
    role: Role,
    password_hash: str,
    staff: dict[str, Actor],
) -> Actor:
    registrar = staff["registrar"]
    account = accounts.open_account(f"{local}@{DOMAIN}", name, actor=registrar)
    employers.appoint(account, role, organisation, actor=registrar)
    return _with_password(account, password_hash)


def _with_password(account: Account, password_hash: str) -> Actor:
    actor = people.actor_for(account)
    accounts.change_password(account, password_hash, actor=actor)
    return actor


def _row(line: int, person: Person, organisation: str, year: int) -> RosterRow:
    nation = dict(organisations())[organisation]
    return RosterRow(
        line=line + 2,
        address=person.address,
        certificate_name=person.certificate_name,
        display_name=person.name,
        born_on=person.born_on,
        organisation=organisation,
        role_title="Independent advocate",
        nation=nation,
        kind=Kind.ASSESSED,
        qualify_by=date(year + 2, 8, 31),
    )
