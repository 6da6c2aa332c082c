"""Questions about two versions: what there is to compare."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from lms.catalogue.models import (
    Brief,
    ContentFile,
    Criterion,
    Module,
    Page,
    PageText,
    PageWording,
    Rendered,
)
from lms.db import db
from lms.errors import NotFound
from lms.texts.changes import Item, Items, Outline, PageChanges, Summary, between, summary
from lms.texts.wording import Shown, Wording, wording_of


def summary_between(was_id: int, now_id: int) -> Summary:
    """What differs between two versions. Eight queries, and no page's text, whatever their size."""
    return summary(outline(was_id), outline(now_id))


def outline(version_id: int) -> Outline:
    """A version, by what it says. Four queries."""
    modules = db.session.scalars(
        select(Module).where(Module.version_id == version_id).order_by(Module.position)
    ).all()
    return Outline(
        {(m.slug, ""): Item(m.title, (m.title, m.credits, m.level)) for m in modules},
        _pages(version_id),
        {
            (module.slug, outcome["key"]): Item(outcome["text"], outcome["text"])
            for module in modules
            for outcome in module.outcomes
        },
        _briefs(version_id),
    )


def changes_of_page(was_id: int, now_id: int, module: str, page: str) -> PageChanges:
    """What differs in one page between two versions. Raises NotFound unless both have it."""
    return between(wording(was_id, module, page), wording(now_id, module, page))


def changes_since(read_id: int, now_id: int) -> PageChanges:
    """What differs between a page that was read, by its row, and the page it is now."""
    return between(_wording(_shown().where(Page.id == read_id)), _wording_of_page(now_id))


def wording(version_id: int, module: str, page: str) -> Wording:
    """What a page of a version says to a learner. Raises NotFound."""
    return _wording(
        _shown().where(Module.version_id == version_id, Module.slug == module, Page.slug == page)
    )


def _wording_of_page(page_id: int) -> Wording:
    return _wording(_shown().where(Page.id == page_id))


def _shown() -> Select[Page, Module, str, list[dict[str, object]]]:
    return (
        select(Page, Module, Rendered.html, PageText.questions)
        .join(Module, Module.id == Page.module_id)
        .join(PageText, PageText.page_id == Page.id)
        .join(Rendered, Rendered.sha256 == PageText.html_key)
    )


def _wording(query: Select[Page, Module, str, list[dict[str, object]]]) -> Wording:
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    page, module, html, questions = row
    files = _files(module)
    return wording_of(Shown(page.title, page.law_as_at, page.advice, html, questions, files))


def _files(module: Module) -> dict[str, str]:
    base = f"modules/{module.folder}/files/"
    rows = db.session.execute(
        select(ContentFile.name, ContentFile.file_key)
        .where(ContentFile.version_id == module.version_id)
        .where(ContentFile.name.startswith(base, autoescape=True))
    )
    return {name.removeprefix(base): key for name, key in rows}


def _pages(version_id: int) -> Items:
    rows = db.session.execute(
        select(Module.slug, Page.slug, Page.title, PageWording.says, PageWording.says_of_law)
        .join(Module, Module.id == Page.module_id)
        .join(PageWording, PageWording.page_id == Page.id)
        .where(Module.version_id == version_id)
        .order_by(Module.position, Page.position)
    )
    return {(module, page): Item(title, says, law) for module, page, title, says, law in rows}


def _briefs(version_id: int) -> Items:
    rows = db.session.execute(
        select(Module.slug, Brief)
        .join(Module, Module.id == Brief.module_id)
        .where(Module.version_id == version_id)
        .order_by(Module.position, Brief.key)
    ).all()
    rubrics: dict[int, list[object]] = {}
    for each in _rubrics(brief.id for _, brief in rows):
        said = (each.key, each.title, each.weight, str(each.outcomes), str(each.levels))
        rubrics.setdefault(each.brief_id, []).append(said)
    return {
        (module, brief.key): Item(
            brief.title,
            (
                brief.title,
                brief.weighting,
                brief.words,
                str(brief.outcomes),
                brief.html,
                tuple(rubrics.get(brief.id, ())),
            ),
        )
        for module, brief in rows
    }


def _rubrics(brief_ids: Iterable[int]) -> Iterable[Criterion]:
    return db.session.scalars(
        select(Criterion)
        .where(Criterion.brief_id.in_(list(brief_ids)))
        .order_by(Criterion.brief_id, Criterion.position)
    )
