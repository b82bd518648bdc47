"""Projects as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from cxwiki.accounts.naming import person_with, team_called
from cxwiki.apibase import address
from cxwiki.apibase.wire import (
    NUMBER,
    UNCHANGED,
    Day,
    ExternalId,
    Figure,
    Id,
    Line,
    Listed,
    Paging,
    Source,
    Text,
    Title,
    changes,
)
from cxwiki.projects import budget, hypothesis, service
from cxwiki.projects.budget import Money
from cxwiki.projects.listing import Filters
from cxwiki.projects.models import Project, Stage
from cxwiki.projects.service import LONGEST_HYPOTHESIS, MOST_WEEKS, ProjectDraft
from cxwiki.subjects import Visibility

Ids = Annotated[list[Id], Field(max_length=100)]
Teams = Annotated[list[Line], Field(max_length=50)]
Part = Annotated[Text, StringConstraints(max_length=hypothesis.LONGEST_PART)]
OwnWords = Annotated[Text, StringConstraints(max_length=LONGEST_HYPOTHESIS)]
Weeks = Annotated[int, Field(ge=1, le=MOST_WEEKS), NUMBER]


class ProjectIn(BaseModel):
    """A new project; it begins as an idea. Only the title is needed."""

    title: Title
    purpose: Text = Field("", description="Markdown")
    is_poc: bool = Field(False, description="A proof of concept, on which its sponsor decides")
    hypothesis: OwnWords = Field("", description="In own words, where four parts do not fit")
    idea: Part = Field("", description="We believe that …")
    audience: Part = Field("", description="… for …")
    outcome: Part = Field("", description="… will …")
    measure: Part = Field("", description="… measured by …")
    pilot_team: Line | None = Field(None, description="Exact name of the team it starts with")
    touchpoint: Line = Field("", description="Where it starts")
    pilot_weeks: Weeks | None = Field(None, description="How long it is tried out")
    other_teams: Teams = Field([], description="Exact names of the teams that work on it, too")
    lead_email: Line | None = None
    sponsor_email: Line | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    decision_due_on: Day | None = None
    team: Line | None = Field(None, description="Exact name; your home team if not given")
    visibility: Visibility = Visibility.COMPANY
    insight_ids: Ids = []
    theme_ids: Ids = []
    kpi_ids: Ids = []
    source: Source | None = Field(None, description='Where external_id comes from; else "api"')
    external_id: ExternalId | None = Field(
        None, description="A second POST with the same source and external_id makes nothing new"
    )

    def draft(self) -> ProjectDraft:
        """What was written."""
        lead = person_with(self.lead_email, "lead_email")
        sponsor = person_with(self.sponsor_email, "sponsor_email")
        return ProjectDraft(
            title=self.title,
            purpose=self.purpose,
            is_poc=self.is_poc,
            hypothesis=self.hypothesis,
            idea=self.idea,
            audience=self.audience,
            outcome=self.outcome,
            measure=self.measure,
            pilot_team_id=_team_id(self.pilot_team, "pilot_team"),
            touchpoint=self.touchpoint,
            pilot_weeks=self.pilot_weeks,
            other_team_ids=_team_ids(self.other_teams),
            lead_id=lead.id if lead else None,
            sponsor_id=sponsor.id if sponsor else None,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            decision_due_on=self.decision_due_on,
            visibility=self.visibility,
        )


class ProjectChange(BaseModel):
    """What to change; what is not sent stays as it is, and null takes a value away."""

    title: Title = Field(UNCHANGED)
    purpose: Text = Field(UNCHANGED, description="Markdown")
    is_poc: bool = Field(UNCHANGED)
    hypothesis: OwnWords = Field(UNCHANGED)
    idea: Part = Field(UNCHANGED)
    audience: Part = Field(UNCHANGED)
    outcome: Part = Field(UNCHANGED)
    measure: Part = Field(UNCHANGED)
    pilot_team: Line | None = None
    touchpoint: Line = Field(UNCHANGED)
    pilot_weeks: Weeks | None = None
    other_teams: Teams = Field(UNCHANGED)
    learned: Text = Field(UNCHANGED, description="What others should know; Markdown")
    lead_email: Line | None = None
    sponsor_email: Line | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    decision_due_on: Day | None = None
    team: Line = Field(UNCHANGED, description="Exact name")
    visibility: Visibility = Field(UNCHANGED)
    insight_ids: Ids = Field(UNCHANGED)
    theme_ids: Ids = Field(UNCHANGED)
    kpi_ids: Ids = Field(UNCHANGED)

    def draft(self, project: Project) -> ProjectDraft:
        """What the project shall say from now on."""
        given: dict[str, Any] = changes(self, *_SAME_NAMES)
        sent = self.model_fields_set
        for name in {"lead", "sponsor"}:
            if f"{name}_email" in sent:
                person = person_with(getattr(self, f"{name}_email"), f"{name}_email")
                given[f"{name}_id"] = person.id if person else None
        if "pilot_team" in sent:
            given["pilot_team_id"] = _team_id(self.pilot_team, "pilot_team")
        if "other_teams" in sent:
            given["other_team_ids"] = _team_ids(self.other_teams)
        return replace(service.current_draft(project), **given)


_SAME_NAMES = (
    "title",
    "purpose",
    "is_poc",
    "hypothesis",
    *hypothesis.PARTS,
    "touchpoint",
    "pilot_weeks",
    "starts_on",
    "ends_on",
    "decision_due_on",
    "visibility",
)


def _team_id(name: str | None, field: str) -> int | None:
    return team_called(name, field).id if name else None


def _team_ids(names: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted({team_called(name, "other_teams").id for name in names}))


class ProjectQuery(Paging):
    """Which projects to list; what awaits a decision comes first."""

    stage: Stage | None = None
    poc: bool = Field(False, description="Only proofs of concept")
    team: Line | None = Field(None, description="Exact name")
    person_email: Line | None = Field(None, description="Led or sponsored by this person")
    archived: bool = Field(False, description="Those that were put away, instead of the others")

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        person = person_with(self.person_email, "person_email")
        return Filters(
            stage=self.stage,
            poc=self.poc,
            team=team_called(self.team).id if self.team else None,
            person=person.id if person else None,
            archived=self.archived,
        )


class MoneyOut(BaseModel):
    """The sums of one currency; money is never converted."""

    currency: str
    planned: Figure
    committed: Figure
    spent: Figure


class ProjectOut(BaseModel):
    """A project, or a proof of concept."""

    id: int
    source: str | None
    external_id: str | None
    title: str
    purpose: str
    is_poc: bool
    stage: Stage
    stage_since: datetime
    asked_at: datetime | None
    hypothesis: str
    idea: str
    audience: str
    outcome: str
    measure: str
    pilot_team: str | None
    touchpoint: str
    pilot_weeks: int | None
    team: str
    visibility: Visibility
    lead: str | None
    lead_email: str | None
    sponsor: str | None
    sponsor_email: str | None
    starts_on: date | None
    ends_on: date | None
    decision_due_on: date | None
    budget: list[MoneyOut]
    language: str
    author: str | None
    url: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ProjectList(Listed[ProjectOut]):
    """A page of projects."""


def shown(projects: Sequence[Project]) -> list[ProjectOut]:
    """Show many projects with as few queries as one."""
    money_of = budget.totals_of(projects)
    return [_shown(project, money_of.get(project.id, [])) for project in projects]


def _shown(project: Project, money: Sequence[Money]) -> ProjectOut:
    return ProjectOut(
        id=project.id,
        source=project.source,
        external_id=project.external_id,
        title=project.title,
        purpose=project.purpose,
        is_poc=project.is_poc,
        stage=Stage(project.stage),
        stage_since=project.stage_since,
        asked_at=project.asked_at,
        hypothesis=project.hypothesis,
        idea=project.idea,
        audience=project.audience,
        outcome=project.outcome,
        measure=project.measure,
        pilot_team=project.pilot_team.name if project.pilot_team else None,
        touchpoint=project.touchpoint,
        pilot_weeks=project.pilot_weeks,
        team=project.team.name,
        visibility=Visibility(project.visibility),
        lead=project.lead.name if project.lead else None,
        lead_email=project.lead.email if project.lead else None,
        sponsor=project.sponsor.name if project.sponsor else None,
        sponsor_email=project.sponsor.email if project.sponsor else None,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        decision_due_on=project.decision_due_on,
        budget=[
            MoneyOut(
                currency=sums.currency,
                planned=sums.planned,
                committed=sums.committed,
                spent=sums.spent,
            )
            for sums in money
        ],
        language=project.language,
        author=project.author.name if project.author else None,
        url=address(project),
        created_at=project.created_at,
        updated_at=project.updated_at,
        archived_at=project.archived_at,
    )
