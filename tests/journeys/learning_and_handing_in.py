"""Second part: advocates read, and hand in work; late work meets the rulebook."""

import hashlib
import re
from datetime import date

from tests.journeys.cast import AMINA, BRYN, DARA, Cast
from tests.journeys.person import Person, download
from tests.support.documents import DOCX, PDF, a_docx, a_pdf

CASE, PLAN = "Case analysis: Sol", "An options and preparation plan"
DUE = {CASE: date(2027, 11, 5), PLAN: date(2027, 11, 12)}
_REFERENCE = re.compile(r"SUB(?:-[0-9A-Z]{4}){4}")
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{4} ){15}[0-9a-f]{4}")


def amina_reads_on_her_phone(cast: Cast) -> None:
    """In order; what she has read is kept, and she comes back to the same place."""
    cast.house.becomes("2027-09-02", "20:15")
    amina = cast["Amina"]
    amina.sign_in()
    amina.sees("What’s next")
    amina.follow("Start reading")
    first = amina.page.get_by_role("heading", level=1).inner_text()
    amina.sees("Law as at", "Not yet reviewed by")
    amina.press("I have read this page")
    second = amina.page.get_by_role("heading", level=1).inner_text()
    amina.press("I have read this page")
    third = amina.page.get_by_role("heading", level=1).inner_text()
    assert len({first, second, third}) == 3
    amina.sign_out()
    amina.sign_in()
    amina.follow("Carry on reading")
    assert amina.page.get_by_role("heading", level=1).inner_text() == third
    amina.follow(second)
    amina.press("Take that back")
    amina.sees("It counts as done when you say that you have read it")
    amina.press("I have read this page")


def work_is_set(cast: Cast) -> None:
    """The registrar sets both assessments; two tutors are allocated, each to one stage."""
    rhian = cast["Rhian"]
    rhian.sign_in()
    for title, day in DUE.items():
        _opens_assessments(rhian)
        rhian.follow("Set it", within=rhian.row(title))
        rhian.date("Due", day, "17:00")
        rhian.press("Set the assessment")
        rhian.sees("The deadline is set")
        rhian.follow("Markers and marks", within=rhian.row(title))
        for tutor, stage in (("Tobias", "First mark"), ("Tamsin", "Second mark")):
            rhian.choose("Tutor", tutor)
            rhian.tick(stage)
            rhian.press("Allocate")
            rhian.sees("The marker is allocated")


def amina_hands_in_and_replaces(cast: Cast) -> None:
    """A Word file, then a PDF in its place; a text that she wrote on her phone."""
    cast.house.becomes("2027-11-05", "09:30")
    amina = cast["Amina"]
    amina.sign_in()
    _opens_brief(amina, CASE)
    amina.sees("How it is marked")
    amina.follow("Hand in")
    amina.press("Hand in")
    amina.sees("Not handed in yet", "Confirm that this is your own work")
    _declares(amina)
    amina.attach("A file", "My analysis.docx", a_docx("First thoughts on Sol."), DOCX)
    amina.press("Hand in")
    amina.sees("We have your work", "1, first attempt")
    replaced = a_pdf("The second analysis, after a night’s sleep.".replace("’", "'"))
    amina.follow("Replace it")
    _declares(amina)
    amina.attach("A file", "analysis final.pdf", replaced, PDF)
    amina.press("Hand in")
    amina.sees("Version 2", "Kept, doesn’t count", "UK time")
    _is_the_receipt_of(amina, replaced)
    _opens_brief(amina, PLAN)
    amina.follow("Hand in")
    amina.fill("Or write or paste it here", "# Plan\n\nWhat the person wants comes first.")
    amina.press("Save the text as a draft")
    amina.sees("Your draft is saved. It is not handed in")
    _declares(amina)
    amina.press("Hand in")
    amina.sees("We have your work")


def bryn_is_late(cast: Cast) -> None:
    """Three hours after the deadline: accepted, and the receipt says what it costs."""
    cast.house.becomes("2027-11-05", "20:00")
    bryn = cast["Bryn"]
    bryn.sign_in()
    _opens_brief(bryn, CASE)
    bryn.sees("The deadline has passed")
    bryn.follow("Hand in")
    _writes(bryn, "Sol’s standing, as I see it.")
    bryn.sees("It counts as 1 day late")
    _opens_brief(bryn, PLAN)
    bryn.follow("Hand in")
    _writes(bryn, "A plan for a person who waits.")
    bryn.sees("We have your work")


def dara_is_refused(cast: Cast, paragraph: str) -> None:
    """Long after the deadline: refused, with the paragraph that says so; nothing is lost."""
    cast.house.becomes("2027-11-29")
    dara = cast["Dara"]
    dara.sign_in()
    _opens_brief(dara, CASE)
    dara.sees("This is closed", paragraph)
    dara.sees_not("We have your work")


def _opens_assessments(rhian: Person) -> None:
    rhian.open("/programme/")
    rhian.follow("September 2027")
    rhian.follow("Assessments")


def _opens_brief(somebody: Person, title: str) -> None:
    somebody.open("/assessments/")
    somebody.follow(title)


def _declares(somebody: Person) -> None:
    somebody.tick("This is my own work, and I name every source and tool I used")
    somebody.tick("I am fit to hand in today")


def _writes(somebody: Person, text: str) -> None:
    somebody.fill("Or write or paste it here", text)
    _declares(somebody)
    somebody.press("Hand in")


def _is_the_receipt_of(amina: Person, content: bytes) -> None:
    """On screen and by mail: the reference and the fingerprint of what was sent."""
    fingerprint = hashlib.sha256(content).hexdigest()
    text = amina.text()
    assert _FINGERPRINT.search(text)[0].replace(" ", "") == fingerprint  # type: ignore[index]
    reference = _REFERENCE.search(text)[0]  # type: ignore[index]
    assert f"{len(content):,} bytes" in text
    mails = [mail for mail in amina.house.mail_to(AMINA.address) if reference in mail]
    assert len(mails) == 1
    assert fingerprint in mails[0].replace(" ", "")
    amina.sees_not(*(each.name for each in (BRYN, DARA)))
    kept = download(amina, "Download what you handed in", amina.house.home / "kept.pdf")
    assert kept == content
