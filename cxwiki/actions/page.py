"""Everything on the page of one action, of what its reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.actions import dependencies, history, progress, reading, stalled, subtasks
from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.discussion.models import Comment, Watch


def gather(action: Action, person: Any) -> dict[str, Any]:
    """What the page shows, by the names that its template uses."""
    origins = reading.origins_of(action, person)
    blockers = dependencies.blockers_of([action.id], person, unfinished=False)[action.id]
    return {
        "action": action,
        "origins": origins,
        "said": comment_behind(action, person),
        "effects": reading.effects_of(action, person),
        "offer": progress.offer(action, person),
        "told": history.of_action(action, [origin.insight.id for origin in origins], person),
        "steps": subtasks.steps_of(action),
        "blockers": blockers,
        "waits_for": next((one for one in blockers if one.status not in progress.FINISHED), None),
        "awaiting": dependencies.waiting_for([action.id], person)[action.id],
        "idle_days": stalled.idle_days(action) if stalled.is_stalled(action) else None,
        "watching": watchers(action),
    }


def comment_behind(action: Action, person: Any) -> Comment | None:
    """The comment that it comes from, if the person sees what was commented on."""
    said = action.comment
    if said is None or said.archived_at is not None or not access.sees(person, said.subject):
        return None
    return said


def watchers(action: Action) -> Sequence[User]:
    """Who hears what happens to it, by name."""
    query = (
        select(User)
        .join(Watch, Watch.user_id == User.id)
        .where(Watch.subject_id == action.id, Watch.muted.is_(False), User.active)
    )
    return db.session.scalars(query.order_by(User.name, User.id).options(lazyload("*"))).all()
