"""Subtasks: an action's checklist, one line a step."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import case, func, inspect, select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.actions.models import Action, Subtask
from cxwiki.database import command, db, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.errors import DomainError
from cxwiki.events import record

LONGEST = 300
MOST = 100


@command
def add(action: Action, text: str, by: User) -> list[Subtask]:
    """Add a step a line of the text at the end. Raises DomainError for no text, or too many."""
    lines = [line for line in (richtext.one_line(one) for one in text.splitlines()) if line]
    if not lines:
        raise DomainError(_("Write what is to be done."), "text")
    _take_turn(action)
    has = steps_of(action)
    if len(has) + len(lines) > MOST:
        raise DomainError(_("At most %(number)s steps, please.", number=MOST), "text")
    last = max((step.position for step in has), default=0)
    new = [
        Subtask(action_id=action.id, text=_bounded(line), position=last + place, added_by_id=by.id)
        for place, line in enumerate(lines, start=1)
    ]
    db.session.add_all(new)
    db.session.flush()
    discussion.watch(action, by)
    record("action.subtask_added", action, by=by, subtask_ids=[step.id for step in new])
    return new


@command
def set_done(action: Action, step: Subtask, *, done: bool, by: User) -> None:
    """Tick a step off, or open it again; saying the same twice changes nothing."""
    if not _is_there(action, step) or (step.done_at is not None) == done:
        return
    step.done_at, step.done_by_id = (utcnow(), by.id) if done else (None, None)
    db.session.flush()
    finished, total = count([action.id])[action.id]
    name = "action.subtask_done" if done else "action.subtask_reopened"
    record(name, action, by=by, subtask_id=step.id, done=finished, total=total)


@command
def reword(action: Action, step: Subtask, text: str, by: User) -> None:
    """Say it in other words. Raises DomainError if none are left."""
    words = richtext.one_line(text)
    if not words:
        raise DomainError(_("Write what is to be done."), "text")
    if _is_there(action, step) and _bounded(words) != step.text:
        step.text = words
        record("action.subtask_changed", action, by=by, subtask_id=step.id)


@command
def move(action: Action, step: Subtask, place: int, by: User) -> None:
    """Put the step at a place of the list, 1 being the first; beyond the ends counts as the end."""
    if not _is_there(action, step):
        return
    steps = [one for one in steps_of(action) if one.id != step.id]
    steps.insert(max(0, min(place - 1, len(steps))), step)
    if all(one.position == number for number, one in enumerate(steps, start=1)):
        return
    for number, one in enumerate(steps, start=1):
        one.position = number
    record("action.subtask_changed", action, by=by, subtask_id=step.id)


@command
def remove(action: Action, step: Subtask, by: User) -> None:
    """Take a step off the list."""
    if not _is_there(action, step):
        return
    record("action.subtask_removed", action, by=by, subtask_id=step.id)
    db.session.delete(step)


def steps_of(action: Action) -> Sequence[Subtask]:
    """The steps of an action in their order."""
    query = select(Subtask).where(Subtask.action_id == action.id)
    return db.session.scalars(query.order_by(Subtask.position, Subtask.id)).all()


def find(action: Action, step_id: int) -> Subtask | None:
    """One of the action's own steps."""
    step = db.session.get(Subtask, step_id)
    return step if step is not None and step.action_id == action.id else None


def count(action_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many steps of each action are done, and how many there are, with one query."""
    query = (
        select(
            Subtask.action_id,
            func.sum(case((Subtask.done_at.is_not(None), 1), else_=0)),
            func.count(),
        )
        .where(Subtask.action_id.in_(action_ids))
        .group_by(Subtask.action_id)
    )
    found = {row[0]: (int(row[1]), int(row[2])) for row in db.session.execute(query)}
    return dict.fromkeys(action_ids, (0, 0)) | found


def _take_turn(action: Action) -> None:
    """Wait for whoever changes the list at this moment: each tick says how many are done."""
    db.session.refresh(action, with_for_update=True)


def _is_there(action: Action, step: Subtask) -> bool:
    """Read the step anew when it is one's turn; somebody may have taken it off the list."""
    [step_id] = inspect(step).identity or (0,)
    _take_turn(action)
    return db.session.get(Subtask, step_id, populate_existing=True) is not None


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise DomainError(_("A step has at most %(number)s characters.", number=LONGEST), "text")
    return text
