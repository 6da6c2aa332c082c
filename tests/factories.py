"""Things to test with, made through the same operations as in life. Plain functions.

Everything is named in sequence, so that a test can make several of anything.
"""

import io
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lms import authored, clock, refs, storage, vault
from lms.access.actor import APPOINTMENTS, SYSTEM, Actor, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.accounts.queries import actor_for
from lms.assessment import operations as assessments
from lms.assessment.due import scheme_of
from lms.assessment.models import Assessment, Submission
from lms.assessment.operations import Work
from lms.audit import queries as trail
from lms.catalogue.keeping import keep
from lms.catalogue.models import ContentVersion
from lms.cohorts import operations as cohorts
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.rules import Kind, academic_year
from lms.content import reading
from lms.content.source import Content
from lms.content.tree import Drafted, Folder
from lms.db import unit_of_work
from lms.documents import Kind as FileKind
from lms.marking import operations as marking, queries as marks, release_operations
from lms.marking.models import Claim
from lms.marking.rules import Stage
from lms.marking.stream import Marks
from lms.markup_memory import Memory
from lms.organisations import operations as organisations
from lms.organisations.models import Organisation
from lms.organisations.rules import Nation
from lms.regulations import operations as regulations
from lms.regulations.models import RegulationsVersion
from lms.regulations.profile import Regulations
from lms.regulations.source import Rulebook
from tests.support import republished

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"
EXAMPLE_RULEBOOK = CONTENT / "regulations" / "example-2026.yml"
BORN = date(1990, 3, 1)
PASSWORD = "three odd words: heron, gravel, Tuesday"
_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$"  # of no password; tests sign in directly

_numbers = itertools.count(1)
_rendered = Memory()


def make_account(*roles: Role, at: Organisation | None = None, name: str = "") -> Account:
    """An account with these roles, invited and accepted.

    at  the organisation at which coordinators and supervisors hold theirs; made when needed
    """
    number = next(_numbers)
    if at is None and set(roles) & APPOINTMENTS:
        at = make_organisation()
    with unit_of_work():
        account = accounts.open_account(
            f"person{number}@example.org", name or f"Person {number}", actor=SYSTEM
        )
        for role in roles:
            place = at.ref if at and role in APPOINTMENTS else ""
            accounts.grant_role(account, role, at=place, actor=SYSTEM)
        account.password_hash = _HASH
        account.password_set_at = clock.now() - timedelta(days=1)
    return account


def make_actor(*roles: Role, at: Organisation | None = None) -> Actor:
    """Somebody with these roles, as operations take them."""
    return actor_for(make_account(*roles, at=at))


def actor_of(account: Account) -> Actor:
    """An account as operations take it."""
    return actor_for(account)


def make_organisation(*, approved: bool = True, nation: Nation = Nation.SCOTLAND) -> Organisation:
    """An organisation, entered by one and approved by another."""
    with unit_of_work():
        found = organisations.name_organisation(
            f"Organisation {next(_numbers)} (fictional)", nation, actor=SYSTEM
        )
        if approved:
            organisations.approve(found, actor=SYSTEM)
    return found


def rulebook(**changes: Any) -> Rulebook:
    """The example rulebook, with some of its rules changed: rulebook(late_work={...})."""
    text, found = _rules(changes)
    return Rulebook("rulebook", text, vault.digest(refs.token()), found)


def regulations_with(**changes: Any) -> Regulations:
    """The rules of the same."""
    return rulebook(**changes).regulations


def make_regulations(**changes: Any) -> RegulationsVersion:
    """A published rulebook."""
    with unit_of_work():
        return regulations.publish(rulebook(**changes), actor=SYSTEM)


def make_content(changes: Mapping[str, bytes | None] | None = None) -> ContentVersion:
    """The first modules of the real content, published; or all, with some files changed."""
    kept = keep(content_with(changes) if changes else first_modules())
    with unit_of_work():
        return republished.publish(kept)


def publish_folder(folder: Path) -> ContentVersion:
    """What a small folder of content holds now, published."""
    kept = keep(republished.read(folder))
    with unit_of_work():
        return republished.publish(kept)


def make_cohort(
    *,
    year: int | None = None,
    starts_on: date | None = None,
    content: ContentVersion | None = None,
    **changes: Any,
) -> Cohort:
    """A cohort that began this September, under the example rulebook with these changes."""
    today = clock.today()
    starts_on = starts_on or date(year or today.year - (today.month < 9), 9, 1)
    book, version = make_regulations(**changes), content or make_content()
    with unit_of_work():
        year = academic_year(starts_on)
        return cohorts.open_intake(year, starts_on, book, version, actor=SYSTEM)


def make_enrolment(
    cohort: Cohort | None = None,
    *,
    accepted: bool = True,
    kind: Kind = Kind.ASSESSED,
    organisation: Organisation | None = None,
    again: Account | None = None,
) -> Enrolment:
    """Somebody with a place in a cohort, and in the register once it is accepted.

    again  who has had one before; without it, somebody new
    """
    cohort = cohort or make_cohort()
    organisation = organisation or make_organisation()
    advocate = again or make_account()
    with unit_of_work():
        if again is None:
            accounts.record_identity(advocate, f"{advocate.name} Certificate", BORN, actor=SYSTEM)
        starts_on = cohort.intake.starts_on
        organisations.record_placement(
            advocate, organisation, "Independent advocate", starts_on, actor=SYSTEM
        )
        qualify_by = max(starts_on, clock.today()) + timedelta(days=730)
        place = cohorts.Place(organisation, organisation.nation, kind, qualify_by)
        enrolment = cohorts.offer_place(cohort, advocate, place, actor=SYSTEM)
    if accepted:
        with unit_of_work():
            cohorts.accept_place(enrolment, actor=actor_for(advocate))
    return enrolment


def make_assessment(
    cohort: Cohort | None = None, *, number: int = 0, due_at: datetime | None = None
) -> Assessment:
    """One of the content's assessments, set for a cohort; due in a week."""
    cohort = cohort or make_cohort()
    brief = scheme_of(cohort)[number][0]
    due_at = due_at or clock.now() + timedelta(days=7)
    with clock.stopped(min(clock.now(), due_at - timedelta(days=1))), unit_of_work():
        return assessments.set_assessment(cohort, brief, due_at, actor=SYSTEM)


def hand_in(
    enrolment: Enrolment,
    assessment: Assessment,
    text: str = "# My work\n\nWhat I would do.",
    *,
    at: datetime | None = None,
) -> Submission:
    """Work handed in as text, at a moment."""
    at = at or clock.now()
    with clock.stopped(at):
        stored = storage.put(io.BytesIO(text.encode()))
        work = Work(refs.token(), FileKind.TEXT, stored, "text.md", at)
        with unit_of_work():
            return assessments.submit_work(
                enrolment, assessment, work, actor=actor_for(enrolment.advocate)
            )


def allocate(assessment: Assessment, first: Account, second: Account) -> None:
    """Two tutors who mark an assessment, at different stages."""
    with unit_of_work():
        marking.allocate(assessment, first, Stage.FIRST, actor=SYSTEM)
        marking.allocate(assessment, second, Stage.SECOND, actor=SYSTEM)


def some_marks(claim: Claim, points: int | Iterable[int] = 60, **comments: str) -> Marks:
    """The same points for every criterion, or these in order."""
    rubric = marks.desk_rubric(claim)
    given = [points] * len(rubric) if isinstance(points, int) else list(points)
    return Marks(
        {each.key: value for each, value in zip(rubric, given, strict=True)},
        {each.key: f"Comment on {each.key}." for each in rubric} | comments,
    )


def take_and_mark(
    assessment: Assessment, marker: Account, stage: Stage, points: int | Iterable[int] = 60
) -> Claim:
    """The next script, taken and marked."""
    actor = actor_for(marker)
    with unit_of_work():
        claim = marking.take_next(assessment, stage, actor=actor)
    with unit_of_work():
        marking.give_mark(claim, some_marks(claim, points), actor=actor)
    return claim


def mark_all(assessment: Assessment, points: int | Iterable[int] = 60) -> tuple[Account, Account]:
    """Every script of an assessment marked twice, reconciled and released; returns the tutors.

    The deadline must have passed.
    """
    first, second = make_account(Role.TUTOR), make_account(Role.TUTOR)
    allocate(assessment, first, second)
    waiting = [s for s in marks.scripts_of(assessment) if not s.marker_ids]
    for _ in waiting:
        claim = take_and_mark(assessment, first, Stage.FIRST, points)
        take_and_mark(assessment, second, Stage.SECOND, points)
        said = some_marks(claim, points, reason="We read the descriptors together.")
        with unit_of_work():
            proposal = marking.propose(claim.submission, said, actor=actor_for(first))
        with unit_of_work():
            marking.agree(claim.submission, proposal.ref, actor=actor_for(second))
    registrar = make_actor(Role.REGISTRAR)
    with unit_of_work():
        release_operations.release(assessment, actor=registrar)
    return first, second


def noon(day: date) -> datetime:
    """Twelve o'clock UTC of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def content_with(changes: Mapping[str, bytes | None]) -> Content:
    """The real content with some files changed; of the others nothing is rendered again."""
    return reading.read(Drafted(Folder(CONTENT), changes), memory=_rendered)


@cache
def real_content() -> Content:
    """The real content, read once."""
    return reading.read(CONTENT, memory=_rendered)


@cache
def first_modules() -> Content:
    """Two modules of the real content: enough to test with, however many there will be."""
    content = real_content()
    left_out = tuple(f"modules/{module.folder}/" for module in content.modules[2:])
    if not left_out:
        return content
    names = tuple(name for name in content.names if not name.startswith(left_out))
    return replace(
        content,
        modules=content.modules[:2],
        names=names,
        sha256=reading.fingerprint(content.tree, names),
    )


_rules_read: dict[str, tuple[str, Regulations]] = {}


def _rules(changes: dict[str, Any]) -> tuple[str, Regulations]:
    """A rulebook's text and rules, read once for each set of changes: both never change."""
    key = repr(changes)
    if key not in _rules_read:
        data = yaml.safe_load(EXAMPLE_RULEBOOK.read_text(encoding="utf-8"))
        for name, change in changes.items():
            base = {k: data[name][k] for k in ("paragraph", "says", "source")}
            data[name] = {**base, **change} if "kind" in change else {**data[name], **change}
        text = yaml.safe_dump(data, sort_keys=False)
        found = authored.as_model(authored.parse(text, "rulebook"), Regulations)
        _rules_read[key] = text, found
    return _rules_read[key]


def trail_of(subject: str) -> list[str]:
    """The events that the trail holds about a thing, in order."""
    return [each.event for each in trail.all_entries() if each.subject == subject]
