"""Dependencies: which actions wait for others, without ever going round in a circle.

A reader is told of the ends that they see; an action that waits for a hidden one does not say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.actions import people
from cxwiki.actions.models import Action, ActionDependency
from cxwiki.actions.progress import FINISHED
from cxwiki.database import command, db
from cxwiki.discussion import service as discussion
from cxwiki.errors import DomainError
from cxwiki.events import Event, on, record

MOST = 20
OFFERED = 20


@command
def block(action: Action, blocker: Action, by: User) -> None:
    """Say that the action waits for another one. A second time changes nothing.

    Raises DomainError if the other one already waits for this, by whatever detour.
    """
    _one_at_a_time()
    if db.session.get(ActionDependency, (action.id, blocker.id)) is not None:
        return
    if blocker.id == action.id:
        raise DomainError(_("An action cannot wait for itself."), "action")
    if action.id in _all_awaited_by(blocker.id):
        raise DomainError(
            _("That would be a circle: “%(title)s” waits for this one.", title=blocker.title),
            "action",
        )
    query = select(func.count()).select_from(ActionDependency)
    if (db.session.scalar(query.where(ActionDependency.action_id == action.id)) or 0) >= MOST:
        raise DomainError(_("At most %(number)s of them, please.", number=MOST), "action")
    db.session.add(ActionDependency(action_id=action.id, blocked_by_id=blocker.id, by_id=by.id))
    discussion.watch(action, by)
    record("action.blocked", action, by=by, blocked_by_id=blocker.id)


@command
def unblock(action: Action, blocker: Action, by: User) -> None:
    """Say that the action does not wait for the other one any more."""
    link = db.session.get(ActionDependency, (action.id, blocker.id))
    if link is not None:
        db.session.delete(link)
        record("action.unblocked", action, by=by, blocked_by_id=blocker.id)


def blockers_of(
    action_ids: Sequence[int], person: Any, *, unfinished: bool = True
) -> dict[int, list[Action]]:
    """What each of the actions waits for, of what the person sees, with two queries for all."""
    return _ends(ActionDependency.action_id, ActionDependency.blocked_by_id, action_ids, person,
                 unfinished=unfinished)  # fmt: skip


def waiting_for(action_ids: Sequence[int], person: Any) -> dict[int, list[Action]]:
    """The unfinished actions that wait for each of these, of what the person sees."""
    return _ends(ActionDependency.blocked_by_id, ActionDependency.action_id, action_ids, person,
                 unfinished=True)  # fmt: skip


def offered(action: Action, words: str, person: Any) -> Sequence[Action]:
    """Unfinished actions that it could wait for: all words in the title, its own project first."""
    awaited = select(ActionDependency.blocked_by_id).where(ActionDependency.action_id == action.id)
    query = access.visible(Action, person).where(
        Action.id != action.id, Action.id.not_in(awaited), Action.status.not_in(FINISHED)
    )
    for word in words.split()[:8]:
        query = query.where(Action.title.icontains(word, autoescape=True))
    same = func.coalesce(Action.project_id == (action.project_id or 0), False)
    order = (same.desc(), Action.updated_at.desc(), Action.id.desc())
    return db.session.scalars(query.order_by(*order).limit(OFFERED)).all()


def who_hears(event: Event) -> Iterable[int]:
    """Owner and watchers of what waits, as far as they see what it waits for."""
    action, blocker = event.subject, db.session.get(Action, event.data.get("blocked_by_id", 0))
    if not isinstance(action, Action) or blocker is None:
        return ()
    query = select(User).where(User.id.in_(people.involved(action)))
    query = query.options(selectinload(User.memberships))
    return [person.id for person in db.session.scalars(query) if access.sees(person, blocker)]


def set_free(event: Event) -> None:
    """When an action is finished or put away, say so of those that waited for nothing else."""
    if not _ends_waiting(event):
        return
    links = select(ActionDependency.action_id).where(
        ActionDependency.blocked_by_id == event.subject_id
    )
    unfinished = select(Action).where(
        Action.id.in_(links), Action.status.not_in(FINISHED), Action.archived_at.is_(None)
    )
    waiting = db.session.scalars(unfinished.order_by(Action.id)).all()
    still = _still_blocked([action.id for action in waiting])
    by = db.session.get(User, event.actor_id) if event.actor_id else None
    for action in waiting:
        if action.id not in still:
            how = "archived" if event.name == "action.archived" else "finished"
            record("action.unblocked", action, by=by, blocked_by_id=event.subject_id, how=how)


def connect() -> None:
    """Listen to actions that are finished."""
    on("action.status_changed", "action.archived")(set_free)


def _ends_waiting(event: Event) -> bool:
    if event.name == "action.archived":
        return isinstance(event.subject, Action) and event.subject.status not in FINISHED
    return event.data.get("after") in FINISHED and event.data.get("before") not in FINISHED


def _ends(here: Any, there: Any, ids: Sequence[int], person: Any, *, unfinished: bool) -> Any:
    pairs = (
        select(here, there)
        .join(Action, Action.id == there)
        .where(here.in_(ids), access.visible_to(person, Action), Action.archived_at.is_(None))
        .order_by(Action.due_on.is_(None), Action.due_on, Action.id)
    )
    if unfinished:
        pairs = pairs.where(Action.status.not_in(FINISHED))
    found: dict[int, list[Action]] = defaultdict(list)
    rows = db.session.execute(pairs).all()
    if not rows:
        return found
    wanted = select(Action).where(Action.id.in_({other for _, other in rows}))
    actions = {action.id: action for action in db.session.scalars(wanted)}
    for one, other in rows:
        found[one].append(actions[other])
    return found


def _all_awaited_by(action_id: int) -> set[int]:
    """Everything that an action waits for, directly and by detours."""
    known: set[int] = set()
    latest = {action_id}
    while latest:
        query = select(ActionDependency.blocked_by_id).where(ActionDependency.action_id.in_(latest))
        latest = set(db.session.scalars(query)) - known
        known |= latest
    return known


def _still_blocked(action_ids: Sequence[int]) -> set[int]:
    query = (
        select(ActionDependency.action_id)
        .join(Action, Action.id == ActionDependency.blocked_by_id)
        .where(
            ActionDependency.action_id.in_(action_ids),
            Action.status.not_in(FINISHED),
            Action.archived_at.is_(None),
        )
    )
    return set(db.session.scalars(query))


def _one_at_a_time() -> None:
    """Two halves of a circle could be added at once; on SQLite writers stand in line anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('action dependencies'))"))
