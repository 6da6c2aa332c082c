"""Who takes part in the journey. Everybody is fictional."""

from dataclasses import dataclass, field
from datetime import date

from playwright.sync_api import Browser

from tests.journeys.house import House
from tests.journeys.person import Person

NORTH, HARBOUR = "Northern Lantern (fictional)", "Harbour Steps (fictional)"


@dataclass(frozen=True)
class Candidate:
    """An advocate as the roster has them."""

    name: str
    certificate_name: str
    address: str
    born_on: date
    organisation: str
    nation: str

    def row(self, qualify_by: str) -> list[str]:
        """Their line of a roster."""
        return [
            self.address,
            self.certificate_name,
            self.name,
            self.born_on.isoformat(),
            self.organisation,
            "Independent advocate",
            self.nation,
            "assessed",
            qualify_by,
        ]


AMINA = Candidate(
    "Amina", "Amina Yusuf-Ó Briain", "amina@advocate.example", date(1988, 2, 29), NORTH, "scotland"
)
BRYN = Candidate(
    "Bryn",
    "Bryn ap Tomos",
    "bryn@advocate.example",
    date(1979, 11, 5),
    HARBOUR,
    "england-and-wales",
)
DARA = Candidate(
    "Dara",
    "Dara Quinn-Zieliński",
    "dara@advocate.example",
    date(1995, 7, 14),
    HARBOUR,
    "northern-ireland",
)
CLEO = Candidate(
    "Cleo", "Cleo Abara", "cleo@advocate.example", date(1990, 1, 31), NORTH, "scotland"
)
# What would tell a marker or the board who somebody is.
IDENTITIES = [
    word
    for each in (AMINA, BRYN, DARA)
    for word in (each.name, each.certificate_name, each.address)
] + [NORTH, HARBOUR]


@dataclass
class Cast:
    """Everybody who has come in so far, by a short name."""

    house: House
    browser: Browser
    people: dict[str, Person] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)  # what somebody noted for later

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def enters(self, name: str, address: str, *, phone: bool = False) -> Person:
        """Somebody new, with the link that came for them, signs in for the first time."""
        person = Person(self.house, self.browser, name, address, phone=phone)
        self.people[name] = person
        person.accept(self.house.links.pop(address, "") or self.house.link_to(address))
        person.sign_in()
        return person
