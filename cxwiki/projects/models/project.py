"""The project itself, the teams that work on it, and its stages."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject

if TYPE_CHECKING:
    from cxwiki.projects.models.gates import Criterion, GateDecision, GateEvidence
    from cxwiki.projects.models.plan import BudgetEntry, Milestone, Resolution, Risk, Update


class Stage(StrEnum):
    """Where a project stands; a decision to adjust returns it to running."""

    IDEA = "idea"
    RUNNING = "running"
    DECISION = "decision"
    SCALED = "scaled"
    STOPPED = "stopped"


class Project(Subject):
    """Running work that actions belong to; with `is_poc` a proof of concept.

    A hypothesis is told in four parts ("we believe that `idea` for `audience` will `outcome`,
    measured by `measure`"); `hypothesis` is one that somebody wrote in words of their own. A proof
    of concept starts small: with one team, at one touchpoint, for some weeks. `stage_since` is
    when it came to its stage; `asked_at` when its sponsor was asked to decide at the gate before
    it, None while nobody asked. `replicates_id` is the proof of concept that it was made from.
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
    asked_at: Mapped[datetime | None]
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
    evidence: Mapped[list[GateEvidence]] = relationship(order_by="GateEvidence.id")
    milestones: Mapped[list[Milestone]] = relationship(order_by="Milestone.due_on, Milestone.id")
    risks: Mapped[list[Risk]] = relationship(order_by="Risk.id")
    resolutions: Mapped[list[Resolution]] = relationship(
        order_by="Resolution.decided_on, Resolution.id"
    )
    updates: Mapped[list[Update]] = relationship(order_by="Update.id")
    other_teams: Mapped[list[Team]] = relationship(secondary="project_teams", order_by="Team.name")

    __mapper_args__ = {"polymorphic_identity": "project"}

    @property
    def other_team_ids(self) -> tuple[int, ...]:
        """The teams that work on it besides the one that has it."""
        return tuple(sorted(team.id for team in self.other_teams))


class ProjectTeam(Model):
    """A team that works on a project besides the one that has it."""

    __tablename__ = "project_teams"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True, index=True)
