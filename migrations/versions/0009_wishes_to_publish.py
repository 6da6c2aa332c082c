"""Wishes to publish content, what came of them, and how far they are"""

import sqlalchemy as sa
from alembic import op

from lms.db import Moment
from lms.facts import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FACTS = ("publication_wish", "publication_outcome")
_WISH, _OUTCOME, _PROGRESS = (*_FACTS, "publication_progress")


def upgrade() -> None:
    op.create_table(
        _WISH,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("on_id", sa.Integer(), nullable=True),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.Column("over_drafts", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _refers(_WISH, "draft_id", "draft"),
        _refers(_WISH, "on_id", "content_version"),
        _refers(_WISH, "by_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_WISH}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{_WISH}_ref")),
    )
    for column in ("draft_id", "fingerprint"):
        op.create_index(op.f(f"ix_{_WISH}_{column}"), _WISH, [column])
    op.create_table(
        _OUTCOME,
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _refers(_OUTCOME, "wish_id", _WISH),
        _refers(_OUTCOME, "version_id", "content_version"),
        sa.PrimaryKeyConstraint("wish_id", name=op.f(f"pk_{_OUTCOME}")),
    )
    op.create_table(
        _PROGRESS,
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("uncommitted", sa.Boolean(), nullable=False),
        _refers(_PROGRESS, "wish_id", _WISH),
        sa.PrimaryKeyConstraint("wish_id", name=op.f(f"pk_{_PROGRESS}")),
    )
    protect(op.get_bind(), _FACTS)


def downgrade() -> None:
    for table in (_PROGRESS, _OUTCOME, _WISH):
        op.drop_table(table)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)
