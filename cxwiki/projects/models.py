"""Projects and proofs of concept with criteria, budget and the sponsor's decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
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


class Light(StrEnum):
    """The traffic light of an update: on course, in danger, off course."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Project(Subject):
    """Running work that actions belong to; with `is_poc` a proof of concept.

    A hypothesis is told in four parts ("we believe that `idea` for `audience` will `outcome`,
    measured by `measure`"); `hypothesis` is one that somebody wrote in words of their own. A proof
    of concept starts small: with one team, at one touchpoint, for some weeks. `stage_since` is
    when it came to its stage, so a decision that waits says since when.
    """

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
    idea: Mapped[str] = mapped_column(String(500), default="")
    audience: Mapped[str] = mapped_column(String(500), default="")
    outcome: Mapped[str] = mapped_column(String(500), default="")
    measure: Mapped[str] = mapped_column(String(500), default="")
    pilot_team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    touchpoint: Mapped[str] = mapped_column(String(200), default="")
    pilot_weeks: Mapped[int | None]
    stage_since: Mapped[datetime] = mapped_column(default=utcnow)
    learned: Mapped[str] = mapped_column(Text, default="")
    replicates_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)

    pilot_team: Mapped[Team | None] = relationship(lazy="selectin", foreign_keys=[pilot_team_id])
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


class GateEvidence(Model):
    """What a gate is closed with: a finding in words, with a link where there is one."""

    __tablename__ = "gate_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    gate: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(1000))
    url: Mapped[str] = mapped_column(String(500), default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(default=utcnow)

    added_by: Mapped[User | None] = relationship(lazy="selectin")


class GateDecision(Model):
    """The sponsor's decision. Permanent; a later one supersedes it.

    `findings` keeps what the software said of each criterion when it was decided: a list of
    {criterion_id, text, demand, state (met, not_met, no_data, open), value, n, period_end}.
    `changes` is what is done differently after "adjust".
    """

    __tablename__ = "gate_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("gate_decisions.id"))
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


class ProjectTeam(Model):
    """A team that works on a project besides the one that has it."""

    __tablename__ = "project_teams"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True, index=True)


class Milestone(Model):
    """What a project shall have reached by a day."""

    __tablename__ = "milestones"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    done_on: Mapped[date | None]


class Risk(Model):
    """What could go wrong, how likely and how bad (1 to 3 each), and what is done about it."""

    __tablename__ = "risks"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    likelihood: Mapped[int]
    damage: Mapped[int]
    answer: Mapped[str] = mapped_column(String(500), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    named_at: Mapped[datetime] = mapped_column(default=utcnow)
    closed_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship(lazy="selectin")

    __table_args__ = (
        CheckConstraint("likelihood BETWEEN 1 AND 3", name="likelihood"),
        CheckConstraint("damage BETWEEN 1 AND 3", name="damage"),
    )


class Resolution(Model):
    """A decision of the project's own people, written down; the sponsor's are gate decisions."""

    __tablename__ = "resolutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    decided_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    by: Mapped[User | None] = relationship(lazy="selectin")


class Update(Model):
    """A short dated note on how a project goes, with a traffic light."""

    __tablename__ = "project_updates"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    light: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(2000))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    withdrawn_at: Mapped[datetime | None]

    by: Mapped[User | None] = relationship(lazy="selectin")
