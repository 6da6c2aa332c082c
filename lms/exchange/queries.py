"""What is copied of a published version. Nothing here reads what was written for tutors."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import partial

from sqlalchemy import select

from lms import storage
from lms.catalogue.models import ContentFile, ContentVersion, Module, Page, PageText, Rendered
from lms.catalogue.queries import module_of
from lms.db import db
from lms.errors import RuleBroken
from lms.exchange.copies import MediaCopy, ModuleCopy, PageCopy

# Bytes that pictures of a module, or its films too, may come to, each as often as pages show it:
# a copy lies on the server's disk until it is sent, and then on somebody's phone.
MOST_BYTES = 100 << 20
_SHOWN = re.compile(r'src="files/([^"]+)"')


def module_copy(version_id: int, slug: str, service: str, *, films: bool = False) -> ModuleCopy:
    """One module of a version. Four queries, however long it is.

    service  what this installation is called
    films    whether films go with it, or their transcripts alone

    Raises NotFound, and RuleBroken where its pictures and films are too large for one file.
    """
    version = db.session.get_one(ContentVersion, version_id)
    module = module_of(version_id, slug)
    pages = _pages(module)
    shown = Counter(name for page in pages for name in _SHOWN.findall(page.html))
    return ModuleCopy(
        service,
        version.ref,
        version.published_at,
        module.position,
        module.slug,
        module.code,
        module.title,
        module.level,
        module.credits,
        module.summary,
        module.outcomes,
        module.nations,
        module.law_as_at,
        module.review_by,
        [kind for kind, by in sorted(module.reviewers.items()) if not by],
        pages,
        {each.name: each for each in _media(module, shown, films=films)},
    )


def _pages(module: Module) -> list[PageCopy]:
    rows = db.session.execute(
        select(
            Page.slug,
            Page.title,
            Page.minutes,
            Page.law_as_at,
            Page.review_by,
            Page.advice,
            Page.for_review,
            Page.stands_in,
            Rendered.html,
            PageText.questions,
        )
        .join(PageText, PageText.page_id == Page.id)
        .join(Rendered, Rendered.sha256 == PageText.html_key)
        .where(Page.module_id == module.id)
        .order_by(Page.position)
    )
    return [PageCopy(*row) for row in rows]


def _media(module: Module, shown: Counter[str], *, films: bool) -> Iterable[MediaCopy]:
    folder = f"modules/{module.folder}/files/"
    rows = db.session.execute(
        select(ContentFile.name, ContentFile.kind, ContentFile.size, ContentFile.file_key)
        .where(ContentFile.version_id == module.version_id)
        .where(ContentFile.name.in_(sorted(folder + name for name in shown)))
        .order_by(ContentFile.name)
    ).all()
    wanted = [row for row in rows if films or not row.kind.startswith("video/")]
    if sum(row.size * shown[row.name.removeprefix(folder)] for row in wanted) > MOST_BYTES:
        raise RuleBroken(
            f"The pictures and films of this module come to more than {MOST_BYTES >> 20} MB, "
            "which is too much for one file."
        )
    for name, kind, _size, key in wanted:
        yield MediaCopy(name.removeprefix(folder), kind, key, partial(storage.open, key))
