"""Before the release no marker meets a person: not on a page, in a header, a file's name or a row.

Every word that belongs to the advocate is one that stands nowhere else, and is looked for in all
that a marker's browser gets and in every row that their requests are answered with.
"""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lms import clock, worker
from lms.assessment import queries
from lms.assessment.models import Submission
from lms.db import db, unit_of_work
from lms.marking.models import Claim
from lms.marking.rules import Stage
from tests.marking.conftest import DUE, REASON, Desk
from tests.support.crawl import Seen, follow_links, references, see, try_addresses
from tests.support.documents import empty_docx
from tests.support.pages import Visitor
from tests.support.rows import answers, holding

# How far each person is with their reading is told to tutors, and nothing there of scripts.
PROGRESS = ("/progress/",)

NAME, ADDRESS = "CANARYNAME Okonjo", "canary.address@example.org"
FILE = "CANARYFILE Okonjo, module 1"
AUTHOR = "CANARYAUTHOR Okonjo"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def a_docx_by_an_author() -> bytes:
    document, packed = empty_docx(), io.BytesIO()
    document.core_properties.author = document.core_properties.last_modified_by = AUTHOR
    document.core_properties.title = document.core_properties.comments = AUTHOR
    document.add_paragraph("What I would do.")
    document.save(packed)
    return packed.getvalue()


def hand_in_file(browser: Any, desk: Desk) -> Submission:
    """The advocate, under names to be recognised by, replaces the script with a file."""
    person = desk.enrolment.advocate
    with unit_of_work():
        person.name, person.address = NAME, ADDRESS
    name = f"{FILE}.docx"
    with clock.stopped(DUE - timedelta(minutes=30)):
        browser(person).fill_in(
            f"/assessments/{desk.assessment.ref}/submit",
            work=(io.BytesIO(a_docx_by_an_author()), name),
            own_work="y",
            fit="y",
        )
        worker.work_once()
    made = db.session.scalars(select(Submission).order_by(Submission.id.desc())).first()
    assert made is not None
    assert queries.file_name(made) == name
    # A marker's request has a session of its own, and knows nothing of how this one loaded it.
    db.session.expunge(made)
    return made


def canaries(desk: Desk) -> list[str]:
    """Every word that leads to the advocate."""
    enrolment = desk.enrolment
    organisation = enrolment.organisation
    return [
        "CANARYNAME",
        "CANARYFILE",
        "CANARYAUTHOR",
        ADDRESS,
        enrolment.advocate.ref,
        enrolment.ref,
        organisation.ref,
        organisation.name,
    ]


def send(visitor: Visitor, path: str, desk: Desk, points: int, **more: str) -> Seen:
    hidden = dict(_HIDDEN.findall(visitor.get(path).text))
    numbers = {f"points-{key}": str(points) for key in desk.keys}
    comments = {f"comment-{key}": "Clear, and well argued." for key in desk.keys}
    answer = visitor.client.post(path, data={**hidden, **numbers, **comments, **more})
    return Seen(path, answer.status_code, str(answer.headers), answer.text)


def mark(visitor: Visitor, desk: Desk, stage: Stage) -> list[Seen]:
    """A marker's way from the list to the given mark."""
    pages = follow_links(visitor, without=PROGRESS)
    visitor.post(f"/marking/assessments/{desk.assessment.ref}/take/{stage}")
    claim = db.session.scalars(select(Claim).where(Claim.stage == stage)).one()
    path = f"/marking/scripts/{claim.ref}"
    pages += [see(visitor, path), see(visitor, f"{path}/reconcile")]
    pages += [send(visitor, path, desk, points) for points in (50, 101)]
    given = send(visitor, path, desk, 60, give=stage)
    return [*pages, given, *follow_links(visitor, path, within="/marking/")]


def file_of(visitor: Visitor, stage: Stage) -> str:
    """All that the download says: its headers, and every part of the file, unpacked."""
    claim = db.session.scalars(select(Claim).where(Claim.stage == stage)).one()
    with visitor.client.get(f"/marking/scripts/{claim.ref}/file") as answer:
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
            said = [parts.read(name).decode(errors="replace") for name in parts.namelist()]
        return "".join([str(answer.headers), *said])


def test_markers_work_from_list_to_reconciled_mark_without_meeting_a_person(
    browser: Any, desk: Desk
) -> None:
    hand_in_file(browser, desk)
    words = canaries(desk)
    first, second = browser(desk.first), browser(desk.second)
    files = []
    with answers() as found:
        pages = mark(first, desk, Stage.FIRST) + mark(second, desk, Stage.SECOND)
        files += [file_of(first, Stage.FIRST), file_of(second, Stage.SECOND)]
        claims = {c.stage: c.ref for c in db.session.scalars(select(Claim))}
        path = f"/marking/scripts/{claims['first']}/reconcile"
        pages += [send(first, path, desk, 62, overall="Both.", reason=REASON)]
        other = see(second, f"/marking/scripts/{claims['second']}/reconcile")
        agree = re.search(r'action="(/marking/scripts/[^"]+/agree/[^"]+)"', other.text)
        assert agree
        pages += [other]
        assert second.post(agree[1]).status_code == 302
        pages += follow_links(first, path, within="/marking/")
        pages += follow_links(second, without=PROGRESS)
    assert any("are reconciled" in page.words or "Reconciled" in page.words for page in pages)
    assert [(w, page.path) for w in words for page in pages if w in page.everything] == []
    assert [w for w in words for each in files if w in each] == []
    assert all("What I would do." in each for each in files)
    number = desk.number
    assert all(f"filename={number}.docx" in each for each in files)
    assert holding(found, *words) == []


def test_no_address_leads_a_marker_from_a_number_to_a_person(
    browser: Any, desk: Desk, long: bool
) -> None:
    hand_in_file(browser, desk)
    desk.marked(Stage.FIRST)
    words = canaries(desk)
    person, claim = desk.enrolment.advocate, db.session.scalars(select(Claim)).one()
    near = {desk.submission.ref, claim.ref, desk.enrolment.ref, person.ref}
    near |= references() if long else set()
    first = browser(desk.first)
    with answers() as found:
        pages = try_addresses(first, near)
    said = [page for page in pages if page.status == 200]
    assert said
    for page in pages:
        body = f"{page.headers}\n{page.text}"
        # An address that was asked for stands in no answer but the asker's own.
        for ref in near:
            body = body.replace(ref, "")
        assert not [word for word in words if word in body], page.path
    named = holding(found, "CANARYNAME", "CANARYFILE", "CANARYAUTHOR")
    assert named == []


def test_a_candidate_number_is_another_for_each_assessment_and_leads_to_nobody(
    browser: Any, desk: Desk
) -> None:
    """Searching for it, signed in as a marker, finds no page but the desk's own."""
    claim = desk.taken()
    first = browser(desk.first)
    for page in follow_links(first):
        if claim.number in page.words:
            assert page.path.startswith("/marking/")


def test_after_taking_a_script_its_title_and_address_say_nothing_of_it(
    browser: Any, desk: Desk
) -> None:
    claim = desk.taken()
    page = see(browser(desk.first), f"/marking/scripts/{claim.ref}")
    title = re.search(r"<title>(.*?)</title>", page.text)
    assert title
    assert title[1] == "Marking – Alongside"
    assert claim.number not in page.path
    assert desk.submission.ref not in page.everything
