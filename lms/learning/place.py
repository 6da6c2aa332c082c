"""The place from which a request reads: whose version, whether it is open, and for what nation."""

from flask import request

from lms import clock
from lms.access.actor import Actor, Role
from lms.access.gate import actor
from lms.access.permissions import GRANTS, Permission as P
from lms.errors import NotFound
from lms.learning import queries
from lms.learning.page import Settings
from lms.learning.queries import Reader
from lms.markup_blocks import NATIONS

# Reading settings, each a plain cookie that says nothing else. The nation is the reader's own
# choice, never their employer's.
NATION, PICTURES = "nation", "pictures"
_STAFF = {grant.role for grant in GRANTS[P.READ_MODULES]} - {Role.ADVOCATE}


def reader() -> Reader | None:
    """Where the person signed in reads; None for an advocate without a place."""
    someone = actor()
    own = queries.reader_of(someone.person_id) if Role.ADVOCATE in someone.roles else None
    return own if own is not None or not reads_as_staff(someone) else queries.staff_reader()


def reads_as_staff(someone: Actor) -> bool:
    """Whether a role of theirs, and not their place, lets them read modules and tutor notes."""
    return bool(someone.roles & _STAFF)


def opens_later(reader: Reader) -> bool:
    """Whether the intake is still to begin."""
    return reader.opens_on is not None and clock.today() < reader.opens_on


def open_reader() -> Reader:
    """Where the person signed in reads now. Raises NotFound when nothing is open to them."""
    found = reader()
    if found is None or opens_later(found):
        raise NotFound
    return found


def settings(here: str) -> Settings:
    """How somebody reads: as they chose, or as everybody does before.

    here  the address to come back to after choosing otherwise
    """
    return Settings(
        nation(),
        hide_pictures=request.cookies.get(PICTURES) == "hidden",
        open_all=request.args.get("nations") == "all",
        warned=request.args.get("show") == "1",
        here=here,
    )


def nation() -> str:
    """The nation that the reader chose; nothing when they chose none, and all are open."""
    chosen = request.cookies.get(NATION, "")
    return chosen if chosen in NATIONS else ""
