"""Whether stored vectors can be what a model made: of its size, and every number finite.

A broken row is never compared with anything; the worker takes it out and has it made anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.search.models import Embedding

_LOOKED_AT = 100
_FETCH = 1000


def is_sound(vector: bytes, dimension: int) -> bool:
    """Whether a stored vector has so many finite numbers."""
    if len(vector) != 2 * dimension:
        return False
    return bool(np.isfinite(np.frombuffer(vector, dtype="<f2")).all())


def dimension_of(space: str) -> int | None:
    """How many numbers the vectors of a space have, by most of some; None without vectors."""
    sizes = db.session.scalars(
        select(func.length(Embedding.vector)).where(Embedding.model == space).limit(_LOOKED_AT)
    ).all()
    even = Counter(size for size in sizes if size and size % 2 == 0)
    return even.most_common(1)[0][0] // 2 if even else None


def broken(space: str, dimension: int) -> Sequence[int]:
    """Subjects with a row of the space that is not sound, or without one in the middle."""
    found: set[int] = set()
    query = select(Embedding.subject_id, Embedding.vector).where(Embedding.model == space)
    rows = db.session.execute(query.execution_options(yield_per=_FETCH))
    for some in rows.partitions():
        found.update(row.subject_id for row in some if not is_sound(row.vector, dimension))
    gaps = (
        select(Embedding.subject_id)
        .group_by(Embedding.subject_id)
        .having(func.count() != func.max(Embedding.passage) + 1)
    )
    found.update(db.session.scalars(gaps))
    return sorted(found)
