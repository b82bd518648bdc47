"""Knowledge: pages, attachments, links, reviews, mails

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "feed_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_feed_keys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_keys")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_keys_token_hash")),
    )
    with op.batch_alter_table("feed_keys") as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_keys_user_id"), ["user_id"], unique=False)

    op.create_table(
        "mail_wishes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "how IN ('at_once', 'daily', 'weekly', 'off')", name=op.f("ck_mail_wishes_how")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mail_wishes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "topic", name=op.f("pk_mail_wishes")),
    )
    op.create_table(
        "page_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("pages_done", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_page_imports_created_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_imports")),
    )
    op.create_table(
        "tag_watches",
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_tag_watches_tag_id_tags")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tag_watches_user_id_users")
        ),
        sa.PrimaryKeyConstraint("tag_id", "user_id", name=op.f("pk_tag_watches")),
    )
    with op.batch_alter_table("tag_watches") as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_watches_user_id"), ["user_id"], unique=False)

    op.create_table(
        "team_watches",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_watches_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_team_watches_user_id_users")
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_watches")),
    )
    with op.batch_alter_table("team_watches") as batch_op:
        batch_op.create_index(batch_op.f("ix_team_watches_user_id"), ["user_id"], unique=False)

    op.create_table(
        "team_webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("shape", sa.String(length=10), nullable=False),
        sa.Column("topics", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("shape IN ('slack', 'teams')", name=op.f("ck_team_webhooks_shape")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_team_webhooks_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_webhooks_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_webhooks")),
    )
    with op.batch_alter_table("team_webhooks") as batch_op:
        batch_op.create_index(batch_op.f("ix_team_webhooks_team_id"), ["team_id"], unique=False)

    op.create_table(
        "text_templates",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["users.id"], name=op.f("fk_text_templates_changed_by_id_users")
        ),
        sa.PrimaryKeyConstraint("kind", "language", name=op.f("pk_text_templates")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_attachments_added_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_attachments_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["blobs.sha256"], name=op.f("fk_attachments_sha256_blobs")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_attachments_subject_id_subjects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachments_added_by_id"), ["added_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            "ix_attachments_subject_id_archived_at", ["subject_id", "archived_at"], unique=False
        )

    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_drafts_subject_id_subjects")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_drafts_user_id_key")),
    )
    with op.batch_alter_table("drafts") as batch_op:
        batch_op.create_index(
            "ix_drafts_user_id_form", ["user_id", "form", "subject_id"], unique=False
        )

    op.create_table(
        "editings",
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_editings_subject_id_subjects")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_editings_user_id_users")),
        sa.PrimaryKeyConstraint("subject_id", "user_id", name=op.f("pk_editings")),
    )
    with op.batch_alter_table("editings") as batch_op:
        batch_op.create_index(batch_op.f("ix_editings_user_id"), ["user_id"], unique=False)

    op.create_table(
        "former_titles",
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_former_titles_subject_id_subjects")
        ),
        sa.PrimaryKeyConstraint("subject_id", "key", name=op.f("pk_former_titles")),
    )
    with op.batch_alter_table("former_titles") as batch_op:
        batch_op.create_index(batch_op.f("ix_former_titles_key"), ["key"], unique=False)

    op.create_table(
        "pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.String(length=600), nullable=False),
        sa.Column("also_called", sa.String(length=500), nullable=False),
        sa.CheckConstraint("kind IN ('guide', 'term')", name=op.f("ck_pages_kind")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_pages_id_subjects")),
        sa.ForeignKeyConstraint(["parent_id"], ["pages.id"], name=op.f("fk_pages_parent_id_pages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
    )
    with op.batch_alter_table("pages") as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("outdated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outdated_by_id", sa.Integer(), nullable=True),
        sa.Column("outdated_why", sa.String(length=500), nullable=False),
        sa.Column("reminded_for", sa.Date(), nullable=True),
        sa.Column("nagged_for", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outdated_by_id"], ["users.id"], name=op.f("fk_reviews_outdated_by_id_users")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_reviews_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_reviews_subject_id_subjects")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["users.id"], name=op.f("fk_reviews_verified_by_id_users")
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews") as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_reviews_review_on", ["review_on"], unique=False)

    op.create_table(
        "text_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_id"], ["subjects.id"], name=op.f("fk_text_links_from_id_subjects")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["subjects.id"], name=op.f("fk_text_links_to_id_subjects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_links")),
        sa.UniqueConstraint("from_id", "key", name=op.f("uq_text_links_from_id_key")),
    )
    with op.batch_alter_table("text_links") as batch_op:
        batch_op.create_index("ix_text_links_key", ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_text_links_to_id"), ["to_id"], unique=False)

    op.create_table(
        "title_keys",
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_title_keys_subject_id_subjects")
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_title_keys")),
    )
    with op.batch_alter_table("title_keys") as batch_op:
        batch_op.create_index(batch_op.f("ix_title_keys_key"), ["key"], unique=False)
    _fill_title_keys()

    op.create_table(
        "verifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_verifications_by_id_users")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_verifications_subject_id_subjects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    with op.batch_alter_table("verifications") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verifications_subject_id"), ["subject_id"], unique=False
        )

    op.create_table(
        "insight_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("carried", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_insight_merges_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["insights.id"], name=op.f("fk_insight_merges_into_id_insights")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["insights.id"], name=op.f("fk_insight_merges_merged_id_insights")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["users.id"], name=op.f("fk_insight_merges_undone_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insight_merges")),
    )
    with op.batch_alter_table("insight_merges") as batch_op:
        batch_op.create_index(batch_op.f("ix_insight_merges_into_id"), ["into_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_insight_merges_merged_id"), ["merged_id"], unique=False
        )

    op.create_table(
        "likely_duplicates",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=3), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_likely_duplicates_order")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_likely_duplicates_answered_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["insights.id"], name=op.f("fk_likely_duplicates_first_id_insights")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["insights.id"], name=op.f("fk_likely_duplicates_second_id_insights")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_likely_duplicates")),
    )
    with op.batch_alter_table("likely_duplicates") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_likely_duplicates_second_id"), ["second_id"], unique=False
        )

    op.create_table(
        "webhook_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_webhook_posts_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["team_webhooks.id"],
            name=op.f("fk_webhook_posts_webhook_id_team_webhooks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_posts")),
        sa.UniqueConstraint(
            "webhook_id", "event_id", name=op.f("uq_webhook_posts_webhook_id_event_id")
        ),
    )
    with op.batch_alter_table("webhook_posts") as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_posts_event_id"), ["event_id"], unique=False)

    with op.batch_alter_table("comments") as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("resolved_by_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_comments_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_comments_team_id_teams"), "teams", ["team_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_comments_parent_id_comments"), "comments", ["parent_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_comments_resolved_by_id_users"), "users", ["resolved_by_id"], ["id"]
        )

    with op.batch_alter_table("evidence") as batch_op:
        batch_op.add_column(sa.Column("attachment_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_attachment_id_attachments"),
            "attachments",
            ["attachment_id"],
            ["id"],
        )

    with op.batch_alter_table("gate_evidence") as batch_op:
        batch_op.add_column(sa.Column("attachment_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_gate_evidence_attachment_id_attachments"),
            "attachments",
            ["attachment_id"],
            ["id"],
        )

    with op.batch_alter_table("notices") as batch_op:
        batch_op.add_column(
            sa.Column("reason", sa.String(length=20), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("mail", sa.String(length=10), server_default="none", nullable=False)
        )
        batch_op.add_column(sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_notices_mail", ["mail", "user_id"], unique=False)

    with op.batch_alter_table("revisions") as batch_op:
        batch_op.add_column(sa.Column("suppressed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("suppressed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("suppressed_why", sa.String(length=300), server_default="", nullable=False)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revisions_suppressed_by_id_users"), "users", ["suppressed_by_id"], ["id"]
        )

    with op.batch_alter_table("watches") as batch_op:
        batch_op.add_column(
            sa.Column("reason", sa.String(length=12), server_default="asked", nullable=False)
        )


def _fill_title_keys() -> None:
    """Links find what there is by its folded title."""
    connection = op.get_bind()
    subjects = sa.table("subjects", sa.column("id"), sa.column("title"))
    keys = sa.table("title_keys", sa.column("subject_id"), sa.column("key"))
    last = 0
    while True:
        query = sa.select(subjects).where(subjects.c.id > last).order_by(subjects.c.id)
        rows = connection.execute(query.limit(1000)).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(
            sa.insert(keys), [{"subject_id": row.id, "key": _folded(row.title)} for row in rows]
        )


def _folded(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())[:300]


def downgrade() -> None:
    with op.batch_alter_table("watches") as batch_op:
        batch_op.drop_column("reason")

    with op.batch_alter_table("revisions") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_revisions_suppressed_by_id_users"), type_="foreignkey"
        )
        batch_op.drop_column("suppressed_why")
        batch_op.drop_column("suppressed_by_id")
        batch_op.drop_column("suppressed_at")

    with op.batch_alter_table("notices") as batch_op:
        batch_op.drop_index("ix_notices_mail")
        batch_op.drop_column("mailed_at")
        batch_op.drop_column("mail")
        batch_op.drop_column("reason")

    with op.batch_alter_table("gate_evidence") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_gate_evidence_attachment_id_attachments"), type_="foreignkey"
        )
        batch_op.drop_column("attachment_id")

    with op.batch_alter_table("evidence") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_evidence_attachment_id_attachments"), type_="foreignkey"
        )
        batch_op.drop_column("attachment_id")

    with op.batch_alter_table("comments") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_comments_resolved_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_comments_parent_id_comments"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_comments_team_id_teams"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_comments_parent_id"))
        batch_op.drop_column("resolved_by_id")
        batch_op.drop_column("resolved_at")
        batch_op.drop_column("team_id")
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("webhook_posts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_posts_event_id"))

    op.drop_table("webhook_posts")
    with op.batch_alter_table("likely_duplicates") as batch_op:
        batch_op.drop_index(batch_op.f("ix_likely_duplicates_second_id"))

    op.drop_table("likely_duplicates")
    with op.batch_alter_table("insight_merges") as batch_op:
        batch_op.drop_index(batch_op.f("ix_insight_merges_merged_id"))
        batch_op.drop_index(batch_op.f("ix_insight_merges_into_id"))

    op.drop_table("insight_merges")
    with op.batch_alter_table("verifications") as batch_op:
        batch_op.drop_index(batch_op.f("ix_verifications_subject_id"))

    op.drop_table("verifications")
    with op.batch_alter_table("title_keys") as batch_op:
        batch_op.drop_index(batch_op.f("ix_title_keys_key"))

    op.drop_table("title_keys")
    with op.batch_alter_table("text_links") as batch_op:
        batch_op.drop_index(batch_op.f("ix_text_links_to_id"))
        batch_op.drop_index("ix_text_links_key")

    op.drop_table("text_links")
    with op.batch_alter_table("reviews") as batch_op:
        batch_op.drop_index("ix_reviews_review_on")
        batch_op.drop_index(batch_op.f("ix_reviews_owner_id"))

    op.drop_table("reviews")
    with op.batch_alter_table("pages") as batch_op:
        batch_op.drop_index(batch_op.f("ix_pages_parent_id"))

    op.drop_table("pages")
    with op.batch_alter_table("former_titles") as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_titles_key"))

    op.drop_table("former_titles")
    with op.batch_alter_table("editings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_editings_user_id"))

    op.drop_table("editings")
    with op.batch_alter_table("drafts") as batch_op:
        batch_op.drop_index("ix_drafts_user_id_form")

    op.drop_table("drafts")
    with op.batch_alter_table("attachments") as batch_op:
        batch_op.drop_index("ix_attachments_subject_id_archived_at")
        batch_op.drop_index(batch_op.f("ix_attachments_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachments_added_by_id"))

    op.drop_table("attachments")
    op.drop_table("text_templates")
    with op.batch_alter_table("team_webhooks") as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_webhooks_team_id"))

    op.drop_table("team_webhooks")
    with op.batch_alter_table("team_watches") as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_watches_user_id"))

    op.drop_table("team_watches")
    with op.batch_alter_table("tag_watches") as batch_op:
        batch_op.drop_index(batch_op.f("ix_tag_watches_user_id"))

    op.drop_table("tag_watches")
    op.drop_table("page_imports")
    op.drop_table("mail_wishes")
    with op.batch_alter_table("feed_keys") as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_keys_user_id"))

    op.drop_table("feed_keys")
    op.drop_table("blobs")
