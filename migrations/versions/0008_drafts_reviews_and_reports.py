"""Drafts of what is taught, their reviews, and problems that readers report"""

import sqlalchemy as sa
from alembic import op

from lms.db import Moment
from lms.facts import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FACTS = (
    "draft_revision",
    "review_request",
    "reviewer_appointment",
    "content_review",
    "content_review_answer",
)


def upgrade() -> None:
    _table(
        "draft",
        _text("ref"),
        _text("title"),
        _number("base_version_id", nullable=True),
        _number("opened_by_id"),
        _moment("opened_at"),
        _moment("ended_at", nullable=True),
        _number("version_id", nullable=True),
        _refers("draft", "base_version_id", "content_version"),
        _refers("draft", "opened_by_id", "account"),
        _refers("draft", "version_id", "content_version"),
        _once("draft", "ref"),
    )
    _table(
        "draft_revision",
        _number("draft_id"),
        _text("name"),
        _number("number"),
        _text("kind"),
        _text("text"),
        sa.Column("file_key", sa.String(), nullable=True),
        _number("by_id"),
        _moment("at"),
        _refers("draft_revision", "draft_id", "draft"),
        _refers("draft_revision", "by_id", "account"),
        _once("draft_revision", "draft_id", "name", "number"),
    )
    _table(
        "review_request",
        _number("draft_id"),
        _number("number"),
        _text("fingerprint"),
        _number("by_id"),
        _moment("at"),
        _refers("review_request", "draft_id", "draft"),
        _refers("review_request", "by_id", "account"),
        _once("review_request", "draft_id", "number"),
    )
    _table(
        "reviewer_appointment",
        _text("ref"),
        _number("draft_id"),
        _text("kind"),
        _number("account_id"),
        _text("by"),
        _moment("at"),
        _refers("reviewer_appointment", "draft_id", "draft"),
        _refers("reviewer_appointment", "account_id", "account"),
        _once("reviewer_appointment", "ref"),
        _once("reviewer_appointment", "draft_id", "kind", "account_id"),
    )
    _table(
        "content_review",
        _text("ref"),
        _number("draft_id"),
        _text("kind"),
        _text("fingerprint"),
        _text("verdict"),
        _text("words"),
        sa.Column("named", sa.Boolean(), nullable=False),
        _number("by_id"),
        _moment("at"),
        _refers("content_review", "draft_id", "draft"),
        _refers("content_review", "by_id", "account"),
        _once("content_review", "ref"),
    )
    op.create_index(op.f("ix_content_review_draft_id"), "content_review", ["draft_id"])
    _table(
        "content_review_answer",
        _number("review_id"),
        _text("words"),
        _number("by_id"),
        _moment("at"),
        _refers("content_review_answer", "review_id", "content_review"),
        _refers("content_review_answer", "by_id", "account"),
    )
    op.create_index(
        op.f("ix_content_review_answer_review_id"), "content_review_answer", ["review_id"]
    )
    _reports()
    protect(op.get_bind(), _FACTS)


def downgrade() -> None:
    op.drop_table("problem_report")
    for table in reversed(_FACTS):
        op.drop_table(table)
    op.drop_table("draft")


def _reports() -> None:
    _table(
        "problem_report",
        _text("ref"),
        _number("page_id"),
        _number("version_id"),
        _number("advocate_id"),
        _text("token"),
        _text("kind"),
        _text("words"),
        _moment("reported_at"),
        _text("answer"),
        _number("answered_by_id", nullable=True),
        _moment("answered_at", nullable=True),
        _refers("problem_report", "page_id", "page"),
        _refers("problem_report", "version_id", "content_version"),
        _refers("problem_report", "advocate_id", "account"),
        _refers("problem_report", "answered_by_id", "account"),
        _once("problem_report", "ref"),
        _once("problem_report", "token"),
    )
    op.create_index(op.f("ix_problem_report_advocate_id"), "problem_report", ["advocate_id"])


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    own = sa.Column("id", sa.Integer(), nullable=False)
    op.create_table(name, own, *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Moment(), nullable=nullable)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
