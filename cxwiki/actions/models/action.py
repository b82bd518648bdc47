"""Actions: what they come from, what they aim at, what they consist of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.database import Model, utcnow
from cxwiki.discussion.models import Comment
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme


class Status(StrEnum):
    """Where an action stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"


class Priority(StrEnum):
    """How pressing an action is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Action(Subject):
    """What somebody will do, by when, and which KPIs it should move.

    `customers_affected` (a quarter), `impact` and `ease` (1 to 10) and `confidence` (per cent) are
    what people estimate for its priority; None where nobody did. `active_at` is when a person last
    did something about it: what has been idle for long is stalled.
    """

    __tablename__ = "actions"

    id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), default=Status.PROPOSED)
    status_reason: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    due_on: Mapped[date | None]
    priority: Mapped[str] = mapped_column(String(10), default=Priority.NORMAL)
    effort_days: Mapped[Decimal | None]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    completed_at: Mapped[datetime | None]
    active_at: Mapped[datetime] = mapped_column(default=utcnow)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    meeting: Mapped[str] = mapped_column(String(200), default="")
    met_on: Mapped[date | None]
    customers_affected: Mapped[int | None]
    impact: Mapped[int | None]
    confidence: Mapped[int | None]
    ease: Mapped[int | None]

    owner: Mapped[User | None] = relationship(lazy="selectin", foreign_keys=[owner_id])
    project: Mapped[Project | None] = relationship(lazy="selectin", foreign_keys=[project_id])
    theme: Mapped[Theme | None] = relationship(lazy="selectin", foreign_keys=[theme_id])
    origins: Mapped[list[ActionInsight]] = relationship(
        back_populates="action", cascade="all, delete-orphan"
    )
    effects: Mapped[list[ActionKpi]] = relationship(
        back_populates="action", cascade="all, delete-orphan"
    )
    comment: Mapped[Comment | None] = relationship(foreign_keys=[comment_id])
    subtasks: Mapped[list[Subtask]] = relationship(
        order_by="Subtask.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"polymorphic_identity": "action"}
    __table_args__ = (Index("ix_actions_status_due_on", "status", "due_on"),)


class ActionInsight(Model):
    """An insight that an action comes from."""

    __tablename__ = "action_insights"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    action: Mapped[Action] = relationship(back_populates="origins")
    insight: Mapped[Insight] = relationship()


class ActionKpi(Model):
    """A KPI that an action should move, and how far by when."""

    __tablename__ = "action_kpis"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), primary_key=True, index=True)
    expected_value: Mapped[Decimal | None]
    expected_on: Mapped[date | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    action: Mapped[Action] = relationship(back_populates="effects")
    kpi: Mapped[Kpi] = relationship(lazy="selectin")


class ActionTeam(Model):
    """A team that contributes to an action besides the one that has it."""

    __tablename__ = "action_teams"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)


class Subtask(Model):
    """One line of an action's checklist."""

    __tablename__ = "subtasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    position: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ActionDependency(Model):
    """An action that cannot go on before another one is done."""

    __tablename__ = "action_dependencies"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    blocked_by_id: Mapped[int] = mapped_column(
        ForeignKey("actions.id"), primary_key=True, index=True
    )
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (CheckConstraint("action_id <> blocked_by_id", name="other"),)
