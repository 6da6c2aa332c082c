"""Publications and moves of cohorts are facts; pages carry what they are compared by"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.facts import protect
from lms.texts.wording import Shown, wording_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = ("publication", "page_wording", "content_move")


def upgrade() -> None:
    _make_tables()
    op.execute(
        "INSERT INTO publication (version_id, published_by, published_at) "
        "SELECT id, published_by, published_at FROM content_version ORDER BY id"
    )
    wording = sa.table(
        "page_wording", *(sa.column(name) for name in ("page_id", "says", "says_of_law"))
    )
    for row in _wordings():
        op.get_bind().execute(wording.insert().values(row))
    # Both databases do this in place: the table keeps its triggers.
    op.execute("ALTER TABLE cohort RENAME COLUMN content_version_id TO began_with_id")
    protect(op.get_bind(), _NEW)


def downgrade() -> None:
    bind = op.get_bind()
    on = " ON cohort" if bind.dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER facts_update_cohort{on}")
    op.execute("ALTER TABLE cohort RENAME COLUMN began_with_id TO content_version_id")
    # What a cohort is taught now goes back to where it stood before there were moves.
    op.execute(
        "UPDATE cohort SET content_version_id = (SELECT version_id FROM content_move "
        "WHERE cohort_id = cohort.id ORDER BY seq DESC LIMIT 1) "
        "WHERE id IN (SELECT cohort_id FROM content_move)"
    )
    protect(bind, ["cohort"])
    for table in reversed(_NEW):
        op.drop_table(table)


def _make_tables() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["content_version.id"],
            name=op.f("fk_publication_version_id_content_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    op.create_index(op.f("ix_publication_version_id"), "publication", ["version_id"])
    op.create_table(
        "page_wording",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("says_of_law", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name=op.f("fk_page_wording_page_id_page")
        ),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page_wording")),
    )
    op.create_table(
        "content_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_content_move_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["content_version.id"],
            name=op.f("fk_content_move_version_id_content_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_move")),
        sa.UniqueConstraint("cohort_id", "seq", name=op.f("uq_content_move_cohort_id_seq")),
    )


def _wordings() -> Iterator[dict[str, Any]]:
    """What every page says. The rule is the application's own: the two have to agree."""
    page = sa.table(
        "page",
        *(sa.column(name) for name in ("id", "module_id", "title")),
        sa.column("law_as_at", sa.Date()),
        sa.column("advice", sa.JSON(none_as_null=True)),
    )
    text = sa.table(
        "page_text",
        *(sa.column(name) for name in ("page_id", "html_key")),
        sa.column("questions", sa.JSON()),
    )
    rendered = sa.table("rendered", sa.column("sha256"), sa.column("html"))
    module = sa.table("module", *(sa.column(name) for name in ("id", "version_id", "folder")))
    rows = op.get_bind().execute(
        sa.select(page, text.c.questions, rendered.c.html, module.c.version_id, module.c.folder)
        .join(module, module.c.id == page.c.module_id)
        .join(text, text.c.page_id == page.c.id)
        .join(rendered, rendered.c.sha256 == text.c.html_key)
        .order_by(page.c.id)
    )
    files = _files()
    for row in rows.all():
        shown = files.get((row.version_id, row.folder), {})
        said = wording_of(
            Shown(row.title, row.law_as_at, row.advice, row.html, row.questions, shown)
        )
        yield {"page_id": row.id, "says": said.says, "says_of_law": said.says_of_law}


def _files() -> dict[tuple[int, str], dict[str, str]]:
    """The pictures and films of every module, by its version and folder."""
    found: dict[tuple[int, str], dict[str, str]] = {}
    rows = op.get_bind().execute(sa.text("SELECT version_id, name, file_key FROM content_file"))
    for version, name, key in rows:
        parts = name.split("/")
        if parts[0] == "modules" and parts[2:3] == ["files"]:
            found.setdefault((version, parts[1]), {})[parts[3]] = key
    return found
