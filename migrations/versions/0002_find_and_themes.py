"""Passages, lexicon, saved searches, people's word on themes

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TERM = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "lexicon",
        sa.Column("term", _TERM, nullable=False),
        sa.Column("backwards", _TERM, nullable=False),
        sa.Column("surface", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_lexicon")),
    )
    with op.batch_alter_table("lexicon") as batch_op:
        batch_op.create_index(batch_op.f("ix_lexicon_backwards"), ["backwards"], unique=False)

    op.create_table(
        "search_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("query", sa.String(length=100), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("in_vain", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "query", name=op.f("pk_search_counts")),
    )
    op.create_table(
        "lexicon_parts",
        sa.Column("part", _TERM, nullable=False),
        sa.Column("term", _TERM, nullable=False),
        sa.ForeignKeyConstraint(
            ["term"],
            ["lexicon.term"],
            name=op.f("fk_lexicon_parts_term_lexicon"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("part", "term", name=op.f("pk_lexicon_parts")),
    )
    with op.batch_alter_table("lexicon_parts") as batch_op:
        batch_op.create_index(batch_op.f("ix_lexicon_parts_term"), ["term"], unique=False)

    op.create_table(
        "recent_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recent_searches_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_searches")),
        sa.UniqueConstraint("user_id", "query", name=op.f("uq_recent_searches_user_id_query")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("alert", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_saved_searches_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_saved_searches_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_searches_user_id_name")),
    )
    with op.batch_alter_table("saved_searches") as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_searches_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_searches_user_id"), ["user_id"], unique=False)

    op.create_table(
        "saved_search_hits",
        sa.Column("saved_search_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["saved_search_id"],
            ["saved_searches.id"],
            name=op.f("fk_saved_search_hits_saved_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_saved_search_hits_subject_id_subjects")
        ),
        sa.PrimaryKeyConstraint("saved_search_id", "subject_id", name=op.f("pk_saved_search_hits")),
    )
    op.create_table(
        "silo_bridges",
        sa.Column("insight_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["insight_id"], ["insights.id"], name=op.f("fk_silo_bridges_insight_id_insights")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["insights.id"], name=op.f("fk_silo_bridges_other_id_insights")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_silo_bridges_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("insight_id", "team_id", name=op.f("pk_silo_bridges")),
    )
    with op.batch_alter_table("silo_bridges") as batch_op:
        batch_op.create_index(batch_op.f("ix_silo_bridges_other_id"), ["other_id"], unique=False)

    op.create_table(
        "theme_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_theme_edits_by_id_users")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["themes.id"], name=op.f("fk_theme_edits_other_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_edits_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["users.id"], name=op.f("fk_theme_edits_undone_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_edits")),
    )
    with op.batch_alter_table("theme_edits") as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_edits_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_theme_edits_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "theme_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_parts_theme_id_themes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_parts")),
    )
    with op.batch_alter_table("theme_parts") as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_parts_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "theme_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("insight_ids", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f("ck_theme_proposals_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'outdated')",
            name=op.f("ck_theme_proposals_state"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_theme_proposals_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["themes.id"], name=op.f("fk_theme_proposals_other_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_proposals_theme_id_themes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_proposals")),
    )
    with op.batch_alter_table("theme_proposals") as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_proposals_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_theme_proposals_theme_id"), ["theme_id"], unique=False)

    # What was embedded so far is each text's first passage.
    with op.batch_alter_table("embeddings") as batch_op:
        batch_op.add_column(sa.Column("passage", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint("pk_embeddings", type_="primary")
        batch_op.create_primary_key("pk_embeddings", ["subject_id", "passage"])
    with op.batch_alter_table("embeddings") as batch_op:
        batch_op.alter_column("passage", server_default=None)
        batch_op.create_index(batch_op.f("ix_embeddings_sequence"), ["sequence"], unique=False)

    with op.batch_alter_table("theme_members") as batch_op:
        batch_op.add_column(sa.Column("part_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_theme_members_part_id"), ["part_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_theme_members_part_id_theme_parts"),
            "theme_parts",
            ["part_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("theme_pins") as batch_op:
        batch_op.add_column(sa.Column("edit_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_theme_pins_edit_id"), ["edit_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_theme_pins_edit_id_theme_edits"), "theme_edits", ["edit_id"], ["id"]
        )

    with op.batch_alter_table("themes") as batch_op:
        batch_op.add_column(sa.Column("described_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("shaped", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("x", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("y", sa.Double(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_themes_described_by_id_users"), "users", ["described_by_id"], ["id"]
        )
    with op.batch_alter_table("themes") as batch_op:
        for name in ("shaped", "locked", "retired"):
            batch_op.alter_column(name, server_default=None)
    op.execute(
        "UPDATE themes SET shaped = true WHERE named_by_id IS NOT NULL "
        "OR id IN (SELECT theme_id FROM theme_pins)"
    )


def downgrade() -> None:
    with op.batch_alter_table("themes") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_themes_described_by_id_users"), type_="foreignkey")
        batch_op.drop_column("y")
        batch_op.drop_column("x")
        batch_op.drop_column("retired")
        batch_op.drop_column("locked")
        batch_op.drop_column("shaped")
        batch_op.drop_column("described_by_id")

    with op.batch_alter_table("theme_pins") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_theme_pins_edit_id_theme_edits"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_theme_pins_edit_id"))
        batch_op.drop_column("edit_id")

    with op.batch_alter_table("theme_members") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_theme_members_part_id_theme_parts"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_theme_members_part_id"))
        batch_op.drop_column("part_id")

    op.execute("DELETE FROM embeddings WHERE passage > 0")
    with op.batch_alter_table("embeddings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_embeddings_sequence"))
        batch_op.drop_constraint("pk_embeddings", type_="primary")
        batch_op.create_primary_key("pk_embeddings", ["subject_id"])
        batch_op.drop_column("passage")

    with op.batch_alter_table("theme_proposals") as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_proposals_theme_id"))
        batch_op.drop_index(batch_op.f("ix_theme_proposals_other_id"))

    op.drop_table("theme_proposals")
    with op.batch_alter_table("theme_parts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_parts_theme_id"))

    op.drop_table("theme_parts")
    with op.batch_alter_table("theme_edits") as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_edits_theme_id"))
        batch_op.drop_index(batch_op.f("ix_theme_edits_other_id"))

    op.drop_table("theme_edits")
    with op.batch_alter_table("silo_bridges") as batch_op:
        batch_op.drop_index(batch_op.f("ix_silo_bridges_other_id"))

    op.drop_table("silo_bridges")
    op.drop_table("saved_search_hits")
    with op.batch_alter_table("saved_searches") as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_searches_user_id"))
        batch_op.drop_index(batch_op.f("ix_saved_searches_team_id"))

    op.drop_table("saved_searches")
    op.drop_table("recent_searches")
    with op.batch_alter_table("lexicon_parts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_lexicon_parts_term"))

    op.drop_table("lexicon_parts")
    op.drop_table("search_counts")
    with op.batch_alter_table("lexicon") as batch_op:
        batch_op.drop_index(batch_op.f("ix_lexicon_backwards"))

    op.drop_table("lexicon")
