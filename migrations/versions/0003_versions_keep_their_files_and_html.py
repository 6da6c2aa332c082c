"""A version keeps its files; HTML is kept once by its hash; pages carry their questions"""

import hashlib

import sqlalchemy as sa
from alembic import op

from lms.facts import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW = ("content_file", "rendered", "page_text")


def upgrade() -> None:
    op.create_table(
        "content_file",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["content_version.id"],
            name=op.f("fk_content_file_version_id_content_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "name", name=op.f("pk_content_file")),
    )
    op.create_table(
        "rendered",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("renderer", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_rendered")),
    )
    op.create_table(
        "page_text",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("html_key", sa.String(), nullable=False),
        sa.Column("staff_key", sa.String(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_text_page_id_page")),
        sa.ForeignKeyConstraint(
            ["html_key"], ["rendered.sha256"], name=op.f("fk_page_text_html_key_rendered")
        ),
        sa.ForeignKeyConstraint(
            ["staff_key"], ["rendered.sha256"], name=op.f("fk_page_text_staff_key_rendered")
        ),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page_text")),
    )
    _move_html_out()
    op.drop_column("page", "html")
    # Both databases do these in place: the tables keep their triggers.
    everywhere = '["england-and-wales", "scotland", "northern-ireland"]'
    op.add_column("module", _text("folder", ""))
    op.add_column("module", _json("nations", everywhere))
    op.add_column("module", _json("prerequisites", "[]"))
    op.add_column("page", _json("nations", everywhere))
    op.add_column("page", _json("reviewers", "{}"))
    op.add_column(
        "page", sa.Column("stands_in", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    protect(op.get_bind(), _NEW)


def downgrade() -> None:
    bind = op.get_bind()
    for column in ("stands_in", "reviewers", "nations"):
        op.drop_column("page", column)
    for column in ("prerequisites", "nations", "folder"):
        op.drop_column("module", column)
    op.add_column("page", _text("html", ""))
    on = " ON page" if bind.dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER facts_update_page{on}")
    op.execute(
        "UPDATE page SET html = rendered.html FROM page_text, rendered "
        "WHERE page_text.page_id = page.id AND rendered.sha256 = page_text.html_key"
    )
    protect(bind, ["page"])
    for table in reversed(_NEW):
        op.drop_table(table)


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _json(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default=default)


def _move_html_out() -> None:
    bind = op.get_bind()
    for page, html in bind.execute(sa.text("SELECT id, html FROM page")).all():
        key = hashlib.sha256(html.encode()).hexdigest()
        bind.execute(
            sa.text(
                "INSERT INTO rendered (sha256, renderer, html) VALUES (:key, '1', :html) "
                "ON CONFLICT DO NOTHING"
            ),
            {"key": key, "html": html},
        )
        bind.execute(
            sa.text(
                "INSERT INTO page_text (page_id, html_key, staff_key, questions) "
                "VALUES (:page, :key, :key, '[]')"
            ),
            {"page": page, "key": key},
        )
