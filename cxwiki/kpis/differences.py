"""How far two values lie apart, and how sure that is: pure formulas, each with its source.

All differences are "after less before" on the display scale of the statistic. None wherever the
data carry no interval.
"""

from __future__ import annotations

import math
from decimal import Decimal

from cxwiki.kpis.formulas import (
    HUNDRED,
    LEVEL,
    Interval,
    Mean,
    Nps,
    Proportion,
    Statistic,
    t_score,
    z_score,
)

POWER = Decimal("0.80")


def difference(before: Statistic, after: Statistic, level: Decimal = LEVEL) -> Interval | None:
    """The interval of the difference of two statistics; ValueError if they differ in kind."""
    if isinstance(before, Nps) and isinstance(after, Nps):
        return of_scores(before, after, level)
    if isinstance(before, Proportion) and isinstance(after, Proportion):
        return of_proportions(before, after, level)
    if isinstance(before, Mean) and isinstance(after, Mean):
        return of_means(before, after, level)
    raise ValueError("statistics of different kinds cannot be compared")


def of_scores(before: Nps, after: Nps, level: Decimal = LEVEL) -> Interval | None:
    """Difference of two independent net promoter scores, in points, by their variances.

    Normal approximation with the sum of both squared standard errors (B. Rocks, Interval
    estimation for the Net Promoter Score, The American Statistician 70, 2016, 365-372).
    """
    variance = before.variance / before.n + after.variance / after.n
    if not variance:
        return None
    half = z_score(level) * variance.sqrt()
    step = after.value - before.value
    return Interval(max(step - half, -2 * HUNDRED), min(step + half, 2 * HUNDRED), level)


def of_proportions(before: Proportion, after: Proportion, level: Decimal = LEVEL) -> Interval:
    """Difference of two independent proportions, in percentage points, from their score intervals.

    Method 10 of R. G. Newcombe, Interval estimation for the difference between independent
    proportions: comparison of eleven methods, Statistics in Medicine 17, 1998, 873-890.
    """
    return of_intervals(
        before.value, before.interval(level), after.value, after.interval(level), level
    )


def of_means(before: Mean, after: Mean, level: Decimal = LEVEL) -> Interval | None:
    """Difference of two independent means, in the KPI's unit, with unequal variances.

    B. L. Welch, The generalization of "Student's" problem when several different population
    variances are involved, Biometrika 34, 1947, 28-35; degrees of freedom by F. E. Satterthwaite,
    Biometrics Bulletin 2, 1946, 110-114 (below three rounded down, where `t_score` needs it).
    """
    if before.variance is None or after.variance is None:
        return None
    one, other = before.variance / before.n, after.variance / after.n
    if not one + other:
        return None
    degrees = (one + other) ** 2 / (one**2 / (before.n - 1) + other**2 / (after.n - 1))
    if degrees < 3:
        degrees = Decimal(max(int(degrees), 1))
    half = t_score(level, float(degrees)) * (one + other).sqrt()
    step = after.value - before.value
    return Interval(step - half, step + half, level)


def of_intervals(
    before: Decimal,
    around_before: Interval,
    after: Decimal,
    around_after: Interval,
    level: Decimal = LEVEL,
) -> Interval:
    """Difference of any two independent values that have intervals of their own.

    G. Y. Zou and A. Donner, Construction of confidence limits about effect measures: a general
    approach, Statistics in Medicine 27, 2008, 1693-1702; of score intervals it is Newcombe's
    method 10, of order statistics the way that medians and percentiles are compared here.
    """
    step = after - before
    down = ((after - around_after.low) ** 2 + (around_before.high - before) ** 2).sqrt()
    up = ((around_after.high - after) ** 2 + (before - around_before.low) ** 2).sqrt()
    return Interval(step - down, step + up, level)


def answers_to_tell(before: Statistic, step: Decimal, level: Decimal = LEVEL) -> int | None:
    """How many answers on each side tell a true difference of `step` apart from chance.

    With a power of 80 % and the spread of `before` on both sides: 2 (z₁ + z₂)² s² / step², which
    R. Lehr, Statistics in Medicine 11, 1992, 1099-1102, rounds to 16 s² / step². None where the
    spread is unknown or nothing, or there is no step.
    """
    variance = spread_of(before)
    if not variance or not step:
        return None
    # Two-sided quantile of 2 * power - 1 is the one-sided quantile of the power.
    factor = z_score(level) + z_score(2 * POWER - 1)
    return math.ceil(2 * factor**2 * variance / step**2)


def spread_of(statistic: Statistic) -> Decimal | None:
    """The variance of a single answer on the display scale; None where it is unknown."""
    if isinstance(statistic, Proportion):
        return statistic.value * (HUNDRED - statistic.value)
    return statistic.variance
