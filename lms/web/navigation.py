"""The menu: at most five entries, from what the actor's roles may ever do."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.access import gate
from lms.access.actor import Actor, Role
from lms.access.permissions import Permission as P


@dataclass(frozen=True)
class Entry:
    """One line of a menu."""

    label: str
    href: str
    current: bool = False
    post: bool = False  # a button that changes something, not a link


# In order of weight for the people who see them; the first five that may ever be used are shown.
_PLACES: tuple[tuple[str, str, P], ...] = (
    ("Learning", "/learn/", P.LEARN),
    ("Assessments", "/assessments/", P.SUBMIT_WORK),
    ("Accreditation", "/my/accreditation", P.READ_OWN_ACCREDITATION),
    ("Check", "/check", P.CHECK_ACCREDITATION),
    ("Marking", "/marking/", P.TAKE_SCRIPT),
    ("Boards", "/boards/", P.READ_BOARD),
    ("Register", "/accreditation/", P.READ_REGISTER),
    ("Programme", "/programme/", P.KEEP_INTAKES),
    ("Organisations", "/organisations/", P.READ_ORGANISATIONS),
    ("People", "/people/", P.READ_PEOPLE),
    ("Your organisation", "/organisations/own", P.READ_OWN_ORGANISATION),
    ("Content", "/authoring/", P.READ_FINDINGS),
    ("Progress", "/progress/", P.READ_PROGRESS),
    ("Modules", "/learn/", P.READ_MODULES),
    ("Drafts", "/authoring/drafts/", P.READ_DRAFTS),
    ("Trail", "/audit/", P.READ_TRAIL),
)
MOST = 5

_ROLE_WORDS = {
    Role.ADVOCATE: "Advocate",
    Role.TUTOR: "Tutor",
    Role.EXTERNAL_EXAMINER: "External examiner",
    Role.REGISTRAR: "Registrar",
    Role.CHAIR: "Chair of the board",
    Role.ACCREDITOR: "Accreditor",
    Role.COORDINATOR: "Coordinator",
    Role.SUPERVISOR: "Supervisor",
    Role.AUTHOR: "Author",
    Role.ADMIN: "Administrator",
}


def menu(actor: Actor, path: str) -> list[Entry]:
    """The main menu as this actor sees it, with the present place marked."""
    if not actor.is_person:
        return []
    home, known = Entry("Home", "/", path == "/"), places(actor)
    # One place may lie within another: the nearest is where they are.
    here = max((href for _, href in known if _within(path, href)), key=len, default="")
    rest = [Entry(label, href, href == here) for label, href in known]
    return [home, *rest[: MOST - 1]]


def account_menu() -> list[Entry]:
    """What everybody signed in finds under their name."""
    return [
        Entry("Your account", "/account/"),
        Entry("Help", "/help/"),
        Entry("Sign out", "/sign-out", post=True),
    ]


def places(actor: Actor) -> list[tuple[str, str]]:
    """Every place the actor's roles may ever use, each once."""
    found: dict[str, str] = {}
    for label, href, permission in _PLACES:
        if href not in found and gate.may_ever(actor, permission):
            found[href] = label
    return [(label, href) for href, label in found.items()]


def role_words(roles: Sequence[Role] | frozenset[Role]) -> str:
    """The roles in words, for the account menu: "Registrar, Tutor"."""
    return ", ".join(word for role, word in _ROLE_WORDS.items() if role in roles)


def role_word(role: Role) -> str:
    """One role in words."""
    return _ROLE_WORDS[role]


def _within(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
