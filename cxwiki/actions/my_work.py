"""My work: everything that waits for a person, the most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from cxwiki import access, i18n
from cxwiki.actions import dependencies, progress, reading, stalled, subtasks
from cxwiki.actions.models import Action, Status
from cxwiki.database import db, utcnow
from cxwiki.discussion.models import Watch

SOON = timedelta(days=7)
LATELY = timedelta(days=14)
SHOWN = 50


@dataclass
class Work:
    """A person's own actions by what they ask for now; each stands in one group."""

    overdue: list[Action] = field(default_factory=list)
    soon: list[Action] = field(default_factory=list)
    stalled: list[Action] = field(default_factory=list)
    running: list[Action] = field(default_factory=list)
    waiting: list[Action] = field(default_factory=list)
    later: list[Action] = field(default_factory=list)


@dataclass(frozen=True)
class Facts:
    """What the rows of a list of actions say besides: two or three queries for all."""

    blockers: dict[int, list[Action]]
    steps: dict[int, tuple[int, int]]
    marks: dict[int, reading.Marks]


def mine(person: Any) -> Sequence[Action]:
    """The person's unfinished actions, the most pressing first."""
    query = access.visible(Action, person).where(
        Action.owner_id == person.id, Action.status.not_in(progress.FINISHED)
    )
    order = (Action.due_on.is_(None), Action.due_on, reading.URGENCY, Action.id)
    return db.session.scalars(query.order_by(*order)).all()


def grouped(actions: Sequence[Action], blocked: set[int], today: date) -> Work:
    """Put each action where it belongs: late before blocked, blocked before everything else."""
    work = Work()
    for action in actions:
        _group(work, action, blocked, today).append(action)
    return work


def of_my_teams(person: Any) -> Sequence[Action]:
    """What is overdue or stalled in the teams that the person leads, without their own work."""
    led = [place.team_id for place in person.memberships if place.is_lead]
    if not led:
        return []
    query = access.visible(Action, person).where(
        Action.team_id.in_(led),
        or_(Action.owner_id.is_(None), Action.owner_id != person.id),
        or_(progress.overdue(), stalled.stalled()),
    )
    order = (Action.due_on.is_(None), Action.due_on, Action.active_at, Action.id)
    return db.session.scalars(query.order_by(*order).limit(SHOWN)).all()


def done_lately(person: Any) -> Sequence[Action]:
    """What the person finished in the last two weeks, the latest first."""
    query = access.visible(Action, person).where(
        Action.owner_id == person.id,
        Action.status == Status.DONE,
        Action.completed_at >= utcnow() - LATELY,
    )
    return db.session.scalars(query.order_by(Action.completed_at.desc()).limit(SHOWN)).all()


def watched(person: Any) -> Sequence[Action]:
    """Unfinished actions of others that the person watches, the latest changed first."""
    watches = select(Watch.subject_id).where(Watch.user_id == person.id, Watch.muted.is_(False))
    query = access.visible(Action, person).where(
        Action.id.in_(watches),
        Action.status.not_in(progress.FINISHED),
        or_(Action.owner_id.is_(None), Action.owner_id != person.id),
    )
    return db.session.scalars(query.order_by(Action.updated_at.desc()).limit(SHOWN)).all()


def page_for(person: Any) -> dict[str, Any]:
    """Everything on the page."""
    actions, led = mine(person), of_my_teams(person)
    watching, done = watched(person), done_lately(person)
    facts = facts_of([*actions, *led, *watching, *done], person)
    blocked = {action_id for action_id, blockers in facts.blockers.items() if blockers}
    return {
        "work": grouped(actions, blocked, i18n.today()),
        "total": len(actions),
        "led": led,
        "watching": watching,
        "done": done,
        "facts": facts,
        "awaited": dependencies.waiting_for([action.id for action in actions], person),
    }


def facts_of(actions: Sequence[Action], person: Any) -> Facts:
    """What rows say of these actions."""
    ids = list({action.id for action in actions})
    return Facts(
        dependencies.blockers_of(ids, person),
        subtasks.count(ids),
        reading.marks_of(actions, person),
    )


def _group(work: Work, action: Action, blocked: set[int], today: date) -> list[Action]:
    if progress.is_overdue(action):
        return work.overdue
    if action.id in blocked:
        return work.waiting
    if action.due_on is not None and action.due_on <= today + SOON:
        return work.soon
    if stalled.is_stalled(action):
        return work.stalled
    return work.running if action.status == Status.IN_PROGRESS else work.later
