"""Who acts: a person with roles, the public, or the system itself. Free of Flask."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is here. CONTRACT: roles."""

    ADVOCATE = "advocate"
    TUTOR = "tutor"
    EXTERNAL_EXAMINER = "external_examiner"
    REGISTRAR = "registrar"
    CHAIR = "chair"
    ACCREDITOR = "accreditor"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    AUTHOR = "author"
    ADMIN = "admin"


# Held at one organisation, by appointment; all others are held in the programme.
APPOINTMENTS = frozenset({Role.COORDINATOR, Role.SUPERVISOR})

# Everybody but advocates reads about others, so everybody but advocates proves a second factor.
SECOND_FACTOR = frozenset(Role) - {Role.ADVOCATE}


@dataclass(frozen=True)
class Held:
    """One role as somebody holds it.

    at  the reference of the organisation it is held at; empty for a role in the programme
    """

    role: Role
    at: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever acts, as the rules about permission see them.

    person_id  row of the account; 0 for the public and the system
    ref        public reference of the account, ``public`` or ``system``
    held       the roles that stand at this moment
    """

    person_id: int
    ref: str
    held: frozenset[Held] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """The roles, wherever they are held."""
        return frozenset(held.role for held in self.held)

    @property
    def is_person(self) -> bool:
        """Whether somebody is signed in."""
        return self.person_id != 0

    @property
    def is_system(self) -> bool:
        """Whether the machine acts by itself: set-up and background work."""
        return self.ref == "system"

    def places(self, role: Role) -> frozenset[str]:
        """References of the organisations at which the role is held."""
        return frozenset(held.at for held in self.held if held.role == role and held.at)


PUBLIC = Actor(0, "public")
SYSTEM = Actor(0, "system")
