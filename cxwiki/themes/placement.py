"""The theme of a new insight by its nearest confirmed members, without a full run (numpy only)."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxwiki.themes.background import background, sureness
from cxwiki.themes.vectors import Vectors

THRESHOLD = 0.5
"""Confidence below which a new insight stays alone until the next full run."""
NEAREST = 10
HIDDEN = -2

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Placement:
    """The theme found, or None for alone, and the confidence of the best candidate, 0 to 1."""

    theme_id: int | None
    confidence: float


def place(
    similarities: Vectors,
    themes_of: Callable[[Numbers], Numbers],
    *,
    languages: Numbers | None = None,
    excluded: AbstractSet[int] = frozenset(),
    k: int = NEAREST,
    most: int = 20 * NEAREST,
) -> Placement:
    """The theme that the nearest of the known insights vote for.

    `similarities` (n,) are cosines with all company-visible insights, `themes_of` gives the themes
    of some rows: -1 votes for staying alone, -2 is hidden by now and does not vote. It is asked
    once, for the `most` nearest. Likeness is counted per language of `languages`, so that an
    own-language text has no head start. The confidence is the share of the votes, times the
    sureness of the best vote. Measured by bench/theme_quality.py: of placements at 0.5 to 0.8 about
    that share is right, above it a little less, since the themes themselves are no purer.
    `excluded`: themes that people pinned the insight out of.
    """
    if len(similarities) == 0:
        return Placement(None, 0.0)
    likeness = _likeness(similarities, languages)
    near = (
        np.argpartition(-likeness, most)[:most]
        if len(likeness) > most
        else np.arange(len(likeness))
    )
    near = near[np.lexsort((near, -likeness[near]))]
    near = near[likeness[near] > 0]
    if len(near) == 0:
        return Placement(None, 0.0)
    themes = themes_of(near)
    seen = themes != HIDDEN
    near, themes = near[seen][:k], themes[seen][:k]
    kept = ~np.isin(themes, [*excluded])
    votes, themes = sureness(likeness[near[kept]]), themes[kept]
    candidates = np.unique(themes[themes >= 0])
    if len(candidates) == 0:
        return Placement(None, 0.0)
    shares = [float(votes[themes == theme].sum() / votes.sum()) for theme in candidates]
    best = int(np.argmax(shares))
    confidence = shares[best] * float(votes[themes == candidates[best]].max())
    return Placement(int(candidates[best]) if confidence >= THRESHOLD else None, confidence)


def _likeness(similarities: Vectors, languages: Numbers | None) -> Vectors:
    if languages is None:
        return background(similarities, len(similarities)).likeness(similarities)
    likeness = np.empty_like(similarities)
    for language in np.unique(languages):
        own = similarities[languages == language]
        likeness[languages == language] = background(own, len(own)).likeness(own)
    return likeness
