"""How an action goes on, and what its insights are then asked to become."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import lazyload

from cxwiki import access, i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.actions.models import Action, ActionInsight, Status
from cxwiki.database import command, db, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.errors import DomainError
from cxwiki.events import Event, record
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.insights.models import Status as InsightStatus

FINISHED = frozenset({Status.DONE, Status.DROPPED})

# An action's status: what its insights could turn to, and from which states.
_FOLLOWING = {
    Status.IN_PROGRESS: (InsightStatus.IN_ACTION, {InsightStatus.OPEN}),
    Status.DONE: (InsightStatus.RESOLVED, {InsightStatus.OPEN, InsightStatus.IN_ACTION}),
}


@dataclass(frozen=True)
class Offer:
    """Insights that could follow their action; other unfinished actions still work on some."""

    status: str
    insights: Sequence[Insight]
    still_worked_on: frozenset[int]


@command
def set_status(
    action: Action, status: str, by: User, reason: str = "", *, at: datetime | None = None
) -> None:
    """Say where the action stands. `at` is for what was done earlier.

    Raises DomainError when it is dropped or taken up again without a reason.
    """
    db.session.refresh(action, with_for_update=True)
    if status not in set(Status):
        raise DomainError(_("Choose one of the states."), "status")
    reason = richtext.clean(reason).strip()[:2000]
    if status == Status.DROPPED and not reason:
        raise DomainError(_("Say why, so that those who hoped for it understand."), "reason")
    if status == action.status:
        return
    if action.status in FINISHED and status not in FINISHED and not reason:
        raise DomainError(_("Say why it is taken up again."), "reason")
    before, action.status = action.status, status
    action.status_reason = reason
    action.completed_at = (at or utcnow()) if status == Status.DONE else None
    action.touch()
    discussion.watch(action, by)
    record("action.status_changed", action, by=by, before=before, after=status)


def complete(action: Action, by: User, *, at: datetime | None = None) -> None:
    """Say that it is done."""
    set_status(action, Status.DONE, by, at=at)


def reopen(action: Action, by: User, reason: str) -> None:
    """Take it up again after it was done or dropped. Raises DomainError without a reason."""
    if action.status in FINISHED:
        set_status(action, Status.IN_PROGRESS, by, reason)


def is_overdue(action: Action) -> bool:
    """Whether its day has passed and it is not finished."""
    late = action.due_on is not None and action.due_on < i18n.today()
    return late and action.status not in FINISHED


def overdue() -> ColumnElement[bool]:
    """Return the same as `is_overdue` as a condition for queries."""
    return and_(Action.due_on < i18n.today(), Action.status.not_in(FINISHED))


def offer(action: Action, person: Any) -> Offer | None:
    """What to ask about the action's insights, unless somebody answered since it last changed."""
    if action.status not in _FOLLOWING or not access.can("action.edit", action, person):
        return None
    following, lagging = _FOLLOWING[Status(action.status)]
    query = (
        access.visible(Insight, person)
        .join(ActionInsight, ActionInsight.insight_id == Insight.id)
        .where(ActionInsight.action_id == action.id, Insight.status.in_(lagging))
        .order_by(Insight.id)
        .options(lazyload("*"))
    )
    found = [
        insight
        for insight in db.session.scalars(query)
        if access.can("insight.edit", insight, person)
    ]
    if not found or _was_answered(action):
        return None
    return Offer(following, found, _still_worked_on(action, found, person))


@command
def answer_offer(action: Action, insight_ids: Iterable[int], by: User) -> int:
    """Turn the chosen ones of the offered insights; returns how many. The rest stays as it is."""
    offered = offer(action, by)
    if offered is None:
        return 0
    wanted = set(insight_ids)
    chosen = [insight for insight in offered.insights if insight.id in wanted]
    for insight in chosen:
        insights.set_status(insight, offered.status, by)
    record("action.insights_asked", action, by=by, status=offered.status)
    return len(chosen)


def _was_answered(action: Action) -> bool:
    asking = ("action.status_changed", "action.insight_linked", "action.insights_asked")
    latest = db.session.scalar(
        select(Event.name)
        .where(Event.subject_id == action.id, Event.name.in_(asking))
        .order_by(Event.id.desc())
        .limit(1)
    )
    return latest == "action.insights_asked"


def _still_worked_on(action: Action, found: Sequence[Insight], person: Any) -> frozenset[int]:
    others = (
        access.visible(Action, person)
        .join(ActionInsight, ActionInsight.action_id == Action.id)
        .where(
            ActionInsight.insight_id.in_([insight.id for insight in found]),
            Action.id != action.id,
            Action.status.not_in(FINISHED),
        )
        .with_only_columns(ActionInsight.insight_id)
    )
    return frozenset(db.session.scalars(others))
