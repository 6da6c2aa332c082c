"""Questions about published content."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from lms.catalogue.models import (
    Brief,
    ContentFile,
    ContentVersion,
    Criterion,
    Module,
    Page,
    PageText,
    Publication,
    Rendered,
    SessionPlan,
)
from lms.db import db
from lms.errors import NotFound


def version(ref: str) -> ContentVersion:
    """The published version of this reference. Raises NotFound."""
    found = db.session.scalar(select(ContentVersion).where(ContentVersion.ref == ref))
    if found is None:
        raise NotFound
    return found


def version_numbered(version_id: int) -> ContentVersion:
    """The version of this row."""
    return db.session.get_one(ContentVersion, version_id)


def versions() -> Sequence[ContentVersion]:
    """Every version, the one that was published last first."""
    last = func.max(Publication.id)
    return db.session.scalars(
        select(ContentVersion)
        .join(Publication, Publication.version_id == ContentVersion.id)
        .group_by(ContentVersion.id)
        .order_by(last.desc())
    ).all()


def newest_id() -> int | None:
    """Row of the version that was published last; None before the first."""
    return db.session.scalar(
        select(Publication.version_id).order_by(Publication.id.desc()).limit(1)
    )


def publications() -> Sequence[Publication]:
    """Every act of publishing with its version, the last first."""
    return db.session.scalars(
        select(Publication).options(joinedload(Publication.version)).order_by(Publication.id.desc())
    ).all()


def version_with_content(sha256: str) -> ContentVersion | None:
    """The version that holds exactly this content."""
    return db.session.scalar(select(ContentVersion).where(ContentVersion.sha256 == sha256))


def modules_of(version_id: int) -> Sequence[Module]:
    """The modules of a version, in order."""
    return db.session.scalars(
        select(Module).where(Module.version_id == version_id).order_by(Module.position)
    ).all()


def module_of(version_id: int, slug: str) -> Module:
    """One module of a version. Raises NotFound."""
    found = db.session.scalar(
        select(Module).where(Module.version_id == version_id, Module.slug == slug)
    )
    if found is None:
        raise NotFound
    return found


def session_plan_of(module: Module) -> SessionPlan | None:
    """How a module is taught in a room, for staff; None where nobody wrote it."""
    return db.session.scalar(
        select(SessionPlan)
        .where(SessionPlan.module_id == module.id)
        .options(joinedload(SessionPlan.rendered))
    )


def page_of(module: Module, slug: str) -> Page:
    """One page of a module. Raises NotFound."""
    found = db.session.scalar(select(Page).where(Page.module_id == module.id, Page.slug == slug))
    if found is None:
        raise NotFound
    return found


def text_of(page: Page) -> PageText:
    """What a page shows, and its questions with their answers."""
    return db.session.get_one(PageText, page.id)


def shown_file(version_id: int, module_slug: str, name: str, *, for_staff: bool) -> ContentFile:
    """A picture or film of a module, as its pages name it. Raises NotFound.

    for_staff  also what only notes for tutors show
    """
    query = (
        select(ContentFile)
        .join(Module, Module.version_id == ContentFile.version_id)
        .where(Module.version_id == version_id, Module.slug == module_slug)
        .where(ContentFile.name == "modules/" + Module.folder + "/files/" + name)
        .where(ContentFile.kind != "")
    )
    found = db.session.scalar(query if for_staff else query.where(_is_shown_to_learners(name)))
    if found is None:
        raise NotFound
    return found


def _is_shown_to_learners(name: str) -> ColumnElement[bool]:
    return exists(
        select(Page.id)
        .join(PageText, PageText.page_id == Page.id)
        .join(Rendered, Rendered.sha256 == PageText.html_key)
        .where(Page.module_id == Module.id)
        .where(Rendered.html.contains(f'src="files/{name}"', autoescape=True))
        .correlate(Module)
    )


def briefs_of(version_id: int) -> Sequence[Brief]:
    """The assessments described in a version, module by module, without their texts."""
    return db.session.scalars(
        select(Brief)
        .join(Module, Module.id == Brief.module_id)
        .where(Module.version_id == version_id)
        .options(defer(Brief.html), defer(Brief.source), contains_eager(Brief.module))
        .order_by(Module.position, Brief.key)
    ).all()


def rubric_of(brief_id: int) -> Sequence[Criterion]:
    """The rows of an assessment's rubric, in order."""
    return db.session.scalars(
        select(Criterion).where(Criterion.brief_id == brief_id).order_by(Criterion.position)
    ).all()
