"""The vectors that themes are made of: company-visible insights alone, so that nothing leaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select

from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.search.meaning import spaces
from cxwiki.search.meaning.soundness import dimension_of, is_sound
from cxwiki.search.meaning.weights import is_double
from cxwiki.search.models import Embedding
from cxwiki.subjects import Visibility
from cxwiki.themes.models import ThemeMember
from cxwiki.themes.vectors import Frame, Vectors, fit, weights_of

ALONE = -1
_FETCH = 1_000


@dataclass(frozen=True)
class Space:
    """Insights by row: their ids, unit vectors, numbered languages and themes when it was read."""

    model: str
    ids: NDArray[np.int64]
    vectors: Vectors
    languages: NDArray[np.int64]
    themes: NDArray[np.int64]
    frame: Frame
    codes: tuple[str, ...]
    """The languages by number."""

    def of(self, stored: Vectors, language: str) -> Vectors:
        """Bring another stored vector (d,) of a text in a language into this space."""
        return self.frame.of(stored[None, :], np.array([self.number(language)]))[0]

    def number(self, language: str) -> int:
        """A language's number; one that nobody wrote in so far is treated like the first."""
        return self.codes.index(language) if language in self.codes else 0


def count() -> int:
    """How many company-visible insights a run would look at."""
    used = spaces.in_use()
    return (db.session.scalar(_chosen(used.name, func.count())) or 0) if used else 0


def load() -> Space | None:
    """Read all company-visible insights that have a vector in the space in use.

    Streams: at 100,000 insights the stored halves take 154 MB and the result 77 MB.
    """
    used = spaces.in_use()
    if used is None:
        return None
    total = db.session.scalar(_chosen(used.name, func.count())) or 0
    dimension = dimension_of(used.name)
    if dimension is None or not total:
        return None
    stored = np.empty((total, dimension), dtype=np.float16)
    ids, themes = np.empty(total, np.int64), np.full(total, ALONE)
    written: list[str] = []
    columns = (Insight.id, Insight.language, Embedding.vector, ThemeMember.theme_id)
    query = _chosen(used.name, *columns).outerjoin(
        ThemeMember, ThemeMember.insight_id == Insight.id
    )
    rows = db.session.execute(query.order_by(Insight.id).execution_options(yield_per=_FETCH))
    for insight_id, language, vector, theme_id in rows:
        row = len(written)
        if row == total:
            break
        if not is_sound(vector, dimension):
            continue  # the worker makes it anew, and it is placed then
        ids[row], stored[row] = insight_id, np.frombuffer(vector, dtype="<f2")
        written.append(language)
        themes[row] = ALONE if theme_id is None else theme_id
    rows.close()
    read = len(written)  # fewer, if some were hidden since they were counted
    if not read:
        return None
    codes, languages = np.unique(written, return_inverse=True)
    names = tuple(str(code) for code in codes)
    frame = fit(stored[:read], languages, weights_of(names, double=is_double(used.name)))
    return Space(
        model=used.name,
        ids=ids[:read],
        vectors=frame.of(stored[:read], languages),
        languages=languages,
        themes=themes[:read],
        frame=frame,
        codes=names,
    )


def _chosen(model: str, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Insight)
        .join(Embedding, Embedding.subject_id == Insight.id)
        .where(
            Embedding.model == model,
            Embedding.passage == 0,
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
        )
    )
