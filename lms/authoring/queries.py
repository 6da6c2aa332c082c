"""Questions about drafts of what is taught."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from lms import storage
from lms.access.actor import Actor, Role
from lms.accounts.models import Account
from lms.accounts.queries import holders_of
from lms.authoring import rules
from lms.authoring.models import (
    ContentReview,
    Draft,
    ReviewAnswer,
    ReviewerAppointment,
    ReviewRequest,
    Revision,
)
from lms.catalogue.models import ContentVersion
from lms.catalogue.queries import versions
from lms.db import db
from lms.errors import NotFound
from lms.storage import StoredFile


@dataclass(frozen=True)
class Hands:
    """A draft with those whose work it is, as the rules about permission see it."""

    ref: str
    reviewer_ids: frozenset[int]
    writer_ids: frozenset[int]


def draft(ref: str) -> Draft:
    """The draft of this reference. Raises NotFound."""
    found = db.session.scalar(select(Draft).where(Draft.ref == ref))
    if found is None:
        raise NotFound
    return found


def drafts_for(actor: Actor) -> Sequence[Draft]:
    """The drafts that somebody may read, the newest first: all, or those they are to review."""
    query = (
        select(Draft)
        .options(joinedload(Draft.opened_by), joinedload(Draft.version))
        .order_by(Draft.ended_at.is_not(None), Draft.id.desc())
    )
    if not actor.roles & {Role.AUTHOR, Role.REGISTRAR}:
        query = query.where(
            exists().where(
                ReviewerAppointment.draft_id == Draft.id,
                ReviewerAppointment.account_id == actor.person_id,
            )
        )
    return db.session.scalars(query).all()


def waiting_for(account_id: int) -> int:
    """How many drafts under way somebody is to review and has said nothing about since asked."""
    said = exists().where(
        ContentReview.draft_id == Draft.id,
        ContentReview.by_id == account_id,
        ContentReview.kind == ReviewerAppointment.kind,
        ContentReview.at >= ReviewRequest.at,
    )
    later = aliased(ReviewRequest)
    newer = exists().where(later.draft_id == Draft.id, later.number > ReviewRequest.number)
    return (
        db.session.scalar(
            select(func.count(func.distinct(Draft.id)))
            .join(ReviewerAppointment, ReviewerAppointment.draft_id == Draft.id)
            .join(ReviewRequest, ReviewRequest.draft_id == Draft.id)
            .where(ReviewerAppointment.account_id == account_id, Draft.ended_at.is_(None))
            .where(~said, ~newer)
        )
        or 0
    )


def latest_version() -> ContentVersion | None:
    """The version that was published last, on which a new draft stands."""
    return next(iter(versions()), None)


def newest_revisions(draft_id: int) -> Sequence[Revision]:
    """The revision that counts of each file of a draft, by name. One query."""
    later = aliased(Revision)
    return db.session.scalars(
        select(Revision)
        .options(joinedload(Revision.by))
        .outerjoin(
            later,
            and_(
                later.draft_id == Revision.draft_id,
                later.name == Revision.name,
                later.number > Revision.number,
            ),
        )
        .where(Revision.draft_id == draft_id, later.id.is_(None))
        .order_by(Revision.name)
    ).all()


def moment_of(draft: Draft) -> tuple[int | None, ...]:
    """Rows by which to tell whether a draft was changed: its base, and its newest revisions."""
    newest = select(func.max(Revision.id)).where(Revision.draft_id == draft.id)
    return draft.base_version_id, db.session.scalar(newest)


def newest_revision(draft_id: int, name: str) -> Revision | None:
    """The revision that counts of one file; None for a file that nobody changed."""
    return db.session.scalars(
        select(Revision)
        .where(Revision.draft_id == draft_id, Revision.name == name)
        .order_by(Revision.number.desc())
        .limit(1)
    ).first()


def uploads(draft_id: int) -> list[StoredFile]:
    """Every picture and film that was ever put into a draft, each as often as it was."""
    keys = db.session.scalars(
        select(Revision.file_key)
        .where(Revision.draft_id == draft_id, Revision.file_key.is_not(None))
        .order_by(Revision.id)
    )
    return [storage.known(key) for key in keys if key]


def history_of(draft_id: int, name: str) -> Sequence[Revision]:
    """Everything that was done to one file of a draft, the newest first."""
    return db.session.scalars(
        select(Revision)
        .options(joinedload(Revision.by))
        .where(Revision.draft_id == draft_id, Revision.name == name)
        .order_by(Revision.number.desc())
    ).all()


def hands(draft: Draft) -> Hands:
    """Who reviews a draft, and who wrote in it."""
    reviewers = select(ReviewerAppointment.account_id).where(
        ReviewerAppointment.draft_id == draft.id
    )
    writers = select(Revision.by_id).where(Revision.draft_id == draft.id).distinct()
    return Hands(
        draft.ref,
        frozenset(db.session.scalars(reviewers)),
        frozenset(db.session.scalars(writers)),
    )


def appointments(draft_id: int) -> Sequence[ReviewerAppointment]:
    """Those who are to review a draft, by kind."""
    return db.session.scalars(
        select(ReviewerAppointment)
        .options(joinedload(ReviewerAppointment.account))
        .where(ReviewerAppointment.draft_id == draft_id)
        .order_by(ReviewerAppointment.kind, ReviewerAppointment.id)
    ).all()


def is_appointed(draft_id: int, kind: str, account_id: int) -> bool:
    """Whether somebody is to make this kind of review of a draft."""
    return any(
        (each.kind, each.account_id) == (kind, account_id) for each in appointments(draft_id)
    )


def last_request(draft_id: int) -> ReviewRequest | None:
    """The last time that review was asked for."""
    return db.session.scalars(
        select(ReviewRequest)
        .where(ReviewRequest.draft_id == draft_id)
        .order_by(ReviewRequest.number.desc())
        .limit(1)
    ).first()


def reviews_of(draft_id: int) -> Sequence[ContentReview]:
    """Everything that reviewers said of a draft, in order."""
    return db.session.scalars(
        select(ContentReview)
        .options(joinedload(ContentReview.by))
        .where(ContentReview.draft_id == draft_id)
        .order_by(ContentReview.id)
    ).all()


def counted_reviews(draft: Draft) -> list[ContentReview]:
    """The same, without the agreement of those who wrote in the draft, whenever they did."""
    writers = hands(draft).writer_ids
    return rules.counted(reviews_of(draft.id), writers)


def review_of(draft: Draft, ref: str) -> ContentReview:
    """One word of a reviewer on a draft. Raises NotFound."""
    found = db.session.scalar(
        select(ContentReview).where(ContentReview.ref == ref, ContentReview.draft_id == draft.id)
    )
    if found is None:
        raise NotFound
    return found


def answers_of(draft_id: int) -> Sequence[ReviewAnswer]:
    """What authors answered to objections, in order."""
    return db.session.scalars(
        select(ReviewAnswer)
        .options(joinedload(ReviewAnswer.by))
        .join(ContentReview, ContentReview.id == ReviewAnswer.review_id)
        .where(ContentReview.draft_id == draft_id)
        .order_by(ReviewAnswer.id)
    ).all()


def possible_reviewers() -> list[Account]:
    """Everybody who may be asked to review, by name."""
    found = {each.id: each for role in (Role.AUTHOR, Role.TUTOR) for each in holders_of(role)}
    return sorted(found.values(), key=lambda each: (each.name, each.id))
