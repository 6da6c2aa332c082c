"""PERFORMANCE G8: how much a learner's page weighs, as it travels."""

import gzip
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.access.actor import SYSTEM
from lms.catalogue.keeping import keep
from lms.catalogue.models import PageText
from lms.catalogue.operations import publish
from lms.db import db, unit_of_work
from lms.learning.parts import parts_of
from tests import factories
from tests.learning.places import a_cohort
from tests.learning.taught import PAGE, a_taught_folder

FIRST_VISIT, AFTER, OVERHEAD = 70_000, 25_000, 12 * 1024


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def written(text: PageText, pages: Sequence[PageText]) -> int:
    """What its author wrote: the page as it was rendered, its questions, and the titles of its
    parts and of its module's pages, which stand in the list beside it; in bytes."""
    titles = [each.page.title for each in pages if each.page.module_id == text.page.module_id]
    advice = (text.page.advice or {}).get("note", "")
    asked = [q["ask"] + "".join(o["html"] for o in q["options"]) for q in text.questions]
    parts = [title for _, title in parts_of(text.rendered.html)]
    words = [text.rendered.html, *asked, *parts, *text.page.for_review, advice, *titles]
    return sum(len(each.encode()) for each in words)


def test_every_page_of_the_content_is_light(browser: Any) -> None:
    kept = keep(factories.real_content())
    with unit_of_work():
        version = publish(kept, actor=SYSTEM)
    cohort = factories.make_cohort(content=version)
    reader = browser(factories.make_enrolment(cohort).advocate)
    pages = db.session.scalars(select(PageText)).all()
    for text in pages:
        path = f"/learn/{text.page.module.slug}/{text.page.slug}?show=1"
        page = reader.get(path)
        assert page.status_code == 200
        assert packed(page.data) <= AFTER, path
        assert len(page.data) - written(text, pages) <= OVERHEAD, path
    frame = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(frame) >= 4
    first = packed(page.data) + sum(packed(reader.get(each).data) for each in frame)
    assert first <= FIRST_VISIT


def test_a_page_with_questions_is_light(browser: Any, app: object, tmp_path: Path) -> None:
    enrolment = factories.make_enrolment(a_cohort(a_taught_folder(tmp_path), date(2026, 9, 1)))
    assert packed(browser(enrolment.advocate).get(PAGE).data) <= AFTER
