"""Readers answer questions, and may have met a page otherwise than by reading it"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", lms.db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_answer_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_answer_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "enrolment_id",
            "module",
            "page",
            "asked",
            "attempt",
            name=op.f("uq_answer_enrolment_id_module_page_asked_attempt"),
        ),
    )
    op.add_column("page_read", sa.Column("how", sa.String(), nullable=False, server_default="read"))
    # Both databases do this in place: the table keeps its triggers.
    op.add_column("page", sa.Column("checks", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("page", "checks")
    op.drop_column("page_read", "how")
    op.drop_table("answer")
