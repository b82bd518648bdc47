"""Actions as programs write them and ask for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from cxwiki.accounts.models import User
from cxwiki.accounts.naming import person_with, team_called
from cxwiki.actions import drafts
from cxwiki.actions.drafts import (
    ESTIMATES,
    MOST_CUSTOMERS,
    MOST_EFFECTS,
    MOST_ORIGINS,
    Draft,
    Effect,
)
from cxwiki.actions.listing import Filters
from cxwiki.actions.models import Action, Priority, Status
from cxwiki.apibase.wire import (
    LARGEST_ID,
    NUMBER,
    UNCHANGED,
    Day,
    ExternalId,
    Figure,
    Id,
    Line,
    Paging,
    PastMoment,
    Source,
    Text,
    Title,
    changes,
)
from cxwiki.subjects import Visibility

Effort = Annotated[Decimal, Field(ge=0, le=100_000), NUMBER]


Customers = Annotated[int, Field(ge=0, le=MOST_CUSTOMERS), NUMBER]
OneToTen = Annotated[int, Field(ge=1, le=10), NUMBER]
PerCent = Annotated[int, Field(ge=0, le=100), NUMBER]


class Estimates(BaseModel):
    """What people estimate for an action's priority."""

    customers_affected: Customers | None = Field(None, description="Helped in a quarter")
    impact: OneToTen | None = None
    confidence: PerCent | None = Field(None, description="How sure of the impact, in per cent")
    ease: OneToTen | None = None


class EffectIn(BaseModel):
    """A KPI that the action should move, how far, and by when."""

    kpi_id: Id
    expected_value: Figure | None = None
    expected_on: Day | None = None

    def effect(self) -> Effect:
        """The same for the service."""
        return Effect(self.kpi_id, self.expected_value, self.expected_on)


InsightIds = Annotated[list[Id], Field(max_length=MOST_ORIGINS)]
Effects = Annotated[list[EffectIn], Field(max_length=MOST_EFFECTS)]


class ActionIn(Estimates):
    """A new action. Only the title is needed."""

    title: Title
    body: Text = Field("", description="Markdown")
    insight_ids: InsightIds = []
    theme_id: Id | None = None
    comment_id: Id | None = Field(None, description="The comment that it comes from")
    meeting: Line = Field("", description="The meeting that it comes from")
    met_on: Day | None = Field(None, description="When the meeting was held")
    team: Line | None = Field(None, description="Exact name; your home team if not given")
    visibility: Visibility | None = Field(
        None, description="As narrow as what the action comes from if not given"
    )
    owner_email: Line | None = None
    due_on: Day | None = None
    priority: Priority = Priority.NORMAL
    status: Status = Status.PROPOSED
    status_reason: Text = Field("", description="Needed for dropping and for taking up again")
    effort_days: Effort | None = None
    project_id: Id | None = None
    kpis: Effects = []
    widen: bool = Field(
        False, description="Make it although more people would read it than what it comes from"
    )
    source: Source | None = Field(None, description='Where external_id comes from; else "api"')
    external_id: ExternalId | None = Field(
        None, description="A second POST with the same source and external_id makes nothing new"
    )
    created_at: PastMoment | None = None

    def draft(self) -> Draft:
        """What was written."""
        owner = person_with(self.owner_email, "owner_email")
        return Draft(
            title=self.title,
            body=self.body,
            visibility=self.visibility,
            owner_id=owner.id if owner else None,
            due_on=self.due_on,
            priority=self.priority,
            effort_days=self.effort_days,
            project_id=self.project_id,
            theme_id=self.theme_id,
            insight_ids=tuple(self.insight_ids),
            effects=tuple(effect.effect() for effect in self.kpis),
            comment_id=self.comment_id,
            meeting=self.meeting,
            met_on=self.met_on,
            **{name: getattr(self, name) for name in ESTIMATES},
        )


class ActionChange(Estimates):
    """What to change; what is not sent stays as it is, and null takes a value away."""

    title: Title = Field(UNCHANGED)
    body: Text = Field(UNCHANGED, description="Markdown")
    insight_ids: InsightIds = Field(UNCHANGED)
    theme_id: Id | None = None
    comment_id: Id | None = None
    meeting: Line = Field(UNCHANGED)
    met_on: Day | None = None
    team: Line = Field(UNCHANGED, description="Exact name")
    visibility: Visibility = Field(UNCHANGED)
    owner_email: Line | None = None
    due_on: Day | None = None
    priority: Priority = Field(UNCHANGED)
    status: Status = Field(UNCHANGED)
    status_reason: Text = Field("", description="Needed for dropping and for taking up again")
    effort_days: Effort | None = None
    project_id: Id | None = None
    kpis: Effects = Field(UNCHANGED)
    widen: bool = Field(
        False, description="Save it although more people would read it than what it comes from"
    )

    def draft(self, action: Action, person: User) -> Draft:
        """What the action shall say from now on."""
        present = drafts.current_draft(action, person)
        given: dict[str, Any] = changes(
            self,
            "title",
            "body",
            "theme_id",
            "visibility",
            "due_on",
            "priority",
            "effort_days",
            "project_id",
            "comment_id",
            "meeting",
            "met_on",
            *ESTIMATES,
        )
        if "owner_email" in self.model_fields_set:
            owner = person_with(self.owner_email, "owner_email")
            given["owner_id"] = owner.id if owner else None
        if "insight_ids" in self.model_fields_set:
            given["insight_ids"] = tuple(self.insight_ids)
        if "kpis" in self.model_fields_set:
            given["effects"] = tuple(effect.effect() for effect in self.kpis)
        return replace(present, **given)


class ActionQuery(Paging):
    """Which actions to list, and in which order."""

    status: (
        Literal["proposed", "accepted", "in_progress", "done", "dropped", "unfinished"] | None
    ) = None
    owner_email: Line | None = None
    team: Line | None = Field(None, description="Exact name")
    project_id: int | None = Field(None, ge=1, le=LARGEST_ID)
    theme_id: int | None = Field(None, ge=1, le=LARGEST_ID)
    priority: Priority | None = None
    overdue: bool = Field(False, description="Only what is past its day and not finished")
    stalled: bool = Field(False, description="Only what began and was idle for long")
    mine: bool = Field(False, description="Only what you own")
    ours: bool = Field(False, description="Only what your teams have")
    archived: bool = Field(False, description="Those that were put away, instead of the others")
    sort: Literal["status", "due", "priority", "newest", "changed"] = "status"

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        owner = person_with(self.owner_email, "owner_email")
        return Filters(
            status=self.status,
            owner=owner.id if owner else None,
            team=team_called(self.team).id if self.team else None,
            project=self.project_id,
            theme=self.theme_id,
            priority=self.priority,
            overdue=self.overdue,
            stalled=self.stalled,
            mine=self.mine,
            ours=self.ours,
            archived=self.archived,
            sort=self.sort,
        )
