"""Questions about what would be lost: what drafts changed since, and the content folder has not."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from sqlalchemy import or_, select

from lms.authored import Faulty
from lms.authoring.models import Draft
from lms.catalogue.models import ContentVersion, Module, Page
from lms.catalogue.version_tree import tree_of
from lms.content.tree import COMPETENCIES, SESSION, Tree, digest_as_meant
from lms.db import db
from lms.publishing.rules import How, Lost, changed

_PAGE = re.compile(r"modules/([^/]+)/(?:alternatives/|\d{2}-)([a-z0-9-]+)\.md")
_OTHERS = {
    "programme.yml": "The programme",
    "glossary.yml": "The glossary",
    "references.yml": "The references",
    COMPETENCIES: "The competencies",
    "module.yml": "About the module",
    SESSION: "The session plan",
}


def lost_by(folder: Tree, newest: ContentVersion | None) -> list[Lost]:
    """What publishing the folder would take back, by file, in order of names.

    These are the files that published drafts made other than they were, as far as the folder
    hasn't followed. What the folder itself changed since is no loss.
    """
    if newest is None:
        return []
    root = _root(newest.id)
    now = tree_of(newest.id)
    if root == newest.id or not now.keys:
        return []
    was = tree_of(root).keys if root else {}
    apart = {
        name: how
        for name, how in changed(was, now.keys).items()
        if _meant(folder, name) != _meant(now, name)
    }
    return _titled(apart, [each for each in (root, newest.id) if each])


def _root(version_id: int) -> int | None:
    """The version on which drafts built this one, one upon another; itself without any.

    None where the first of them stood on the content folder, before anything was published.
    """
    at: int | None = version_id
    while at is not None:
        # A draft that brought an older version back made none.
        made = select(Draft).where(
            Draft.version_id == at,
            or_(Draft.base_version_id.is_(None), Draft.base_version_id < at),
        )
        draft = db.session.scalar(made.order_by(Draft.id).limit(1))
        if draft is None:
            return at
        at = draft.base_version_id
    return None


def _meant(tree: Tree, name: str) -> str:
    """What a file says; empty where there is none."""
    try:
        return digest_as_meant(tree, name)
    except Faulty:
        return ""


def _titled(apart: dict[str, How], version_ids: list[int]) -> list[Lost]:
    modules, pages = _titles(version_ids if apart else [])
    found = []
    for name, how in apart.items():
        page = _PAGE.fullmatch(name)
        path = PurePosixPath(name)
        folder = path.parts[1] if path.parts[0] == "modules" else ""
        title = pages.get((page[1], page[2]), "") if page else _OTHERS.get(path.name, "")
        found.append(Lost(name, how, title, modules.get(folder, "")))
    return found


def _titles(version_ids: Iterable[int]) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """What modules and pages are called, by folder, and by folder and slug; the later counts."""
    rows = db.session.execute(
        select(Module.folder, Module.title, Page.slug, Page.title)
        .join(Page, Page.module_id == Module.id)
        .where(Module.version_id.in_(list(version_ids)))
        .order_by(Module.version_id)
    ).all()
    return (
        {folder: title for folder, title, _, _ in rows},
        {(folder, slug): title for folder, _, slug, title in rows},
    )
