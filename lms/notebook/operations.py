"""What people do with their notebook. It is theirs alone: nothing of it enters the trail."""

from dataclasses import dataclass

from sqlalchemy import delete

from lms import clock, refs, vault
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.catalogue.models import Page
from lms.db import db, lock
from lms.errors import NotFound
from lms.notebook import queries, rules
from lms.notebook.models import Jotting
from lms.notebook.passages import Passages
from lms.notebook.rules import Kind, Notebook


@dataclass(frozen=True)
class Spot:
    """Where on a page something is put down.

    anchor  of one of the page's parts; empty for the whole page
    """

    page: Page
    anchor: str = ""


def write_note(notebook: Notebook, spot: Spot, text: str, token: str, *, actor: Actor) -> Jotting:
    """Put down a note. The same one sent twice is put down once.

    token  made when the form was shown

    Raises Full.
    """
    gate.require(actor, P.KEEP_NOTEBOOK, notebook)
    return _written(notebook, Kind.NOTE, spot, text, vault.digest(f"{token} {text}"))


def highlight(
    notebook: Notebook, page: Page, words: str, text: Passages, *, actor: Actor
) -> Jotting:
    """Mark a passage of a page. Marked already, it stays as it is.

    text  of the page as its reader sees it

    Raises RuleBroken for words that don't stand there, or not in one place alone; and Full.
    """
    gate.require(actor, P.KEEP_NOTEBOOK, notebook)
    rules.check_once(text.times(words))
    printed = text.as_printed(words)
    once = vault.digest(f"{page.module.slug}/{page.slug} {printed}")
    return _written(notebook, Kind.HIGHLIGHT, Spot(page, text.part_of(words)), printed, once)


def bookmark(notebook: Notebook, page: Page, *, actor: Actor) -> Jotting:
    """Keep a page at hand; a second time changes nothing."""
    gate.require(actor, P.KEEP_NOTEBOOK, notebook)
    _lock(notebook)
    once = f"{Kind.BOOKMARK} {page.module.slug}/{page.slug}"
    made = queries.the_one(notebook, once)
    return made or _add(notebook, Kind.BOOKMARK, Spot(page), "", once)


def keep_place(notebook: Notebook, spot: Spot, *, actor: Actor) -> Jotting:
    """Note where one wants to go on, instead of the place that was kept before."""
    gate.require(actor, P.KEEP_NOTEBOOK, notebook)
    _lock(notebook)
    before = queries.the_one(notebook, Kind.PLACE)
    if before is not None:
        db.session.delete(before)
        db.session.flush()
    return _add(notebook, Kind.PLACE, spot, "", Kind.PLACE)


def change_note(note: Jotting, text: str, anchor: str, seen: str, *, actor: Actor) -> Jotting:
    """Put other words in the place of a note's.

    seen  the version of the note as it was shown

    Raises Stale when another window changed it since, NotFound when it is erased.
    """
    gate.require(actor, P.KEEP_NOTEBOOK, note)
    _lock(note)
    now = queries.jotting(note.ref)
    if now.kind != Kind.NOTE:
        raise NotFound
    if (now.text, now.anchor) == (text, anchor):
        return now
    if now.version != seen:
        raise rules.Stale("You changed this note in another window while you were writing here.")
    now.text, now.anchor, now.changed_at = text, anchor, clock.now()
    return now


def erase(jotting: Jotting, *, actor: Actor) -> None:
    """Take something out of a notebook for good. Raises NotFound when it is gone already."""
    gate.require(actor, P.KEEP_NOTEBOOK, jotting)
    _lock(jotting)
    found = db.session.execute(delete(Jotting).where(Jotting.id == jotting.id))
    if found.rowcount == 0:  # type: ignore[attr-defined] # of a DELETE there always is one
        raise NotFound


def _lock(thing: Notebook | Jotting) -> None:
    """One person's windows take turns."""
    lock(db.session.get_one(Account, thing.owner_id))


def _written(notebook: Notebook, kind: Kind, spot: Spot, text: str, once: str) -> Jotting:
    _lock(notebook)
    made = queries.the_one(notebook, once)
    if made is not None:
        return made
    rules.check_room(*queries.written(notebook, spot.page.module.slug, spot.page.slug))
    return _add(notebook, kind, spot, text, once)


def _add(notebook: Notebook, kind: Kind, spot: Spot, text: str, once: str) -> Jotting:
    at = clock.now()
    jotting = Jotting(
        ref=refs.new("JOT"),
        owner_id=notebook.owner_id,
        kind=kind,
        module_slug=spot.page.module.slug,
        page_slug=spot.page.slug,
        page_id=spot.page.id,
        anchor=spot.anchor,
        text=text,
        once=once,
        made_at=at,
        changed_at=at,
    )
    db.session.add(jotting)
    return jotting
