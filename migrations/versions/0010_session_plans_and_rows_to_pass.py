"""Plans for teaching a module, and rows of a rubric that must be passed"""

import sqlalchemy as sa
from alembic import op

from lms.facts import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_plan",
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("html_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_id"], ["module.id"], name=op.f("fk_session_plan_module_id_module")
        ),
        sa.ForeignKeyConstraint(
            ["html_key"], ["rendered.sha256"], name=op.f("fk_session_plan_html_key_rendered")
        ),
        sa.PrimaryKeyConstraint("module_id", name=op.f("pk_session_plan")),
    )
    protect(op.get_bind(), ["session_plan"])
    op.add_column(
        "criterion",
        sa.Column("must_pass", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("criterion", "must_pass")
    op.drop_table("session_plan")
