"""When a role may: conditions on the actor and the thing, read after "when".

A thing is whatever has the attributes its Protocol names; no feature is imported, and no
condition asks the database.
"""

from collections.abc import Callable, Collection
from typing import Any, Protocol

from lms.access.actor import Actor, Role

Condition = Callable[[Actor, Any], bool]


class HasRef(Protocol):
    """Something with a public reference."""

    ref: str


class OfOrganisation(Protocol):
    """Something that belongs to one organisation."""

    @property
    def organisation_ref(self) -> str: ...


class OfAdvocate(Protocol):
    """Something that belongs to one advocate."""

    @property
    def advocate_id(self) -> int: ...


class OfOwner(Protocol):
    """A notebook, or something in it."""

    @property
    def owner_id(self) -> int: ...


class OfHolder(Protocol):
    """Something in the register: it belongs to the person who holds the number."""

    @property
    def holder_id(self) -> int: ...


class OfMarker(Protocol):
    """A script in a marker's hands."""

    @property
    def marker_id(self) -> int: ...


class Proposed(Protocol):
    """Something one person proposed and another has to decide."""

    @property
    def proposed_by_id(self) -> int: ...


class Marked(Protocol):
    """A script with all who marked it."""

    @property
    def marker_ids(self) -> Collection[int]: ...


class Staffed(Protocol):
    """An assessment with those whom the registrar allocated to mark it."""

    @property
    def allocated_ids(self) -> Collection[int]: ...


class Chaired(Protocol):
    """A meeting of the board, with its chair."""

    @property
    def chair_id(self) -> int: ...


class Seated(Chaired, Protocol):
    """A meeting with its members too."""

    @property
    def member_ids(self) -> Collection[int]: ...


class Candidacy(Protocol):
    """A person before the accreditors, with those who taught, marked or supervised them."""

    @property
    def holder_id(self) -> int: ...

    @property
    def involved_ids(self) -> Collection[int]: ...


class Reviewed(Protocol):
    """A text with those who are asked to review it, and those who wrote it."""

    @property
    def reviewer_ids(self) -> Collection[int]: ...

    @property
    def writer_ids(self) -> Collection[int]: ...


def always(_actor: Actor, _thing: Any) -> bool:
    """No condition but the role."""
    return True


def is_themselves(actor: Actor, account: Any) -> bool:
    """The account is their own."""
    return bool(account.id == actor.person_id)


def is_somebody_else(actor: Actor, account: Any) -> bool:
    """The account is not their own: nobody grants or disables themselves."""
    return bool(account.id != actor.person_id)


def is_own(actor: Actor, thing: OfAdvocate) -> bool:
    """It belongs to this very advocate."""
    return thing.advocate_id == actor.person_id


def is_its_owner(actor: Actor, thing: OfOwner) -> bool:
    """It is their own notebook, or stands in it."""
    return thing.owner_id == actor.person_id


def is_own_entry(actor: Actor, entry: OfHolder) -> bool:
    """It is their own entry in the register."""
    return entry.holder_id == actor.person_id


def did_not_propose(actor: Actor, proposal: Proposed) -> bool:
    """A second person: never the one who proposed."""
    return proposal.proposed_by_id != actor.person_id


def seconds_it(actor: Actor, proposal: Any) -> bool:
    """A second person: neither the one who proposed it nor the one whose account it is about."""
    return did_not_propose(actor, proposal) and proposal.account_id != actor.person_id


def coordinates_it(actor: Actor, organisation: HasRef) -> bool:
    """They are a coordinator of this organisation."""
    return organisation.ref in actor.places(Role.COORDINATOR)


def supervises_there(actor: Actor, organisation: HasRef) -> bool:
    """They are a supervisor at this organisation."""
    return organisation.ref in actor.places(Role.SUPERVISOR)


def coordinates_its_organisation(actor: Actor, thing: OfOrganisation) -> bool:
    """They are a coordinator of the organisation that the thing belongs to."""
    return thing.organisation_ref in actor.places(Role.COORDINATOR)


def has_it_to_mark(actor: Actor, claim: OfMarker) -> bool:
    """The script is in their hands, at this stage of marking."""
    return claim.marker_id == actor.person_id


def marked_it(actor: Actor, script: Marked) -> bool:
    """They gave one of its marks."""
    return actor.person_id in script.marker_ids


def is_allocated(actor: Actor, assessment: Staffed) -> bool:
    """The registrar allocated them to mark this assessment."""
    return actor.person_id in assessment.allocated_ids


def chairs_this_meeting(actor: Actor, meeting: Chaired) -> bool:
    """They are the chair of this very meeting."""
    return meeting.chair_id == actor.person_id


def sits_in_this_meeting(actor: Actor, meeting: Seated) -> bool:
    """They were appointed to this meeting, as chair or member."""
    return actor.person_id == meeting.chair_id or actor.person_id in meeting.member_ids


def was_not_involved(actor: Actor, candidacy: Candidacy) -> bool:
    """They neither marked nor supervised the person, and are not the person."""
    return actor.person_id != candidacy.holder_id and actor.person_id not in candidacy.involved_ids


def proposed_nothing_and_was_not_involved(actor: Actor, proposal: Any) -> bool:
    """A second accreditor: not the first, not the person, not one who marked or supervised them."""
    return did_not_propose(actor, proposal) and was_not_involved(actor, proposal)


def is_to_review(actor: Actor, text: Reviewed) -> bool:
    """They were asked to review it."""
    return actor.person_id in text.reviewer_ids


def is_to_review_and_wrote_nothing(actor: Actor, text: Reviewed) -> bool:
    """They were asked to review it, and none of it is their own."""
    return is_to_review(actor, text) and actor.person_id not in text.writer_ids
