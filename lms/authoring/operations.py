"""What is done to a draft of what is taught."""

from collections.abc import Iterable

from lms import clock, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.audit.trail import Event, record
from lms.authoring import queries, rules, working
from lms.authoring.models import Draft, Revision
from lms.authoring.rules import Change
from lms.catalogue.models import ContentVersion
from lms.db import db, lock
from lms.errors import Conflict, NotFound, RuleBroken
from lms.storage import StoredFile


class Stale(Conflict):
    """The file was changed elsewhere in the meantime; both texts are still there."""


def open_draft(title: str, *, actor: Actor) -> Draft:
    """Begin changes to what is taught, on the newest version."""
    gate.require(actor, P.WRITE_CONTENT)
    base = queries.latest_version()
    draft = Draft(
        ref=refs.new("DRF"),
        title=title,
        base_version_id=base.id if base else None,
        opened_by_id=actor.person_id,
        opened_at=clock.now(),
    )
    db.session.add(draft)
    record(actor, Event.DRAFT_OPENED, draft.ref, on=base.ref if base else "")
    return draft


def write_file(draft: Draft, name: str, text: str, number: int, *, actor: Actor) -> Revision:
    """Keep a file's whole text in a draft, with whatever is still wrong in it.

    number  of the revision that the author had before them; 0 for an unchanged file

    Raises Stale when somebody changed it in the meantime, NotFound for a name that no text has,
    RuleBroken for one too long.
    """
    gate.require(actor, P.WRITE_CONTENT)
    if not rules.is_text(name):
        raise NotFound
    rules.check_size(name, text)
    latest = _newest(draft, name)
    if latest is not None and latest.kind == Change.WRITTEN and latest.text == text:
        return latest
    if (latest.number if latest else 0) != number:
        raise Stale("Somebody saved this file while you were writing here.")
    return _change(draft, name, Change.WRITTEN, actor, text=text)


def upload_file(draft: Draft, name: str, stored: StoredFile, *, actor: Actor) -> Revision:
    """Put a picture or film into a draft.

    stored  already recognised for what it is, and stored

    The same file again in the same place changes nothing. Raises NotFound for a name that no
    picture has, RuleBroken where the draft has no room for it.
    """
    gate.require(actor, P.WRITE_CONTENT)
    if not rules.is_media(name):
        raise NotFound
    latest = _newest(draft, name)
    if latest is not None and latest.file_key == stored.key:
        return latest
    working.check_room(draft, stored.size)
    return _change(draft, name, Change.UPLOADED, actor, file_key=stored.key)


def delete_file(draft: Draft, name: str, *, actor: Actor) -> None:
    """Take a file out. What was written in it stays in the draft's history.

    Raises NotFound for a file that every programme has, and for what is no file of a module.
    """
    gate.require(actor, P.WRITE_CONTENT)
    if not rules.may_go(name):
        raise NotFound
    latest = _newest(draft, name)
    if latest is None or latest.kind != Change.DELETED:
        _change(draft, name, Change.DELETED, actor)


def restore_file(draft: Draft, name: str, *, actor: Actor) -> None:
    """Make a file as it is in what the draft stands on. The history keeps what was written."""
    gate.require(actor, P.WRITE_CONTENT)
    latest = _newest(draft, name)
    if latest is not None and latest.kind != Change.RESTORED:
        _change(draft, name, Change.RESTORED, actor)


def move_onto(
    draft: Draft,
    version: ContentVersion,
    moment: tuple[int | None, ...],
    theirs: Iterable[str],
    *,
    actor: Actor,
) -> None:
    """Let a draft stand on the newest version instead of an older one.

    moment  of the draft, as the author had it before them; see queries.moment_of
    theirs  files that become as they are in that version; of all others the draft's change stays

    Raises Conflict when anything was changed in the meantime.
    """
    gate.require(actor, P.WRITE_CONTENT)
    _hold(draft)
    if queries.moment_of(draft) != moment or queries.latest_version() != version:
        raise Conflict("Something was changed while you were looking. Nothing was moved.")
    for name in theirs:
        _change(draft, name, Change.RESTORED, actor)
    draft.base_version_id = version.id
    record(actor, Event.DRAFT_MOVED, draft.ref, onto=version.ref)


def close_draft(draft: Draft, *, actor: Actor) -> None:
    """Put a draft away unpublished. It can still be read."""
    gate.require(actor, P.WRITE_CONTENT)
    _hold(draft)
    draft.ended_at = clock.now()
    record(actor, Event.DRAFT_CLOSED, draft.ref)


def _hold(draft: Draft) -> None:
    lock(draft)
    if draft.ended_at is not None:
        raise RuleBroken("This draft has ended: it was published or put away. Open a new one.")


def _newest(draft: Draft, name: str) -> Revision | None:
    _hold(draft)
    return queries.newest_revision(draft.id, name)


def _change(
    draft: Draft,
    name: str,
    kind: Change,
    actor: Actor,
    *,
    text: str = "",
    file_key: str | None = None,
) -> Revision:
    latest = queries.newest_revision(draft.id, name)
    seq = (latest.number if latest else 0) + 1
    revision = Revision(
        draft_id=draft.id,
        name=name,
        number=seq,
        kind=kind,
        text=text,
        file_key=file_key,
        by_id=actor.person_id,
        at=clock.now(),
    )
    db.session.add(revision)
    db.session.flush()
    record(actor, Event.DRAFT_CHANGED, draft.ref, file=name, change=kind, seq=seq)
    return revision
