"""Events: one row says what happened and by whom; history, feed, index and notices live on it.

`@on` listeners act inside the caller's transaction. `@after` handlers get a job row in the same
transaction, so that nothing is lost between the commit and the queue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from cxwiki import jobs
from cxwiki.database import Model, db, utcnow
from cxwiki.subjects import Subject


class Event(Model):
    """What happened to a subject. Holds ids and plain values, no texts, so that erasing works."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    subject: Mapped[Subject | None] = relationship()

    __table_args__ = (
        Index("ix_events_subject_id_id", "subject_id", "id"),
        Index("ix_events_name_id", "name", "id"),
    )


Listener = Callable[[Event], None]
Handler = Callable[[Sequence[Event]], None]

_listeners: dict[str, list[Listener]] = defaultdict(list)
_handlers: dict[str, list[str]] = defaultdict(list)


def on(*names: str) -> Callable[[Listener], Listener]:
    """Call the function in the same transaction whenever one of the events is recorded."""

    def register(listener: Listener) -> Listener:
        for name in names:
            if listener not in _listeners[name]:
                _listeners[name].append(listener)
        return listener

    return register


def after(*names: str, batch: int = 1) -> Callable[[Handler], Handler]:
    """Call the function in the worker after the commit, with up to `batch` events at a time.

    It may be called twice for one event and must then do no harm.
    """

    def register(handle: Handler) -> Handler:
        key = f"{handle.__module__.split('.')[1]}.{handle.__name__}"
        jobs.handler(key, batch)(lambda ids: handle(_load(ids)))
        for name in names:
            if key not in _handlers[name]:
                _handlers[name].append(key)
        return handle

    return register


def record(name: str, subject: Subject | None, by: Any = None, **data: Any) -> Event:
    """Write down what happened and queue what follows, in the caller's transaction.

    `by` is the acting user or None for the software itself; `data` holds ids and plain values.
    """
    return record_many(name, [subject], by, **data)[0]


def record_many(
    name: str, subjects: Sequence[Subject | None], by: Any = None, **data: Any
) -> list[Event]:
    """Write down that the same happened to many subjects."""
    actor_id = by.id if by else None
    events = [Event(name=name, subject=one, actor_id=actor_id, data=data) for one in subjects]
    db.session.add_all(events)
    db.session.flush()
    for event in events:
        for listener in _listeners[name]:
            listener(event)
    jobs.add(_handlers[name], [event.id for event in events])
    return events


def history(subject: Subject, limit: int = 100) -> Sequence[Event]:
    """What happened to a subject, the latest first."""
    query = select(Event).where(Event.subject_id == subject.id).order_by(Event.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def _load(ids: Sequence[int]) -> Sequence[Event]:
    query = select(Event).where(Event.id.in_(ids)).order_by(Event.id)
    return db.session.scalars(query.options(joinedload(Event.subject))).all()
