"""Forgetting files: uploads that no text came to name, removed ones, and what kills left behind.

Contents go in two steps: first the row, then, under the content's lock and only if there is still
no row, the file. An upload of the same content meanwhile writes its row under that lock.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select

from cxwiki.attachments import claiming, service
from cxwiki.attachments.models import Attachment, Blob
from cxwiki.attachments.storage import store
from cxwiki.database import command, db, utcnow
from cxwiki.writing.models import Draft

KEPT_UNCLAIMED = timedelta(days=14)
KEPT_REMOVED = timedelta(days=30)
KEPT_UNKNOWN = timedelta(days=1)
"""Files without a row may belong to an upload that is just being written."""
BATCH = 200


def sweep() -> None:
    """Forget what nobody needs any more; can be stopped and begun again at any point."""
    while ids := _forgettable():
        _release(ids)
    for sha256 in _unused():
        _forget_row(sha256)
    for sha256 in store().names(KEPT_UNKNOWN):
        _forget_content(sha256)
    store().forget_incoming(KEPT_UNKNOWN)


def _forgettable() -> Sequence[int]:
    """Removed long ago, or uploaded long ago and named by no text and no draft."""
    now = utcnow()
    query = select(Attachment.id, Attachment.added_by_id, Attachment.subject_id).where(
        or_(
            Attachment.archived_at < now - KEPT_REMOVED,
            and_(Attachment.subject_id.is_(None), Attachment.added_at < now - KEPT_UNCLAIMED),
        )
    )
    rows = db.session.execute(query.order_by(Attachment.id)).all()
    drafted = _drafted({row.added_by_id for row in rows if row.subject_id is None})
    return [row.id for row in rows if row.subject_id is not None or row.id not in drafted][:BATCH]


def _drafted(people: set[int | None]) -> set[int]:
    """The attachments that these people's drafts name."""
    values = db.session.scalars(select(Draft.values).where(Draft.user_id.in_(people - {None})))
    return {
        number
        for value in values
        for number in claiming.ids_in(json.dumps(value, ensure_ascii=False))
    }


@command
def _release(ids: Sequence[int]) -> None:
    service.release(ids)


def _unused() -> Sequence[str]:
    used = select(Attachment.id).where(Attachment.sha256 == Blob.sha256).exists()
    return db.session.scalars(
        select(Blob.sha256).where(~used, Blob.stored_at < utcnow() - KEPT_UNKNOWN)
    ).all()


@command
def _forget_row(sha256: str) -> None:
    service.lock(sha256)
    used = select(Attachment.id).where(Attachment.sha256 == sha256).limit(1)
    if db.session.scalar(used) is None:
        db.session.execute(Blob.__table__.delete().where(Blob.sha256 == sha256))  # type: ignore[attr-defined]


@command
def _forget_content(sha256: str) -> None:
    service.lock(sha256)
    known = select(Blob.sha256).where(Blob.sha256 == sha256)
    if db.session.scalar(known) is None:
        store().remove(sha256)
