"""The second marker can't learn the first mark: not from a page, and not from the database.

What is recorded is every row of every question that their requests put to the database.
"""

import re
from typing import Any

import pytest
from sqlalchemy import select

from lms import worker
from lms.catalogue.queries import rubric_of
from lms.db import db, unit_of_work
from lms.marking import operations
from lms.marking.models import Claim, MarkEvent
from lms.marking.rules import Stage
from tests.factories import actor_of, hand_in, make_enrolment, some_marks
from tests.marking.conftest import Desk
from tests.support.crawl import Seen, follow_links, references, see, try_addresses
from tests.support.pages import Visitor
from tests.support.rows import Answered, answers, holding

CANARY = "CANARY-FIRST-MARK-5521"
MARKED = 97
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def give_first(desk: Desk, points: int = MARKED, said: str = CANARY) -> Claim:
    """A first mark with drafts before it and a word to be found in each of its texts."""
    with unit_of_work():
        claim = operations.take_next(desk.assessment, Stage.FIRST, actor=actor_of(desk.first))
    texts = {each.key: f"{said} on {each.key}." for each in rubric_of(desk.assessment.brief_id)}
    marks = some_marks(claim, points, **texts, overall=said, note=said)
    with unit_of_work():
        operations.save_draft(claim, marks, 0, actor=actor_of(desk.first))
    with unit_of_work():
        operations.give_mark(claim, marks, actor=actor_of(desk.first))
    return claim


def sent(visitor: Visitor, path: str, **fields: str) -> Seen:
    """A form of a page, sent; the answer as the browser got it."""
    hidden = dict(_HIDDEN.findall(visitor.get(path).text))
    answer = visitor.client.post(path, data={**hidden, **fields})
    return Seen(path, answer.status_code, str(answer.headers), answer.text)


def whole(desk: Desk, points: str = "64") -> dict[str, str]:
    numbers = {f"points-{key}": points for key in desk.keys}
    return numbers | {f"comment-{key}": "Mine." for key in desk.keys}


def work_through(visitor: Visitor, desk: Desk) -> list[Seen]:
    """Everything a second marker can do before giving the mark, right and wrong."""
    pages = follow_links(visitor)
    visitor.post(f"/marking/assessments/{desk.assessment.ref}/take/second")
    claim = db.session.scalars(select(Claim).where(Claim.stage == "second")).one()
    path = f"/marking/scripts/{claim.ref}"
    stale = dict(_HIDDEN.findall(visitor.get(path).text))
    pages += [
        sent(visitor, path, **whole(desk)),
        sent(visitor, path, **whole(desk, "101")),
        sent(visitor, path, give="second", **{**whole(desk), f"comment-{desk.keys[0]}": ""}),
        sent(visitor, f"{path}/reconcile", **whole(desk), reason="x" * 40),
    ]
    conflict = visitor.client.post(path, data={**stale, **whole(desk, "12")})
    assert conflict.status_code == 409
    pages.append(Seen(path, 409, str(conflict.headers), conflict.text))
    return [*pages, *follow_links(visitor, path, f"{path}/file", f"{path}/reconcile")]


def leaks(pages: list[Seen]) -> list[str]:
    by_word = [page.path for page in pages if CANARY in page.everything]
    # A book is packed: two digits stand in its bytes by chance, and say nothing.
    told = [page for page in pages if "application/epub" not in page.headers]
    return by_word + [page.path for page in told if re.search(rf"\b{MARKED}\b", page.words)]


def marks_among(found: list[Answered]) -> list[Answered]:
    """Answers that came out of where marks and their comments are kept, and are not empty."""
    kept = re.compile(r"\b(criterion_mark|mark_comment)\b")
    return [each for each in found if kept.search(each.statement) and each.rows]


def telling(names: set[str], long: bool) -> set[str]:
    """The references of work and marks; with time enough, of everything."""
    return names if long else {name for name in names if name[:3] in {"CLM", "MRK", "SUB", "ASM"}}


def test_no_question_of_the_second_marker_can_be_answered_with_the_first_mark(
    browser: Any, desk: Desk, long: bool
) -> None:
    give_first(desk)
    second = browser(desk.second)
    with answers() as found:
        pages = work_through(second, desk)
        pages += try_addresses(second, telling(references(), long))
    assert {page.status for page in pages} >= {200, 404, 409, 422}
    assert len(pages) > 60
    assert any(f"Candidate {desk.number}" in page.words for page in pages)
    assert leaks(pages) == []
    assert len(found) > 200
    assert holding(found, CANARY) == []
    assert marks_among(found) == []
    own_drafts = [each for each in found if "FROM mark_draft" in each.statement and each.rows]
    assert own_drafts
    assert holding(found, '"raw"', '"mark"') == []


def test_the_first_marker_can_not_learn_the_second_mark_either(browser: Any, desk: Desk) -> None:
    """Blind both ways: whoever is later must not lean on whoever was quicker."""
    with unit_of_work():
        claim = operations.take_next(desk.assessment, Stage.SECOND, actor=actor_of(desk.second))
    marks = some_marks(claim, MARKED, overall=CANARY, note=CANARY)
    with unit_of_work():
        operations.give_mark(claim, marks, actor=actor_of(desk.second))
    mine = desk.taken(Stage.FIRST)
    first = browser(desk.first)
    path = f"/marking/scripts/{mine.ref}"
    with answers() as found:
        pages = follow_links(first, path, f"{path}/reconcile", within="/marking/")
        pages += try_addresses(first, {claim.ref, desk.submission.ref, desk.assessment.ref})
    assert leaks(pages) == []
    assert holding(found, CANARY) == []
    assert marks_among(found) == []


def test_the_recorder_would_have_seen_it(browser: Any, desk: Desk) -> None:
    """After both marks are given they are shown, and the same nets catch them."""
    give_first(desk)
    claim = desk.marked(Stage.SECOND)
    second = browser(desk.second)
    with answers() as found:
        page = see(second, f"/marking/scripts/{claim.ref}/reconcile")
    assert leaks([page])
    assert holding(found, CANARY)
    assert marks_among(found)


def test_giving_the_second_mark_asks_for_nothing_of_the_first(browser: Any, desk: Desk) -> None:
    give_first(desk)
    claim = desk.taken(Stage.SECOND)
    second = browser(desk.second)
    with answers() as found:
        page = sent(second, f"/marking/scripts/{claim.ref}", give="second", **whole(desk))
    assert page.status == 302
    assert holding(found, CANARY) == []
    assert marks_among(found) == []
    events = db.session.scalars(select(MarkEvent).order_by(MarkEvent.seq))
    assert [e.what for e in events] == [
        "first given",
        "second given",
    ]


@pytest.mark.parametrize("other", ["another mark", "no mark yet"])
def test_the_second_markers_page_is_the_same_whatever_the_first_mark_is(
    browser: Any, desk: Desk, other: str
) -> None:
    """Two scripts alike but for the first mark: what is shown of them is equal to the byte."""
    twin = make_enrolment(desk.assessment.cohort)
    hand_in(twin, desk.assessment, at=desk.submission.received_at)
    worker.work_once()
    give_first(desk, MARKED)
    if other == "another mark":
        give_first(desk, 13, "Short.")
    second = browser(desk.second)
    pages = []
    for _ in range(2):
        second.post(f"/marking/assessments/{desk.assessment.ref}/take/second")
    claims = db.session.scalars(select(Claim).where(Claim.stage == "second")).all()
    for claim in claims:
        path = f"/marking/scripts/{claim.ref}"
        for address in (path, f"{path}/reconcile"):
            page = see(second, address)
            bare = page.text.replace(claim.ref, "").replace(claim.number, "")
            pages.append((page.status, re.sub(r'name="csrf_token" value="[^"]*"', "", bare)))
    assert len(claims) == 2
    assert pages[:2] == pages[2:]
    queue = see(second, "/marking/").words
    assert queue.count("First") == 0
