"""Actions as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.accounts.naming import person_with, team_called
from cxwiki.actions import drafts, links
from cxwiki.actions.drafts import MOST_EFFECTS, MOST_ORIGINS, Draft, Effect
from cxwiki.actions.listing import Filters
from cxwiki.actions.models import Action, Priority, Status
from cxwiki.apibase import address
from cxwiki.apibase.wire import (
    LARGEST_ID,
    NUMBER,
    UNCHANGED,
    Day,
    ExternalId,
    Figure,
    Id,
    Line,
    Listed,
    Paging,
    PastMoment,
    Source,
    Text,
    Title,
    changes,
)
from cxwiki.subjects import Subject, Visibility

Effort = Annotated[Decimal, Field(ge=0, le=100_000), NUMBER]


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


class ActionIn(BaseModel):
    """A new action. Only the title is needed."""

    title: Title
    body: Text = Field("", description="Markdown")
    insight_ids: InsightIds = []
    theme_id: Id | None = None
    team: Line | None = Field(None, description="Exact name; your home team if not given")
    visibility: Visibility | None = Field(
        None, description="As narrow as what the action comes from if not given"
    )
    owner_email: Line | None = None
    due_on: Day | None = None
    priority: Priority = Priority.NORMAL
    status: Status = Status.PROPOSED
    status_reason: Text = Field("", description="Needed for dropping")
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
        )


class ActionChange(BaseModel):
    """What to change; what is not sent stays as it is, and null takes a value away."""

    title: Title = Field(UNCHANGED)
    body: Text = Field(UNCHANGED, description="Markdown")
    insight_ids: InsightIds = Field(UNCHANGED)
    theme_id: Id | None = None
    team: Line = Field(UNCHANGED, description="Exact name")
    visibility: Visibility = Field(UNCHANGED)
    owner_email: Line | None = None
    due_on: Day | None = None
    priority: Priority = Field(UNCHANGED)
    status: Status = Field(UNCHANGED)
    status_reason: Text = Field("", description="Needed for dropping")
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
    priority: Priority | None = None
    overdue: bool = Field(False, description="Only what is past its day and not finished")
    mine: bool = Field(False, description="Only what you own")
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
            priority=self.priority,
            overdue=self.overdue,
            mine=self.mine,
            archived=self.archived,
            sort=self.sort,
        )


class EffectOut(BaseModel):
    """A KPI that the action should move."""

    kpi_id: int
    expected_value: Figure | None
    expected_on: date | None


class ActionOut(BaseModel):
    """An action. It names only what the person may see of its links."""

    id: int
    source: str | None
    external_id: str | None
    title: str
    body: str
    status: Status
    status_reason: str
    priority: Priority
    team: str
    visibility: Visibility
    owner: str | None
    owner_email: str | None
    due_on: date | None
    effort_days: Figure | None
    insight_ids: list[int]
    theme_id: int | None
    project_id: int | None
    kpis: list[EffectOut]
    language: str
    author: str | None
    url: str
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    archived_at: datetime | None


class ActionList(Listed[ActionOut]):
    """A page of actions."""


def shown(actions: Sequence[Action], person: User) -> list[ActionOut]:
    """Show many actions with as few queries as one."""
    insight_ids, effects = links.insight_ids_of(actions, person), links.effects_of(actions, person)
    return [
        ActionOut(
            id=action.id,
            source=action.source,
            external_id=action.external_id,
            title=action.title,
            body=action.body,
            status=Status(action.status),
            status_reason=action.status_reason or "",
            priority=Priority(action.priority),
            team=action.team.name,
            visibility=Visibility(action.visibility),
            owner=action.owner.name if action.owner else None,
            owner_email=action.owner.email if action.owner else None,
            due_on=action.due_on,
            effort_days=action.effort_days,
            insight_ids=insight_ids.get(action.id, []),
            theme_id=_id_if_seen(action.theme, person),
            project_id=_id_if_seen(action.project, person),
            kpis=[
                EffectOut(
                    kpi_id=effect.kpi_id,
                    expected_value=effect.expected_value,
                    expected_on=effect.expected_on,
                )
                for effect in effects.get(action.id, [])
            ],
            language=action.language,
            author=action.author.name if action.author else None,
            url=address(action),
            created_at=action.created_at,
            updated_at=action.updated_at,
            completed_at=action.completed_at,
            archived_at=action.archived_at,
        )
        for action in actions
    ]


def _id_if_seen(subject: Subject | None, person: User) -> int | None:
    return subject.id if subject is not None and access.sees(person, subject) else None
