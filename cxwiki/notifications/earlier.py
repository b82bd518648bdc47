"""What people were told before, so that nobody hears the same thing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.notifications.models import Notice

_SAME_MOMENT = timedelta(seconds=5)
_MENTIONS_GO_WITH = (
    "comment.created",
    "team_comment.created",
    "insight.created",
    "insight.edited",
    "page.created",
    "page.edited",
    "action.created",
    "action.edited",
    "project.created",
    "project.edited",
)


def who_heard(event_ids: Sequence[int]) -> dict[int, set[int]]:
    """Who was told about each of the events; those that nobody heard of are left out."""
    rows = db.session.execute(
        select(Notice.event_id, Notice.user_id).where(Notice.event_id.in_(event_ids))
    )
    heard: dict[int, set[int]] = {}
    for event_id, user_id in rows:
        heard.setdefault(event_id, set()).add(user_id)
    return heard


def who_have_unread(event: Event) -> set[int]:
    """Who did not read yet that the same happened to the same subject before."""
    query = (
        select(Notice.user_id)
        .join(Event, Event.id == Notice.event_id)
        .where(
            Event.subject_id == event.subject_id,
            Event.name == event.name,
            Event.id < event.id,
            Notice.read_at.is_(None),
        )
    )
    return set(db.session.scalars(query))


def mentioned_with(event: Event) -> set[int]:
    """Whoever the same text mentions hears of that, and not of the text as well."""
    if event.name not in _MENTIONS_GO_WITH:
        return set()
    query = select(Event).where(
        Event.name == "person.mentioned",
        Event.subject_id == event.subject_id,
        Event.actor_id == event.actor_id,
        Event.at.between(event.at - _SAME_MOMENT, event.at + _SAME_MOMENT),
    )
    return {
        int(person)
        for mention in db.session.scalars(query)
        if mention.data.get("comment_id") == event.data.get("comment_id")
        for person in mention.data.get("user_ids", ())
    }
