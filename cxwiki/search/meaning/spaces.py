"""Which vector space searches use, while the vectors of another model take its place.

Vectors of different models must never be compared. After a change of the model the worker computes
everything anew, subject by subject; until nearly all is done the old vectors stay the ones in use,
and search says how far the new ones are (a query cannot be encoded for the old ones any more).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.search.models import Embedding

READY = 0.99
"""The share of vectors in the newest space from which on it is the one in use."""


@dataclass(frozen=True, slots=True)
class SpaceInUse:
    """The space of the vectors that searches use; `next_share` is how much of a newer one is there.

    `next_share` is None while nothing changes.
    """

    name: str
    next_share: float | None = None


def in_use() -> SpaceInUse | None:
    """The space that searches use now, or None while there are no vectors.

    Reads an index only; callers on a hot path ask when the newest vector's space is a new one.
    """
    rows = db.session.execute(
        select(Embedding.model, func.count(), func.max(Embedding.sequence)).group_by(
            Embedding.model
        )
    ).all()
    if not rows:
        return None
    total = sum(count for _model, count, _last in rows)
    newest, count, _last = max(rows, key=lambda row: row[2])
    if count >= READY * total:
        return SpaceInUse(newest)
    others = [row for row in rows if row[0] != newest]
    return SpaceInUse(max(others, key=lambda row: row[1])[0], count / total)
