"""What many actions are linked with, of what the reader sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, lazyload

from cxwiki import access
from cxwiki.actions.models import Action, ActionDependency, ActionInsight, ActionKpi
from cxwiki.database import db
from cxwiki.discussion.models import Comment
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.subjects import Subject


def insight_ids_of(actions: Sequence[Action], person: Any) -> dict[int, list[int]]:
    """The ids of the insights behind each action, with one query for all."""
    query = (
        select(ActionInsight.action_id, ActionInsight.insight_id)
        .join(Insight, Insight.id == ActionInsight.insight_id)
        .where(
            ActionInsight.action_id.in_([action.id for action in actions]),
            access.visible_to(person, Insight),
        )
        .order_by(ActionInsight.at, ActionInsight.insight_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for action_id, insight_id in db.session.execute(query):
        found[action_id].append(insight_id)
    return found


def effects_of(actions: Sequence[Action], person: Any) -> dict[int, list[ActionKpi]]:
    """The KPIs that each action should move, with one query for all."""
    query = (
        select(ActionKpi)
        .join(Kpi, Kpi.id == ActionKpi.kpi_id)
        .where(
            ActionKpi.action_id.in_([action.id for action in actions]),
            access.visible_to(person, Kpi),
        )
        .order_by(ActionKpi.kpi_id)
        .options(lazyload("*"))
    )
    found: dict[int, list[ActionKpi]] = defaultdict(list)
    for effect in db.session.scalars(query):
        found[effect.action_id].append(effect)
    return found


def comment_ids_of(actions: Sequence[Action], person: Any) -> dict[int, int]:
    """The comment that each action comes from, where there is one and the person sees it."""
    talked_about = aliased(Subject)
    query = (
        select(Action.id, Comment.id)
        .join(Comment, Comment.id == Action.comment_id)
        .join(talked_about, talked_about.id == Comment.subject_id)
        .where(
            Action.id.in_([action.id for action in actions]),
            access.visible_to(person, talked_about),
        )
    )
    return dict(db.session.execute(query).tuples().all())


def blocker_ids_of(action_ids: Sequence[int], person: Any) -> dict[int, list[int]]:
    """The ids of what each action waits for, finished or not, with one query for all."""
    query = (
        select(ActionDependency.action_id, ActionDependency.blocked_by_id)
        .join(Action, Action.id == ActionDependency.blocked_by_id)
        .where(ActionDependency.action_id.in_(action_ids), access.visible_to(person, Action))
        .order_by(ActionDependency.blocked_by_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for action_id, blocker_id in db.session.execute(query):
        found[action_id].append(blocker_id)
    return found
