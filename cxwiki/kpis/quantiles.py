"""Medians and percentiles: their values, and intervals between two of the ordered answers.

The interval needs no assumption about how the answers are spread: how many of n answers lie below
the true quantile is binomial, so two order statistics enclose it with a known probability
(H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, 2003, section 7.1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from cxwiki.kpis.formulas import LEVEL, Interval

MEDIAN = Decimal("0.5")
NINE_OF_TEN = Decimal("0.9")


@dataclass(frozen=True)
class Quantile:
    """A quantile of n answers, `share` of which lie at or below it."""

    share: Decimal
    value: Decimal
    n: int
    interval: Interval | None


def quantile_of(counts: Mapping[Decimal, int], share: Decimal, level: Decimal = LEVEL) -> Quantile:
    """Find a quantile of answers that are counted by value; ValueError if there are none.

    The median of an even number is the middle of the two in the middle; any other quantile is the
    smallest answer that has at least its share at or below it (nearest rank). The interval is
    None where there are too few answers for the level.
    """
    values = sorted(value for value, count in counts.items() if count)
    if not values or not 0 < share < 1 or any(count < 0 for count in counts.values()):
        raise ValueError("a quantile needs answers, and a share between 0 and 1")
    ends = np.cumsum([counts[value] for value in values])
    n = int(ends[-1])

    def ranked(rank: int) -> Decimal:
        """The answer at a rank from 1 to n."""
        return values[int(np.searchsorted(ends, rank))]

    if share == MEDIAN:
        value = (ranked((n + 1) // 2) + ranked(n // 2 + 1)) / 2
    else:
        value = ranked(math.ceil(n * share))
    ranks = interval_ranks(n, share, level)
    found = Interval(ranked(ranks[0]), ranked(ranks[1]), level) if ranks else None
    return Quantile(share, value, n, found)


def interval_ranks(n: int, share: Decimal, level: Decimal = LEVEL) -> tuple[int, int] | None:
    """The ranks, from 1, of the two answers that enclose the quantile with at least the level.

    Each side leaves out at most half of what the level does; None where n is too small for that.
    """
    first, below = _binomial(n, float(share))
    spare = (1 - float(level)) / 2
    # Rank r is too high a lower end if fewer than r answers lie below with probability > spare.
    low = first + int(np.searchsorted(below, spare, side="right"))
    high = first + int(np.searchsorted(below, 1 - spare, side="left")) + 1
    return (low, high) if low >= 1 and high <= n else None


def _binomial(n: int, share: float) -> tuple[int, np.ndarray]:
    """The cumulative binomial distribution within ten standard deviations, and its first count."""
    spread = 10 * (n * share * (1 - share)) ** 0.5 + 10
    first, last = max(0, int(n * share - spread)), min(n, int(n * share + spread) + 1)
    counts = np.arange(first, last)
    steps = np.log((n - counts) / (counts + 1)) + np.log(share / (1 - share))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    weights = np.exp(logs - logs.max())
    return first, np.cumsum(weights / weights.sum())
