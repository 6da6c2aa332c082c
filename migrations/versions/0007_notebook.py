"""Notes, highlights, bookmarks and the place kept: each person's own"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jotting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("module_slug", sa.String(), nullable=False),
        sa.Column("page_slug", sa.String(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_jotting_owner_id_account")
        ),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_jotting_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jotting")),
        sa.UniqueConstraint("owner_id", "once", name=op.f("uq_jotting_owner_id_once")),
        sa.UniqueConstraint("ref", name=op.f("uq_jotting_ref")),
    )
    op.create_index(
        op.f("ix_jotting_owner_id_module_slug_page_slug"),
        "jotting",
        ["owner_id", "module_slug", "page_slug"],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_jotting_owner_id_module_slug_page_slug"), table_name="jotting")
    op.drop_table("jotting")
