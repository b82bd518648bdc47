"""Differences with their intervals, against figures that were published or worked out by hand."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from cxwiki.kpis import differences, formulas
from cxwiki.kpis.formulas import Interval, Mean, Nps, Proportion

# Newcombe 1998, table II, method 10: (56/70 against 48/80 and so on), as "first less second".
NEWCOMBE = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
    ((10, 10), (0, 10), 0.6075, 1.0),
]
# "Student", The probable error of a mean, Biometrika 6, 1908: hours of sleep gained on two drugs.
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)


def mean_of(values: list[float]) -> Mean:
    numbers = [Decimal(str(value)) for value in values]
    return Mean(len(numbers), sum(numbers, Decimal(0)), sum((n * n for n in numbers), Decimal(0)))


@pytest.mark.parametrize(("first", "second", "low", "high"), NEWCOMBE)
def test_proportions_are_compared_as_newcombe_published(first, second, low, high):
    found = differences.of_proportions(Proportion(*second), Proportion(*first))
    assert float(found.low) / 100 == pytest.approx(low, abs=0.00006)
    assert float(found.high) / 100 == pytest.approx(high, abs=0.00006)


def test_scores_are_compared_by_their_variances():
    # Before: (80 - 60) / 200 = 10. Variance 100² (140/200 - 0.1²) = 6900, of the score 34.5.
    # After: (120 - 50) / 230 = 30.4348. Variance 100² (170/230 - 0.304348²) = 6465.03, 28.1088.
    # Difference 20.4348 ± 1.959964 √(34.5 + 28.1088) = 20.4348 ± 15.5084.
    found = differences.of_scores(Nps(80, 60, 60), Nps(120, 60, 50))
    assert float(found.low) == pytest.approx(4.9264, abs=0.0001)
    assert float(found.high) == pytest.approx(35.9431, abs=0.0001)


def test_means_are_compared_by_welch():
    # The same data in every textbook: t = -1.8608, 17.776 degrees, -3.3655 to 0.2055.
    found = differences.of_means(mean_of(SLEEP[1]), mean_of(SLEEP[0]))
    assert float(found.low) == pytest.approx(-3.3655, abs=0.001)
    assert float(found.high) == pytest.approx(0.2055, abs=0.001)


def test_two_answers_on_each_side_have_one_or_two_degrees():
    # 1, 3 and 5, 9: variances 2 and 8, of the means 1 and 4; degrees 25 / (1 + 16) = 1.47, as 1.
    found = differences.of_means(mean_of([1, 3]), mean_of([5, 9]))
    half = 12.7062 * math.sqrt(5)
    assert float(found.high - found.low) / 2 == pytest.approx(half, rel=0.001)


def test_medians_are_compared_by_their_own_intervals():
    # 10 (8 to 13) and 7 (6 to 9): -3 less √(1² + 3²), and more √(2² + 2²).
    found = differences.of_intervals(Decimal(10), around(8, 13), Decimal(7), around(6, 9))
    assert float(found.low) == pytest.approx(-3 - math.sqrt(10))
    assert float(found.high) == pytest.approx(-3 + math.sqrt(8))


def around(low: int, high: int) -> Interval:
    return Interval(Decimal(low), Decimal(high), formulas.LEVEL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Nps(5, 0, 0), Nps(7, 0, 0)),
        (Mean(4, Decimal(8)), Mean(4, Decimal(8), Decimal(20))),
        (Mean(2, Decimal(4), Decimal(8)), Mean(2, Decimal(6), Decimal(18))),
    ],
)
def test_without_a_spread_there_is_no_interval(before, after):
    assert differences.difference(before, after) is None


def test_unlike_statistics_are_not_compared():
    with pytest.raises(ValueError, match="different kinds"):
        differences.difference(Nps(1, 1, 1), Proportion(1, 2))


def test_turned_round_a_difference_is_turned_round():
    before, after = Proportion(30, 100), Proportion(45, 120)
    there, back = differences.difference(before, after), differences.difference(after, before)
    assert (there.low, there.high) == (-back.high, -back.low)
    failures = differences.difference(Proportion(70, 100), Proportion(75, 120))
    assert float(failures.low) == pytest.approx(float(-there.high))


def test_the_answers_needed_follow_lehr():
    # Lehr's sixteen: s² = 1, a step of a half: 16 / 0.25 = 64; exact 2 (1.96 + 0.8416)² = 15.70.
    one = Mean(3, Decimal(3), Decimal(5))  # 0, 1, 2: variance 1
    assert differences.answers_to_tell(one, Decimal("0.5")) == 63
    # 40 % and a way of 5 points: 15.6978 * 0.24 / 0.0025 = 1507.
    assert differences.answers_to_tell(Proportion(40, 100), Decimal(5)) == 1507
    assert differences.answers_to_tell(Proportion(0, 100), Decimal(5)) is None
    assert differences.answers_to_tell(Proportion(40, 100), Decimal(0)) is None
