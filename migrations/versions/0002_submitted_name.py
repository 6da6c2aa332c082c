"""What a sender called a file moves out of the fact, so that it can be erased"""

import sqlalchemy as sa
from alembic import op

from lms.facts import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submitted_name",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submitted_name_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submitted_name")),
    )
    op.execute("INSERT INTO submitted_name SELECT id, file_name FROM submission")
    # Both databases do this in place: the table keeps its triggers.
    op.drop_column("submission", "file_name")


def downgrade() -> None:
    # The empty default stays: taking it away would make SQLite build the table anew.
    op.add_column(
        "submission", sa.Column("file_name", sa.String(), nullable=False, server_default="")
    )
    on = " ON submission" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER facts_update_submission{on}")
    op.execute(
        "UPDATE submission SET file_name = submitted_name.name FROM submitted_name "
        "WHERE submitted_name.submission_id = submission.id"
    )
    protect(op.get_bind(), ["submission"])
    op.drop_table("submitted_name")
