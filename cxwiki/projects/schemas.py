"""Projects as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.accounts.naming import person_with, team_called
from cxwiki.apibase import address
from cxwiki.apibase.wire import (
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
)
from cxwiki.projects import budget, links
from cxwiki.projects.budget import Money
from cxwiki.projects.listing import Filters
from cxwiki.projects.models import Project, Stage, Verdict
from cxwiki.projects.service import LONGEST_HYPOTHESIS, ProjectDraft
from cxwiki.subjects import Visibility

Ids = Annotated[list[Id], Field(max_length=100)]


class ProjectIn(BaseModel):
    """A new project; it begins as an idea. Only the title is needed."""

    title: Title
    purpose: Text = Field("", description="Markdown")
    is_poc: bool = Field(False, description="A proof of concept, on which its sponsor decides")
    hypothesis: Annotated[Text, StringConstraints(max_length=LONGEST_HYPOTHESIS)] = ""
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
            lead_id=lead.id if lead else None,
            sponsor_id=sponsor.id if sponsor else None,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            decision_due_on=self.decision_due_on,
            visibility=self.visibility,
        )


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


class CriterionOut(BaseModel):
    """What must be true for a success."""

    text: str
    kpi_id: int | None
    comparison: str | None
    threshold: Figure | None
    minimum_n: int | None


class DecisionOut(BaseModel):
    """What the sponsor decided at a gate, and why."""

    verdict: Verdict
    note: str
    decided_by: str
    decided_at: datetime


class ProjectOut(BaseModel):
    """A project, or a proof of concept."""

    id: int
    source: str | None
    external_id: str | None
    title: str
    purpose: str
    is_poc: bool
    stage: Stage
    hypothesis: str
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


class ProjectWithLinks(ProjectOut):
    """A project with what it is about, of what the person may see, and how it was decided."""

    insight_ids: list[int]
    theme_ids: list[int]
    kpi_ids: list[int]
    criteria: list[CriterionOut]
    decisions: list[DecisionOut]


def shown(projects: Sequence[Project]) -> list[ProjectOut]:
    """Show many projects with as few queries as one."""
    money_of = budget.totals_of(projects)
    return [_shown(project, money_of.get(project.id, [])) for project in projects]


def shown_with_links(project: Project, person: User) -> ProjectWithLinks:
    """Show one project with all that hangs on it."""
    ends = {
        f"{kind}_ids": [end.id for end in links.ends_of(project, kind, person)]
        for kind in ("insight", "theme", "kpi")
    }
    criteria = [
        CriterionOut(
            text=criterion.text,
            kpi_id=criterion.kpi_id,
            comparison=criterion.comparison,
            threshold=criterion.threshold,
            minimum_n=criterion.minimum_n,
        )
        for criterion in project.criteria
        if criterion.kpi is None or access.sees(person, criterion.kpi)
    ]
    decisions = [
        DecisionOut(
            verdict=Verdict(decision.verdict),
            note=decision.note,
            decided_by=decision.decided_by.name,
            decided_at=decision.decided_at,
        )
        for decision in project.decisions
    ]
    values = shown([project])[0].model_dump() | ends
    return ProjectWithLinks(**values, criteria=criteria, decisions=decisions)


def _shown(project: Project, money: Sequence[Money]) -> ProjectOut:
    return ProjectOut(
        id=project.id,
        source=project.source,
        external_id=project.external_id,
        title=project.title,
        purpose=project.purpose,
        is_poc=project.is_poc,
        stage=Stage(project.stage),
        hypothesis=project.hypothesis,
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
