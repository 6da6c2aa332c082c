"""Publishing what is taught."""

from lms import clock, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.audit.trail import Event, record
from lms.catalogue import queries
from lms.catalogue.foot import with_foot
from lms.catalogue.models import Brief, ContentVersion, Criterion, Module, Page
from lms.catalogue.source import Content, Module as ModuleSource
from lms.db import db


def publish(content: Content, *, actor: Actor) -> ContentVersion:
    """Record checked content as a new version. The same content again is the same version."""
    gate.require(actor, P.PUBLISH_CONTENT)
    known = queries.version_with_content(content.sha256)
    if known is not None:
        return known
    version = ContentVersion(
        ref=refs.new("CON"),
        sha256=content.sha256,
        title=content.programme.title,
        award=content.programme.award,
        level=content.programme.level,
        credits=content.programme.credits,
        note=content.programme.note,
        published_by=actor.ref,
        published_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    for position, module in enumerate(content.modules, start=1):
        _publish_module(version, position, module, content)
    record(actor, Event.CONTENT_PUBLISHED, version.ref, sha256=version.sha256)
    return version


def _publish_module(
    version: ContentVersion, position: int, source: ModuleSource, content: Content
) -> None:
    file = source.file
    module = Module(
        version_id=version.id,
        position=position,
        slug=source.slug,
        code=file.code,
        title=file.title,
        level=file.level,
        credits=file.credits,
        summary=file.summary,
        law_as_at=file.law_as_at,
        review_by=file.review_by,
        outcomes=[outcome.model_dump() for outcome in file.outcomes],
        reviewers=file.reviewers.model_dump(),
    )
    db.session.add(module)
    db.session.flush()
    _publish_pages(module, source, content)
    _publish_briefs(module, source, content)


def _publish_pages(module: Module, source: ModuleSource, content: Content) -> None:
    for position, page in enumerate(source.pages, start=1):
        front = page.front
        db.session.add(
            Page(
                module_id=module.id,
                position=position,
                slug=page.slug,
                title=front.title,
                minutes=front.minutes,
                law_as_at=front.law_as_at,
                review_by=front.review_by,
                advice=front.content_advice.model_dump() if front.content_advice else None,
                outcomes=list(front.outcomes),
                for_review=list(front.for_review),
                source=page.source,
                html=str(with_foot(page.shown, content.glossary, content.references)),
            )
        )


def _publish_briefs(module: Module, source: ModuleSource, content: Content) -> None:
    for each in source.briefs:
        brief = Brief(
            module_id=module.id,
            key=each.file.key,
            title=each.file.title,
            weighting=each.file.weighting,
            words=each.file.words,
            outcomes=list(each.file.outcomes),
            source=each.source,
            html=str(with_foot(each.shown, content.glossary, content.references)),
        )
        db.session.add(brief)
        db.session.flush()
        db.session.add_all(
            Criterion(
                brief_id=brief.id,
                position=position,
                key=criterion.key,
                title=criterion.title,
                weight=criterion.weight,
                outcomes=list(criterion.outcomes),
                levels=[level.model_dump(by_alias=True) for level in criterion.levels],
            )
            for position, criterion in enumerate(each.file.criteria, start=1)
        )
