"""What a similarity is worth: how far it lies above that of unrelated texts (numpy only)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxwiki.themes.vectors import Vectors

Rows = NDArray[np.int64]

_USUAL_SPREAD = 0.1
_USUAL_WEIGHT = 30
"""What is believed of a site before it is seen, worth so many texts: blended vectors of unrelated
texts have cosine 0, give or take 0.1 (0.07 to 0.12 in the sets of bench/theme_quality.py). In the
first dozens of texts every third pair shares a theme, so they alone would say little."""
_PAIRS = 20_000
"""Pairs of texts that the background is estimated from."""


@dataclass(frozen=True)
class Background:
    """How alike two texts of a site are that have nothing to do with each other.

    A plain cosine means something else for every model, every trade and every pair of languages;
    so likeness is counted in spreads above a floor.
    """

    middle: float
    spread: float
    floor: float

    def likeness(self, similarities: Vectors) -> Vectors:
        """Cosines as spreads above the floor; at 0 or below the texts are strangers."""
        return np.asarray((similarities - self.middle) / self.spread - self.floor, dtype=np.float32)


def background(similarities: Vectors, texts: int) -> Background:
    """Estimated from cosines of any pairs, for comparing a text with so many `texts`.

    The spread is the distance of the 16 % quantile from the median, one standard deviation of a
    normal curve: only the lower half is looked at, since pairs of one theme sit in the upper tail.
    The floor is √(2 ln n), about the highest of n normal values: the more texts there are, the
    nearer the nearest stranger.
    """
    low, middle = np.quantile(similarities, [0.1587, 0.5])
    seen = texts / (texts + _USUAL_WEIGHT)
    spread = seen * float(middle - low) + (1 - seen) * _USUAL_SPREAD
    floor = math.sqrt(2 * math.log(max(texts, 2)))
    return Background(seen * float(middle), max(spread, 0.02), floor)


def sampled(vectors: Vectors, own: Rows, other: Rows, random: np.random.Generator) -> Background:
    """Estimated from pairs of unit rows, one of `own` and one of `other` each."""
    if len(own) * len(other) <= _PAIRS:
        left, right = np.repeat(own, len(other)), np.tile(other, len(own))
    else:
        left, right = random.choice(own, _PAIRS), random.choice(other, _PAIRS)
    different = left != right
    if not different.any():
        return Background(0.0, 1.0, 1.0)  # nothing is like anything
    similarities = np.einsum("ij,ij->i", vectors[left[different]], vectors[right[different]])
    return background(similarities, len(other))


def sureness(likeness: Vectors) -> Vectors:
    """The share, 0 to 1, of neighbours this alike that are of the same topic.

    A logistic curve, even at the floor, as both labelled English sets of bench/theme_quality.py
    have it within 0.7 spreads.
    """
    return np.asarray(1 / (1 + np.exp(-np.clip(likeness, -30, 30))), dtype=np.float32)
