"""An author's desk: a throwaway installation that teaches the working copy as it stands."""

import shutil
import threading
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

import config
from lms import clock, vault
from lms.access.actor import APPOINTMENTS, SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.accounts.queries import actor_for
from lms.app import create_app
from lms.authored import Faulty, Finding
from lms.catalogue import operations as catalogue
from lms.catalogue.keeping import keep
from lms.cohorts import operations as cohorts
from lms.cohorts.rules import Kind, academic_year
from lms.content import reading
from lms.content.source import Content
from lms.content.tree import Folder
from lms.db import db, unit_of_work
from lms.errors import Conflict
from lms.markup_memory import Memory
from lms.organisations import operations as organisations
from lms.organisations.rules import Nation
from lms.regulations import operations as regulations, source as rulebooks

_NOON = time(12)
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Seat:
    """Through whose eyes the author looks, and on which day."""

    role: Role = Role.ADVOCATE
    day: date = field(default_factory=clock.today)

    @property
    def moment(self) -> datetime:
        """Noon of that day, in London."""
        return datetime.combine(self.day, _NOON, clock.LONDON)


@dataclass(frozen=True)
class Sight:
    """What is on the desk now.

    stamp     of every file's name, size and time of change
    content   None while the files can't be shown at all
    findings  errors first
    shown     whether the pages are those of the files as they stand
    """

    stamp: Stamp = ()
    content: Content | None = None
    findings: tuple[Finding, ...] = ()
    shown: bool = False


class Desk:
    """Holds the throwaway installation, and makes it anew whenever a file or the day changes."""

    def __init__(self, folder: Path, home: Path, port: int) -> None:
        self.folder, self._home = folder, home
        self.lock = threading.Lock()  # one page at a time: the database is replaced between two
        self._made_on: date | None = None
        self._people: dict[Role, int] = {}
        self.seat = Seat()
        self.sight = Sight()
        self._memory = Memory()
        settings = config.preview(home, folder, port)
        vault.Keys.make(settings.keys_dir)
        self.app: Flask = create_app(settings)
        # Whoever asks is signed in. A site elsewhere can give its own name this machine's address,
        # and would read along in the author's browser.
        self.app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
        with self.app.app_context():
            upgrade()
            db.engine.dispose()
        shutil.copyfile(home / "preview.sqlite", home / "empty.sqlite")

    def refresh(self) -> Sight:
        """What is on the desk, after a look at the files. Call it while holding the lock."""
        stamp = self._stamp()
        if stamp != self.sight.stamp or self.seat.day != self._made_on:
            self.sight = self._read(stamp)
            self._made_on = self.seat.day
        return self.sight

    def sit(self, seat: Seat) -> None:
        """Look through other eyes, or on another day."""
        self.seat = seat

    @property
    def has_people(self) -> bool:
        """Whether the files could be shown once since it was set up."""
        return bool(self._people)

    def person(self, role: Role) -> Account:
        """The made-up person who holds a role here."""
        return db.session.get_one(Account, self._people[role])

    def _stamp(self) -> Stamp:
        found = []
        for name in Folder(self.folder).names():
            try:
                seen = (self.folder / name).stat()
            except OSError:  # taken away in this moment
                continue
            found.append((name, seen.st_size, seen.st_mtime_ns))
        return tuple(found)

    def _read(self, stamp: Stamp) -> Sight:
        today, memory = self.seat.day, self._memory
        content, findings = reading.as_it_stands(self.folder, today=today, memory=memory)
        shown = content is not None and self._make(content)
        return Sight(stamp, content, tuple(findings), shown)

    def _make(self, content: Content) -> bool:
        """A new installation that teaches this; what can't be kept is shown as findings only."""
        with self.app.app_context():
            self._copy("preview.sqlite", "before.sqlite")
            self._copy("empty.sqlite", "preview.sqlite")
            try:
                with clock.stopped(self.seat.moment):
                    self._people = _furnish(content, self.folder)
            except (Conflict, Faulty):  # two pages of one name, or a file gone meanwhile
                self._copy("before.sqlite", "preview.sqlite")
                return False
            return True

    def _copy(self, one: str, other: str) -> None:
        """One database in the place of another, with nobody reading either."""
        db.session.remove()
        db.engine.dispose()
        for leftover in self._home.glob("*.sqlite-*"):
            leftover.unlink()
        shutil.copyfile(self._home / one, self._home / other)


def _furnish(content: Content, folder: Path) -> dict[Role, int]:
    """The content published and taught since September, and a person for each role."""
    today = clock.today()
    starts_on = date(today.year - (today.month < 9), 9, 1)
    with_books = folder if rulebooks.rulebook_files(folder) else config.ROOT / "content"
    book_file = rulebooks.rulebook_files(with_books)[0]
    with unit_of_work():
        version = catalogue.publish(keep(content), actor=SYSTEM)
        book = regulations.publish(rulebooks.read(with_books, book_file), actor=SYSTEM)
        place = organisations.name_organisation(
            "An organisation (fictional)", Nation.ENGLAND_AND_WALES, actor=SYSTEM
        )
        organisations.approve(place, actor=SYSTEM)
    with unit_of_work():
        cohort = cohorts.open_intake(
            academic_year(starts_on), starts_on, book, version, actor=SYSTEM
        )
        people = {role: _person(role, place.ref) for role in Role if role is not Role.ADVOCATE}
        advocate = accounts.open_account("advocate@preview.example", "An advocate", actor=SYSTEM)
        accounts.record_identity(advocate, "An Advocate", date(1990, 3, 1), actor=SYSTEM)
        organisations.record_placement(advocate, place, "Advocate", starts_on, actor=SYSTEM)
        qualify_by = today + timedelta(days=730)
        offer = cohorts.Place(place, place.nation, Kind.ASSESSED, qualify_by)
        enrolment = cohorts.offer_place(cohort, advocate, offer, actor=SYSTEM)
    with unit_of_work():
        cohorts.accept_place(enrolment, actor=actor_for(advocate))
    return {role: account.id for role, account in people.items()} | {Role.ADVOCATE: advocate.id}


def _person(role: Role, organisation: str) -> Account:
    word = role.replace("_", " ")
    account = accounts.open_account(f"{role}@preview.example", f"A {word}", actor=SYSTEM)
    at = organisation if role in APPOINTMENTS else ""
    accounts.grant_role(account, role, at=at, actor=SYSTEM)
    return account
