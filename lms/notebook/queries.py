"""Questions about what somebody put down. Each asks for one person's own, and no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, defer

from lms.catalogue.models import Module, Page
from lms.db import db
from lms.errors import NotFound
from lms.notebook.models import Jotting
from lms.notebook.rules import WRITTEN, Kind, Notebook


@dataclass(frozen=True)
class Sought:
    """Which part of a notebook is asked for; empty for all of it.

    module  slug
    """

    module: str = ""
    kind: str = ""


def on_page(notebook: Notebook, module: str, page: str) -> Sequence[Jotting]:
    """What stands in a notebook about one page, the oldest first. One query."""
    return db.session.scalars(
        select(Jotting)
        .where(Jotting.owner_id == notebook.owner_id)
        .where(Jotting.module_slug == module, Jotting.page_slug == page)
        .order_by(Jotting.made_at, Jotting.id)
    ).all()


def jotting(ref: str) -> Jotting:
    """The one of this reference, as it is now. Whose it is has still to be asked.

    Raises NotFound.
    """
    found = db.session.scalar(
        select(Jotting).where(Jotting.ref == ref).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def the_one(notebook: Notebook, once: str) -> Jotting | None:
    """What the notebook holds only once."""
    return db.session.scalar(
        select(Jotting).where(Jotting.owner_id == notebook.owner_id, Jotting.once == once)
    )


def written(notebook: Notebook, module: str, page: str) -> tuple[int, int]:
    """How many notes and highlights there are: on a page, and in all. One query."""
    here = func.count().filter(Jotting.module_slug == module, Jotting.page_slug == page)
    on_it, in_all = db.session.execute(
        select(here, func.count())
        .where(Jotting.owner_id == notebook.owner_id)
        .where(Jotting.kind.in_(WRITTEN))
    ).one()
    return on_it, in_all


def latest(notebook: Notebook) -> Jotting | None:
    """What was put down last."""
    return db.session.scalar(
        select(Jotting)
        .where(Jotting.owner_id == notebook.owner_id)
        .order_by(Jotting.made_at.desc(), Jotting.id.desc())
        .limit(1)
    )


def count(notebook: Notebook, sought: Sought) -> int:
    """How much of what is asked for there is."""
    asked = _sought(select(func.count()).select_from(Jotting), notebook, sought)
    return db.session.scalar(asked) or 0


def entries(
    notebook: Notebook, sought: Sought, *, first: int = 0, most: int | None = None
) -> Sequence[Jotting]:
    """What is asked for, in reading order, with the pages it was made on. One query."""
    asked = _sought(select(Jotting), notebook, sought)
    return db.session.scalars(
        asked.join(Jotting.made_on)
        .join(Page.module)
        .options(
            contains_eager(Jotting.made_on).options(defer(Page.source), contains_eager(Page.module))
        )
        .order_by(Module.position, Jotting.module_slug, Page.position, Jotting.page_slug)
        .order_by(Jotting.made_at, Jotting.id)
        .offset(first)
        .limit(most)
    ).all()


def modules(notebook: Notebook) -> dict[str, str]:
    """The modules about which something stands in it: titles by slug, in order."""
    rows = db.session.execute(
        _sought(select(Module.slug, Module.title), notebook, Sought())
        .select_from(Jotting)
        .join(Jotting.made_on)
        .join(Page.module)
        .distinct()
        .order_by(Module.title)
    )
    return dict(rows.all())


def _sought(query: Any, notebook: Notebook, sought: Sought) -> Any:
    query = query.where(Jotting.owner_id == notebook.owner_id, Jotting.kind != Kind.PLACE)
    if sought.module:
        query = query.where(Jotting.module_slug == sought.module)
    if sought.kind:
        query = query.where(Jotting.kind == sought.kind)
    return query
