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
# Everybody who can sign in, in the order in which they are shown, with what they are in a word.
SIGN_INS: tuple[tuple[str, str], ...] = (
    ("advocate", "advocate, first term"),
    ("advocate2", "advocate, before the board"),
    ("advocate3", "advocate, accredited"),
    ("tutor", "first marker"),
    ("tutor2", "second marker"),
    ("moderator", "second marker, board member"),
    ("external", "external examiner"),
    ("registrar", "registrar"),
    ("registrar2", "registrar, the second pair of eyes"),
    ("chair", "chair of the board"),
    ("accreditor", "accreditor, proposes"),
    ("accreditor2", "accreditor, confirms"),
    ("coordinator", "coordinator, organisation A"),
    ("coordinator2", "coordinator, organisation B"),
    ("supervisor", "supervisor, organisation A"),
    ("author", "author"),
    ("admin", "administrator"),
)
_ADVOCATES = {(0, 0): "advocate", (1, 1): "advocate2", (2, 0): "advocate3"}
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
        address = _ADVOCATES.get((intake, number), f"{first}.{last}.{intake}".casefold())
        born = date(1970, 3, 1) + timedelta(days=397 * number + 101 * intake)
        found.append(Person(f"{address}@{DOMAIN}", first, f"{first} {last}", born))
    return found
