"""What the figures of KPIs are computed with: values, intervals and directions.

A statistic holds counts or sums that may be added up over periods and segments; values and
intervals may not. Scores and shares are on their usual display scales: NPS from -100 to 100,
proportions from 0 to 100. An interval is None wherever the data do not carry one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from statistics import NormalDist

LEVEL = Decimal("0.95")
HUNDRED = Decimal(100)
INFINITE = Decimal("Infinity")
STORED = Decimal("0.000001")  # the last place that the database keeps


class NpsGroup(StrEnum):
    """Who an answer to "would you recommend us?" comes from."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


class Movement(StrEnum):
    """How a value stands to an earlier one, in the direction that the KPI calls good."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


@dataclass(frozen=True)
class Interval:
    """A confidence interval from `low` to `high` at a `level` between 0 and 1."""

    low: Decimal
    high: Decimal
    level: Decimal


@dataclass(frozen=True)
class Nps:
    """Net promoter score from its three counts; ValueError if negative or all zero."""

    promoters: int
    passives: int
    detractors: int

    def __post_init__(self) -> None:
        _check_counts(self.promoters, self.passives, self.detractors, n=self.n)

    @property
    def n(self) -> int:
        """The number of answers."""
        return self.promoters + self.passives + self.detractors

    @property
    def value(self) -> Decimal:
        """Share of promoters less share of detractors, from -100 to 100."""
        return HUNDRED * (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> Decimal:
        """Variance of one answer counted as 100, 0 or -100: p + d - (p - d)², times 100²."""
        spread = self.n * (self.promoters + self.detractors)
        return HUNDRED**2 * (spread - (self.promoters - self.detractors) ** 2) / self.n**2

    @property
    def standard_error(self) -> Decimal:
        """Standard error of the score, in points."""
        return (self.variance / self.n).sqrt()

    def interval(self, level: Decimal = LEVEL) -> Interval | None:
        """Normal approximation, cut at -100 and 100; None where all answers fall in one group."""
        if not self.variance:
            return None
        return _around(self.value, z_score(level) * self.standard_error, level, -HUNDRED, HUNDRED)

    def __add__(self, other: Nps) -> Nps:
        return Nps(
            self.promoters + other.promoters,
            self.passives + other.passives,
            self.detractors + other.detractors,
        )


@dataclass(frozen=True)
class Proportion:
    """A share such as CSAT, FCR or a complaint rate; ValueError unless 0 ≤ successes ≤ n > 0."""

    successes: int
    n: int

    def __post_init__(self) -> None:
        _check_counts(self.successes, self.n - self.successes, n=self.n)

    @property
    def value(self) -> Decimal:
        """The share in per cent."""
        return HUNDRED * self.successes / self.n

    def interval(self, level: Decimal = LEVEL) -> Interval:
        """Score interval in per cent (E. B. Wilson, JASA 22, 1927, 209-212)."""
        z, share = z_score(level), Decimal(self.successes) / self.n
        weight = 1 + z**2 / self.n
        centre = (share + z**2 / (2 * self.n)) / weight
        half = z / weight * (share * (1 - share) / self.n + (z / (2 * self.n)) ** 2).sqrt()
        interval = _around(HUNDRED * centre, HUNDRED * half, level, Decimal(0), HUNDRED)
        # At 0 and 100 the share is an edge itself, which rounding of the last digit may miss.
        return Interval(min(interval.low, self.value), max(interval.high, self.value), level)

    def __add__(self, other: Proportion) -> Proportion:
        return Proportion(self.successes + other.successes, self.n + other.n)


@dataclass(frozen=True)
class Mean:
    """A mean from the sum and, where known, the sum of squares of n values.

    ValueError if n is not positive or the sum of squares is smaller than the sum allows.
    """

    n: int
    total: Decimal
    total_of_squares: Decimal | None = None

    def __post_init__(self) -> None:
        _check_counts(n=self.n)
        squares = self.total_of_squares
        # Both sums may have been rounded when they were stored.
        rounding = (self.n + 2 * abs(self.total)) * STORED
        if squares is not None and self.n * squares < self.total**2 - rounding:
            raise ValueError("the sum of squares is too small for this sum")

    @property
    def value(self) -> Decimal:
        """The mean, in the KPI's unit."""
        return self.total / self.n

    @property
    def variance(self) -> Decimal | None:
        """Sample variance (divisor n - 1); None without the sum of squares or for one value."""
        if self.total_of_squares is None or self.n < 2:
            return None
        # In fractions: the difference of two large numbers loses its digits in any other way.
        squares = self.n * Fraction(self.total_of_squares) - Fraction(self.total) ** 2
        variance = max(squares, Fraction(0)) / (self.n * (self.n - 1))
        return Decimal(variance.numerator) / variance.denominator

    @property
    def standard_error(self) -> Decimal | None:
        """Standard error of the mean, in the KPI's unit; None where the variance is unknown."""
        variance = self.variance
        return None if variance is None else (variance / self.n).sqrt()

    def interval(self, level: Decimal = LEVEL) -> Interval | None:
        """Student's interval; None where the variance is unknown or all values are alike."""
        error = self.standard_error
        return _around(self.value, t_score(level, self.n - 1) * error, level) if error else None

    def __add__(self, other: Mean) -> Mean:
        squares = None
        if self.total_of_squares is not None and other.total_of_squares is not None:
            squares = self.total_of_squares + other.total_of_squares
        return Mean(self.n + other.n, self.total + other.total, squares)


Statistic = Nps | Proportion | Mean


def known_statistic(
    *,
    n: int | None = None,
    promoters: int | None = None,
    passives: int | None = None,
    detractors: int | None = None,
    successes: int | None = None,
    total: Decimal | None = None,
    total_of_squares: Decimal | None = None,
) -> Statistic | None:
    """Build the statistic that a measurement's columns hold.

    None if they hold none in full, count no answers, or contradict each other.
    """
    try:
        if promoters is not None and passives is not None and detractors is not None:
            return Nps(promoters, passives, detractors)
        if n is not None and successes is not None:
            return Proportion(successes, n)
        if n is not None and total is not None:
            return Mean(n, total, total_of_squares)
    except ValueError:
        return None
    return None


def combine(statistics: Sequence[Statistic | None]) -> Statistic | None:
    """Add statistics over periods or segments; None if there are none or one of them is unknown.

    ValueError if they are of different kinds.
    """
    known = [statistic for statistic in statistics if statistic is not None]
    if not known or len(known) < len(statistics):
        return None
    if len({type(statistic) for statistic in known}) > 1:
        raise ValueError("statistics of different kinds cannot be added")
    return reduce(lambda one, other: one + other, known)  # type: ignore[operator]


def classify(score: int | float | Decimal) -> NpsGroup:
    """Put an answer into its group: 9-10, 7-8, 0-6; ValueError unless a whole number from 0 to 10.

    Reichheld, The One Number You Need to Grow, Harvard Business Review 81(12), 2003.
    """
    if isinstance(score, bool) or score not in range(11):
        raise ValueError("an answer must be a whole number from 0 to 10")
    if score >= 9:
        return NpsGroup.PROMOTER
    return NpsGroup.PASSIVE if score >= 7 else NpsGroup.DETRACTOR


def nps_of(scores: Iterable[int | float | Decimal]) -> Nps:
    """Count raw answers from 0 to 10; ValueError if there are none or one is off the scale."""
    groups = [classify(score) for score in scores]
    return Nps(*(groups.count(group) for group in NpsGroup))


def improvement(previous: Decimal, current: Decimal, direction: str) -> Decimal:
    """Return by how much a value moved in the good direction (`higher` or `lower`)."""
    if direction not in ("higher", "lower"):
        raise ValueError(f"no direction: {direction!r}")
    return current - previous if direction == "higher" else previous - current


def movement(previous: Decimal, current: Decimal, direction: str) -> Movement:
    """Say how a value stands to an earlier one, given which direction is good."""
    step = improvement(previous, current, direction)
    if not step:
        return Movement.SAME
    return Movement.BETTER if step > 0 else Movement.WORSE


def gap_to_target(current: Decimal, target: Decimal, direction: str) -> Decimal:
    """Return how much is missing to the target; zero or less when it is reached."""
    return improvement(current, target, direction)


def z_score(level: Decimal) -> Decimal:
    """Return the two-sided normal quantile of a level between 0 and 1: 1.96 for 0.95."""
    if not 0 < level < 1:
        raise ValueError("a confidence level lies between 0 and 1")
    return Decimal(repr(NormalDist().inv_cdf((1 + float(level)) / 2)))


def t_score(level: Decimal, degrees: float) -> Decimal:
    """Return the two-sided quantile of Student's t distribution.

    Exact for one and two degrees of freedom; above, the expansion 26.7.5 of Abramowitz and
    Stegun (1964), off by less than 0.2 % at levels up to 0.95 and 1 % at 0.99.
    """
    z = float(z_score(level))
    if degrees < 1:
        raise ValueError("Student's t needs at least one degree of freedom")
    if degrees == 1:
        return Decimal(repr(math.tan(math.pi / 2 * float(level))))
    if degrees == 2:
        return Decimal(repr(float(level) * math.sqrt(2 / (1 - float(level) ** 2))))
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    expanded = z + sum(term / degrees**power for power, term in enumerate(terms, start=1))
    return Decimal(repr(expanded))


def _around(
    centre: Decimal,
    half: Decimal,
    level: Decimal,
    floor: Decimal = -INFINITE,
    top: Decimal = INFINITE,
) -> Interval:
    return Interval(max(centre - half, floor), min(centre + half, top), level)


def _check_counts(*counts: int, n: int) -> None:
    if n <= 0 or any(count < 0 for count in counts):
        raise ValueError("a statistic needs answers, and counts that are not negative")
