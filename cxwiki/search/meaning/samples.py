"""Vectors that statistics may be made of: of what the whole company sees, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, select

from cxwiki.database import db
from cxwiki.search.meaning.soundness import dimension_of, is_sound
from cxwiki.search.models import Embedding
from cxwiki.search.port import Floats
from cxwiki.subjects import Subject, Visibility


def newest(
    space: str, language: str, limit: int, *wanted: ColumnElement[bool]
) -> tuple[NDArray[np.int64], Floats]:
    """Ids (n) and vectors (n × dimension) of the newest subjects' passages in a language."""
    dimension = dimension_of(space) or 0
    rows = db.session.execute(
        select(Embedding.subject_id, Embedding.vector)
        .join(Subject, Subject.id == Embedding.subject_id)
        .where(
            Embedding.model == space,
            Subject.language == language,
            Subject.visibility == Visibility.COMPANY,
            Subject.archived_at.is_(None),
            *wanted,
        )
        .order_by(Subject.id.desc())
        .limit(limit)
    ).all()
    sound = [row for row in rows if is_sound(row.vector, dimension)]
    matrix = [np.frombuffer(row.vector, dtype="<f2") for row in sound]
    return (
        np.array([row.subject_id for row in sound], dtype=np.int64),
        np.stack(matrix).astype(np.float32) if matrix else np.empty((0, dimension), np.float32),
    )
