"""Telling people, and what they have read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select, update

from cxwiki import access, jobs
from cxwiki.accounts import mail
from cxwiki.database import command, db, utcnow
from cxwiki.events import Event
from cxwiki.notifications import wishes
from cxwiki.notifications.hearers import Hearer
from cxwiki.notifications.models import How, MailState, Notice
from cxwiki.notifications.topics import topic_of
from cxwiki.subjects import Subject

NO_NEWS = timedelta(days=30)
MAIL_NOW = "notifications.mail_now"


@command
def tell(event: Event, people: Iterable[Hearer]) -> None:
    """Write a notice for each of the people, once, however often this is called; mails follow.

    What happened long ago, as after an import, is no news: it stands there as read.
    """
    people = list(people)
    if not people:
        return
    is_news = event.at >= utcnow() - NO_NEWS
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.event_id == event.id)))
    new = [hearer for hearer in people if hearer.person.id not in told]
    states = _mail_states(event, new) if is_news and mail.is_possible() else {}
    db.session.add_all(
        Notice(
            user_id=hearer.person.id,
            event_id=event.id,
            read_at=None if is_news else utcnow(),
            reason=hearer.reason,
            mail=states.get(hearer.person.id, MailState.NONE),
        )
        for hearer in new
    )
    at_once = sorted(one for one, state in states.items() if state == MailState.AT_ONCE)
    jobs.add([MAIL_NOW], at_once)


def _mail_states(event: Event, people: Sequence[Hearer]) -> dict[int, str]:
    """Which mail each of the people gets about it, by their wishes."""
    wanted = wishes.of([hearer.person.id for hearer in people])
    hows = {
        hearer.person.id: wanted[hearer.person.id][topic_of(event.name, hearer.reason)]
        for hearer in people
    }
    return {one: MailState(how) for one, how in hows.items() if how != How.OFF}


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
    """Of how many subjects something waits that the person may still see, as the list groups it."""
    query = inbox(person).where(Notice.read_at.is_(None)).order_by(None)
    return db.session.scalar(query.with_only_columns(func.count(Subject.id.distinct()))) or 0


def find(person: Any, notice_id: int) -> Notice | None:
    """One of the person's own notices."""
    return db.session.scalar(inbox(person).where(Notice.id == notice_id))


@command
def set_read(notice: Notice, *, read: bool) -> None:
    """Mark one notice."""
    notice.read_at = (notice.read_at or utcnow()) if read else None


@command
def read_about(person: Any, subject_id: int | None, up_to: int) -> None:
    """Mark all that the person was told of a subject, up to the notice called `up_to`."""
    events = select(Event.id).where(Event.subject_id == subject_id)
    mine = [Notice.user_id == person.id, Notice.read_at.is_(None), Notice.id <= up_to]
    query = update(Notice).where(*mine, Notice.event_id.in_(events))
    db.session.execute(query.values(read_at=utcnow()))


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
