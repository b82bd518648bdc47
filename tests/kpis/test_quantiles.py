"""Medians and percentiles, and the ranks that enclose them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from math import comb
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxwiki.kpis.quantiles import MEDIAN, NINE_OF_TEN, interval_ranks, quantile_of

values = st.lists(st.integers(0, 50).map(Decimal), min_size=1, max_size=60)


@given(values)
def test_the_median_is_the_middle_one(some):
    assert quantile_of(Counter(some), MEDIAN).value == median(some)


@given(values)
def test_nine_of_ten_lie_at_or_below_the_percentile_and_no_smaller_answer_has_them(some):
    found = quantile_of(Counter(some), NINE_OF_TEN)
    assert 10 * sum(one <= found.value for one in some) >= 9 * len(some)
    assert 10 * sum(one < found.value for one in some) < 9 * len(some)


@given(values)
def test_the_interval_encloses_the_value(some):
    found = quantile_of(Counter(some), MEDIAN)
    if found.interval:
        assert found.interval.low <= found.value <= found.interval.high


@pytest.mark.parametrize("share", [MEDIAN, NINE_OF_TEN])
@pytest.mark.parametrize("n", [1, 5, 6, 10, 28, 36, 37, 100, 500])
def test_the_ranks_are_the_closest_that_leave_out_a_fortieth_on_each_side(n, share):
    chance = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    spare = Decimal("0.025")
    low = max((rank for rank in range(1, n + 1) if sum(chance[:rank]) <= spare), default=None)
    high = min((rank for rank in range(1, n + 1) if sum(chance[rank:]) <= spare), default=None)
    expected = None if low is None or high is None else (low, high)
    assert interval_ranks(n, share) == expected


def test_half_a_million_answers_have_their_ranks_too():
    low, high = interval_ranks(500_000, MEDIAN) or (0, 0)
    # The standard deviation of a binomial of 500,000 halves is 353.6.
    assert (low, high) == (249_307, 250_694)


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ({}, MEDIAN),
        ({Decimal(1): 0}, MEDIAN),
        ({Decimal(1): 1}, Decimal(1)),
        ({Decimal(1): 2, Decimal(2): -1}, MEDIAN),
    ],
)
def test_nothing_has_no_quantile(counts, share):
    with pytest.raises(ValueError, match="quantile"):
        quantile_of(counts, share)
