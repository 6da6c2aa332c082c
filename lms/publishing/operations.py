"""Wishing that content be published, and what comes of it."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from lms import clock, outbox, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.accounts.queries import account_by_id
from lms.audit.trail import Event, record
from lms.authored import Finding
from lms.authoring import review_operations as drafts
from lms.authoring.models import Draft
from lms.authoring.working import Snapshot, check_publishable
from lms.catalogue import operations as catalogue
from lms.catalogue.keeping import Kept
from lms.catalogue.models import ContentVersion
from lms.db import db, lock
from lms.publishing import queries
from lms.publishing.models import Outcome, Progress, Wish
from lms.publishing.rules import Lost, check_known

READ_AND_PUBLISH = "read and publish content"


@dataclass(frozen=True)
class Asked:
    """What somebody wishes.

    fingerprint  of what they had before them: the content folder, or a draft
    on           the version that was the newest then
    draft        none for the content folder
    over_drafts  whether they know what it takes back that drafts changed
    """

    fingerprint: str
    on: ContentVersion | None
    draft: Draft | None = None
    over_drafts: bool = False


def ask_to_publish(asked: Asked, lost: Collection[Lost], *, actor: Actor) -> Wish:
    """Wish that the content folder be published as it is now. Pressed twice, it is one wish.

    Raises RuleBroken where it takes back what drafts changed and that isn't known.
    """
    gate.require(actor, P.PUBLISH_CONTENT)
    check_known(lost, asked.over_drafts)
    return _wish(asked, Event.PUBLISHING_ASKED, actor, publishes=True)


def ask_to_publish_draft(draft: Draft, seen: Snapshot, *, actor: Actor) -> Wish:
    """Wish that a draft be published as it is now. Pressed twice, it is one wish.

    Raises what `authoring.working.check_publishable` does.
    """
    gate.require(actor, P.PUBLISH_CONTENT)
    lock(draft)
    check_publishable(draft, seen)
    asked = Asked(seen.fingerprint, draft.base_version, draft)
    return _wish(asked, Event.PUBLISHING_ASKED, actor, publishes=True)


def ask_to_check(asked: Asked, *, actor: Actor) -> Wish:
    """Wish that the content folder be read, and all be said that is to be mended in it."""
    gate.require(actor, P.READ_FINDINGS)
    return _wish(asked, Event.CHECK_ASKED, actor, publishes=False)


def publish(
    wish: Wish, kept: Kept, lost: Collection[Lost], findings: Iterable[Finding], *, actor: Actor
) -> Outcome:
    """Publish the content folder as it was wished. A second time is the same outcome.

    actor  who wished it, with the roles that they hold now

    Raises Conflict when somebody published since, RuleBroken where it takes back what drafts
    changed and that isn't known, NotFound when they may no longer publish.
    """
    gate.require(actor, P.PUBLISH_CONTENT)
    lock(wish)
    there = queries.outcome_of(wish)
    if there is not None:
        return there
    check_known(lost, wish.over_drafts)
    version = catalogue.publish_upon(wish.on_id, kept, actor=actor)
    record(actor, Event.PUBLISHING_DONE, wish.ref, version=version.ref)
    return _come(wish, findings, version)


def publish_draft(
    wish: Wish,
    seen: Snapshot,
    reviews: tuple[int, ...],
    kept: Kept,
    findings: Iterable[Finding],
    *,
    actor: Actor,
) -> Outcome:
    """Publish a draft as it was wished; see `authoring.review_operations.publish`."""
    gate.require(actor, P.PUBLISH_CONTENT)
    lock(wish)
    there = queries.outcome_of(wish)
    if there is not None or wish.draft is None:
        return there or _come(wish, findings)
    version = drafts.publish(wish.draft, seen, reviews, kept, actor=actor)
    record(actor, Event.PUBLISHING_DONE, wish.ref, version=version.ref)
    return _come(wish, findings, version)


def keep_findings(wish: Wish, findings: Iterable[Finding]) -> Outcome:
    """What a check found."""
    lock(wish)
    return queries.outcome_of(wish) or _come(wish, findings)


def refuse(
    wish: Wish, sentence: str, findings: Iterable[Finding], *, read: bool, actor: Actor
) -> Outcome:
    """Nothing is published. What is live stays as it is.

    read  whether everything was read: then these findings are all there are
    """
    lock(wish)
    there = queries.outcome_of(wish)
    if there is not None:
        return there
    record(actor, Event.PUBLISHING_REFUSED, wish.ref)
    return _come(wish, findings, refusal=sentence, read=read)


def note_progress(wish: Wish, done: int, total: int) -> None:
    """Say how far the worker is."""
    there = queries.progress_of(wish)
    if there is None:
        there = Progress(wish_id=wish.id)
        db.session.add(there)
    there.done, there.total, there.at = done, total, clock.now()


def note_uncommitted(wish: Wish) -> None:
    """Say that it is published, and not in the content repository."""
    there = queries.progress_of(wish)
    if there is not None:
        there.uncommitted = True


def _wish(asked: Asked, event: Event, actor: Actor, *, publishes: bool) -> Wish:
    lock(account_by_id(actor.person_id))  # pressed twice, the second finds the first
    wish = Wish(
        ref=refs.new("PUB"),
        draft_id=asked.draft.id if asked.draft else None,
        fingerprint=asked.fingerprint,
        on_id=asked.on.id if asked.on else None,
        publishes=publishes,
        over_drafts=asked.over_drafts,
        by_id=actor.person_id,
        at=clock.now(),
    )
    there = queries.same_under_way(wish)
    if there is not None:
        return there
    db.session.add(wish)
    outbox.do(READ_AND_PUBLISH, key=wish.ref, wish=wish.ref)
    subject = asked.draft.ref if asked.draft else wish.ref
    record(actor, event, subject, fingerprint=asked.fingerprint)
    return wish


def _come(
    wish: Wish,
    findings: Iterable[Finding],
    version: ContentVersion | None = None,
    *,
    refusal: str = "",
    read: bool = True,
) -> Outcome:
    outcome = Outcome(
        wish_id=wish.id,
        version_id=version.id if version else None,
        refusal=refusal,
        read=read,
        findings=[asdict(each) for each in findings],
        at=clock.now(),
    )
    db.session.add(outcome)
    return outcome
