"""From an author's first sentence in the browser to a reader who finds it: people and pages alone.

The programme stands already; everybody named here does the rest through a browser, on one database
with scripts and on the other without.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

import config
from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts.models import Account
from lms.accounts.passwords import hashed
from lms.app import create_app
from lms.catalogue import operations as catalogue
from lms.catalogue.keeping import keep
from lms.cohorts import operations as cohorts
from lms.content import reading
from lms.db import db, unit_of_work
from tests import factories
from tests.catalogue.folder import a_folder
from tests.journeys.house import House
from tests.journeys.person import PASSWORD, Person, download

KINDS = {
    "Sami": "Subject",
    "Lena": "Law",
    "Vic": "Lived experience",
}
PAGE = """\
---
title: What to do first
minutes: 10
outcomes: [LO1]
law_as_at: 2026-04-07
review_by: 2028-01-31
---

## Before anything else

Somebody who holds a [[{term}]] letter is asked how they slept.

/// law | The rule
They are told who decides [@act s.2].
///

/// question | who-decides
Who decides?

- [ ] The advocate
    The advocate stands beside the person.
- [x] A decision-maker
    It is somebody else's decision.
///
"""


@pytest.fixture
def app(house: House, tmp_path: Path) -> Iterator[Flask]:
    """The programme as it stands before: content, an intake, and who has a password."""
    app = create_app(config.production(house.environment))
    with app.app_context(), clock.stopped(house.now()):
        with unit_of_work():
            version = catalogue.publish(
                keep(reading.read(a_folder(tmp_path / "content"))), actor=SYSTEM
            )
        book = factories.make_regulations()
        with unit_of_work():
            starts_on = date(2026, 9, 1)
            cohort = cohorts.open_intake(2026, starts_on, book, version, actor=SYSTEM)
        for name in KINDS:
            _with_password(factories.make_account(Role.TUTOR, name=name))
        _with_password(factories.make_account(Role.AUTHOR, name="Ottilie"))
        _with_password(factories.make_account(Role.REGISTRAR, name="Rosa"))
        amina = factories.make_enrolment(cohort).advocate
        with unit_of_work():
            amina.name = "Amina"
        _with_password(amina)
        yield app
        db.session.remove()
        db.engine.dispose()


def _with_password(account: Account) -> None:
    with unit_of_work():
        account.password_hash = hashed(PASSWORD)


def test_an_author_writes_and_a_reader_finds(app: Flask, house: House, chrome: Browser) -> None:
    script = house.environment["LMS_DATABASE_URL"].startswith("sqlite")
    people = {
        account.name: Person(
            house,
            chrome,
            account.name,
            account.address,
            phone=account.name == "Amina",
            script=script,
        )
        for account in db.session.query(Account).where(Account.password_hash.is_not(None))
    }
    db.session.remove()
    for person in people.values():
        person.sign_in()
    amina, ottilie, lena = people["Amina"], people["Ottilie"], people["Lena"]

    _reads_what_there_is(amina)
    _writes_a_page(ottilie)
    _asks_for_review(ottilie)
    _objects(lena)
    _cannot_publish(ottilie)
    for name in KINDS:
        _agrees(people[name])
    _publishes(ottilie)
    _sees_nothing_of_it(amina)
    _moves_the_intake(people["Rosa"])
    _reads_what_changed(amina)
    _answers_wrongly_then_rightly(amina)
    _makes_a_note(amina)
    _finds_it(amina)
    _takes_it_along(amina, house.home / "module.html")


def _reads_what_there_is(amina: Person) -> None:
    amina.open("/learn/first/beginning")
    amina.press("I have read this page")


def _writes_a_page(ottilie: Person) -> None:
    ottilie.open("/authoring/drafts/")
    ottilie.fill("What you want to change", "A page about what to do first")
    ottilie.press("Open a draft")
    ottilie.choose("What to add", "A page")
    ottilie.choose("In the module (optional)", "01-first")
    ottilie.fill("Its name", "03-what-to-do")
    ottilie.press("Add it")
    ottilie.fill("The whole file", PAGE.format(term="NMR"))
    ottilie.press("Save and check")
    ottilie.sees("[[NMR]] is not in the glossary")
    ottilie.fill("The whole file", PAGE.format(term="NRM"))
    ottilie.press("Save and check")
    ottilie.sees("Nothing was found in this file", "They are told who decides", "Who decides?")
    ottilie.open("/authoring/drafts/")
    ottilie.follow("A page about what to do first")
    ottilie.follow("01-beginning.md")
    text = ottilie.page.get_by_label("The whole file").input_value()
    ottilie.fill("The whole file", text.replace("What it says.", "What it says today."))
    ottilie.press("Save and check")
    ottilie.sees("What it says today.")


def _opens_review(person: Person) -> None:
    person.open("/authoring/drafts/")
    person.follow("A page about what to do first")
    person.follow("Review and publish")


def _asks_for_review(ottilie: Person) -> None:
    _opens_review(ottilie)
    for name, kind in KINDS.items():
        ottilie.tick(kind)
        ottilie.choose("Reviewer", name)
        ottilie.press("Ask them")
    ottilie.press("Ask for review")
    ottilie.sees("for the text as it is now")


def _objects(lena: Person) -> None:
    _opens_review(lena)
    lena.tick("I object: it can’t be published like this")
    lena.fill("In words", "Say which section.")
    lena.press("Record what I say")
    lena.sees("An objection stands")


def _cannot_publish(ottilie: Person) -> None:
    _opens_review(ottilie)
    ottilie.sees("An objection stands", "Say which section.")
    assert ottilie.page.get_by_role("button", name="Publish this draft").count() == 0
    ottilie.fill("Your answer", "Section 2; it stands in the block.")
    ottilie.press("Answer the objection")


def _agrees(reviewer: Person) -> None:
    _opens_review(reviewer)
    reviewer.tick("I have read it and agree to it")
    if reviewer.name == "Lena":
        reviewer.tick("Put my name into the page")
    reviewer.press("Record what I say")


def _publishes(ottilie: Person) -> None:
    _opens_review(ottilie)
    ottilie.press("Publish this draft")
    ottilie.sees("It waits for its turn.")
    ottilie.house.work()
    ottilie.follow("Look again")
    ottilie.sees("The draft is published.")
    ottilie.follow("Back to the draft")
    ottilie.sees("Published")


def _sees_nothing_of_it(amina: Person) -> None:
    amina.open("/learn/first/")
    amina.sees_not("What to do first")
    amina.open("/learn/first/what-to-do")
    assert "Page not found" in amina.page.title()


def _moves_the_intake(rosa: Person) -> None:
    rosa.open("/programme/")
    rosa.follow("September 2026")
    rosa.follow("Content")
    rosa.follow("See what would change")
    rosa.sees("What to do first")
    rosa.fill("Why is this intake moved?", "A page was missing, and the law is said more clearly.")
    rosa.press("Move the intake")
    rosa.sees("A page was missing, and the law is said more clearly.")


def _reads_what_changed(amina: Person) -> None:
    amina.open("/learn/")
    amina.sees("Changed since you read it")
    amina.follow("The beginning", within=amina.page.locator(".notice"))
    amina.sees("What changed since you read this")
    assert "today." in amina.text()
    amina.press("I have read the changes")
    amina.open("/learn/")
    amina.sees_not("Changed since you read it")


def _answers_wrongly_then_rightly(amina: Person) -> None:
    amina.open("/learn/first/what-to-do")
    amina.sees("They are told who decides", "Reviewed by Lena")
    amina.sees_not("The advocate stands beside the person.")
    amina.tick("The advocate")
    amina.press("Check my answer")
    amina.sees("Not quite", "The advocate stands beside the person.")
    amina.follow("Try again")
    amina.tick("A decision-maker")
    amina.press("Check my answer")
    amina.sees("That is right.")
    amina.press("I have read this page")
    amina.open("/learn/first/what-to-do")
    amina.sees("You have read this page.")


def _makes_a_note(amina: Person) -> None:
    amina.follow("Write a note")
    amina.fill("Note", "Ask Noa how she slept.")
    amina.press("Save the note")
    amina.sees("Ask Noa how she slept.")


def _finds_it(amina: Person) -> None:
    amina.open("/search")
    amina.page.get_by_role("textbox", name="Search the modules").or_(
        amina.page.get_by_role("searchbox", name="Search the modules")
    ).fill("how they slpet")
    amina.press("Search")
    amina.follow("What to do first")
    amina.sees("Before anything else")


def _takes_it_along(amina: Person, into: Path) -> None:
    amina.open("/learn/first/download")
    page = download(amina, "Download the web page", into).decode()
    assert "They are told who decides" in page
    assert "The advocate stands beside the person." not in page
