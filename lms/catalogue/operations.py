"""Publishing what is taught."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from lms import clock, markup, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.audit.trail import Event, record
from lms.catalogue import indexing, queries
from lms.catalogue.keeping import Kept, publish_in_turn
from lms.catalogue.models import (
    Brief,
    ContentFile,
    ContentVersion,
    Criterion,
    Module,
    Page,
    PageText,
    PageWording,
    Publication,
    Rendered,
    SessionPlan,
)
from lms.content.foot import with_foot
from lms.content.source import (
    Content,
    Module as ModuleSource,
    Page as PageSource,
    SessionPlan as PlanSource,
)
from lms.db import db
from lms.errors import Conflict
from lms.texts.wording import Shown, wording_of


def publish(kept: Kept, *, actor: Actor) -> ContentVersion:
    """Record checked content as a new version, or publish the version again that holds the same.

    kept  the content, whose files are in storage already
    """
    gate.require(actor, P.PUBLISH_CONTENT)
    publish_in_turn()
    known = queries.version_with_content(kept.content.sha256)
    if known is not None:
        publish_again(known, actor=actor)
        return known
    version = _record_version(kept, actor)
    _publish(version, version.published_at, actor)
    record(actor, Event.CONTENT_PUBLISHED, version.ref, sha256=version.sha256)
    return version


def publish_upon(newest: int | None, kept: Kept, *, actor: Actor) -> ContentVersion:
    """The same, as long as nobody has published since somebody looked.

    newest  row of the version that was the newest then; None before the first

    Raises Conflict when another one is, unless that one holds the very same.
    """
    gate.require(actor, P.PUBLISH_CONTENT)
    publish_in_turn()
    known = queries.version_with_content(kept.content.sha256)
    there = queries.newest_id()
    if there != newest and (known is None or known.id != there):
        raise Conflict("Somebody published since. Look at the content again first.")
    return publish(kept, actor=actor)


def publish_again(version: ContentVersion, *, actor: Actor) -> bool:
    """Make a version that was published before the newest; whether anything changed.

    This is the way back: nothing that was published since is lost.
    """
    gate.require(actor, P.PUBLISH_CONTENT)
    publish_in_turn()  # pressed by two at once, it is published once
    if queries.newest_id() == version.id:
        return False
    _publish(version, clock.now(), actor)
    record(actor, Event.CONTENT_PUBLISHED_AGAIN, version.ref, sha256=version.sha256)
    return True


def _publish(version: ContentVersion, at: datetime, actor: Actor) -> None:
    db.session.add(Publication(version_id=version.id, published_by=actor.ref, published_at=at))
    db.session.flush()


def _record_version(kept: Kept, actor: Actor) -> ContentVersion:
    content = kept.content
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
    db.session.add_all(
        ContentFile(version_id=version.id, name=f.name, file_key=f.key, size=f.size, kind=f.kind)
        for f in kept.files
    )
    for position, module in enumerate(content.modules, start=1):
        _publish_module(version, position, module, kept)
    indexing.index(version)
    return version


def _publish_module(
    version: ContentVersion, position: int, source: ModuleSource, kept: Kept
) -> None:
    file = source.file
    module = Module(
        version_id=version.id,
        position=position,
        slug=source.slug,
        folder=source.folder,
        code=file.code,
        title=file.title,
        level=file.level,
        credits=file.credits,
        summary=file.summary,
        law_as_at=file.law_as_at,
        review_by=file.review_by,
        outcomes=[outcome.model_dump() for outcome in file.outcomes],
        nations=list(file.nations),
        prerequisites=list(file.prerequisites),
        reviewers=file.reviewers.model_dump(mode="json"),
    )
    db.session.add(module)
    db.session.flush()
    _publish_pages(module, source, kept)
    _publish_briefs(module, source, kept.content)
    if source.session is not None:
        db.session.add(_session_plan(module, source.session, kept.content))


def _publish_pages(module: Module, source: ModuleSource, kept: Kept) -> None:
    content = kept.content
    for position, each in enumerate(source.pages, start=1):
        page = _page(module, position, each)
        db.session.add(page)
        db.session.flush()
        html = with_foot(each.shown, each.shown.html, content.glossary, content.references)
        staff = each.shown.staff_html
        shown_to_staff = (
            with_foot(each.shown, staff, content.glossary, content.references) if staff else html
        )
        text = PageText(
            page_id=page.id,
            html_key=_keep_html(html),
            staff_key=_keep_html(shown_to_staff),
            questions=[asdict(question) for question in each.shown.questions],
        )
        db.session.add_all([text, _wording(page, html, text, kept.files_of(source.folder))])


def _page(module: Module, position: int, source: PageSource) -> Page:
    front = source.front
    advice = front.content_advice
    return Page(
        module_id=module.id,
        position=position,
        slug=source.slug,
        stands_in=source.stands_in,
        title=front.title,
        minutes=front.minutes,
        law_as_at=front.law_as_at,
        review_by=front.review_by,
        advice=advice.model_dump() if advice else None,
        outcomes=list(front.outcomes),
        for_review=list(front.for_review),
        nations=list(front.nations or module.nations),
        reviewers=front.reviewers.model_dump(mode="json"),
        checks={each.key: each.asked for each in source.shown.questions if each.counts},
        source=source.source,
    )


def _wording(page: Page, html: str, text: PageText, files: Mapping[str, str]) -> PageWording:
    shown = Shown(page.title, page.law_as_at, page.advice, html, text.questions, files)
    wording = wording_of(shown)
    return PageWording(page_id=page.id, says=wording.says, says_of_law=wording.says_of_law)


def _keep_html(html: str) -> str:
    """Keep HTML once, whatever version shows it; returns its key."""
    key = hashlib.sha256(html.encode()).hexdigest()
    if db.session.get(Rendered, key) is None:
        db.session.add(Rendered(sha256=key, renderer=markup.RENDERER, html=html))
        db.session.flush()
    return key


def _session_plan(module: Module, source: PlanSource, content: Content) -> SessionPlan:
    shown = source.shown
    html = with_foot(shown, shown.staff_html or shown.html, content.glossary, content.references)
    return SessionPlan(
        module_id=module.id,
        title=source.front.title,
        minutes=source.front.minutes,
        html_key=_keep_html(html),
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
            html=str(with_foot(each.shown, each.shown.html, content.glossary, content.references)),
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
                must_pass=criterion.must_pass,
                levels=[level.model_dump(by_alias=True) for level in criterion.levels],
            )
            for position, criterion in enumerate(each.file.criteria, start=1)
        )
