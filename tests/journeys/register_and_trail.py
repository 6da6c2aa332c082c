"""Last part: two accreditors, an employer's check, and the trail of it all."""

from datetime import date, timedelta
from pathlib import Path

from tests.journeys.cast import AMINA, HARBOUR, NORTH, Cast
from tests.journeys.person import Person

SCOPE = "Independent advocacy with adult survivors"
OFFER = "Before offering employment"
# Every act of the journey, as the trail names it; by somebody, on something.
ACTS = [
    "installed",
    "account opened",
    "invited",
    "invitation cancelled",
    "invitation accepted",
    "second factor set up",
    "signed in",
    "signed out",
    "address corrected",
    "name changed",
    "role granted",
    "role confirmed",
    "role ended",
    "organisation named",
    "organisation approved",
    "placement recorded",
    "identity recorded",
    "regulations published",
    "content published",
    "intake opened",
    "roster imported",
    "place offered",
    "place accepted",
    "register entry opened",
    "assessment set",
    "markers allocated",
    "work submitted",
    "script taken",
    "mark given",
    "reconciliation proposed",
    "marks reconciled",
    "mark released",
    "board convened",
    "board attendance recorded",
    "board ratified",
    "decision made",
    "mark confirmed",
    "attempt opened",
    "standing proposed",
    "standing confirmed",
    "standing changed",
    "accreditation checked",
    "access denied",
]


def two_accreditors_decide(cast: Cast) -> None:
    """One proposes and can't confirm it; the other does."""
    cast.house.becomes("2027-12-13")
    adeola, anders = cast["Adeola"], cast["Anders"]
    adeola.sign_in()
    adeola.open("/accreditation/proposals")
    adeola.follow(cast.seen["Amina"])
    adeola.sees(AMINA.certificate_name, "Award made, accreditation pending")
    adeola.follow("Propose a change")
    adeola.choose("What do you propose?", "Accredited")
    adeola.date("From", date(2027, 12, 14))
    adeola.date("Until (optional)", date(2030, 12, 13))
    adeola.fill("What the person may practise (optional)", SCOPE)
    adeola.fill("Why?", "Award of the board seen, declarations in order.")
    adeola.press("Propose the change")
    adeola.sees("It waits for another accreditor")
    adeola.sees_not("Confirm the proposal")
    anders.sign_in()
    anders.open("/accreditation/proposals")
    anders.follow(cast.seen["Amina"])
    anders.press("Confirm the proposal")
    anders.sees("It is confirmed, and stands in the register")


def an_employer_checks(cast: Cast) -> None:
    """A number mistyped, a date mistyped, then the answer; another employer can't open it."""
    cast.house.becomes("2027-12-15")
    hana, colm = cast["Hana"], cast["Colm"]
    hana.sign_in()
    number = cast.seen["Amina"]
    _checks(hana, number[:-1] + _another(number[-1]), AMINA.born_on)
    hana.sees("Not checked yet")
    _checks(hana, number, AMINA.born_on + timedelta(days=1))
    hana.sees("No match")
    no_match = hana.page.url
    _checks(hana, number, AMINA.born_on)
    hana.sees("Accredited", AMINA.certificate_name, SCOPE, "13 December 2030", "Receipt")
    hana.sees_not(NORTH, "Provisional", "Confirmed", AMINA.address)
    answer = hana.page.url
    colm.sign_in()
    for address in (answer, no_match):
        colm.open(address)
        colm.sees("We can’t find that page")


def amina_sees_who_looked(cast: Cast) -> None:
    """Who, when and why; and what they were told."""
    amina = cast["Amina"]
    amina.sign_in()
    amina.open("/my/accreditation")
    amina.sees("You may practise, without conditions", HARBOUR, OFFER, "15 December 2027")


def the_trail_holds_it_all(cast: Cast) -> None:
    """Every act, in order, by whom; and the chain is whole."""
    rhian = cast["Rhian"]
    rhian.sign_in()
    rows = _all_rows(rhian)
    numbers = [int(row[0]) for row in rows]
    assert numbers == list(range(len(rows), 0, -1)), "no gap, the latest first"
    events = {row[3] for row in rows}
    assert not set(ACTS) - events, set(ACTS) - events
    assert all(row[2] for row in rows)
    head = Path(cast.house.home / "head.json")
    head.write_text(cast.house.lms("audit", "head"), encoding="utf-8")
    cast.house.lms("audit", "verify", "--head", str(head))
    cast.house.lms("files", "verify")


def _checks(hana: Person, number: str, born_on: date) -> None:
    hana.open("/check")
    hana.fill("Accreditation number", number)
    hana.date("Their date of birth", born_on)
    hana.choose("Why are you checking?", OFFER)
    hana.tick("I have seen proof of identity, and the name matches")
    hana.tick("The advocate knows that I am checking")
    hana.press("Check")


def _another(symbol: str) -> str:
    return "7" if symbol != "7" else "8"


def _all_rows(rhian: Person) -> list[list[str]]:
    rhian.open("/audit/")
    rows = []
    while True:
        table = rhian.page.get_by_role("table", name="The trail, the latest first")
        rows += [
            [cell.strip() for cell in line.locator("th, td").all_inner_texts()]
            for line in table.locator("tbody tr").all()
        ]
        older = rhian.page.get_by_role("link", name="Next")
        if not older.count():
            return rows
        older.first.click()
