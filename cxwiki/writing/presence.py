"""Who has the form of a text open: its page says so every half a minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import case, delete, select

from cxwiki.accounts.models import User
from cxwiki.database import command, db, insert_into, utcnow
from cxwiki.subjects import Subject
from cxwiki.writing.models import Editing

FRESH = timedelta(seconds=75)
"""Two beats may get lost before somebody counts as gone."""


@command
def beat(subject: Subject, person: User) -> None:
    """Say that the person has the form open now; who had gone begins anew."""
    now = utcnow()
    row = insert_into(Editing).values(
        subject_id=subject.id, user_id=person.id, since=now, beat_at=now
    )
    since = case((Editing.beat_at < now - FRESH, row.excluded.since), else_=Editing.since)
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=["subject_id", "user_id"],
            set_={"since": since, "beat_at": row.excluded.beat_at},
        )
    )


@command
def leave(subject: Subject, person: User) -> None:
    """Say that the person closed the form."""
    db.session.execute(
        delete(Editing).where(Editing.subject_id == subject.id, Editing.user_id == person.id)
    )


def others(subject: Subject, person: User) -> Sequence[Editing]:
    """Who else has the form open, the first one first."""
    query = select(Editing).where(
        Editing.subject_id == subject.id,
        Editing.user_id != person.id,
        Editing.beat_at > utcnow() - FRESH,
    )
    return db.session.scalars(query.order_by(Editing.since, Editing.user_id)).all()


@command
def forget_old() -> None:
    """Forget forms that were closed without a word."""
    db.session.execute(delete(Editing).where(Editing.beat_at < utcnow() - timedelta(days=1)))
