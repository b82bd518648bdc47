"""Telling people, and what they have read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select, update

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.events import Event
from cxwiki.notifications.models import Notice
from cxwiki.subjects import Subject

NO_NEWS = timedelta(days=30)


@command
def tell(event: Event, people: Iterable[User]) -> None:
    """Write a notice for each of the people, once, however often this is called.

    What happened long ago, as after an import, is no news: it stands there as read.
    """
    read_at = utcnow() if event.at < utcnow() - NO_NEWS else None
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.event_id == event.id)))
    db.session.add_all(
        Notice(user_id=person.id, event_id=event.id, read_at=read_at)
        for person in people
        if person.id not in told
    )


def inbox(person: Any) -> Select[Notice]:
    """What the person was told, as far as they may still see it; unread first, then the latest."""
    return (
        select(Notice)
        .join(Event, Event.id == Notice.event_id)
        .join(Subject, Subject.id == Event.subject_id)
        .where(Notice.user_id == person.id, access.visible_to(person))
        .order_by(Notice.read_at.is_not(None), Notice.event_id.desc())
    )


def count_unread(person: Any) -> int:
    """How many notices wait; what the person may no longer see does not count."""
    query = inbox(person).where(Notice.read_at.is_(None)).order_by(None)
    return db.session.scalar(query.with_only_columns(func.count(Notice.id))) or 0


def find(person: Any, notice_id: int) -> Notice | None:
    """One of the person's own notices."""
    return db.session.scalar(inbox(person).where(Notice.id == notice_id))


@command
def set_read(notice: Notice, *, read: bool) -> None:
    """Mark one notice."""
    notice.read_at = (notice.read_at or utcnow()) if read else None


@command
def read_all(person: Any, up_to: int | None = None) -> None:
    """Mark the person's notices as read, but none that came after the one called `up_to`."""
    mine = [Notice.user_id == person.id, Notice.read_at.is_(None)]
    if up_to is not None:
        mine.append(Notice.id <= up_to)
    db.session.execute(update(Notice).where(*mine).values(read_at=utcnow()))


def latest_id(notices: Sequence[Notice]) -> int | None:
    """The newest of the notices that a page shows."""
    return max((notice.id for notice in notices), default=None)
