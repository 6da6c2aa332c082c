"""Review of a draft, sign-off, and publishing it."""

from dataclasses import dataclass

from lms import clock, outbox, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.audit.trail import Event, record
from lms.authoring import queries, rules
from lms.authoring.models import (
    ContentReview,
    Draft,
    ReviewAnswer,
    ReviewerAppointment,
    ReviewRequest,
)
from lms.authoring.rules import Verdict
from lms.authoring.working import CHANGED, Snapshot, check_publishable, check_unchanged
from lms.catalogue import operations as catalogue
from lms.catalogue.keeping import Kept, publish_in_turn
from lms.catalogue.models import ContentVersion
from lms.content.signing import Kind
from lms.db import db, lock
from lms.errors import Conflict, NotFound, RuleBroken


@dataclass(frozen=True)
class Opinion:
    """What a reviewer says.

    read   fingerprint of the draft that they had before them
    named  whether they want their name in the page that they sign off
    """

    kind: Kind
    verdict: Verdict
    words: str
    read: str
    named: bool = False


def ask_review(draft: Draft, seen: Snapshot, *, actor: Actor) -> ReviewRequest:
    """Ask for review of a draft as it is now; those appointed get a message.

    Raises RuleBroken for a draft that changes nothing, Conflict when it was changed meanwhile.
    """
    gate.require(actor, P.WRITE_CONTENT)
    _hold(draft, seen)
    if not seen.changes:
        raise RuleBroken("This draft changes nothing yet: there is nothing to review.")
    last = queries.last_request(draft.id)
    if last is not None and last.fingerprint == seen.fingerprint:
        return last
    request = ReviewRequest(
        draft_id=draft.id,
        number=(last.number if last else 0) + 1,
        fingerprint=seen.fingerprint,
        by_id=actor.person_id,
        at=clock.now(),
    )
    db.session.add(request)
    for ref in {each.account.ref for each in queries.appointments(draft.id)}:
        _tell(draft, ref, f"asked:{request.number}")
    record(actor, Event.REVIEW_ASKED, draft.ref, fingerprint=seen.fingerprint)
    return request


def appoint(draft: Draft, kind: Kind, account: Account, *, actor: Actor) -> ReviewerAppointment:
    """Ask somebody else to review a draft, for one kind of review.

    Raises RuleBroken for somebody who wrote in it, or who holds neither of the roles that review,
    and for a draft that has ended.
    """
    gate.require(actor, P.APPOINT_REVIEWERS, account)
    _check_open(draft)
    if account not in queries.possible_reviewers():
        raise RuleBroken("Choose an author or a tutor.")
    if account.id in queries.hands(draft).writer_ids:
        raise RuleBroken("They wrote in this draft. Nobody reviews their own words.")
    for each in queries.appointments(draft.id):
        if (each.kind, each.account_id) == (kind, account.id):
            return each
    appointment = ReviewerAppointment(
        ref=refs.new("RVW"),
        draft_id=draft.id,
        kind=kind,
        account_id=account.id,
        by=actor.ref,
        at=clock.now(),
    )
    db.session.add(appointment)
    outbox.send(outbox.MessageKind.NEUTRAL, account.ref, key=appointment.ref)
    record(actor, Event.REVIEWER_APPOINTED, draft.ref, reviewer=account.ref)
    return appointment


def review(draft: Draft, seen: Snapshot, said: Opinion, *, actor: Actor) -> ContentReview:
    """Agree to a draft, or object to it.

    Raises NotFound for a kind of review that they were not asked for, Conflict when what they read
    is not what the draft is now, RuleBroken when review of it was not asked for.
    """
    gate.require(actor, P.REVIEW_CONTENT, queries.hands(draft))
    if not queries.is_appointed(draft.id, said.kind, actor.person_id):
        raise NotFound
    _hold(draft, seen)
    if said.read != seen.fingerprint:
        raise Conflict(CHANGED)
    asked = queries.last_request(draft.id)
    if asked is None or asked.fingerprint != seen.fingerprint:
        raise RuleBroken("The author has not asked for review of the draft as it is now.")
    if said.verdict == Verdict.OBJECTS and not said.words:
        raise RuleBroken("Say what you object to, and what would settle it.")
    made = _said(draft, seen, said, actor)
    record(actor, Event.CONTENT_REVIEWED, draft.ref, review=made.ref, verdict=said.verdict)
    return made


def withdraw(draft: Draft, seen: Snapshot, said: Opinion, *, actor: Actor) -> ContentReview:
    """Withdraw one's own objection; also after one wrote in the draft, as one can't agree then.

    Raises NotFound for a kind of review that they were not asked for, Conflict when what they read
    is not what the draft is now, RuleBroken where no objection of theirs stands.
    """
    gate.require(actor, P.WITHDRAW_OBJECTION, queries.hands(draft))
    if not queries.is_appointed(draft.id, said.kind, actor.person_id):
        raise NotFound
    _hold(draft, seen)
    if said.read != seen.fingerprint:
        raise Conflict(CHANGED)
    standing = rules.standing_objections(queries.counted_reviews(draft), seen.fingerprint)
    if not any((each.kind, each.by_id) == (said.kind, actor.person_id) for each in standing):
        raise RuleBroken("There is no objection of yours that stands.")
    made = _said(draft, seen, said, actor)
    record(actor, Event.CONTENT_REVIEWED, draft.ref, review=made.ref, verdict=said.verdict)
    return made


def answer(draft: Draft, objection: ContentReview, words: str, *, actor: Actor) -> ReviewAnswer:
    """Answer an objection. The objection stands until its reviewer agrees or withdraws it.

    Raises NotFound for another draft's review, or one that objects to nothing; RuleBroken for a
    draft that has ended.
    """
    gate.require(actor, P.WRITE_CONTENT)
    _check_open(draft)
    if objection.draft_id != draft.id or objection.verdict != Verdict.OBJECTS:
        raise NotFound
    made = ReviewAnswer(review_id=objection.id, words=words, by_id=actor.person_id, at=clock.now())
    db.session.add(made)
    db.session.flush()
    _tell(draft, objection.by.ref, f"answer:{made.id}")
    record(actor, Event.OBJECTION_ANSWERED, draft.ref, review=objection.ref)
    return made


def publish(
    draft: Draft,
    seen: Snapshot,
    reviews: tuple[int, ...],
    kept: Kept,
    *,
    actor: Actor,
) -> ContentVersion:
    """Publish a draft as a new version. A second time is the same version.

    reviews  rows of what reviewers had said when the files were made ready
    kept     everything, checked, with the sign-offs in it; its files are in storage already

    Raises Conflict when the draft, its reviews or the newest version changed meanwhile, RuleBroken
    for a draft that changes nothing or to which an objection stands.
    """
    gate.require(actor, P.PUBLISH_CONTENT)
    publish_in_turn()  # two drafts on one version must not both follow it
    lock(draft)
    if draft.version is not None:
        return draft.version
    said = check_publishable(draft, seen)
    if tuple(each.id for each in said) != reviews:
        raise Conflict("A reviewer said something meanwhile. Nothing was published.")
    version = catalogue.publish(kept, actor=actor)
    draft.version_id, draft.ended_at = version.id, clock.now()
    record(actor, Event.DRAFT_PUBLISHED, draft.ref, version=version.ref)
    return version


def _hold(draft: Draft, seen: Snapshot) -> None:
    lock(draft)
    check_unchanged(draft, seen)


def _check_open(draft: Draft) -> None:
    lock(draft)
    if draft.ended_at is not None:
        raise RuleBroken("This draft has ended: it was published or put away. Nothing was kept.")


def _said(draft: Draft, seen: Snapshot, said: Opinion, actor: Actor) -> ContentReview:
    made = ContentReview(
        ref=refs.new("REV"),
        draft_id=draft.id,
        kind=said.kind,
        fingerprint=seen.fingerprint,
        verdict=said.verdict,
        words=said.words,
        named=said.named,
        by_id=actor.person_id,
        at=clock.now(),
    )
    db.session.add(made)
    return made


def _tell(draft: Draft, recipient: str, about: str) -> None:
    outbox.send(outbox.MessageKind.NEUTRAL, recipient, key=f"{draft.ref}:{about}:{recipient}")
