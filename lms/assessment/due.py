"""What a cohort hands in, and how each piece stands for one advocate; each asked in one go."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, defer

from lms.assessment.models import (
    Assessment,
    Deadline,
    Draft,
    Extension,
    OpenedAttempt,
    Submission,
)
from lms.catalogue.models import Brief, Module
from lms.cohorts.models import Cohort, Enrolment
from lms.db import db
from lms.errors import NotFound


@dataclass(frozen=True)
class Due:
    """One assessment as it stands for one advocate.

    attempt    the present one: 1 first sit, then referrals and deferrals
    due_at     its deadline, extension included
    extended   whether the advocate has more time than the others
    submission the version that counts so far, if anything was handed in
    drafted_at when text was saved last and not handed in; None without a draft
    """

    assessment: Assessment
    brief: Brief
    module: Module
    attempt: int
    due_at: datetime
    extended: bool
    submission: Submission | None
    drafted_at: datetime | None


def scheme_of(cohort: Cohort) -> list[tuple[Brief, Module, Assessment | None]]:
    """All that a cohort is assessed by, with its own assessment where one is set. One query.

    A module of which something is set keeps every assessment it had then, whatever content the
    cohort has moved to since: its weightings would not make up one mark otherwise. The other
    modules are those of the content that is taught now.
    """
    own, kept = aliased(Brief), aliased(Module)
    begun = (
        select(kept.id, kept.slug)
        .join(own, own.module_id == kept.id)
        .join(Assessment, Assessment.brief_id == own.id)
        .where(Assessment.cohort_id == cohort.id)
    )
    now = Module.version_id == cohort.content_version_id
    rows = db.session.execute(
        select(Brief, Module, Assessment)
        .join(Module, Module.id == Brief.module_id)
        .outerjoin(
            Assessment, and_(Assessment.brief_id == Brief.id, Assessment.cohort_id == cohort.id)
        )
        .where(
            or_(
                Module.id.in_(begun.with_only_columns(kept.id)),
                and_(now, Module.slug.not_in(begun.with_only_columns(kept.slug))),
            )
        )
        .options(defer(Brief.html), defer(Brief.source))
        .order_by(Module.position, Module.id, Brief.key)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def brief_in_scheme(cohort: Cohort, module: str, key: str) -> Brief:
    """One of these, by the slug of its module and its key. Raises NotFound."""
    found = (b for b, taught, _ in scheme_of(cohort) if (taught.slug, b.key) == (module, key))
    brief = next(found, None)
    if brief is None:
        raise NotFound
    return brief


def due_for_all(cohort: Cohort) -> dict[str, datetime]:
    """When the last of a module's assessments is due for everybody, by slug. One query.

    Modules of which nothing is set are left out. Nobody's extension or further attempt counts.
    """
    rows = db.session.execute(
        select(Module.slug, func.max(Deadline.due_at))
        .join(Brief, Brief.module_id == Module.id)
        .join(Assessment, Assessment.brief_id == Brief.id)
        .join(Deadline, and_(Deadline.assessment_id == Assessment.id, _is_last(Deadline)))
        .where(Assessment.cohort_id == cohort.id)
        .group_by(Module.slug)
    )
    return {row[0]: row[1] for row in rows}


def due_for(enrolment: Enrolment) -> list[Due]:
    """Every assessment as it stands for one advocate. One query, whatever the number."""
    whose = {"enrolment": enrolment.id, "cohort": enrolment.cohort_id}
    return [Due(*row) for row in db.session.execute(_statement(), whose)]


@cache
def _statement() -> Select[Any]:
    """Putting it together takes longer than the database takes to answer: it is done once."""
    further, more, work = aliased(OpenedAttempt), aliased(Extension), aliased(Submission)
    attempt = func.coalesce(further.attempt, 1)
    plain = func.coalesce(further.due_at, Deadline.due_at)
    extended = func.coalesce(more.due_at > plain, false())
    due = case((extended, more.due_at), else_=plain)
    return (
        select(Assessment, Brief, Module, attempt, due, extended, work, Draft.saved_at)
        .join(Brief, Brief.id == Assessment.brief_id)
        .join(Module, Module.id == Brief.module_id)
        .join(Deadline, and_(Deadline.assessment_id == Assessment.id, _is_last(Deadline)))
        .outerjoin(further, _of(further) & _is_last_attempt(further))
        .outerjoin(more, _of(more) & (more.attempt == attempt) & _is_last_given(more))
        .outerjoin(work, _of(work) & (work.attempt == attempt) & _is_last_version(work))
        .outerjoin(Draft, _of(Draft) & _is_last_draft(Draft))
        .where(Assessment.cohort_id == bindparam("cohort"))
        .options(defer(Brief.html), defer(Brief.source))
        .order_by(Module.position, Brief.key)
    )


def _of(table: Any) -> ColumnElement[bool]:
    return and_(table.enrolment_id == bindparam("enrolment"), table.assessment_id == Assessment.id)


def _is_last(table: Any) -> ColumnElement[bool]:
    newer = aliased(Deadline)
    return ~exists().where(newer.assessment_id == table.assessment_id, newer.seq > table.seq)


def _is_last_attempt(table: Any) -> ColumnElement[bool]:
    newer = aliased(OpenedAttempt)
    return ~exists().where(_same_work(newer, table), newer.attempt > table.attempt)


def _is_last_given(table: Any) -> ColumnElement[bool]:
    newer = aliased(Extension)
    return ~exists().where(
        _same_work(newer, table), newer.attempt == table.attempt, newer.seq > table.seq
    )


def _is_last_version(table: Any) -> ColumnElement[bool]:
    newer = aliased(Submission)
    return ~exists().where(
        _same_work(newer, table), newer.attempt == table.attempt, newer.version > table.version
    )


def _is_last_draft(table: Any) -> ColumnElement[bool]:
    newer = aliased(Draft)
    return ~exists().where(_same_work(newer, table), newer.version > table.version)


def _same_work(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.enrolment_id == other.enrolment_id, one.assessment_id == other.assessment_id)
