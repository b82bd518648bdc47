"""Actions as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.actions import links, subtasks
from cxwiki.actions.drafts import ESTIMATES
from cxwiki.actions.models import Action, Priority, Status
from cxwiki.actions.schemas import Estimates
from cxwiki.apibase import address
from cxwiki.apibase.wire import Figure, Listed
from cxwiki.subjects import Subject, Visibility


class SubtaskCount(BaseModel):
    """How far the checklist is."""

    done: int
    total: int


class AimOut(BaseModel):
    """A KPI that the action should move."""

    kpi_id: int
    expected_value: Figure | None
    expected_on: date | None


class ActionOut(Estimates):
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
    comment_id: int | None
    meeting: str
    met_on: date | None
    project_id: int | None
    blocked_by: list[int]
    subtasks: SubtaskCount
    kpis: list[AimOut]
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
    ids = [action.id for action in actions]
    insight_ids, effects = links.insight_ids_of(actions, person), links.effects_of(actions, person)
    comments = links.comment_ids_of(actions, person)
    blockers, steps = links.blocker_ids_of(ids, person), subtasks.count(ids)
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
            comment_id=comments.get(action.id),
            meeting=action.meeting,
            met_on=action.met_on,
            **{name: getattr(action, name) for name in ESTIMATES},
            project_id=_id_if_seen(action.project, person),
            blocked_by=blockers.get(action.id, []),
            subtasks=SubtaskCount(done=steps[action.id][0], total=steps[action.id][1]),
            kpis=[
                AimOut(
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
