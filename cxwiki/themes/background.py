"""What a similarity is worth: how far it lies above that of unrelated texts (numpy only)."""

from dataclasses import dataclass

import numpy as np

from cxwiki.themes.vectors import Vectors

FLOOR = 4.0
"""Likeness below which two texts are no neighbours, however near. In labelled sets (bank requests,
paraphrased questions) about half of the neighbours at this likeness share a topic."""
_EVEN = 4.7
"""Likeness at which a neighbour shares the topic in one of two cases; one more makes that odds of
e to 1. Fitted by eye to both labelled English sets of bench/theme_quality.py, which agree."""


@dataclass(frozen=True)
class Background:
    """How alike two texts of a site are that have nothing to do with each other.

    Likeness is counted from here, in spreads above the middle, because plain cosines mean
    something else for every model, every trade and every pair of languages.
    """

    middle: float
    spread: float

    def likeness(self, similarities: Vectors) -> Vectors:
        """Cosines as spreads above the middle."""
        return np.asarray((similarities - self.middle) / self.spread, dtype=np.float32)


def background(similarities: Vectors) -> Background:
    """Median, and its distance from the 16 % quantile: one standard deviation of a normal curve.

    Only the lower half is looked at, since pairs of the same theme sit in the upper tail.
    """
    low, middle = np.quantile(similarities, [0.1587, 0.5])
    return Background(float(middle), max(float(middle - low), 0.02))


def sureness(likeness: Vectors) -> Vectors:
    """The share, 0 to 1, of neighbours this alike that are of the same topic: a logistic curve."""
    return np.asarray(1 / (1 + np.exp(_EVEN - likeness)), dtype=np.float32)
