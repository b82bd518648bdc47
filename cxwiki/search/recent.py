"""What a person looked for lately: for their own suggestions, and theirs to forget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from cxwiki.database import command, db, utcnow
from cxwiki.search.models import RecentSearch

KEPT = 10
LONGEST = 200


def of(person: Any, beginning: str = "", limit: int = KEPT) -> list[str]:
    """The person's latest searches that have the letters somewhere, the latest first."""
    query = select(RecentSearch.query).where(RecentSearch.user_id == person.id)
    kept = db.session.scalars(query.order_by(RecentSearch.at.desc(), RecentSearch.id.desc())).all()
    letters = beginning.lower()
    return [text for text in kept if letters in text.lower() and text.lower() != letters][:limit]


@command
def forget(person: Any) -> None:
    """Forget all of a person's searches."""
    db.session.execute(delete(RecentSearch).where(RecentSearch.user_id == person.id))


def remember(user_id: int, texts: Sequence[str]) -> None:
    """Keep what a person looked for, the last one as the latest; within the caller's transaction.

    Older ones than the ten latest are forgotten.
    """
    query = select(RecentSearch).where(RecentSearch.user_id == user_id)
    kept = {row.query: row for row in db.session.scalars(query)}
    for text in texts:
        if text not in kept:
            kept[text] = RecentSearch(user_id=user_id, query=text)
            db.session.add(kept[text])
        kept[text].at = utcnow()
    oldest_last = sorted(kept.values(), key=lambda row: row.at, reverse=True)
    for row in oldest_last[KEPT:]:
        db.session.delete(row) if row.id else db.session.expunge(row)
