"""Questions about what waits for accreditors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.access.actor import Role
from lms.accounts.queries import ever_held_at
from lms.accreditation.models import Entry, StandingEvent
from lms.accreditation.queries import standings_of
from lms.accreditation.rules import Standing, Terms
from lms.accrediting.models import Proposal, ProposalEnd, ProposalReason
from lms.accrediting.rules import involved
from lms.board.models import Decision
from lms.board.queries import award_of
from lms.db import db
from lms.errors import NotFound
from lms.marking.queries import markers_of
from lms.organisations.queries import ever_placed_at


@dataclass(frozen=True)
class Candidacy:
    """A person before the accreditors, with those who may not decide on them."""

    ref: str
    entry: Entry
    award: Decision | None
    involved_ids: frozenset[int]

    @property
    def holder_id(self) -> int:
        """Whose entry it is."""
        return self.entry.holder_id


@dataclass(frozen=True)
class Before:
    """A proposal before the second accreditor; for conditions of access."""

    ref: str
    proposed_by_id: int
    holder_id: int
    involved_ids: frozenset[int]


def candidacy(entry: Entry) -> Candidacy:
    """A person with the award they have, and who marked or supervised them."""
    return Candidacy(entry.ref, entry, award_of(entry.holder_id), _involved(entry.holder_id))


def before(proposal: Proposal) -> Before:
    """A proposal with those who may not confirm it."""
    holder = proposal.entry.holder_id
    return Before(proposal.ref, proposal.proposed_by_id, holder, _involved(holder))


def proposal(ref: str) -> Proposal:
    """The proposal of this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Proposal).where(Proposal.ref == ref).options(joinedload(Proposal.entry))
    )
    if found is None:
        raise NotFound
    return found


def proposals_of(entry: Entry) -> list[tuple[Proposal, ProposalEnd | None, ProposalReason | None]]:
    """Everything proposed about an entry, the latest first, with what became of it."""
    rows = db.session.execute(
        select(Proposal, ProposalEnd, ProposalReason)
        .outerjoin(ProposalEnd, ProposalEnd.proposal_id == Proposal.id)
        .outerjoin(ProposalReason, ProposalReason.proposal_id == Proposal.id)
        .where(Proposal.entry_id == entry.id)
        .order_by(Proposal.id.desc())
    )
    return [(row[0], row[1], row[2]) for row in rows]


def terms_of(proposal: Proposal) -> Terms:
    """What a proposal would enter."""
    return Terms(
        Standing(proposal.standing or Standing.IN_TRAINING),
        proposal.from_on,
        proposal.until_on,
        proposal.scope,
        tuple(proposal.conditions),
    )


def end_of(proposal: Proposal) -> ProposalEnd | None:
    """What the second accreditor said, once they did."""
    return db.session.get(ProposalEnd, proposal.id)


def reason_of(proposal: Proposal) -> ProposalReason | None:
    """Why it was proposed, while the text is kept."""
    return db.session.get(ProposalReason, proposal.id)


def waiting() -> Sequence[Proposal]:
    """Proposals that wait for a second accreditor, the oldest first."""
    return db.session.scalars(
        select(Proposal)
        .outerjoin(ProposalEnd, ProposalEnd.proposal_id == Proposal.id)
        .where(ProposalEnd.proposal_id.is_(None))
        .options(joinedload(Proposal.entry))
        .order_by(Proposal.id)
    ).all()


def awarded(on: date) -> list[Entry]:
    """Entries whose standing is "award made": those whom the accrediting body decides on next."""
    entries = db.session.scalars(
        select(Entry)
        .where(
            Entry.id.in_(
                select(StandingEvent.entry_id).where(StandingEvent.standing == Standing.AWARD_MADE)
            )
        )
        .order_by(Entry.number)
    ).all()
    now = standings_of([each.holder_id for each in entries], on)
    return [
        each
        for each in entries
        if each.holder_id in now and now[each.holder_id].standing is Standing.AWARD_MADE
    ]


def _involved(holder_id: int) -> frozenset[int]:
    supervisors = ever_held_at(Role.SUPERVISOR, ever_placed_at(holder_id))
    return involved(markers_of(holder_id), supervisors)
