"""Rules of the second authority: what may be proposed, and what happens to a proposal."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from lms.accreditation.rules import DECIDED_BY_TWO, Kind, Standing
from lms.errors import RuleBroken


class Verdict(StrEnum):
    """What the second accreditor said."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


STANDING_WORDS = {
    Standing.ACCREDITED: "Accredited",
    Standing.ACCREDITED_WITH_CONDITIONS: "Accredited with conditions",
    Standing.SUSPENDED: "Suspended: not a finding",
    Standing.WITHDRAWN: "Withdrawn at own request",
    Standing.REVOKED: "Revoked",
}
KIND_WORDS = {
    Kind.WITHHELD: "Withhold the record: every check finds nothing",
    Kind.SHOWN: "Show the record again",
}


PROPOSAL_WORDS: dict[str, str] = {
    **{str(key): word for key, word in STANDING_WORDS.items()},
    **{str(key): word for key, word in KIND_WORDS.items()},
}


def check_proposable(kind: Kind, standing: Standing | None, has_award: bool) -> None:
    """Refuse what two accreditors don't decide, or an accreditation without an award.

    Raises RuleBroken.
    """
    if kind is not Kind.STANDING:
        return
    if standing not in DECIDED_BY_TWO:
        raise RuleBroken("Choose what is proposed.")
    green = {Standing.ACCREDITED, Standing.ACCREDITED_WITH_CONDITIONS}
    if standing in green and not has_award:
        raise RuleBroken("Nobody is accredited without an award of the board.")


def conditions_of(text: str) -> tuple[str, ...]:
    """Conditions as they were typed, one a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def involved(markers: set[int], supervisors: Sequence[int]) -> frozenset[int]:
    """Everybody who marked or supervised the person: they don't decide on them."""
    return frozenset({*markers, *supervisors})


def check_reason(reason: str) -> None:
    """Another accreditor reads why; raises RuleBroken where nothing is said."""
    if not reason.strip():
        raise RuleBroken("Say why: another accreditor reads it.")


def check_proposer(proposed_by_id: int, involved_ids: Collection[int]) -> None:
    """Whoever proposed has not marked or supervised the person since; raises RuleBroken."""
    if proposed_by_id in involved_ids:
        raise RuleBroken(
            "Whoever proposed this has marked or supervised the person since. "
            "Decline it; somebody else can propose it anew."
        )
