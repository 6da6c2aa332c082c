"""Fictional people and organisations. No name here is meant to be anybody's."""

from dataclasses import dataclass
from datetime import date, timedelta

from lms.access.actor import Role
from lms.organisations.rules import Nation

DOMAIN = "demo.example"

# Local part, name, role. CONTRACT: demo.
STAFF: tuple[tuple[str, str, Role], ...] = (
    ("registrar", "Robin Registrar", Role.REGISTRAR),
    ("registrar2", "Reese Registrar", Role.REGISTRAR),
    ("tutor", "Tegan Tutor", Role.TUTOR),
    ("tutor2", "Tomos Tutor", Role.TUTOR),
    ("moderator", "Morgan Moderator", Role.TUTOR),
    ("external", "Elliot External", Role.EXTERNAL_EXAMINER),
    ("chair", "Charlie Chair", Role.CHAIR),
    ("accreditor", "Ashley Accreditor", Role.ACCREDITOR),
    ("accreditor2", "Aubrey Accreditor", Role.ACCREDITOR),
    ("author", "Avery Author", Role.AUTHOR),
    ("admin", "Adrian Admin", Role.ADMIN),
)
_PLACES = (
    "Harbour Lane", "Quiet Mill", "Larkfield", "North Quay", "Fernbank", "Millrace", "Heather Row",
    "Saltmarsh", "Oak Ferry", "Greystone", "Windrush", "Tidewater", "Maple Court", "Lantern House",
    "Blackthorn", "Silver Ford", "Beacon Hill", "Riverbend", "Copper Gate", "Linden Walk",
    "Stonebridge", "Ashgrove", "Kestrel Point",
)  # fmt: skip
_FIRST = (
    "Amara", "Bethan", "Callum", "Dilys", "Esme", "Farah", "Gwen", "Hamza", "Isla", "Jonas",
    "Kezia", "Lorcan", "Mirela", "Niamh", "Osian", "Priya", "Quentin", "Rhona", "Siobhan", "Tariq",
    "Una", "Viktor", "Wanda", "Yusuf",
)  # fmt: skip
_LAST = (
    "Okonjo", "Fairweather", "McAllister-Hughes", "Penhallow", "Quinlan", "Raman", "Sedgewick",
    "Thistlewood", "Umarov", "Vellacott", "Wrenfield", "Yarborough", "Abernethy", "Birdsong",
    "Carrowmore", "Dunmorrow", "Eastlake", "Fennimore", "Gallowglass", "Hollowell", "Inverlea",
    "Jessamine", "Kirkwood-Adeyemi", "Lovelace",
)  # fmt: skip
PEOPLE = len(_FIRST)
_NATIONS = (Nation.ENGLAND_AND_WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND)


@dataclass(frozen=True)
class Person:
    """Somebody made up."""

    address: str
    name: str
    certificate_name: str
    born_on: date


def organisations() -> list[tuple[str, Nation]]:
    """23 organisations, each with the nation it works in. The first is A, the second B."""
    return [
        (f"{place} Advocacy (fictional)", _NATIONS[number % 4 % 3])
        for number, place in enumerate(_PLACES)
    ]


def advocates(intake: int) -> list[Person]:
    """24 people of one intake.

    intake  0 for the one in its first term, 1 before the board, 2 accredited
    """
    found = []
    for number in range(PEOPLE):
        first = _FIRST[number]
        last = _LAST[(number * 7 + intake * 5) % PEOPLE]
        address = f"{first}.{last}.{intake}".casefold()
        if (intake, number) in {(0, 0), (1, 1)}:
            address = "advocate" if intake == 0 else "advocate2"
        born = date(1970, 3, 1) + timedelta(days=397 * number + 101 * intake)
        found.append(Person(f"{address}@{DOMAIN}", first, f"{first} {last}", born))
    return found
