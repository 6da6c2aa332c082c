"""What can be found: passages of every published version, and the words that were spelt"""

import json

import sqlalchemy as sa
from alembic import op

from lms.facts import protect
from lms.texts.passages import Passage, first_of_each, passages_of, vocabulary

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAGES = sa.text(
    "SELECT page.id, page.title, page.nations, rendered.html FROM page "
    "JOIN module ON module.id = page.module_id JOIN page_text ON page_text.page_id = page.id "
    "JOIN rendered ON rendered.sha256 = page_text.html_key "
    "WHERE module.version_id = :version ORDER BY module.position, page.position"
).columns(nations=sa.JSON())
_PASSAGE = sa.text(
    "INSERT INTO passage (id, sha256, kind, title, heading, anchor, text, nations, sensitive, "
    "headwords, words) VALUES (:id, :sha256, :kind, :title, :heading, :anchor, :text, :nations, "
    ":sensitive, :headwords, :words)"
)


def upgrade() -> None:
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("nations", sa.String(), nullable=False),
        sa.Column("sensitive", sa.String(), nullable=False),
        sa.Column("headwords", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
        sa.UniqueConstraint("sha256", name=op.f("uq_passage_sha256")),
    )
    op.create_table(
        "page_passage",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["content_version.id"],
            name=op.f("fk_page_passage_version_id_content_version"),
        ),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passage.id"], name=op.f("fk_page_passage_passage_id_passage")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name=op.f("fk_page_passage_page_id_page")
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "passage_id", "page_id", name=op.f("pk_page_passage")
        ),
    )
    op.create_table(
        "vocabulary",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["content_version.id"],
            name=op.f("fk_vocabulary_version_id_content_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "letters", name=op.f("pk_vocabulary")),
    )
    _search_by(op.get_bind().dialect.name)
    _index_what_was_published()
    protect(op.get_bind(), ["passage", "page_passage", "vocabulary"])


def downgrade() -> None:
    op.drop_table("vocabulary")
    op.drop_table("page_passage")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE passage_search")
    op.drop_table("passage")


def _search_by(database: str) -> None:
    """Each database has an index of the stems in its own way."""
    if database == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE passage_search USING fts5(headwords, words, content='passage', "
            "content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
        )
        return
    op.execute(
        "ALTER TABLE passage ADD COLUMN passage_search tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('pg_catalog.simple', headwords), 'A') || "
        "setweight(to_tsvector('pg_catalog.simple', words), 'D')) STORED"
    )
    op.execute("CREATE INDEX ix_passage_search ON passage USING gin (passage_search)")


def _index_what_was_published() -> None:
    bind, ids, known = op.get_bind(), {}, set()
    place = sa.text("INSERT INTO page_passage VALUES (:version, :passage, :page)")
    row = sa.text("INSERT INTO vocabulary VALUES (:version, :letters, :words)")
    for version in bind.scalars(sa.text("SELECT id FROM content_version ORDER BY id")).all():
        shown = first_of_each(
            (page, passages_of(title, html, tuple(nations)))
            for page, title, nations, html in bind.execute(_PAGES, {"version": version}).all()
        )
        new = {each.sha256: each for _, each in shown if each.sha256 not in ids}
        for sha256, each in new.items():
            ids[sha256] = len(ids) + 1
            bind.execute(_PASSAGE, {"id": ids[sha256], **_row(each)})
        for passage, page in {(ids[each.sha256], page) for page, each in shown}:
            bind.execute(place, {"version": version, "passage": passage, "page": page})
        for letters, words in vocabulary(new.values(), known).items():
            kept = {"version": version, "letters": letters, "words": json.dumps(words)}
            bind.execute(row, kept)
            known |= set(words)
    if bind.dialect.name == "sqlite":
        bind.execute(sa.text("INSERT INTO passage_search (passage_search) VALUES ('rebuild')"))


def _row(passage: Passage) -> dict[str, str]:
    return {
        "sha256": passage.sha256,
        "kind": passage.kind,
        "title": passage.title,
        "heading": passage.heading,
        "anchor": passage.anchor,
        "text": passage.text,
        "nations": passage.nations,
        "sensitive": passage.sensitive,
        "headwords": passage.headwords,
        "words": passage.words,
    }
