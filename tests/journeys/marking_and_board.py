"""Third part: two tutors mark by number, the board decides, in one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tests.journeys.cast import AMINA, BRYN, Cast
from tests.journeys.learning_and_handing_in import CASE, PLAN
from tests.journeys.person import Person

REASON = "We read both scripts again side by side, descriptor by descriptor."
SECRET = "tobias-wrote-this-and-only-he"


@dataclass(frozen=True)
class Given:
    """Marks of one script, criterion by criterion."""

    first: Sequence[int]
    second: Sequence[int]
    reconciled: Sequence[int]


# In the order in which scripts are taken is for the product to say; so each is known by what
# stands in it.
SCRIPTS = {
    "second analysis": Given(
        [74, 70, 72, 68, 71, 70], [60, 62, 64, 66, 60, 62], [68, 66, 69, 67, 65, 68]
    ),
    "standing, as I see": Given(
        [70, 74, 70, 72, 71, 73], [75, 70, 72, 74, 74, 71], [72, 72, 71, 73, 73, 72]
    ),
    "comes first": Given(
        [66, 60, 63, 60, 61, 63], [70, 64, 66, 61, 60, 65], [66, 60, 63, 60, 61, 63]
    ),
    "who waits": Given(
        [52, 51, 55, 50, 53, 51], [50, 54, 52, 56, 51, 53], [54, 52, 52, 54, 50, 52]
    ),
}


def both_tutors_mark(cast: Cast) -> None:
    """The first marks all; the second marks all of it blind."""
    tobias, tamsin = cast["Tobias"], cast["Tamsin"]
    cast.house.work()
    tobias.sign_in()
    for _ in SCRIPTS:
        _takes_and_marks(tobias, "first")
    tamsin.sign_in()
    tamsin.unseen = [*tamsin.unseen, SECRET]
    for _ in SCRIPTS:
        _takes_and_marks(tamsin, "second")
    tamsin.unseen = [each for each in tamsin.unseen if each != SECRET]


def they_reconcile(cast: Cast) -> None:
    """One proposes with a reason, the other agrees."""
    tobias, tamsin = cast["Tobias"], cast["Tamsin"]
    tobias.open("/marking/")
    numbers = _listed(tobias, "To reconcile")
    assert len(numbers) == len(SCRIPTS)
    for number in numbers:
        tobias.open("/marking/")
        tobias.follow(number)
        tobias.page.locator("details summary", has_text="The script").click()
        _fills_in(tobias, _script_on(tobias).reconciled)
        tobias.fill("How you came to this mark", REASON)
        tobias.press("Propose this mark")
        tobias.sees("Your proposal waits for the other marker")
    for number in numbers:
        tamsin.open("/marking/")
        tamsin.follow(number)
        tamsin.sees(REASON)
        tamsin.press("Agree to this mark")
        tamsin.sees("are reconciled")


def marks_are_released(cast: Cast, marks: dict[str, dict[str, str]]) -> None:
    """As provisional, with feedback; before that nobody sees anything."""
    amina, rhian = cast["Amina"], cast["Rhian"]
    amina.sign_in()
    _opens_work(amina, PLAN)
    amina.sees("No mark yet")
    rhian.sign_in()
    for title in (CASE, PLAN):
        rhian.open("/programme/")
        rhian.follow("September 2027")
        rhian.follow("Assessments")
        rhian.follow("Markers and marks", within=rhian.row(title))
        rhian.press("Release 2 marks")
        rhian.sees("2 marks are released as provisional")
    cast["Bryn"].sign_in()
    for who in (AMINA, BRYN):
        for title in (CASE, PLAN):
            _opens_work(cast[who.name], title)
            cast[who.name].sees("Provisional", "Overall comment of the two", "How it came about")
            shown = cast[who.name].page.locator("main .mark-now").inner_text()
            assert shown == marks[who.name][title], f"{who.name}, {title}: {shown}"
            cast[who.name].sees_not(SECRET, "Tobias", "Tamsin")


def the_board_meets(cast: Cast, working: dict[str, Sequence[str]]) -> None:
    """Convened by the registrar; each outcome with its working; ratified by the chair alone."""
    cast.house.becomes("2027-12-06")
    rhian, cedric = cast["Rhian"], cast["Cedric"]
    rhian.sign_in()
    rhian.open("/boards/new")
    rhian.choose("Intake", "September 2027")
    rhian.date("Day of the meeting", date(2027, 12, 6))
    rhian.choose("Chair", "Cedric")
    rhian.tick("Tobias")
    rhian.tick("Esi")
    rhian.press("Convene the board")
    rhian.sees("The board is convened", "3 candidates")
    cedric.sign_in()
    _opens_board(cedric)
    cedric.sees("What is missing before the board can decide")
    for name in ("Cedric", "Tobias", "Esi"):
        rhian.tick(name)
    rhian.press("Record who is present")
    rhian.sees("Attendance is recorded", "The chair ratifies")
    numbers = _reads_the_working(cedric, working)
    _opens_board(cedric)
    cedric.follow("Go on to ratify")
    cedric.sees("This can’t be undone")
    cedric.date("Deadline of further attempts", date(2028, 1, 28), "17:00")
    cedric.press("Ratify the results")
    cedric.sees("The results are ratified")
    cast.seen["board numbers"] = " ".join(numbers)


def everybody_reads_what_was_decided(cast: Cast) -> None:
    """Marks are confirmed, an award stands in the register, a further attempt is open."""
    amina, dara = cast["Amina"], cast["Dara"]
    amina.sign_in()
    _opens_work(amina, CASE)
    amina.sees("Confirmed", "The board of examiners has confirmed it")
    amina.open("/my/accreditation")
    amina.sees("Award made, accreditation pending", cast.seen["Amina"])
    dara.sign_in()
    dara.sees("A second attempt is open to you")
    cast["Cedric"].open(cast["Cedric"].page.url + "/ratify")
    cast["Cedric"].sees("Nothing more happens here")


def _takes_and_marks(tutor: Person, stage: str) -> None:
    tutor.open("/marking/")
    tutor.press("Take the next script")
    given = _script_on(tutor)
    marks = given.first if stage == "first" else given.second
    _fills_in(tutor, marks[:2])
    tutor.press("Save draft")
    tutor.sees("Your draft is saved")
    _fills_in(tutor, marks)
    tutor.fill("Overall: what to keep, what to do next", "Overall comment of the two.")
    note = SECRET if stage == "first" else "I read it twice."
    tutor.fill("Note for reconciling, and for the board", note)
    tutor.press(f"Give {stage} mark")
    tutor.sees("is given")


def _script_on(tutor: Person) -> Given:
    text = tutor.text()
    found = [given for words, given in SCRIPTS.items() if words in text]
    assert len(found) == 1, text[:2000]
    return found[0]


def _fills_in(tutor: Person, marks: Sequence[int]) -> None:
    for number, mark in enumerate(marks, start=1):
        tutor.fill(f"Mark for criterion {number}, 0 to 100", str(mark))
        label = f"Comment for the candidate on criterion {number}"
        tutor.fill(label, f"What carries criterion {number} here.")


def _listed(tutor: Person, heading: str) -> list[str]:
    table = tutor.page.get_by_role("table", name=heading)
    return [each.strip() for each in table.get_by_role("rowheader").all_inner_texts()]


def _opens_work(advocate: Person, title: str) -> None:
    advocate.open("/assessments/")
    advocate.follow(title)
    if "/submissions/" not in advocate.page.url:
        advocate.follow("mark and comments")


def _opens_board(cedric: Person) -> None:
    cedric.open("/boards/")
    cedric.follow("6 December 2027")


def _reads_the_working(cedric: Person, working: dict[str, Sequence[str]]) -> list[str]:
    """Opens each candidate; every outcome comes with the lines that the rulebook asks for."""
    numbers = _listed(cedric, "Candidates before the board")
    said = {}
    for number in numbers:
        _opens_board(cedric)
        cedric.follow(number)
        said[number] = cedric.text()
    for outcome, lines in working.items():
        assert any(all(line in text for line in lines) for text in said.values()), (
            f"{outcome}: {lines} in none of {said}"
        )
    return numbers
