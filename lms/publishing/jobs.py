"""Background work: reading all content, and publishing it.

What takes time comes first, outside of any transaction; then one transaction publishes, and asks
everything again. A worker that is ended before that leaves nothing but files that nobody names.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from lms import clock, repository, storage
from lms.authored import Faulty, Finding
from lms.authoring import working
from lms.authoring.working import Snapshot
from lms.catalogue.keeping import Kept, keep
from lms.catalogue.queries import newest_id
from lms.catalogue.version_tree import tree_of
from lms.content import reading
from lms.content.tree import Drafted, Folder, Tree, is_content
from lms.db import end_reading, unit_of_work
from lms.errors import Conflict, LmsError, Unavailable
from lms.outbox import Job
from lms.publishing import operations, queries
from lms.publishing.losing import lost_by
from lms.publishing.models import Outcome, Wish
from lms.publishing.rules import Lost

_log = logging.getLogger("lms.publishing")
_OFTEN = 1.0  # seconds between one word of progress and the next
_MEND = "There is something to mend first. What is live stays as it is."
_CHANGED = "The content was changed since you looked at it. Look at it again first."
_MAY_NOT = "Whoever asked for it may no longer publish."


@dataclass(frozen=True)
class Source:
    """What is read.

    seen     the draft as it stands; None for the content folder
    reviews  rows of what reviewers had said when its files were made ready
    """

    tree: Tree
    fingerprint: str
    lost: tuple[Lost, ...] = ()
    seen: Snapshot | None = None
    reviews: tuple[int, ...] = ()


def read_and_publish(job: Job) -> None:
    """Do what was wished, or say why not; a second time nothing is done twice."""
    wish = queries.wish(job.facts["wish"])
    outcome = queries.outcome_of(wish)
    if outcome is None:
        outcome = _come_to_an_end(wish)
    if outcome.version is not None and wish.draft is not None:
        _commit(wish, outcome)


def _come_to_an_end(wish: Wish) -> Outcome:
    try:
        return _done(wish)
    except Faulty as faults:
        return _refused(wish, _MEND, faults.findings, read=False)
    except Unavailable:
        raise  # by itself it may go well the next time
    except LmsError as refusal:
        return _refused(wish, refusal.sentence or _MAY_NOT, [], read=False)


def _done(wish: Wish) -> Outcome:
    source = _source(wish)
    if source.fingerprint != wish.fingerprint:
        raise Conflict(_CHANGED)
    publishes = wish.publishes
    told = _Told(wish, source.tree)
    end_reading()  # rendering takes its time
    content, findings = reading.examine(source.tree, told, clock.today())
    if not publishes:
        with unit_of_work():
            return operations.keep_findings(wish, findings)
    if content is None:
        return _refused(wish, _MEND, findings, read=True)
    if source.seen is None and content.sha256 != wish.fingerprint:
        raise Conflict(_CHANGED)
    return _publish(wish, source, keep(content), findings)


def _publish(wish: Wish, source: Source, kept: Kept, findings: list[Finding]) -> Outcome:
    with unit_of_work():
        actor = queries.actor_now(wish.by)
        if source.seen is None:
            return operations.publish(wish, kept, source.lost, findings, actor=actor)
        return operations.publish_draft(
            wish, source.seen, source.reviews, kept, findings, actor=actor
        )


def _refused(wish: Wish, sentence: str, findings: list[Finding], *, read: bool) -> Outcome:
    with unit_of_work():
        actor = queries.actor_now(wish.by)
        return operations.refuse(wish, sentence, findings, read=read, actor=actor)


def _source(wish: Wish) -> Source:
    folder = Path(current_app.config["CONTENT_DIR"])
    draft = wish.draft
    if draft is None:
        tree = Folder(folder)
        lost = tuple(lost_by(tree, wish.on))
        return Source(tree, reading.fingerprint(tree, filter(is_content, tree.names())), lost)
    seen = working.snapshot(draft, folder)
    reviews = tuple(each.id for each in working.check_publishable(draft, seen))
    changes = working.with_sign_offs(draft, seen)
    return Source(Drafted(seen.base, changes), seen.fingerprint, (), seen, reviews)


class _Told:
    """Notes how far reading is, now and then."""

    def __init__(self, wish: Wish, tree: Tree) -> None:
        self._wish, self._done = wish, 0
        self._total = sum(is_content(name) and name.endswith(".md") for name in tree.names())
        self._last = 0.0
        self._note()

    def __call__(self, _name: str) -> None:
        """One more page or brief is about to be read."""
        if time.monotonic() - self._last > _OFTEN:
            self._note()
        self._done += 1

    def _note(self) -> None:
        self._last = time.monotonic()
        with unit_of_work():
            operations.note_progress(self._wish, min(self._done, self._total), self._total)


def _commit(wish: Wish, outcome: Outcome) -> None:
    """Write what a draft published into the content repository, where there is one.

    It comes after publishing, and undoes nothing when it fails: that is said, and in the log.
    """
    folder, version = current_app.config["CONTENT_REPOSITORY"], outcome.version
    if folder is None or version is None or version.id != newest_id():
        return
    author, words = wish.by.ref, f"Publish {version.ref}"
    was = working.version_tree(wish.on, Path(current_app.config["CONTENT_DIR"]))
    now = tree_of(version.id)
    names = sorted({*filter(is_content, was.names()), *now.names()})
    changes = {
        name: storage.known(now.keys[name]) if name in now.keys else None
        for name in working.apart(was, now, names)
    }
    end_reading()
    try:
        repository.commit(Path(folder), changes, author=author, words=words)
    except repository.NotCommitted as failure:
        _log.error("%s, and not in the content repository: %s", words, failure)
        with unit_of_work():
            operations.note_uncommitted(wish)


JOBS: dict[str, Callable[[Job], None]] = {operations.READ_AND_PUBLISH: read_and_publish}
