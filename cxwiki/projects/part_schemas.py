"""The parts of a project as the API reads and shows them, and a project with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from cxwiki.accounts.models import User
from cxwiki.accounts.naming import person_with
from cxwiki.apibase.wire import (
    NUMBER,
    UNCHANGED,
    Day,
    Figure,
    Line,
    Listed,
    Text,
    Title,
)
from cxwiki.projects import links, milestones, replicate, resolutions, risks, updates
from cxwiki.projects.gate_schemas import (
    CriterionOut,
    DecisionOut,
    GateEvidenceOut,
    criteria_shown,
    decisions_shown,
    evidence_shown,
)
from cxwiki.projects.models import BudgetKind, Light, Milestone, Project, Resolution, Risk, Update
from cxwiki.projects.risks import RiskDraft
from cxwiki.projects.schemas import ProjectOut, shown

Level = Annotated[int, Field(ge=1, le=risks.WORST), NUMBER]
Sentence = Annotated[Text, StringConstraints(max_length=risks.LONGEST_TEXT)]
Currency = Annotated[Text, StringConstraints(min_length=3, max_length=3)]
Milestoned = Annotated[Text, StringConstraints(min_length=1, max_length=milestones.LONGEST_TITLE)]
Told = Annotated[Text, StringConstraints(min_length=1, max_length=updates.LONGEST_TEXT)]


class MilestoneIn(BaseModel):
    """What shall be reached by a day."""

    title: Milestoned
    due_on: Day
    done_on: Day | None = None


class MilestoneChange(BaseModel):
    """What to change of a milestone; `done_on` null opens it again."""

    title: Milestoned = Field(UNCHANGED)
    due_on: Day = Field(UNCHANGED)
    done_on: Day | None = None


class MilestoneOut(BaseModel):
    """What shall be reached by a day."""

    id: int
    title: str
    due_on: date
    done_on: date | None
    is_late: bool


class RiskIn(BaseModel):
    """What could go wrong; likelihood and damage go from 1 (low) to 3 (high)."""

    text: Sentence
    likelihood: Level
    damage: Level
    answer: Sentence = Field("", description="What is done about it")
    owner_email: Line | None = None

    def draft(self) -> RiskDraft:
        """What was written."""
        owner = person_with(self.owner_email, "owner_email")
        return RiskDraft(
            self.text, self.likelihood, self.damage, self.answer, owner.id if owner else None
        )


class RiskChange(BaseModel):
    """What to change of a risk."""

    text: Sentence = Field(UNCHANGED)
    likelihood: Level = Field(UNCHANGED)
    damage: Level = Field(UNCHANGED)
    answer: Sentence = Field(UNCHANGED)
    owner_email: Line | None = None
    closed: bool = Field(UNCHANGED, description="Whether it is over")

    def draft(self, risk: Risk) -> RiskDraft:
        """How the risk shall be judged from now on."""
        sent, owner_id = self.model_fields_set, risk.owner_id
        if "owner_email" in sent:
            owner = person_with(self.owner_email, "owner_email")
            owner_id = owner.id if owner else None
        said = {
            name: getattr(self if name in sent else risk, name)
            for name in ("text", "likelihood", "damage", "answer")
        }
        return RiskDraft(**said, owner_id=owner_id)


class RiskOut(BaseModel):
    """What could go wrong."""

    id: int
    text: str
    likelihood: int
    damage: int
    answer: str
    owner: str | None
    named_at: datetime
    closed_at: datetime | None


class ResolutionIn(BaseModel):
    """What the people of the project decided among themselves."""

    text: Annotated[Text, StringConstraints(max_length=resolutions.LONGEST_TEXT)]
    reason: Annotated[Text, StringConstraints(max_length=resolutions.LONGEST_REASON)] = ""
    decided_on: Day | None = Field(None, description="Today if not given")


class ResolutionOut(BaseModel):
    """What the people of the project decided among themselves."""

    id: int
    text: str
    reason: str
    decided_on: date
    by: str | None


class UpdateIn(BaseModel):
    """How it goes, with a traffic light."""

    light: Light
    text: Told


class UpdateOut(BaseModel):
    """How it went at that moment."""

    id: int
    light: Light
    text: str
    by: str | None
    at: datetime


class UpdateList(Listed[UpdateOut]):
    """A page of updates, the latest first."""


class BudgetIn(BaseModel):
    """Money that is planned, committed or spent; a negative amount takes some back."""

    kind: BudgetKind
    amount: Figure
    currency: Currency = "EUR"
    dated_on: Day
    note: Line = ""


class ReplicaIn(BaseModel):
    """The same in another team; purpose, hypothesis, themes and KPIs go along."""

    title: Title
    team: Line = Field(description="Exact name")
    lead_email: Line | None = None
    sponsor_email: Line | None = None
    touchpoint: Line = ""
    starts_on: Day | None = None
    take: list[str] = Field(
        list(replicate.PARTS),
        max_length=10,
        description="What else goes along, out of criteria, milestones and risks",
    )


class ProjectWithLinks(ProjectOut):
    """A project with what it is about, of what the person may see, and how it was decided."""

    other_teams: list[str]
    learned: str
    replicates_id: int | None
    replica_ids: list[int]
    insight_ids: list[int]
    theme_ids: list[int]
    kpi_ids: list[int]
    criteria: list[CriterionOut]
    evidence: list[GateEvidenceOut]
    decisions: list[DecisionOut]
    milestones: list[MilestoneOut]
    risks: list[RiskOut]
    resolutions: list[ResolutionOut]
    latest_update: UpdateOut | None


def milestone_shown(one: Milestone) -> MilestoneOut:
    """Show a milestone."""
    return MilestoneOut(
        id=one.id,
        title=one.title,
        due_on=one.due_on,
        done_on=one.done_on,
        is_late=milestones.is_late(one),
    )


def risk_shown(one: Risk) -> RiskOut:
    """Show a risk."""
    return RiskOut(
        id=one.id,
        text=one.text,
        likelihood=one.likelihood,
        damage=one.damage,
        answer=one.answer,
        owner=one.owner.name if one.owner else None,
        named_at=one.named_at,
        closed_at=one.closed_at,
    )


def resolution_shown(one: Resolution) -> ResolutionOut:
    """Show what was decided."""
    return ResolutionOut(
        id=one.id,
        text=one.text,
        reason=one.reason,
        decided_on=one.decided_on,
        by=one.by.name if one.by else None,
    )


def updates_shown(found: Sequence[Update]) -> list[UpdateOut]:
    """Show updates."""
    return [
        UpdateOut(
            id=one.id,
            light=Light(one.light),
            text=one.text,
            by=one.by.name if one.by else None,
            at=one.at,
        )
        for one in found
    ]


def shown_with_links(project: Project, person: User) -> ProjectWithLinks:
    """Show one project with all that hangs on it."""
    ends = {
        f"{kind}_ids": [end.id for end in links.ends_of(project, kind, person)]
        for kind in ("insight", "theme", "kpi")
    }
    original = replicate.original_of(project, person)
    told = updates_shown(updates.told(project)[:1])
    values = shown([project])[0].model_dump() | ends
    return ProjectWithLinks(
        **values,
        other_teams=[team.name for team in project.other_teams],
        learned=project.learned,
        replicates_id=original.id if original else None,
        replica_ids=[one.id for one in replicate.replicas_of(project, person)],
        criteria=criteria_shown(project, person),
        evidence=evidence_shown(project.evidence),
        decisions=decisions_shown(project, person),
        milestones=[milestone_shown(one) for one in project.milestones],
        risks=[risk_shown(one) for one in risks.in_order(project.risks)],
        resolutions=[resolution_shown(one) for one in project.resolutions],
        latest_update=told[0] if told else None,
    )
