"""Questions about wishes to publish."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms import clock
from lms.access.actor import Actor
from lms.accounts.models import Account
from lms.accounts.queries import actor_for
from lms.authored import Finding, Severity
from lms.db import db
from lms.errors import NotFound
from lms.outbox import Job
from lms.publishing.models import Outcome, Progress, Wish
from lms.publishing.rules import State, Work, state_of


@dataclass(frozen=True)
class Standing:
    """A wish with how it stands."""

    wish: Wish
    state: State
    outcome: Outcome | None
    progress: Progress | None
    job: Job | None

    @property
    def findings(self) -> list[Finding]:
        """What was found, errors first."""
        return findings_of(self.outcome)


def wish(ref: str) -> Wish:
    """The wish of this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Wish).options(joinedload(Wish.by), joinedload(Wish.draft)).where(Wish.ref == ref)
    )
    if found is None:
        raise NotFound
    return found


def outcome_of(wish: Wish) -> Outcome | None:
    """What came of a wish; None while it is under way."""
    return db.session.get(Outcome, wish.id)


def progress_of(wish: Wish) -> Progress | None:
    """How far a wish is; None before the worker began."""
    return db.session.get(Progress, wish.id)


def standing(wish: Wish) -> Standing:
    """How a wish stands now."""
    outcome, progress = outcome_of(wish), progress_of(wish)
    job = db.session.scalar(select(Job).where(Job.key == wish.ref))
    work = Work(
        progress.at if progress else None,
        job is not None and bool(job.problem),
        job is None or job.finished_at is not None,
    )
    return Standing(wish, state_of(outcome, work, clock.now()), outcome, progress, job)


def under_way() -> list[Standing]:
    """Every wish that is not done with and not given up, in order."""
    found = db.session.scalars(
        select(Wish)
        .options(joinedload(Wish.by), joinedload(Wish.draft))
        .join(Job, Job.key == Wish.ref)
        .outerjoin(Outcome, Outcome.wish_id == Wish.id)
        .where(Outcome.wish_id.is_(None), Job.finished_at.is_(None))
        .order_by(Wish.id)
    ).all()
    return [standing(each) for each in found]


def same_under_way(like: Wish) -> Wish | None:
    """A wish of the same person for the very same that is under way."""
    same = (
        "draft_id",
        "fingerprint",
        "on_id",
        "publishes",
        "over_drafts",
        "by_id",
    )
    mine = (each.wish for each in under_way())
    return next(
        (w for w in mine if all(getattr(w, name) == getattr(like, name) for name in same)), None
    )


def last_look(fingerprint: str) -> Outcome | None:
    """What was found the last time that the content folder was read as it is now."""
    return db.session.scalars(
        select(Outcome)
        .join(Wish, Wish.id == Outcome.wish_id)
        .where(Wish.draft_id.is_(None), Wish.fingerprint == fingerprint, Outcome.read)
        .order_by(Outcome.at.desc())
        .limit(1)
    ).first()


def findings_of(outcome: Outcome | None) -> list[Finding]:
    """What an outcome says was found."""
    return [
        Finding(**{**each, "severity": Severity(each["severity"])})
        for each in (outcome.findings if outcome else ())
    ]


def actor_now(account: Account) -> Actor:
    """Whoever wished, with the roles that they hold now: none once their account is closed."""
    return Actor(account.id, account.ref) if account.disabled_at else actor_for(account)
