"""Into action, to proof: follow-through, gates with evidence, raw answers, dated events

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cxwiki.database import Quantity

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_limits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint("most > 0", name=op.f("ck_column_limits_most")),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_column_limits_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_limits")),
        sa.UniqueConstraint("team_id", "status", name=op.f("uq_column_limits_team_id_status")),
    )
    with op.batch_alter_table("column_limits") as batch_op:
        batch_op.create_index(
            "ix_column_limits_for_all",
            ["status"],
            unique=True,
            sqlite_where=sa.text("team_id IS NULL"),
            postgresql_where=sa.text("team_id IS NULL"),
        )

    op.create_table(
        "escalation_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("priorities", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(length=10), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('overdue', 'stalled')", name=op.f("ck_escalation_rules_reason")
        ),
        sa.CheckConstraint(
            "\"to\" IN ('lead', 'sponsor', 'manager')", name=op.f("ck_escalation_rules_to")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_escalation_rules_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_escalation_rules_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rules")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("page", sa.String(length=10), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("page IN ('board', 'list', 'matrix')", name=op.f("ck_saved_views_page")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_saved_views_owner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_saved_views_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    with op.batch_alter_table("saved_views") as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_views_team_id"), ["team_id"], unique=False)

    op.create_table(
        "weightings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("kpi_gap", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["users.id"], name=op.f("fk_weightings_set_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weightings")),
    )
    op.create_table(
        "answer_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_answer_uploads_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpis.id"], name=op.f("fk_answer_uploads_kpi_id_kpis")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_uploads")),
    )
    with op.batch_alter_table("answer_uploads") as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_uploads_kpi_id"), ["kpi_id"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_calendar_feeds_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_calendar_feeds_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    with op.batch_alter_table("calendar_feeds") as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feeds_user_id"), ["user_id"], unique=False)

    op.create_table(
        "dated_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_dated_events_by_id_users")),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpis.id"], name=op.f("fk_dated_events_kpi_id_kpis")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dated_events")),
    )
    with op.batch_alter_table("dated_events") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dated_events_happened_on"), ["happened_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_dated_events_kpi_id"), ["kpi_id"], unique=False)

    op.create_table(
        "gate_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("gate", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_gate_evidence_added_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["gate_decisions.id"],
            name=op.f("fk_gate_evidence_decision_id_gate_decisions"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_gate_evidence_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_evidence")),
    )
    with op.batch_alter_table("gate_evidence") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gate_evidence_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "kpi_dimensions",
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(length=40), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpis.id"], name=op.f("fk_kpi_dimensions_kpi_id_kpis")
        ),
        sa.PrimaryKeyConstraint("kpi_id", "dimension", name=op.f("pk_kpi_dimensions")),
    )
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_milestones_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
    )
    with op.batch_alter_table("milestones") as batch_op:
        batch_op.create_index(batch_op.f("ix_milestones_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_teams",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_teams_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_project_teams_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("project_id", "team_id", name=op.f("pk_project_teams")),
    )
    with op.batch_alter_table("project_teams") as batch_op:
        batch_op.create_index(batch_op.f("ix_project_teams_team_id"), ["team_id"], unique=False)

    op.create_table(
        "project_updates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("light", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_project_updates_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_updates_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_updates")),
    )
    with op.batch_alter_table("project_updates") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_updates_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "resolutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_resolutions_by_id_users")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_resolutions_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolutions")),
    )
    with op.batch_alter_table("resolutions") as batch_op:
        batch_op.create_index(batch_op.f("ix_resolutions_project_id"), ["project_id"], unique=False)

    op.create_table(
        "risks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("damage", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("damage BETWEEN 1 AND 3", name=op.f("ck_risks_damage")),
        sa.CheckConstraint("likelihood BETWEEN 1 AND 3", name=op.f("ck_risks_likelihood")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_risks_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_risks_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risks")),
    )
    with op.batch_alter_table("risks") as batch_op:
        batch_op.create_index(batch_op.f("ix_risks_project_id"), ["project_id"], unique=False)

    op.create_table(
        "told_effects",
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpis.id"], name=op.f("fk_told_effects_kpi_id_kpis")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_told_effects_subject_id_subjects")
        ),
        sa.PrimaryKeyConstraint("subject_id", "kpi_id", name=op.f("pk_told_effects")),
    )
    with op.batch_alter_table("told_effects") as batch_op:
        batch_op.create_index(batch_op.f("ix_told_effects_kpi_id"), ["kpi_id"], unique=False)

    op.create_table(
        "action_dependencies",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("blocked_by_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("action_id <> blocked_by_id", name=op.f("ck_action_dependencies_other")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_dependencies_action_id_actions")
        ),
        sa.ForeignKeyConstraint(
            ["blocked_by_id"],
            ["actions.id"],
            name=op.f("fk_action_dependencies_blocked_by_id_actions"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_action_dependencies_by_id_users")
        ),
        sa.PrimaryKeyConstraint("action_id", "blocked_by_id", name=op.f("pk_action_dependencies")),
    )
    with op.batch_alter_table("action_dependencies") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_action_dependencies_blocked_by_id"), ["blocked_by_id"], unique=False
        )

    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("value", Quantity(), nullable=False),
        sa.Column("segment", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpis.id"], name=op.f("fk_answers_kpi_id_kpis")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["answers.id"], name=op.f("fk_answers_supersedes_id_answers")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["answer_uploads.id"], name=op.f("fk_answers_upload_id_answer_uploads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers") as batch_op:
        batch_op.create_index(
            "ix_answers_external_id",
            ["kpi_id", "source", "external_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND external_id IS NOT NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND external_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_answers_kpi_id_answered_on", ["kpi_id", "answered_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_answers_upload_id"), ["upload_id"], unique=False)

    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_escalations_action_id_actions")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["escalation_rules.id"],
            name=op.f("fk_escalations_rule_id_escalation_rules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint(
            "action_id", "rule_id", "since", name=op.f("uq_escalations_action_id_rule_id_since")
        ),
    )
    op.create_table(
        "reminders",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_reminders_action_id_actions")
        ),
        sa.PrimaryKeyConstraint("action_id", "kind", "due_on", name=op.f("pk_reminders")),
    )
    op.create_table(
        "subtasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_subtasks_action_id_actions")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_subtasks_added_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["users.id"], name=op.f("fk_subtasks_done_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subtasks")),
    )
    with op.batch_alter_table("subtasks") as batch_op:
        batch_op.create_index(batch_op.f("ix_subtasks_action_id"), ["action_id"], unique=False)

    with op.batch_alter_table("actions") as batch_op:
        batch_op.add_column(
            sa.Column(
                "active_at",
                sa.DateTime(timezone=True),
                nullable=False,
                server_default=sa.text("'2000-01-01 00:00:00+00:00'"),
            )
        )
        batch_op.add_column(sa.Column("comment_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("meeting", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("met_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("customers_affected", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("impact", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("confidence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ease", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_actions_comment_id_comments"), "comments", ["comment_id"], ["id"]
        )

    with op.batch_alter_table("gate_decisions") as batch_op:
        batch_op.add_column(
            sa.Column("gate", sa.String(length=10), nullable=False, server_default="decision")
        )
        batch_op.add_column(sa.Column("changes", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("findings", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("supersedes_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_gate_decisions_supersedes_id_gate_decisions"),
            "gate_decisions",
            ["supersedes_id"],
            ["id"],
        )

    with op.batch_alter_table("kpis") as batch_op:
        batch_op.add_column(sa.Column("cadence", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("answer_min", Quantity(), nullable=True))
        batch_op.add_column(sa.Column("answer_max", Quantity(), nullable=True))
        batch_op.add_column(sa.Column("success_min", Quantity(), nullable=True))
        batch_op.add_column(sa.Column("success_max", Quantity(), nullable=True))
        batch_op.add_column(sa.Column("band_low", Quantity(), nullable=True))
        batch_op.add_column(sa.Column("band_high", Quantity(), nullable=True))

    with op.batch_alter_table("measurements") as batch_op:
        batch_op.add_column(sa.Column("low", Quantity(), nullable=True))
        batch_op.add_column(sa.Column("high", Quantity(), nullable=True))
        batch_op.add_column(
            sa.Column("from_answers", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("projects") as batch_op:
        batch_op.add_column(
            sa.Column("idea", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("audience", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("outcome", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("measure", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("pilot_team_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("touchpoint", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("pilot_weeks", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "stage_since",
                sa.DateTime(timezone=True),
                nullable=False,
                server_default=sa.text("'2000-01-01 00:00:00+00:00'"),
            )
        )
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("learned", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("replicates_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_projects_replicates_id"), ["replicates_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_projects_replicates_id_projects"), "projects", ["replicates_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_projects_pilot_team_id_teams"), "teams", ["pilot_team_id"], ["id"]
        )

    with op.batch_alter_table("teams") as batch_op:
        batch_op.add_column(sa.Column("day_rate", Quantity(), nullable=True))

    # What is there already was last worked on when it was last changed.
    for table, column in (("actions", "active_at"), ("projects", "stage_since")):
        subjects = sa.table("subjects", sa.column("id"), sa.column("updated_at"))
        work = sa.table(table, sa.column("id"), sa.column(column))
        changed = sa.select(subjects.c.updated_at).where(subjects.c.id == work.c.id)
        op.execute(sa.update(work).values({column: changed.scalar_subquery()}))


def downgrade() -> None:
    with op.batch_alter_table("teams") as batch_op:
        batch_op.drop_column("day_rate")

    with op.batch_alter_table("projects") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_projects_pilot_team_id_teams"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_projects_replicates_id_projects"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_projects_replicates_id"))
        batch_op.drop_column("replicates_id")
        batch_op.drop_column("learned")
        batch_op.drop_column("asked_at")
        batch_op.drop_column("stage_since")
        batch_op.drop_column("pilot_weeks")
        batch_op.drop_column("touchpoint")
        batch_op.drop_column("pilot_team_id")
        batch_op.drop_column("measure")
        batch_op.drop_column("outcome")
        batch_op.drop_column("audience")
        batch_op.drop_column("idea")

    with op.batch_alter_table("measurements") as batch_op:
        batch_op.drop_column("from_answers")
        batch_op.drop_column("high")
        batch_op.drop_column("low")

    with op.batch_alter_table("kpis") as batch_op:
        batch_op.drop_column("band_high")
        batch_op.drop_column("band_low")
        batch_op.drop_column("success_max")
        batch_op.drop_column("success_min")
        batch_op.drop_column("answer_max")
        batch_op.drop_column("answer_min")
        batch_op.drop_column("cadence")

    with op.batch_alter_table("gate_decisions") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_gate_decisions_supersedes_id_gate_decisions"), type_="foreignkey"
        )
        batch_op.drop_column("supersedes_id")
        batch_op.drop_column("findings")
        batch_op.drop_column("changes")
        batch_op.drop_column("gate")

    with op.batch_alter_table("actions") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_actions_comment_id_comments"), type_="foreignkey")
        batch_op.drop_column("ease")
        batch_op.drop_column("confidence")
        batch_op.drop_column("impact")
        batch_op.drop_column("customers_affected")
        batch_op.drop_column("met_on")
        batch_op.drop_column("meeting")
        batch_op.drop_column("comment_id")
        batch_op.drop_column("active_at")

    with op.batch_alter_table("subtasks") as batch_op:
        batch_op.drop_index(batch_op.f("ix_subtasks_action_id"))

    op.drop_table("subtasks")
    op.drop_table("reminders")
    op.drop_table("escalations")
    with op.batch_alter_table("answers") as batch_op:
        batch_op.drop_index(batch_op.f("ix_answers_upload_id"))
        batch_op.drop_index("ix_answers_kpi_id_answered_on")
        batch_op.drop_index(
            "ix_answers_external_id",
            sqlite_where=sa.text("superseded_at IS NULL AND external_id IS NOT NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND external_id IS NOT NULL"),
        )

    op.drop_table("answers")
    with op.batch_alter_table("action_dependencies") as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_dependencies_blocked_by_id"))

    op.drop_table("action_dependencies")
    with op.batch_alter_table("told_effects") as batch_op:
        batch_op.drop_index(batch_op.f("ix_told_effects_kpi_id"))

    op.drop_table("told_effects")
    with op.batch_alter_table("risks") as batch_op:
        batch_op.drop_index(batch_op.f("ix_risks_project_id"))

    op.drop_table("risks")
    with op.batch_alter_table("resolutions") as batch_op:
        batch_op.drop_index(batch_op.f("ix_resolutions_project_id"))

    op.drop_table("resolutions")
    with op.batch_alter_table("project_updates") as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_updates_project_id"))

    op.drop_table("project_updates")
    with op.batch_alter_table("project_teams") as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_teams_team_id"))

    op.drop_table("project_teams")
    with op.batch_alter_table("milestones") as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestones_project_id"))

    op.drop_table("milestones")
    op.drop_table("kpi_dimensions")
    with op.batch_alter_table("gate_evidence") as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_evidence_project_id"))

    op.drop_table("gate_evidence")
    with op.batch_alter_table("dated_events") as batch_op:
        batch_op.drop_index(batch_op.f("ix_dated_events_kpi_id"))
        batch_op.drop_index(batch_op.f("ix_dated_events_happened_on"))

    op.drop_table("dated_events")
    with op.batch_alter_table("calendar_feeds") as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feeds_user_id"))

    op.drop_table("calendar_feeds")
    with op.batch_alter_table("answer_uploads") as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_uploads_kpi_id"))

    op.drop_table("answer_uploads")
    op.drop_table("weightings")
    with op.batch_alter_table("saved_views") as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_views_team_id"))
        batch_op.drop_index(batch_op.f("ix_saved_views_owner_id"))

    op.drop_table("saved_views")
    op.drop_table("escalation_rules")
    with op.batch_alter_table("column_limits") as batch_op:
        batch_op.drop_index(
            "ix_column_limits_for_all",
            sqlite_where=sa.text("team_id IS NULL"),
            postgresql_where=sa.text("team_id IS NULL"),
        )

    op.drop_table("column_limits")
