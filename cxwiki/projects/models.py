"""Projects and proofs of concept with criteria, budget and the sponsor's decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.database import Model, utcnow
from cxwiki.kpis.models import Kpi
from cxwiki.subjects import Subject


class Stage(StrEnum):
    """Where a project stands; a decision to adjust returns it to running."""

    IDEA = "idea"
    RUNNING = "running"
    DECISION = "decision"
    SCALED = "scaled"
    STOPPED = "stopped"


class Verdict(StrEnum):
    """What the sponsor decides at a gate."""

    SCALE = "scale"
    ADJUST = "adjust"
    STOP = "stop"


class BudgetKind(StrEnum):
    """Whether money is meant to be, promised to be, or has been spent."""

    PLANNED = "planned"
    COMMITTED = "committed"
    SPENT = "spent"


class Project(Subject):
    """Running work that actions belong to; with `is_poc` a proof of concept."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    is_poc: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(String(10), default=Stage.IDEA)
    purpose: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    hypothesis: Mapped[str] = mapped_column(Text, default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    decision_due_on: Mapped[date | None]

    lead: Mapped[User | None] = relationship(lazy="selectin", foreign_keys=[lead_id])
    sponsor: Mapped[User | None] = relationship(lazy="selectin", foreign_keys=[sponsor_id])
    criteria: Mapped[list[Criterion]] = relationship(
        order_by="Criterion.position", cascade="all, delete-orphan"
    )
    budget: Mapped[list[BudgetEntry]] = relationship(
        order_by="BudgetEntry.dated_on", cascade="all, delete-orphan"
    )
    decisions: Mapped[list[GateDecision]] = relationship(order_by="GateDecision.id")

    __mapper_args__ = {"polymorphic_identity": "project"}


class Criterion(Model):
    """What must be true for the proof of concept to count as a success."""

    __tablename__ = "criteria"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(300))
    kpi_id: Mapped[int | None] = mapped_column(ForeignKey("kpis.id"))
    comparison: Mapped[str | None] = mapped_column(String(10))
    threshold: Mapped[Decimal | None]
    minimum_n: Mapped[int | None]

    kpi: Mapped[Kpi | None] = relationship(lazy="selectin")

    __table_args__ = (CheckConstraint("comparison IN ('at_least', 'at_most')", name="comparison"),)


class BudgetEntry(Model):
    """Money planned, committed or spent on a day."""

    __tablename__ = "budget_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    dated_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class GateDecision(Model):
    """The sponsor's decision. Permanent; a later one takes its place."""

    __tablename__ = "gate_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(default=utcnow)

    decided_by: Mapped[User] = relationship(lazy="selectin")


class ProjectInsight(Model):
    """An insight that a project serves."""

    __tablename__ = "project_insights"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)


class ProjectTheme(Model):
    """A theme that a project serves."""

    __tablename__ = "project_themes"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)


class ProjectKpi(Model):
    """A KPI that a project shall move."""

    __tablename__ = "project_kpis"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
