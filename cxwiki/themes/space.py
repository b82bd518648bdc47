"""The vectors that themes are made of: company-visible insights alone, so that nothing leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.search.models import Embedding
from cxwiki.search.weights import is_double
from cxwiki.subjects import Visibility
from cxwiki.themes.models import ThemeMember
from cxwiki.themes.vectors import MODEL_WEIGHTS, Vectors, blend, centre

ALONE = -1


@dataclass(frozen=True)
class Space:
    """Insights by row: their ids, blended vectors, numbered languages and present themes."""

    model: str
    ids: NDArray[np.int64]
    vectors: Vectors
    languages: NDArray[np.int64]
    themes: NDArray[np.int64]
    mean: Vectors

    def of(self, stored: Vectors) -> Vectors:
        """Bring another stored vector (d,) into this space."""
        return blend(stored[None, :], self.mean, _weights(self.model))[0]


def load() -> Space | None:
    """Read all company-visible insights that have a vector of the newest model."""
    model = db.session.scalar(select(Embedding.model).order_by(Embedding.sequence.desc()).limit(1))
    rows = db.session.execute(
        select(Insight.id, Insight.language, Embedding.vector, ThemeMember.theme_id)
        .join(Embedding, Embedding.subject_id == Insight.id)
        .outerjoin(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            Embedding.model == model,
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
        )
        .order_by(Insight.id)
    ).all()
    if model is None or not rows:
        return None
    stored = np.stack([np.frombuffer(row.vector, dtype="<f2") for row in rows]).astype(np.float32)
    mean = centre(stored)
    codes = {code: number for number, code in enumerate(sorted({row.language for row in rows}))}
    return Space(
        model=model,
        ids=np.array([row.id for row in rows], dtype=np.int64),
        vectors=blend(stored, mean, _weights(model)),
        languages=np.array([codes[row.language] for row in rows], dtype=np.int64),
        themes=np.array(
            [ALONE if row.theme_id is None else row.theme_id for row in rows], dtype=np.int64
        ),
        mean=mean,
    )


def _weights(model: str) -> tuple[float, ...]:
    return MODEL_WEIGHTS if is_double(model) else (1.0,)
