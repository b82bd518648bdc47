"""Once a working day, within office hours: remind, say what has stalled, escalate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from cxwiki import concern, i18n, working_days
from cxwiki.actions import dependencies, escalation, people, reminders, stalled
from cxwiki.actions.models import Action
from cxwiki.daily import WORK_BEGAN
from cxwiki.database import command, db, utcnow
from cxwiki.events import Event, after, record

STALLED = "action.stalled"


def look_after(_began: Sequence[Event]) -> None:
    """Do it all; whoever comes to it after the office closed leaves it to the next working day."""
    if not working_days.is_office_time(utcnow()):
        return
    today = i18n.today()
    reminders.send_all(today)
    tell_stalled()
    escalation.apply_all(today)


def tell_stalled() -> int:
    """Say once of every action that stalls that it does. Returns of how many."""
    said = (
        select(Event.id)
        .where(Event.name == STALLED, Event.subject_id == Action.id, Event.at > Action.active_at)
        .exists()
    )
    query = select(Action.id).where(stalled.stalled(), ~said).order_by(Action.id)
    return sum(_tell_stalled(action_id) for action_id in db.session.scalars(query).all())


@command
def _tell_stalled(action_id: int) -> bool:
    action = db.session.get(Action, action_id, with_for_update=True, populate_existing=True)
    if action is None or not stalled.is_stalled(action) or _was_said(action):
        return False
    owner = people.who_see(action, [action.owner])
    ids = [person.id for person in owner or people.leads_of(action.team_id)]
    record(STALLED, action, days=stalled.idle_days(action), user_ids=ids)
    return True


def _was_said(action: Action) -> bool:
    query = select(Event.id).where(
        Event.subject_id == action.id, Event.name == STALLED, Event.at > action.active_at
    )
    return db.session.scalar(query.limit(1)) is not None


def _owner_of_finished_list(event: Event) -> Iterable[int]:
    """The owner, when somebody ticked off the last step."""
    action = event.subject
    if not isinstance(action, Action) or event.data.get("done") != event.data.get("total"):
        return []
    return [] if action.owner_id is None else [action.owner_id]


def connect() -> None:
    """Ask the worker, and say whom the events concern."""
    after(WORK_BEGAN, batch=50)(look_after)
    for name in (reminders.REMINDED, escalation.ESCALATED, STALLED):
        concern.register(name, reminders.told, alone=True)
    concern.register("action.blocked", dependencies.who_hears, alone=True)
    concern.register("action.unblocked", dependencies.who_hears, alone=True)
    concern.register("action.subtask_done", _owner_of_finished_list, alone=True)
