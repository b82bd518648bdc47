"""Looking up actions and what they are linked with: many at once, and only what the reader sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from cxwiki import access
from cxwiki.actions.models import (
    Action,
    ActionDependency,
    ActionInsight,
    ActionKpi,
    Priority,
    Status,
)
from cxwiki.database import db
from cxwiki.insights.models import Evidence, Insight
from cxwiki.kpis.models import Kpi
from cxwiki.subjects import Subject

URGENCY = case(
    {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3},
    value=Action.priority,
    else_=4,
)
# Work first, then what waits, then what is over.
PROGRESS = case(
    {
        Status.IN_PROGRESS: 0,
        Status.ACCEPTED: 1,
        Status.PROPOSED: 2,
        Status.DONE: 3,
        Status.DROPPED: 4,
    },
    value=Action.status,
    else_=5,
)
# What a card or a row says of others is their names: nobody's teams are read.
SLIM = (
    lazyload("*"),
    joinedload(Action.owner).lazyload("*"),
    joinedload(Action.team).lazyload("*"),
    joinedload(Action.project).lazyload("*"),
)
# A board holds up to a thousand cards: the texts stay in the database.
ON_CARD = (
    lazyload("*"),
    load_only(
        Action.type,
        Action.title,
        Action.team_id,
        Action.visibility,
        Action.author_id,
        Action.archived_at,
        Action.status,
        Action.owner_id,
        Action.due_on,
        Action.priority,
        Action.completed_at,
    ),
    joinedload(Action.owner).lazyload("*"),
    joinedload(Action.team).lazyload("*"),
)
WORK_ORDER = (PROGRESS, URGENCY, Action.due_on.is_(None), Action.due_on, Action.id)


@dataclass(frozen=True)
class Origin:
    """An insight that an action comes from, with the first customer's words under it."""

    insight: Insight
    quote: Evidence | None


@dataclass
class Marks:
    """What a list or card says about an action's links."""

    origins: int = 0
    waits_for: int = 0
    kpis: list[str] = field(default_factory=list)


def first_quotes(insight_ids: Sequence[int]) -> dict[int, Evidence]:
    """The first customer's words under each of the insights; those without any are left out."""
    first = (
        select(func.min(Evidence.id))
        .where(Evidence.insight_id.in_(insight_ids))
        .group_by(Evidence.insight_id)
    )
    rows = db.session.scalars(select(Evidence).where(Evidence.id.in_(first)))
    return {said.insight_id: said for said in rows}


def origins_of(action: Action, person: Any) -> list[Origin]:
    """The insights behind an action that the person sees, put-away ones too: traces stay whole."""
    query = (
        select(Insight)
        .join(ActionInsight, ActionInsight.insight_id == Insight.id)
        .where(ActionInsight.action_id == action.id, access.visible_to(person, Insight))
        .order_by(ActionInsight.at, Insight.id)
        .options(lazyload("*"), joinedload(Insight.team))
    )
    insights = db.session.scalars(query).all()
    quotes = first_quotes([insight.id for insight in insights])
    return [Origin(insight, quotes.get(insight.id)) for insight in insights]


def effects_of(action: Action, person: Any) -> Sequence[ActionKpi]:
    """The KPIs that an action should move, of those that the person sees."""
    query = (
        select(ActionKpi)
        .join(Kpi, Kpi.id == ActionKpi.kpi_id)
        .where(ActionKpi.action_id == action.id, access.visible_to(person, Kpi))
        .order_by(Kpi.title, Kpi.id)
        .options(selectinload(ActionKpi.kpi).lazyload("*"))
    )
    return db.session.scalars(query).all()


def marks_of(actions: Sequence[Action], person: Any) -> dict[int, Marks]:
    """Origins, KPI names and what many actions wait for, in three queries."""
    ids = [action.id for action in actions]
    marks = {action_id: Marks() for action_id in ids}
    origins = (
        select(ActionInsight.action_id, func.count())
        .join(Insight, Insight.id == ActionInsight.insight_id)
        .where(ActionInsight.action_id.in_(ids), access.visible_to(person, Insight))
        .group_by(ActionInsight.action_id)
    )
    for action_id, count in db.session.execute(origins):
        marks[action_id].origins = count
    kpis = (
        select(ActionKpi.action_id, Kpi.title)
        .join(Kpi, Kpi.id == ActionKpi.kpi_id)
        .where(ActionKpi.action_id.in_(ids), access.visible_to(person, Kpi))
        .order_by(Kpi.title)
    )
    for action_id, title in db.session.execute(kpis):
        marks[action_id].kpis.append(title)
    waiting = (
        select(ActionDependency.action_id, func.count())
        .join(Action, Action.id == ActionDependency.blocked_by_id)
        .where(
            ActionDependency.action_id.in_(ids),
            access.visible_to(person, Action),
            Action.archived_at.is_(None),
            Action.status.not_in((Status.DONE, Status.DROPPED)),
        )
        .group_by(ActionDependency.action_id)
    )
    for action_id, count in db.session.execute(waiting):
        marks[action_id].waits_for = count
    return marks


def actions_of_insights(insight_ids: Sequence[int], person: Any) -> dict[int, list[Action]]:
    """The visible actions that come from each of the insights, running work first."""
    pairs = (
        access.visible(Action, person)
        .join(ActionInsight, ActionInsight.action_id == Action.id)
        .where(ActionInsight.insight_id.in_(insight_ids))
        .with_only_columns(ActionInsight.insight_id, Action.id)
        .order_by(*WORK_ORDER)
    )
    rows = db.session.execute(pairs).all()
    actions = _by_id({action_id for _, action_id in rows})
    found: dict[int, list[Action]] = defaultdict(list)
    for insight_id, action_id in rows:
        found[insight_id].append(actions[action_id])
    return found


def actions_of_kpis(kpi_ids: Sequence[int], person: Any) -> list[ActionKpi]:
    """The visible actions that aim at the KPIs, with the effect that they expect."""
    query = (
        select(ActionKpi)
        .join(Action, Action.id == ActionKpi.action_id)
        .where(
            ActionKpi.kpi_id.in_(kpi_ids),
            access.visible_to(person, Action),
            Action.archived_at.is_(None),
        )
        .order_by(*WORK_ORDER)
    )
    # The one who asks has the KPIs at hand.
    slim = (lazyload("*"), selectinload(ActionKpi.action).options(*SLIM))
    return list(db.session.scalars(query.options(*slim)))


def count_by_kpi(kpis: Sequence[Kpi], person: Any) -> dict[int, int]:
    """How many visible actions aim at each KPI."""
    query = (
        select(ActionKpi.kpi_id, func.count())
        .join(Action, Action.id == ActionKpi.action_id)
        .where(
            ActionKpi.kpi_id.in_([kpi.id for kpi in kpis]),
            access.visible_to(person, Action),
            Action.archived_at.is_(None),
        )
        .group_by(ActionKpi.kpi_id)
    )
    return dict(db.session.execute(query).tuples().all())


def some(query: Select[Action], limit: int) -> Sequence[Action]:
    """The first actions of a select in the order of work."""
    return db.session.scalars(query.order_by(*WORK_ORDER).limit(limit).options(*SLIM)).all()


def count_by_status(query: Select[Action]) -> dict[str, int]:
    """How many actions of a select stand where; every status is there."""
    rows = db.session.execute(
        query.with_only_columns(Action.status, func.count()).order_by(None).group_by(Action.status)
    )
    return dict.fromkeys(Status, 0) | dict(rows.tuples().all())


def done_by_project(projects: Sequence[Subject], person: Any) -> dict[int, tuple[int, int]]:
    """How many visible actions of each project are done, and how many there are but for dropped."""
    query = (
        access.visible(Action, person)
        .where(
            Action.project_id.in_([project.id for project in projects]),
            Action.status != Status.DROPPED,
        )
        .with_only_columns(
            Action.project_id,
            func.sum(case((Action.status == Status.DONE, 1), else_=0)),
            func.count(),
        )
        .group_by(Action.project_id)
    )
    rows = db.session.execute(query).tuples()
    return {project_id: (done, total) for project_id, done, total in rows}


def _by_id(ids: set[int]) -> dict[int, Action]:
    rows = db.session.scalars(select(Action).where(Action.id.in_(ids)).options(*SLIM))
    return {action.id: action for action in rows}
