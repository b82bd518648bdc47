"""The theme of a new insight by its nearest confirmed members, without a full run (numpy only)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxwiki.themes.background import background, sureness
from cxwiki.themes.vectors import Vectors

THRESHOLD = 0.5
"""Confidence below which a new insight stays alone until the next full run."""
NEAREST = 10


@dataclass(frozen=True)
class Placement:
    """The theme found, or None for alone, and the confidence of the best candidate, 0 to 1."""

    theme_id: int | None
    confidence: float


def place(
    vector: Vectors,
    member_vectors: Vectors,
    member_themes: NDArray[np.int64],
    *,
    member_languages: NDArray[np.int64] | None = None,
    excluded: AbstractSet[int] = frozenset(),
    k: int = NEAREST,
) -> Placement:
    """The theme that the nearest of the members vote for.

    `vector` (d,) and `member_vectors` (n, d) are unit rows of one `blend`, the members all
    company-visible insights with their themes (-1: alone, they vote for staying alone). Likeness
    is counted per language of `member_languages`, so that an own-language text has no head start.
    The confidence is the share of the votes, times the sureness of the best vote. Measured by
    bench/theme_quality.py: of placements at 0.5 to 0.8 about that share is right, above it a
    little less, since the themes themselves are no purer.
    `excluded`: themes that people pinned the insight out of.
    """
    if len(member_vectors) == 0:
        return Placement(None, 0.0)
    likeness = _likeness(member_vectors @ vector, member_languages)
    nearest = np.argsort(-likeness, kind="stable")[:k]
    nearest = nearest[(likeness[nearest] > 0) & ~np.isin(member_themes[nearest], [*excluded])]
    votes = sureness(likeness[nearest])
    themes = member_themes[nearest]
    candidates = np.unique(themes[themes >= 0])
    if len(candidates) == 0:
        return Placement(None, 0.0)
    shares = [float(votes[themes == theme].sum() / votes.sum()) for theme in candidates]
    best = int(np.argmax(shares))
    confidence = shares[best] * float(votes[themes == candidates[best]].max())
    return Placement(int(candidates[best]) if confidence >= THRESHOLD else None, confidence)


def _likeness(similarities: Vectors, languages: NDArray[np.int64] | None) -> Vectors:
    if languages is None:
        return background(similarities, len(similarities)).likeness(similarities)
    likeness = np.empty_like(similarities)
    for language in np.unique(languages):
        own = similarities[languages == language]
        likeness[languages == language] = background(own, len(own)).likeness(own)
    return likeness
