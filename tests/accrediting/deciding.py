"""Proposing, confirming and declining, as accreditors do."""

from lms import clock
from lms.accounts.models import Account
from lms.accounts.queries import actor_for
from lms.accreditation.models import Entry
from lms.accreditation.queries import standing_of
from lms.accreditation.rules import Kind, Standing, Terms
from lms.accrediting import operations
from lms.accrediting.models import Proposal
from lms.accrediting.operations import Proposed
from lms.db import unit_of_work
from tests.accreditation.register import green

REASON = "The evidence is complete; see the board’s decision."


def terms(standing: Standing, **given: object) -> Terms:
    """Terms that hold together, from today."""
    base: dict[str, object] = {"from_on": clock.today()}
    if standing in {Standing.ACCREDITED, Standing.ACCREDITED_WITH_CONDITIONS}:
        base |= green()
    if standing is Standing.ACCREDITED_WITH_CONDITIONS:
        base["conditions"] = ("Supervision every two weeks.",)
    if standing is Standing.SUSPENDED:
        base["until_on"] = clock.today().replace(year=clock.today().year + 1)
    return Terms(standing, **{**base, **given})  # type: ignore[arg-type]


def propose(
    entry: Entry,
    by: Account,
    what: Standing | Kind = Standing.ACCREDITED,
    reason: str = REASON,
    **given: object,
) -> Proposal:
    """One accreditor's word."""
    proposed = (
        Proposed(what, None, reason)
        if isinstance(what, Kind)
        else Proposed(Kind.STANDING, terms(what, **given), reason)
    )
    with unit_of_work():
        return operations.propose(entry, proposed, actor=actor_for(by))


def confirm(proposal: Proposal, by: Account) -> None:
    """The second accreditor's word."""
    with unit_of_work():
        operations.confirm(proposal, actor=actor_for(by))


def decline(proposal: Proposal, by: Account, reason: str = "Not yet.") -> None:
    """The second accreditor's other word."""
    with unit_of_work():
        operations.decline(proposal, reason, actor=actor_for(by))


def standing(entry: Entry) -> Standing:
    """What holds today."""
    held = standing_of(entry, clock.today())
    assert held is not None
    return held.standing
