"""Reminders: 7, 3 and 1 days before an action is due and when it is overdue, each of them once.

What was sent is a row, so no restart sends it twice; and what is due is worked out from the
calendar, so a worker that was off for days sends the one reminder that holds now and skips those
that it missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from cxwiki import i18n
from cxwiki.accounts.models import User
from cxwiki.actions import people
from cxwiki.actions.models import Action, Reminder
from cxwiki.actions.progress import FINISHED
from cxwiki.database import command, db
from cxwiki.events import Event, record

AHEAD = {"due_1": 1, "due_3": 3, "due_7": 7}
OVERDUE, OVERDUE_LEAD = "overdue", "overdue_lead"
REMINDED = "action.reminded"


def next_kind(due_on: date, made_on: date, sent: Mapping[str, date], today: date) -> str | None:
    """Which reminder holds today, None if none does or it was sent.

    `sent` gives for each reminder of this due date the day on which it went out. The team's lead
    is told on a later day than the owner. What was made within the days before needs no reminder
    of as many days: whoever made it has just read the date.
    """
    left = (due_on - today).days
    if left < 0:
        if OVERDUE not in sent:
            return OVERDUE
        return OVERDUE_LEAD if OVERDUE_LEAD not in sent and sent[OVERDUE] < today else None
    kind = next((kind for kind, days in AHEAD.items() if left <= days), None)
    if kind is None or kind in sent or made_on > due_on - timedelta(days=AHEAD[kind]):
        return None
    return kind


def send_all(today: date) -> int:
    """Send what holds today. Returns how many reminders went out."""
    wanted = select(Action.id, Action.due_on, Action.created_at).where(
        Action.status.not_in(FINISHED),
        Action.archived_at.is_(None),
        Action.due_on <= today + timedelta(days=max(AHEAD.values())),
    )
    rows = db.session.execute(wanted.order_by(Action.due_on, Action.id)).all()
    sent = _sent([row.id for row in rows])
    plan = [
        (row.id, row.due_on, kind)
        for row in rows
        if (kind := next_kind(row.due_on, _day_of(row.created_at), sent[row.id, row.due_on], today))
    ]
    return sum(_send(action_id, due_on, kind) for action_id, due_on, kind in plan)


def told(event: Event) -> Iterable[int]:
    """Whom the event names."""
    return [int(person) for person in event.data.get("user_ids", ())]


@command
def _send(action_id: int, due_on: date, kind: str) -> bool:
    """Send one reminder in a transaction of its own, unless somebody was faster."""
    action = db.session.get(Action, action_id, with_for_update=True, populate_existing=True)
    if action is None or action.due_on != due_on or action.status in FINISHED:
        return False
    if db.session.get(Reminder, (action_id, kind, due_on)) is not None:
        return False
    addressees = _addressees(action, kind)
    if not addressees:
        return False
    db.session.add(Reminder(action_id=action_id, kind=kind, due_on=due_on))
    ids = [person.id for person in addressees]
    record(REMINDED, action, kind=kind, due_on=due_on.isoformat(), user_ids=ids)
    return True


def _addressees(action: Action, kind: str) -> list[User]:
    """The owner; without one the team's leads, or whoever made it. Then the leads."""
    leads = people.who_see(action, people.leads_of(action.team_id))
    owner = people.who_see(action, [action.owner])
    if kind == OVERDUE_LEAD:
        return [person for person in leads if person.id != action.owner_id]
    return owner or leads or people.who_see(action, [action.author])


def _sent(action_ids: list[int]) -> dict[tuple[int, date], dict[str, date]]:
    """Kinds with the day on which they were sent, by action and due date."""
    found: dict[tuple[int, date], dict[str, date]] = defaultdict(dict)
    for entry in db.session.scalars(select(Reminder).where(Reminder.action_id.in_(action_ids))):
        found[entry.action_id, entry.due_on][entry.kind] = _day_of(entry.sent_at)
    return found


def _day_of(moment: datetime) -> date:
    return moment.astimezone(i18n.settings().timezone).date()
